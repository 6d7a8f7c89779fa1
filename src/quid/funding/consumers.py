"""What funding does with events: a person whom the law knows now may own the bank they linked."""

from typing import Final

import msgspec

from quid.funding.store import sources as store
from quid.identity.events import TIER_CHANGED, TierChanged
from quid.kit import clock, db, ids
from quid.kit.events import Envelope
from quid.kit.outbox import Consumer

_changed = msgspec.json.Decoder(TierChanged)


async def look_at_banks(tx: db.Tx, envelopes: list[Envelope]) -> None:
    """Let the banks of people who were verified be asked about their owner; a job asks.

    Locks: funding.source. Idempotent: a bank that has told is not asked again.
    """
    told = [ids.read("usr", _changed.decode(e.data).user_id) for e in envelopes]
    await store.ASK_TO_LOOK.run(tx, sorted({t for t in told if t is not None}), clock.now())


CONSUMERS: Final = (
    Consumer("funding.owners", frozenset({TIER_CHANGED}), look_at_banks, is_keyed=True),
)
