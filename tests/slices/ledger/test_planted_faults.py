"""Faults planted in the posting function: each must be caught by the test that is named here."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

import quid
from quid.kit import db
from tests.concurrency.ledger import test_races as races
from tests.slices.ledger import test_post as posts
from tests.support.books import check_books
from tests.support.ledger import Town, found_town

pytestmark = pytest.mark.spoils("a faulty posting function is what it is about")
POST_BATCH = Path(quid.__file__).parent / "migrations/functions/ledger_post_batch.sql"
Catcher = Callable[[Town, asyncpg.Connection], Awaitable[None]]


def of(test: Callable[[Town], Awaitable[None]]) -> Catcher:
    return lambda town, _: test(town)


async def books(town: Town, admin: asyncpg.Connection) -> None:
    await town.post(*[town.payment(i % 3, (i + 1) % 3, 10) for i in range(5)])
    await town.pay(0, 1, 3)
    assert not await check_books(admin)


async def hot_account(town: Town, _: asyncpg.Connection) -> None:
    lanes = [await town.database.lane(f"race {n}") for n in range(races.LANES)]
    try:
        await races.test_a_hot_account_loses_nothing(town.database, lanes)
    finally:
        for lane in lanes:
            await lane.drop()


async def other_amount(town: Town, _: asyncpg.Connection) -> None:
    await posts.test_the_same_id_with_another_body_is_refused(town, "amount_minor")


PLANTED: dict[str, tuple[str, str, Catcher]] = {
    "accounts are read without their locks": (" for no key update) l", ") l", hot_account),
    "the last cent cannot be spent": (
        "- a < lo[d]",
        "- a <= lo[d]",
        of(posts.test_the_last_cent_can_be_spent_and_not_one_more),
    ),
    "a wallet may go below zero": (
        "- a < lo[d]",
        "< lo[d]",
        of(posts.test_the_last_cent_can_be_spent_and_not_one_more),
    ),
    "a refusal is not kept": (
        "refused := refused || i",
        "refused := refused",
        of(posts.test_a_refusal_replays_when_the_money_has_come),
    ),
    "a replay is not compared with the first amount": (
        "and row_.asked = p_amounts[i] and",
        "and",
        other_amount,
    ),
    "twins in a list are not noticed": (
        "has_twins := distinct_ids < n",
        "has_twins := false",
        of(posts.test_twins_in_one_call_move_money_once),
    ),
    "a refused item uses up its limit": (
        "    res := case\n",
        "    if has_checks then add_n[1] := add_n[1] + 1; end if;\n    res := case\n",
        of(posts.test_a_refused_item_uses_up_no_limit),
    ),
    "limits do not see their own list": (
        "u_amount[p] + add_amount[p] >",
        "u_amount[p] >",
        of(posts.test_a_limit_counts_what_went_before_it_in_the_call),
    ),
    "a window ends a slot too early": (
        "- m_slots[p_pair_meters[x.k]]) s",
        "- m_slots[p_pair_meters[x.k]] + 1) s",
        posts.test_a_window_rounds_up_and_then_ends,
    ),
    "clocks are not compared": (
        "> 60 then",
        "> 6000 then",
        of(posts.test_clocks_more_than_a_minute_apart_refuse_the_whole_call),
    ),
    "time follows the clock back": (
        "greatest(now_, lane_at, t)",
        "now_",
        posts.test_time_never_runs_back_when_the_clock_does,
    ),
    "a credit takes no sequence": ("      sq[c] := sq[c] + 1;\n", "", books),
    "a block does not hold the one before": ("sha256(head_ || ", "sha256(", books),
    "a row's balance is not hashed": (
        "int8send(c_seq[x]) || int8send(credit_after[x])",
        "int8send(c_seq[x]) || int8send(0)",
        books,
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_a_planted_fault_is_caught(
    database: db.Database, admin: asyncpg.Connection, fault: str
) -> None:
    sound, faulty, catcher = PLANTED[fault]
    text = POST_BATCH.read_text(encoding="utf-8")
    assert text.count(sound) == 1, "the fault has no place in the function any more"
    town = await found_town(database)
    await admin.execute(text.replace(sound, faulty))
    with pytest.raises((AssertionError, asyncpg.PostgresError, pytest.fail.Exception)):
        await catcher(town, admin)
    await admin.execute(text)
