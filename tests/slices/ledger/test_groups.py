"""Linked groups: all or none inside the call, and what a second sending gets."""

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import service as ledger
from quid.ledger.types import Check, Hold, Meter, Original, Outcome, Result, Transfer
from tests.support.holds import Safe, open_safe
from tests.support.ledger import Town, found_town, new_id, now, replace

OK, POOR, FAILED = Result.POSTED, Result.INSUFFICIENT_FUNDS, Result.GROUP_FAILED
REUSED = Result.ID_REUSED


@pytest.fixture
async def town(database: db.Database) -> Town:
    return await found_town(database)


def results(outcomes: list[Outcome]) -> list[Result]:
    return [o.result for o in outcomes]


def pair(town: Town, *amounts: int) -> list[Transfer]:
    """A group of payments round the town."""
    items = [town.payment(n % 3, (n + 1) % 3, a) for n, a in enumerate(amounts)]
    return ledger.group(1, items)


async def test_a_group_is_booked_whole(town: Town, admin: asyncpg.Connection) -> None:
    items = pair(town, 100, 200, 300)
    assert results(await town.post(*items)) == [OK] * 3
    groups = await admin.fetch(
        "select distinct group_id from ledger.journal where id = any ($1)", [i.id for i in items]
    )
    assert [row[0] for row in groups] == [items[0].id]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_that_fails_takes_its_group_along_and_nobody_else(town: Town, place: int) -> None:
    amounts = [100, 200, 300]
    amounts[place] = 99_999
    outcomes = await town.post(town.payment(0, 1, 1), *pair(town, *amounts), town.payment(0, 1, 2))
    expected = [FAILED] * 3
    expected[place] = POOR
    assert results(outcomes) == [OK, *expected, OK]
    assert all(o.debit_after is None and o.moved_minor == 0 for o in outcomes[1:4])
    assert await town.nets() == [9_997, 10_003, 10_000]
    assert (await town.pay(0, 1, 1)).debit_seq == 4, "an undone leg has kept its number"


async def test_money_that_a_failed_group_moved_is_not_there_for_the_next(town: Town) -> None:
    failing = pair(town, 10_000, 20_001)
    outcomes = await town.post(*failing, town.payment(1, 2, 10_001), town.payment(0, 1, 10_000))
    assert results(outcomes) == [FAILED, POOR, POOR, OK]


async def test_a_failed_group_uses_up_no_limit(town: Town) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 100, 1, "daily")
    failing = ledger.group(1, [town.payment(0, 1, 100, [check]), town.payment(2, 0, 10_001)])
    outcomes = await town.post(*failing, town.payment(0, 1, 100, [check]))
    assert results(outcomes) == [FAILED, POOR, OK]


async def test_a_failed_group_leaves_holds_as_they_were(town: Town) -> None:
    safe = await open_safe(town)
    hold = await safe.place(0, 500)
    placing = safe.placing(1, 300)
    new = Hold(placing.id, placing.debit, placing.credit, 0, 0, 0, 1, 1, None, now(), None, None)
    payment = town.payment(0, 1, 40)
    failing = ledger.group(
        1,
        [
            payment,
            placing,
            ledger.capture(new_id(), new, town.wallets[2], 100),
            ledger.capture(new_id(), hold, town.wallets[1], 100),
            ledger.release(new_id(), hold),
            town.payment(0, 1, 99_999),
        ],
    )
    outcomes = await town.post(
        *failing,
        ledger.capture(new_id(), hold, town.wallets[1], 500),
        ledger.release(new_id(), new),
    )
    assert results(outcomes) == [FAILED] * 5 + [POOR, OK, Result.SOURCE_UNKNOWN]
    kept = await safe.hold(hold.id)
    assert (kept.captured, kept.released) == (500, 0)
    [unknown] = await town.post(ledger.release(new_id(), new))
    assert unknown.result is Result.SOURCE_UNKNOWN
    assert await safe.nets() == [9_500, 10_500, 10_000, 0, 0, 0]


async def test_a_release_undone_counts_again(town: Town) -> None:
    safe = await open_safe(town)
    once = Check(town.wallets[0], Meter.SEND_24H, 1_000, 1, "daily")
    hold = await safe.place(0, 800, checks=(once,))
    failing = ledger.group(1, [ledger.release(new_id(), hold), town.payment(0, 1, 99_999)])
    outcomes = await town.post(*failing, town.payment(0, 1, 1, [once]))
    assert results(outcomes) == [FAILED, POOR, Result.LIMIT_EXCEEDED]


