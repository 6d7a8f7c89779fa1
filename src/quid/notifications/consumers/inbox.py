"""The inbox: who must know of an event is told."""

from functools import partial
from typing import Final

from quid.kit import clock, db
from quid.kit.events import Envelope
from quid.kit.outbox import After, Consumer
from quid.notifications import rules
from quid.notifications.service import frames, telling


async def tell(tx: db.Tx, envelopes: list[Envelope]) -> After | None:
    """Write the lines of inboxes and what is to be sent of them; ring the sockets afterwards.

    Locks: notifications.notification, notifications.stream.
    """
    ringing = await telling.tell(tx, envelopes, now=clock.now())
    return partial(frames.ring, ringing) if ringing else None


INBOX: Final = Consumer("notifications.inbox", rules.TYPES, tell)
