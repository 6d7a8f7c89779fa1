"""What requests do with events: those between two people end when one refuses the other."""

from typing import Final
from uuid import UUID

import msgspec

from quid.collect import service
from quid.identity.events import BLOCKED, Between
from quid.kit import clock, db, ids
from quid.kit.events import Envelope
from quid.kit.outbox import Consumer

_between = msgspec.json.Decoder(Between)


async def end_blocked(tx: db.Tx, envelopes: list[Envelope]) -> None:
    """End the open requests of both to each other; nobody is told.

    Locks: collect.request by id. Idempotent: what has ended is open no more.
    """
    pairs = [_pair(_between.decode(e.data)) for e in envelopes]
    await service.end_between(tx, [p for p in pairs if p is not None], now=clock.now())


def _pair(fact: Between) -> tuple[UUID, UUID] | None:
    user, other = ids.read("usr", fact.user_id), ids.read("usr", fact.friend_id)
    return None if user is None or other is None else (user, other)


CONSUMERS: Final = (Consumer("collect.blocks", frozenset({BLOCKED}), end_blocked),)
