"""Faults planted where the rails are booked and counted; each is caught by the test named here."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from quid.kit import db
from tests.slices.ledger import test_at_most as pairs
from tests.slices.ledger import test_back_dating as dates
from tests.slices.ledger import test_counting as counts
from tests.slices.ledger.test_planted_faults import POST_BATCH
from tests.support.ledger import found_town, new_id
from tests.support.rails import Rails, lay_rails

pytestmark = pytest.mark.spoils("a faulty posting function is what it is about")
LIMITS = POST_BATCH.parent / "ledger_limits.sql"
ACCOUNTS = POST_BATCH.parent / "ledger_accounts.sql"
Catcher = Callable[[db.Database, asyncpg.Connection], Awaitable[None]]


def filled(test: Callable[..., Awaitable[None]], *more: object) -> Catcher:
    async def catch(database: db.Database, _: asyncpg.Connection) -> None:
        rails = await lay_rails(database)
        await rails.deposit(1_000)
        await test(rails, *more)

    return catch


async def failed_group(database: db.Database, admin: asyncpg.Connection) -> None:
    rails = await lay_rails(database)
    await rails.deposit(1_000)
    await pairs.test_a_failed_group_forgets_that_nothing_was_moved(rails, admin)


async def dated(database: db.Database, admin: asyncpg.Connection) -> None:
    await dates.test_the_chain_covers_the_date(await lay_rails(database), admin)


def empty(test: Callable[[Rails], Awaitable[None]]) -> Catcher:
    async def catch(database: db.Database, _: asyncpg.Connection) -> None:
        await test(await lay_rails(database))

    return catch


async def forgotten(database: db.Database, admin: asyncpg.Connection) -> None:
    town = await found_town(database)
    await counts.test_what_its_window_has_forgotten_is_left_alone(town, admin, 28)


def town(test: Callable[..., Awaitable[None]]) -> Catcher:
    async def catch(database: db.Database, _: asyncpg.Connection) -> None:
        await test(await found_town(database))

    return catch


PARTLY = (300, [pairs.OK, pairs.OK], [700, 300])
NONE_LEFT = (1_000, [pairs.NOTHING, pairs.OK], [0, 1_000])
SPOILED = pairs.test_the_rest_stands_right_after_what_it_is_the_rest_of
PLANTED: dict[str, tuple[Path, str, str, Catcher]] = {
    "the rest is all of it": (
        POST_BATCH,
        "a := a - amounts[i - 1];",
        "",
        filled(pairs.test_what_is_there_is_taken_and_the_rest_is_owed, *PARTLY),
    ),
    "what is there is not looked at": (
        POST_BATCH,
        "if lo[d] > cre[d] - deb[d] - a then",
        "if false then",
        filled(pairs.test_what_is_there_is_taken_and_the_rest_is_owed, *PARTLY),
    ),
    "more is paid back than is owed": (
        POST_BATCH,
        "if hi[c] < cre[c] - deb[c] + a then",
        "if false then",
        filled(pairs.test_where_there_is_nothing_to_pay_back_nothing_is_paid_back),
    ),
    "a move of nothing is not kept": (
        POST_BATCH,
        "refused := array_append(refused, i);",
        "",
        filled(pairs.test_a_move_of_nothing_is_an_answer_for_ever),
    ),
    "a pair that moved nothing is half known": (
        POST_BATCH,
        "results[k] in (0, 2)",
        "results[k] = 0",
        filled(pairs.test_what_is_there_is_taken_and_the_rest_is_owed, *NONE_LEFT),
    ),
    "a failed group keeps that nothing was moved": (
        POST_BATCH,
        "while refused[cardinality(refused)] >= p_group_first[i] loop",
        "while false loop",
        failed_group,
    ),
    "the rest stands anywhere": (
        POST_BATCH,
        "p_flags[i - 1] is distinct from 1::int2",
        "false",
        filled(
            SPOILED,
            lambda pair: [*pair, pair[1]._replace(id=new_id())],
            [pairs.FAILED, pairs.FAILED, pairs.LOST],
        ),
    ),
    "the rest is of another amount": (
        POST_BATCH,
        "or p_amounts[i] <> p_amounts[i - 1]",
        "",
        filled(
            SPOILED,
            lambda pair: [pair[0], pair[1]._replace(amount_minor=999)],
            [pairs.FAILED, pairs.LOST],
        ),
    ),
    "a date is not compared": (
        POST_BATCH,
        "        and row_.effective_at is not distinct from p_effective[i]\n",
        "",
        empty(dates.test_a_date_belongs_to_the_request),
    ),
    "anything may be dated back": (
        POST_BATCH,
        "p_effective[i] is not null and p_codes[i] = any (dated) is not true",
        "false",
        empty(dates.test_only_some_codes_may_be_dated_back),
    ),
    "a date is not hashed": (
        POST_BATCH,
        "coalesce(int8send((extract(epoch from p_effective[x]) * 1000000)::bigint), '')",
        "''::bytea",
        dated,
    ),
    "a count takes one more than its cap": (
        LIMITS,
        "> c.cap_minor - p_amount",
        "> c.cap_minor - p_amount + 1",
        town(counts.test_a_limit_counts_up_to_its_cap_and_says_when_it_ends),
    ),
    "what is given back still counts": (
        LIMITS,
        "set amount = v.amount - p_amount, n = v.n - 1",
        "set n = v.n - 1",
        town(counts.test_what_is_given_back_counts_no_more),
    ),
    "more is given back than was counted": (
        LIMITS,
        "        and v.amount >= p_amount and v.n > 0\n",
        "",
        town(counts.test_more_than_was_counted_is_not_given_back),
    ),
    "the oldest slot is forgotten too early": (
        LIMITS,
        "> floor(extract(epoch from at) / m.slot_seconds) - m.slots\n",
        "> floor(extract(epoch from at) / m.slot_seconds) - m.slots + 1\n",
        forgotten,
    ),
    "anybody has a floor of their own": (
        ACCOUNTS,
        "old.kind <> 120 or p_floor > 0",
        "p_floor > 0",
        empty(counts.test_only_an_advance_has_a_floor_of_its_own),
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_a_planted_fault_is_caught(
    database: db.Database, admin: asyncpg.Connection, fault: str
) -> None:
    path, sound, faulty, catcher = PLANTED[fault]
    text = path.read_text(encoding="utf-8")
    assert text.count(sound) == 1, "the fault has no place in the function any more"
    await admin.execute(text.replace(sound, faulty))
    with pytest.raises((AssertionError, asyncpg.PostgresError, pytest.fail.Exception)):
        await catcher(database, admin)
    await admin.execute(text)
