"""Posting: order, independence, replay, refusals, limits, time."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.kit import db, ids
from quid.ledger import service as ledger
from quid.ledger.errors import ClockApart
from quid.ledger.types import Check, Code, Meter, Result, Transfer
from tests.support.ledger import Town, found_town, new_id, now, replace


@pytest.fixture
async def town(database: db.Database) -> Town:
    return await found_town(database)


async def test_a_payment_moves_money_and_says_what_both_hold(town: Town) -> None:
    outcome = await town.pay(0, 1, 1_368)
    assert outcome.result is Result.POSTED
    assert (outcome.moved_minor, outcome.debit_after, outcome.credit_after) == (
        1_368,
        8_632,
        11_368,
    )
    assert await town.nets() == [8_632, 11_368, 10_000]


async def test_an_item_sees_those_before_it_and_a_refused_one_fails_alone(town: Town) -> None:
    items = [
        town.payment(0, 1, 10_001),
        town.payment(1, 2, 20_000),
        town.payment(0, 1, 10_000),
        town.payment(1, 2, 20_000),
    ]
    results = [o.result for o in await town.post(*items)]
    no, yes = Result.INSUFFICIENT_FUNDS, Result.POSTED
    assert results == [no, no, yes, yes]
    assert await town.nets() == [0, 0, 30_000]


async def test_the_last_cent_can_be_spent_and_not_one_more(town: Town) -> None:
    assert (await town.pay(0, 1, 10_000)).result is Result.POSTED
    assert (await town.pay(0, 1, 1)).result is Result.INSUFFICIENT_FUNDS


async def test_a_replay_gives_the_first_answer_with_the_balances_of_then(town: Town) -> None:
    item = town.payment(0, 1, 500)
    [first] = await town.post(item)
    await town.pay(1, 0, 77)
    [again] = await town.post(item)
    assert again == first._replace(is_replayed=True)
    assert await town.nets() == [9_577, 10_423, 10_000]


async def test_a_refusal_replays_when_the_money_has_come(town: Town) -> None:
    item = town.payment(0, 1, 10_500)
    assert [o.result for o in await town.post(item)] == [Result.INSUFFICIENT_FUNDS]
    await town.pay(1, 0, 5_000)
    [again] = await town.post(item)
    assert (again.result, again.is_replayed) == (Result.INSUFFICIENT_FUNDS, True)
    assert await town.nets() == [15_000, 5_000, 10_000]


@pytest.mark.parametrize("field", ["debit", "credit", "amount_minor", "code", "cause_id", "flags"])
async def test_the_same_id_with_another_body_is_refused(town: Town, field: str) -> None:
    item = town.payment(0, 1, 500)
    [first] = await town.post(item)
    other = {
        "debit": town.wallets[2],
        "credit": town.wallets[2],
        "amount_minor": 501,
        "code": Code.OPENING,
        "cause_id": new_id(),
        "flags": 1,
    }[field]
    wrong = replace(item, **{field: other})
    [outcome] = await town.post(wrong)
    assert (outcome.result, outcome.debit_after, outcome.moved_minor) == (Result.ID_REUSED, None, 0)
    assert await town.post(item) == [first._replace(is_replayed=True)]


async def test_twins_in_one_call_move_money_once(town: Town) -> None:
    item = town.payment(0, 1, 500)
    first, second, third = await town.post(item, item, replace(item, amount_minor=1))
    assert second == first._replace(is_replayed=True)
    assert third.result is Result.ID_REUSED
    assert await town.nets() == [9_500, 10_500, 10_000]


async def test_the_cause_is_kept_and_hashed(town: Town, admin: asyncpg.Connection) -> None:
    cause = new_id()
    item = replace(town.payment(0, 1, 5), cause_id=cause)
    await town.post(item)
    kept = await admin.fetchval("select cause_id from ledger.journal where id = $1", item.id)
    assert kept == cause


@pytest.mark.parametrize(
    "value",
    [
        UUID(int=0),
        UUID(int=2**128 - 1),
        UUID("6ba7b810-9dad-41d1-80b4-00c04fd430c8"),
        UUID("0000b0a0-0000-7000-8000-000000000000"),
    ],
    ids=["nil", "max", "version 4", "no partition"],
)
async def test_an_id_that_is_not_ours_is_refused_and_its_neighbours_are_not(
    town: Town, value: UUID
) -> None:
    wrong = replace(town.payment(0, 1, 5), id=value)
    results = [o.result for o in await town.post(town.payment(0, 1, 5), wrong)]
    assert results == [Result.POSTED, Result.ID_INVALID]


async def test_an_id_of_another_month_is_posted(town: Town) -> None:
    early = ids.new(1, now() + timedelta(days=40))
    item = replace(town.payment(0, 1, 5), id=early)
    outcomes = await town.post(item, town.payment(1, 2, 5))
    assert {o.result for o in outcomes} == {Result.POSTED}
    assert (await town.post(item))[0].is_replayed


async def test_a_limit_counts_what_went_before_it_in_the_call(town: Town) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 1_000, None, "daily")
    items = [town.payment(0, 1, amount, [check]) for amount in (600, 500, 400, 1)]
    outcomes = await town.post(*items)
    yes, no = Result.POSTED, Result.LIMIT_EXCEEDED
    assert [o.result for o in outcomes] == [yes, no, yes, no]
    assert (outcomes[1].check, outcomes[1].used_minor) == ("daily", 600)
    assert (outcomes[3].check, outcomes[3].used_minor) == ("daily", 1_000)
    assert [o.is_replayed for o in await town.post(*items)] == [True] * 4
    [over] = await town.post(town.payment(0, 1, 1, [check]))
    assert over.used_minor == 1_000, "a replay counted twice"


async def test_a_refusal_by_a_limit_replays_with_its_reason(town: Town) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 99, None, "daily")
    item = town.payment(0, 1, 100, [check])
    [first] = await town.post(item)
    assert first.resets_at is not None
    assert first.resets_at > first.recorded_at + timedelta(hours=24)
    assert await town.post(item) == [first._replace(is_replayed=True)]


async def test_a_refused_item_uses_up_no_limit(town: Town) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 20_000, 1, "daily")
    outcomes = await town.post(
        town.payment(0, 1, 10_001, [check]), town.payment(0, 1, 10_000, [check])
    )
    assert [o.result for o in outcomes] == [Result.INSUFFICIENT_FUNDS, Result.POSTED]


async def test_the_first_of_several_limits_that_fails_is_named(town: Town) -> None:
    wallet = town.wallets[0]
    checks = [
        Check(wallet, Meter.SEND_24H, 10_000, None, "daily"),
        Check(wallet, Meter.SEND_7D, 50, None, "weekly"),
    ]
    [outcome] = await town.post(town.payment(0, 1, 51, checks))
    assert outcome.check == "weekly"


async def test_a_limit_may_count_on_the_payee(town: Town) -> None:
    check = Check(town.wallets[1], Meter.SEND_24H, None, 1, "received")
    outcomes = await town.post(*[town.payment(p, 1, 5, [check]) for p in (0, 2)])
    assert [o.result for o in outcomes] == [Result.POSTED, Result.LIMIT_EXCEEDED]


async def test_a_window_rounds_up_and_then_ends(town: Town, admin: asyncpg.Connection) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 100, None, "daily")
    await town.post(town.payment(0, 1, 100, [check]))
    results = []
    for ahead in (timedelta(hours=24), timedelta(hours=25)):
        await admin.execute("update ledger.calendar set clock_ahead = $1", ahead)
        async with town.database.transaction() as tx:
            item = replace(town.payment(0, 1, 100, [check]), id=ids.new(7, now() + ahead))
            [outcome] = await ledger.post(tx, [item], now=now() + ahead)
        results.append(outcome.result)
    assert results == [Result.LIMIT_EXCEEDED, Result.POSTED]


async def test_clocks_more_than_a_minute_apart_refuse_the_whole_call(town: Town) -> None:
    for apart in (timedelta(seconds=61), timedelta(seconds=-61)):
        with pytest.raises(ClockApart):
            async with town.database.transaction() as tx:
                await ledger.post(tx, [town.payment(0, 1, 5)], now=now() + apart)
    assert await town.nets() == [10_000, 10_000, 10_000]


async def test_time_never_runs_back_when_the_clock_does(
    town: Town, admin: asyncpg.Connection
) -> None:
    first = await town.pay(0, 1, 5)
    await admin.execute("update ledger.calendar set clock_ahead = '-30 seconds'")
    for lane in (0, 9):
        [later] = await town.post(town.payment(0, 1, 5), lane=lane)
        assert later.recorded_at >= first.recorded_at


async def test_a_second_post_in_a_transaction_raises(town: Town) -> None:
    async with town.database.transaction() as tx:
        await ledger.post(tx, [town.payment(0, 1, 5)], now=now())
        with pytest.raises(asyncpg.PostgresError, match="one post per transaction"):
            await ledger.post(tx, [town.payment(1, 0, 5)], now=now())


async def test_a_process_of_the_release_before_still_pays(
    town: Town, admin: asyncpg.Connection
) -> None:
    """It calls without the lists for groups and acts, while a new release is put in place."""
    accounts = sorted(town.wallets[:2])
    told = await admin.fetchrow(
        "select r.results, r.moved from ledger.post_batch(0::int2, $1, $2, array[$3::uuid], '{1}', "
        "'{2}', '{5}', '{1}', '{0}', '{null}', '{}', '{}', '{}', '{}', '{}', '{}', '{}') r",
        *(now(), accounts, new_id()),
    )
    assert told is not None
    assert tuple(told) == ([Result.POSTED], None)


async def test_an_empty_call_does_nothing(town: Town) -> None:
    assert await town.post() == []


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1, 2**63 - 1, -(2**63)])
async def test_an_amount_out_of_bounds_is_refused(town: Town, amount: int) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 0, 0, "daily")
    outcomes = await town.post(
        town.payment(0, 1, amount), town.payment(0, 1, amount, [check]), town.payment(0, 1, 1)
    )
    wrong = Result.AMOUNT_INVALID
    assert [o.result for o in outcomes] == [wrong, wrong, Result.POSTED]


def _bad(town: Town, what: str) -> list[Transfer]:
    item = town.payment(0, 1, 5)
    elsewhere = Check(town.wallets[2], Meter.SEND_24H, 1, 1, "x")
    twice = Check(town.wallets[0], Meter.SEND_24H, 1, 1, "x")
    return {
        "too many": [item] * 1001,
        "float": [replace(item, amount_minor=5.0)],
        "bool": [replace(item, amount_minor=True)],
        "amount beyond 64 bits": [replace(item, amount_minor=2**63)],
        "account beyond 64 bits": [replace(item, debit=2**63)],
        "code beyond 16 bits": [replace(item, code=40_000)],
        "flags beyond 16 bits": [replace(item, flags=-40_000)],
        "a limit on an account of someone else": [replace(item, checks=(elsewhere,))],
        "a meter twice": [replace(item, checks=(twice, twice))],
    }[what]


@pytest.mark.parametrize(
    "what",
    [
        "too many",
        "float",
        "bool",
        "amount beyond 64 bits",
        "account beyond 64 bits",
        "code beyond 16 bits",
        "flags beyond 16 bits",
        "a limit on an account of someone else",
        "a meter twice",
    ],
)
async def test_what_no_correct_caller_sends_raises_before_sql(town: Town, what: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each with its own words
        await town.post(*_bad(town, what))


async def test_a_thousand_items_are_one_call(town: Town) -> None:
    outcomes = await town.post(*[town.payment(i % 3, (i + 1) % 3, 1) for i in range(1000)])
    assert {o.result for o in outcomes} == {Result.POSTED}
