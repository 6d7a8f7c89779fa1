"""The sockets: events become frames, and those who listen are rung."""

from functools import partial
from typing import Final

from quid.kit import db
from quid.kit.events import Envelope
from quid.kit.outbox import After, Consumer
from quid.notifications.service import frames, live


async def number(tx: db.Tx, envelopes: list[Envelope]) -> After | None:
    """Number what sockets are told; ring afterwards. Locks: notifications.stream, by person."""
    ringing = await live.take(tx, envelopes)
    return partial(frames.ring, ringing) if ringing else None


_READ_MAX: Final = 25  # a shared payment is told to as many friends as listen, of both its people

SOCKET: Final = Consumer("notifications.socket", live.TYPES, number, read_max=_READ_MAX)
