"""Limits on the real database: the shipped policy, its versions, one person's own."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.identity import service as identity
from quid.identity.errors import PersonNotFound
from quid.identity.types import NewPerson
from quid.kit import db, ids
from quid.kit.errors import MissingField, ValidationFailed
from quid.kit.runtime import Runtime
from quid.risk import queries, service
from quid.risk.errors import CurrencyNotOffered
from quid.risk.queries import LimitBook, Limits
from quid.risk.types import SetLimit, Window

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SOMEBODY = UUID(int=5)


@pytest.fixture
def house(runtime: Runtime) -> Runtime:
    """The runtime with a book that has read nothing."""
    runtime.put(LimitBook())
    return runtime


@pytest.fixture
async def dot(house: Runtime) -> UUID:
    """A person of the lowest tier."""
    new = NewPerson(ids.new(9, NOW), "dot", "Dot", "dot@example.org", "hash")
    async with house.part(db.Database).transaction() as tx:
        return (await identity.add_person(tx, new, now=NOW)).id


def _limit(user_id: UUID, max_minor: int = 10_000, window: Window = Window.WEEK) -> SetLimit:
    return SetLimit(user_id, window, max_minor, None, "USD", NOW + 30 * DAY, "own wish", "op")


async def _ask(database: db.Database, user_id: UUID, tier: int, now: datetime = NOW) -> Limits:
    async with database.read() as conn:
        (found,) = await queries.policies(conn, [(user_id, tier)], currency="USD", now=now)
    return found


@pytest.mark.parametrize(
    ("tier", "payment", "day", "day_count", "week"),
    [
        (0, 29_999, 29_999, 20, 29_999),
        (1, 299_999, 299_999, 100, 699_999),
        (2, 500_000, 1_000_000, 200, 6_000_000),
    ],
)
async def test_the_shipped_policy_is_the_published_table(  # noqa: PLR0917 - a table
    tier: int, payment: int, day: int, day_count: int, week: int, house: Runtime
) -> None:
    found = (await _ask(house.part(db.Database), SOMEBODY, tier)).limits
    assert (found.payment_minor, found.day.max_minor, found.day.max_count) == (
        payment,
        day,
        day_count,
    )
    assert (found.week.max_minor, found.week.max_count) == (week, None)


async def test_a_batch_is_answered_in_order(house: Runtime, dot: UUID) -> None:
    await service.set_limit(_limit(dot), now=NOW)
    people = [(SOMEBODY, 2), (dot, 0), (SOMEBODY, 1), (dot, 2)]
    async with house.part(db.Database).read() as conn:
        found = await queries.policies(conn, people, currency="USD", now=NOW)
    assert [(f.limits.tier, f.limits.week.max_minor) for f in found] == [
        (2, 6_000_000),
        (0, 10_000),
        (1, 699_999),
        (2, 10_000),
    ]


async def test_a_new_version_holds_from_its_instant(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    await admin.execute(
        'insert into risk.limit_policy (version, tier, kind, "window", max_minor, max_count, '
        'currency, active_from) select 2, tier, kind, "window", max_minor / 2, max_count, '
        "currency, $1 from risk.limit_policy",
        NOW + DAY,
    )
    database = house.part(db.Database)
    assert (await _ask(database, SOMEBODY, 2, NOW + DAY - SECOND)).limits.payment_minor == 500_000
    assert (await _ask(database, SOMEBODY, 2, NOW + DAY + 30 * SECOND)).limits.payment_minor == (
        250_000
    )


async def test_what_was_read_stands_for_30_seconds(
    house: Runtime, dot: UUID, admin: asyncpg.Connection
) -> None:
    database = house.part(db.Database)
    await _ask(database, dot, 0)
    # As another process writes it.
    await admin.execute(
        "insert into risk.limit_override values "
        "($1, $2, 'send', 'week', 1, null, 'USD', $3, $4, 'r', 'op')",
        ids.new(0, NOW),
        dot,
        NOW,
        NOW + DAY,
    )
    assert (await _ask(database, dot, 0, NOW + 29 * SECOND)).limits.week.max_minor == 29_999
    assert (await _ask(database, dot, 0, NOW + 30 * SECOND)).limits.week.max_minor == 1


async def test_an_own_limit_ends_at_its_instant_and_the_latest_holds(
    house: Runtime, dot: UUID
) -> None:
    database = house.part(db.Database)
    await service.set_limit(_limit(dot, 10_000), now=NOW)
    await service.set_limit(_limit(dot, 20_000), now=NOW + SECOND)
    end = NOW + 30 * DAY
    assert (await _ask(database, dot, 0, NOW + SECOND)).limits.week.max_minor == 20_000
    assert (await _ask(database, dot, 0, end - SECOND)).limits.week.max_minor == 20_000
    assert (await _ask(database, dot, 0, end)).limits.week.max_minor == 29_999


async def test_an_own_limit_is_audited(
    house: Runtime, dot: UUID, admin: asyncpg.Connection
) -> None:
    assert house
    await service.set_limit(_limit(dot, window=Window.DAY), now=NOW)
    rows = await admin.fetch(
        "select actor, actor_type, action, resource_id, details->>'reason' from kit.audit"
    )
    assert [tuple(r) for r in rows] == [
        ("op", "operator", "risk.set_limit", ids.show("usr", dot), "own wish")
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"max_minor": -1}, "max_minor"),
        ({"max_minor": 10**15 + 1}, "max_minor"),
        ({"max_count": 0}, "max_count"),
        ({"window": Window.PAYMENT}, "window"),
        ({"expires_at": NOW}, "expires_at"),
        ({"reason": ""}, "reason"),
        ({"reason": "a\nb"}, "reason"),
        ({"currency": "EUR"}, "currency"),
        ({"currency": "usd"}, "currency"),
    ],
)
async def test_each_field_of_an_own_limit_is_checked(
    change: dict[str, object], field: str, dot: UUID
) -> None:
    plain: dict[str, object] = {
        "user_id": dot,
        "window": Window.WEEK,
        "max_minor": 10_000,
        "max_count": None,
        "currency": "USD",
        "expires_at": NOW + DAY,
        "reason": "own wish",
        "by": "op",
    }
    with pytest.raises((ValidationFailed, MissingField, CurrencyNotOffered)) as e:
        await service.set_limit(SetLimit(**(plain | change)), now=NOW)  # type: ignore[arg-type]  # mixed
    assert e.value.field == field


async def test_a_limit_is_set_for_a_person_who_exists(house: Runtime) -> None:
    assert house
    with pytest.raises(PersonNotFound):
        await service.set_limit(_limit(SOMEBODY), now=NOW)


async def test_a_currency_without_a_policy_is_refused(house: Runtime) -> None:
    async with house.part(db.Database).read() as conn:
        with pytest.raises(CurrencyNotOffered):
            await queries.policies(conn, [(SOMEBODY, 0)], currency="EUR", now=NOW)


async def test_the_application_cannot_change_the_policy(database: db.Database) -> None:
    async with database.read() as conn:
        for statement in (
            "update risk.limit_policy set max_minor = 1",
            "delete from risk.limit_policy",
            "update risk.limit_override set max_minor = 1",
            "delete from risk.limit_override",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