async def test_a_group_is_answered_again_whole(town: Town) -> None:
    items = pair(town, 100, 200)
    first = await town.post(*items)
    again = await town.post(town.payment(0, 1, 1), *items)
    assert again[1:] == [o._replace(is_replayed=True) for o in first]


async def test_a_refused_group_stays_refused_when_the_money_has_come(town: Town) -> None:
    items = pair(town, 100, 15_000)
    assert results(await town.post(*items)) == [FAILED, POOR]
    await town.pay(2, 1, 10_000)
    again = await town.post(*items)
    assert results(again) == [FAILED, POOR]
    assert [o.is_replayed for o in again] == [False, True]
    assert await town.nets() == [10_000, 20_000, 0]


@pytest.mark.parametrize("change", ["one more", "alone", "another order", "one changed", "joined"])
async def test_half_known_and_half_new_is_reused(town: Town, change: str) -> None:
    items = pair(town, 100, 200)
    alone = town.payment(0, 1, 5)
    await town.post(*items, alone)
    nets = await town.nets()
    wrong = {
        "one more": [*items, *pair(town, 7)],
        "alone": [replace(items[1], group=0)],
        "another order": items[::-1],
        "one changed": [items[0], replace(items[1], amount_minor=201)],
        "joined": [replace(alone, group=1), *pair(town, 7)],
    }[change]
    outcomes = await town.post(*wrong)
    expected = [FAILED if change == "joined" and n else REUSED for n, _ in enumerate(wrong)]
    assert results(outcomes) == expected
    assert all(o.debit_after is None and not o.is_replayed for o in outcomes)
    assert await town.nets() == nets


async def test_a_group_twice_in_a_call_is_booked_once(town: Town) -> None:
    items = pair(town, 100, 200)
    outcomes = await town.post(*items, *[replace(i, group=2) for i in items])
    assert outcomes[2:] == [o._replace(is_replayed=True) for o in outcomes[:2]]
    assert await town.nets() == [9_900, 9_900, 10_200]


async def test_an_id_twice_in_a_group_fails_it(town: Town) -> None:
    first, second = pair(town, 100, 200)
    outcomes = await town.post(first, second, first)
    assert results(outcomes) == [FAILED, FAILED, REUSED]
    assert results(await town.post(first, second)) == [OK, OK], "nothing of it was kept"


async def test_a_fault_of_ours_in_a_group_is_told_and_not_kept(town: Town) -> None:
    first, second = pair(town, 100, 0)
    assert results(await town.post(first, second)) == [FAILED, Result.AMOUNT_INVALID]
    assert results(await town.post(first, replace(second, amount_minor=1))) == [OK, OK]


async def test_a_group_of_one_is_no_group(town: Town) -> None:
    [item] = pair(town, 100)
    await town.post(item)
    assert (await town.post(replace(item, group=0)))[0].is_replayed


async def test_members_that_do_not_stand_together_raise_before_sql(town: Town) -> None:
    first, second = pair(town, 100, 200)
    with pytest.raises(ValueError, match="side by side"):
        await town.post(first, town.payment(0, 1, 1), second)


async def test_safe_is_whole_after_a_group_across_holds_and_reversals(town: Town) -> None:
    """One group: pay, undo it, set aside, pay from that; then the whole group again."""
    safe = Safe(town, await town.open_reserved())
    payment, placing = town.payment(0, 1, 700), safe.placing(0, 300)
    hold = Hold(placing.id, placing.debit, placing.credit, 0, 0, 0, 1, 1, None, now(), None, None)
    undo = ledger.reverse(new_id(), _as_original(payment), 200)
    items = ledger.group(
        1, [payment, undo, placing, ledger.capture(new_id(), hold, town.wallets[2])]
    )
    first = await town.post(*items)
    assert results(first) == [OK] * 4
    assert await town.post(*items) == [o._replace(is_replayed=True) for o in first]
    assert await safe.nets() == [9_200, 10_500, 10_300, 0, 0, 0]


def _as_original(item: Transfer) -> Original:
    return Original(item.id, item.debit, item.credit, item.amount_minor, 0, None)
