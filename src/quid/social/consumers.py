"""What the feed does with events: new items, and those that more people may see now."""

from collections.abc import Collection
from functools import partial
from typing import Final
from uuid import UUID

import msgspec

from quid.identity.events import FRIENDSHIP_BEGAN, Between
from quid.kit import clock, db, ids, outbox
from quid.kit.events import Envelope
from quid.kit.outbox import After, Consumer
from quid.payments.events import PaymentCompleted, VisibilityChanged
from quid.social import events
from quid.social.service import fanout
from quid.social.store import heads


class _OfPayment(msgspec.Struct, frozen=True):
    """What both facts of payments have; what it says is read, as it is by now."""

    payment_id: str


_of_payment: Final = msgspec.json.Decoder(_OfPayment)
_between: Final = msgspec.json.Decoder(Between)


async def fan_out(tx: db.Tx, envelopes: list[Envelope]) -> After:
    """Write payments to the timelines of those who may find them there.

    Locks: new rows of social.timeline. Idempotent: their key.
    """
    found = {ids.read("pay", _of_payment.decode(e.data).payment_id) for e in envelopes}
    return _dropping(await fanout.fan_out(tx, {f for f in found if f is not None}))


async def back_fill(tx: db.Tx, envelopes: list[Envelope]) -> After:
    """Write to the timelines of new friends what each has shared lately.

    Locks: new rows of social.timeline. Idempotent: their key.
    Emits: social.back_filled.v1.
    """
    pairs = set()
    for envelope in envelopes:
        fact = _between.decode(envelope.data)
        one, other = ids.read("usr", fact.user_id), ids.read("usr", fact.friend_id)
        if one is not None and other is not None:
            pairs.add((one, other))
    now = clock.now()
    viewers = await fanout.back_fill(tx, pairs, now=now)
    await outbox.append(tx, [events.back_filled(*pair, at=now) for pair in sorted(pairs)])
    return _dropping(viewers)


def _dropping(viewer_ids: Collection[UUID]) -> After:
    return partial(heads.drop, viewer_ids)


# Of people with a thousand friends each: forty thousand rows, half a second, in which nobody reads
# what is newer.
_READ_MAX: Final = 20
# The first writes rows by their own keys, so a second delivery finds them; the second also tells.
CONSUMERS: Final = (
    Consumer(
        "social.fanout",
        frozenset({PaymentCompleted.TYPE, VisibilityChanged.TYPE}),
        fan_out,
        is_keyed=True,
        read_max=_READ_MAX,
    ),
    Consumer(
        "social.friendships",
        frozenset({FRIENDSHIP_BEGAN}),
        back_fill,
        read_max=_READ_MAX,
    ),
)
