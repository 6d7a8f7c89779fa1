"""Rows that count from an earlier instant: which may, how far, and what stays as it was."""

from datetime import datetime, timedelta

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import Code, Kind, Result, Transfer
from tests.support.ledger import new_id, now, replace, seeded
from tests.support.rails import Rails, lay_rails

OK, NOT_ALLOWED = Result.POSTED, Result.BACK_DATING_NOT_ALLOWED
DAY = timedelta(days=1)


@pytest.fixture
async def rails(database: db.Database) -> Rails:
    return await lay_rails(database)


def funding(rails: Rails, amount: int, at: datetime | None, kind: Kind = Kind.WALLET) -> Transfer:
    return rails.move(Code.OPENING, Kind.CAPITAL, kind, amount, effective_at=at)


async def result(rails: Rails, *items: Transfer) -> list[Result]:
    return [o.result for o in await rails.post(*items)]


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(seconds=1), OK),
        (399 * DAY, OK),
        (400 * DAY + timedelta(minutes=1), NOT_ALLOWED),
        (-timedelta(minutes=1), NOT_ALLOWED),
    ],
)
async def test_a_row_counts_from_at_most_400_days_back_and_never_from_ahead(
    rails: Rails, ago: timedelta, expected: Result
) -> None:
    assert await result(rails, funding(rails, 100, now() - ago)) == [expected]


async def test_only_some_codes_may_be_dated_back(rails: Rails) -> None:
    at = now() - DAY
    accepted = rails.move(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, 50)
    assert await result(rails, replace(accepted, effective_at=at)) == [NOT_ALLOWED]
    settled = rails.move(Code.PULL_SETTLED, Kind.RAIL_PENDING, Kind.RAIL_IN, 50, effective_at=at)
    adjusted = rails.move(Code.ADJUSTMENT, Kind.SUSPENSE, Kind.WALLET, 5, effective_at=at)
    assert await result(rails, replace(accepted, id=new_id()), settled, adjusted) == [OK] * 3


async def test_a_date_belongs_to_the_request(rails: Rails) -> None:
    at = now() - DAY
    item = funding(rails, 100, at)
    twin = replace(item, effective_at=at - DAY)
    assert await result(rails, item, item, twin) == [OK, OK, Result.ID_REUSED]
    assert await result(rails, replace(item, effective_at=None)) == [Result.ID_REUSED]
    [again] = await rails.post(item)
    assert (again.result, again.is_replayed) == (OK, True)


async def test_a_refusal_keeps_its_date(rails: Rails) -> None:
    at = now() - DAY
    poor = rails.move(Code.OPENING, Kind.WALLET, Kind.CAPITAL, 100, effective_at=at)
    assert await result(rails, poor) == [Result.INSUFFICIENT_FUNDS]
    assert await result(rails, funding(rails, 500, None), poor) == [OK, Result.INSUFFICIENT_FUNDS]
    assert await result(rails, replace(poor, effective_at=None)) == [Result.ID_REUSED]


async def test_the_chain_covers_the_date(rails: Rails, admin: asyncpg.Connection) -> None:
    at = now() - DAY
    item = funding(rails, 100, at)
    await rails.post(*ledger.group(1, [item, funding(rails, 7, None)]))
    async with rails.database.read() as conn:
        assert (await queries.verify(conn)).is_sound
        text = queries.render(await queries.explain(conn, item.id))
    assert "it counts from" in text
    row = await admin.fetchrow("select effective_at from ledger.journal where id = $1", item.id)
    assert row is not None
    assert row[0] == at


async def test_both_axes_are_what_a_replay_says(rails: Rails) -> None:
    """What was recorded up to an instant, and what counts from it or earlier: against all rows."""
    chance = seeded(5)
    wallet = rails.accounts[Kind.WALLET]
    rows: list[tuple[datetime, datetime, int]] = []
    for _ in range(60):
        back = chance.choice([None, timedelta(seconds=chance.randrange(1, 500)), DAY, 30 * DAY])
        at = None if back is None else now() - back
        amount = chance.randrange(1, 100)
        item = funding(rails, amount, at)
        if chance.random() < 0.3:
            item = replace(item, debit=item.credit, credit=item.debit)
        [outcome] = await rails.post(item)
        if outcome.result is OK:
            change = amount if item.credit == wallet else -amount
            rows.append((outcome.recorded_at, at or outcome.recorded_at, change))
    instants = [at for row in rows for at in row[:2]]
    async with rails.database.read() as conn:
        for at in [*chance.sample(instants, 25), now(), now() - 400 * DAY]:
            recorded = sum(change for when, _, change in rows if when <= at)
            known = recorded + sum(c for when, since, c in rows if since <= at < when)
            assert await queries.net_as_of(conn, wallet, at) == recorded
            assert await queries.net_effective_at(conn, wallet, at) == known
