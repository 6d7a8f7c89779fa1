"""A town for the benches of the feed: people, friendships and payments, in bulk.

People are made by the service; the rest is copied straight into the tables, as they would be after
months. No wallet moves: whoever reads a feed reads payments, never the books.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from quid.entrypoints.worker import CONSUMERS
from quid.identity import service as identity
from quid.identity.types import NewPerson
from quid.kit import clock, db, ids, outbox
from quid.kit.runtime import Runtime

_NOTES = ("pizza 🍕", "coffee ☕", "the late taxi", "climbing gym", "brunch 🥞", "thanks!")


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that has arrived."""

    id: UUID
    payer: UUID
    payee: UUID
    at: datetime


async def people(rt: Runtime, count: int, name: str) -> list[UUID]:
    """Make people by the service, a hundred to a transaction."""
    made: list[UUID] = []
    now = clock.now() - timedelta(days=120)
    while len(made) < count:
        async with rt.part(db.Database).transaction() as tx:
            for n in range(len(made), min(count, len(made) + 100)):
                new = NewPerson(
                    id=ids.new(ids.random_bucket(), now),
                    handle=f"{name}_{n:05d}",
                    display_name=f"{name.title()} {n}",
                    email=f"{name}{n}@bench.localhost",
                    password_hash="-",  # noqa: S106 - nobody signs in by it
                    tier=2,
                    joined_at=now,
                )
                made.append((await identity.add_person(tx, new, now=now)).id)
    return made


async def settle(rt: Runtime) -> None:
    """Let every consumer of the worker take what is there, so that it rests when one measures."""
    for consumer in CONSUMERS:
        while await outbox.consume(rt.part(db.Database), consumer):
            pass


async def befriend(admin: asyncpg.Connection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Make each pair friends, since before there were payments."""
    since = clock.now() - timedelta(days=119)
    both = {pair for one, other in pairs for pair in ((one, other), (other, one))}
    await admin.copy_records_to_table(
        "edge",
        schema_name="identity",
        columns=["user_id", "friend_id", "state", "asked_by", "since"],
        records=[(one, other, "ACCEPTED", min(one, other), since) for one, other in both],
    )


def payments(
    chance: random.Random, payers: Sequence[UUID], payees: Sequence[UUID], count: int, days: float
) -> list[Paid]:
    """Draw payments of the last `days`, the oldest first."""
    now = clock.now() - timedelta(seconds=5)
    made = []
    for n in range(count):
        at = now - timedelta(days=days) * (1 - n / count)
        payer, payee = chance.choice(payers), chance.choice(payees)
        while payee == payer:
            payee = chance.choice(payees)
        made.append(Paid(ids.new(ids.bucket(payer), at), payer, payee, at))
    return made


async def store(admin: asyncpg.Connection, paid: Sequence[Paid]) -> None:
    """Copy payments into their table: to friends, amounts shown to the two alone."""
    columns = [
        "id", "payer_id", "payee_id", "amount_minor", "currency", "note", "payer_visibility",
        "payee_visibility", "payer_show_amount", "payee_show_amount", "states", "times",
    ]  # fmt: skip
    await admin.copy_records_to_table(
        "payment",
        schema_name="payments",
        columns=columns,
        records=[
            (
                p.id, p.payer, p.payee, 100 + n % 900, "USD", _NOTES[n % len(_NOTES)], "friends",
                "friends", False, False, [10, 30, 60], [p.at, p.at, p.at],
            )
            for n, p in enumerate(paid)
        ],
    )  # fmt: skip
