"""Faults planted where holds, reversals and groups are booked; each is caught by the test named."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from tests.slices.ledger import test_groups as groups
from tests.slices.ledger import test_holds as holds
from tests.slices.ledger import test_reversals as reversals
from tests.slices.ledger.test_planted_faults import POST_BATCH
from tests.support.books import check_books
from tests.support.holds import Safe, open_safe
from tests.support.ledger import Town, found_town, new_id

pytestmark = pytest.mark.spoils("a faulty posting function is what it is about")
Catcher = Callable[[Safe, asyncpg.Connection], Awaitable[None]]


def safe(test: Callable[[Safe], Awaitable[None]]) -> Catcher:
    return lambda safe, _: test(safe)


def town(test: Callable[[Town], Awaitable[None]]) -> Catcher:
    return lambda safe, _: test(safe.town)


async def all_acts(safe: Safe, admin: asyncpg.Connection) -> None:
    """One of each, then the chain and the books."""
    hold = await safe.place(0, 500)
    payment = safe.town.payment(1, 2, 300)
    items = [ledger.capture(new_id(), hold, safe.town.wallets[1], 200), payment]
    await safe.town.post(*ledger.group(1, items), ledger.release(new_id(), hold))
    await safe.town.post(ledger.reverse(new_id(), await safe.original(payment.id), 100))
    async with safe.town.database.read() as conn:
        assert (await queries.verify(conn)).is_sound
    assert not await check_books(admin)


async def failing_group(safe: Safe, _: asyncpg.Connection) -> None:
    await groups.test_one_that_fails_takes_its_group_along_and_nobody_else(safe.town, 1)


async def half_known(safe: Safe, _: asyncpg.Connection) -> None:
    await groups.test_half_known_and_half_new_is_reused(safe.town, "one more")


async def joined(safe: Safe, _: asyncpg.Connection) -> None:
    await groups.test_half_known_and_half_new_is_reused(safe.town, "alone")


async def foreign_hold(safe: Safe, _: asyncpg.Connection) -> None:
    await holds.test_a_hold_is_touched_through_its_own_accounts_only(safe, "release")


async def other_terms(safe: Safe, _: asyncpg.Connection) -> None:
    await holds.test_a_hold_with_other_terms_is_another_hold(safe, "expires_at", 500)


async def adjustment(safe: Safe, _: asyncpg.Connection) -> None:
    await reversals.test_what_cannot_be_undone(safe, "adjustment")


PLANTED: dict[str, tuple[str, str, Catcher]] = {
    "an undone leg keeps its number": (
        "          sq[d] := sq[d] - 1;\n",
        "",
        failing_group,
    ),
    "an undone leg keeps its money": (
        "          cre[c] := cre[c] - a;\n",
        "",
        town(groups.test_money_that_a_failed_group_moved_is_not_there_for_the_next),
    ),
    "a failed group uses up its limits": (
        "              add_n[p] := add_n[p] - 1;\n",
        "",
        town(groups.test_a_failed_group_uses_up_no_limit),
    ),
    "a failed group keeps what it captured": (
        "              s_captured[s] := s_captured[s] - a;\n",
        "",
        town(groups.test_a_failed_group_leaves_holds_as_they_were),
    ),
    "a hold of a failed group stays": (
        "              s_act[k] := null;\n",
        "",
        town(groups.test_a_failed_group_leaves_holds_as_they_were),
    ),
    "a failed group is tried again": (
        "continue when res < 40;\n",
        "continue when res < 40 or has_groups;\n",
        town(groups.test_a_refused_group_stays_refused_when_the_money_has_come),
    ),
    "a group is completed later": (
        "if n_known > 0 and n_posted < upto - i + 1 then",
        "if false then",
        half_known,
    ),
    "a member answers without its group": (
        "        and row_.group_id is not distinct from p_ids[p_group_first[i]]\n",
        "",
        joined,
    ),
    "more is captured than is left": (
        "when a > s_left[p] then 52",
        "when false then 52",
        safe(holds.test_a_hold_is_paid_on_in_parts_until_nothing_is_left),
    ),
    "a hold is captured when its time is over": (
        "when f = 8 and s_expires[p] <= t then 53",
        "when false then 53",
        holds.test_nothing_is_captured_once_its_time_is_over,
    ),
    "a hold expires before its time": (
        "p_codes[i] = 12 and aside = 0 and coalesce(s_expires[p_source_at[i]] > t, true)",
        "false",
        holds.test_nothing_is_captured_once_its_time_is_over,
    ),
    "a hold goes back to anybody": (
        "or f <> 8 and s_credit[p] <> p_accounts[c]",
        "",
        foreign_hold,
    ),
    "money is set aside for a stranger": (
        "i = any (strangers)",
        "false",
        safe(holds.test_money_is_set_aside_for_its_owner_only),
    ),
    "terms are not compared": (
        "h.expires_at is not distinct from p_expires[i] and",
        "",
        other_terms,
    ),
    "all that is left is all there was": (
        "a := s_left[p];",
        "a := s_left0[p];",
        safe(holds.test_an_item_sees_the_hold_placed_before_it_in_the_call),
    ),
    "a release does not give back": (
        "amount = v.amount - g.amount, n = v.n - g.n",
        "n = v.n",
        safe(holds.test_what_is_released_counts_no_more),
    ),
    "a part gives back as a whole": (
        "count(*) filter (where s_left[x] = 0 and s_captured[x] = 0) as n",
        "count(*) as n",
        safe(holds.test_what_is_released_counts_no_more),
    ),
    "given back to the present slot": (
        "floor(extract(epoch from s_placed[x]) / m.slot_seconds)::int as slot",
        "floor(extract(epoch from t) / m.slot_seconds)::int as slot",
        holds.test_a_release_gives_back_to_the_slot_it_was_counted_in,
    ),
    "what was undone is forgotten": (
        "o.amount - coalesce(r.amount, 0)) order",
        "o.amount) order",
        safe(reversals.test_a_payment_is_undone_whole_and_once),
    ),
    "anything can be undone": (
        "o.code = any (reversible)",
        "true",
        adjustment,
    ),
    "flags stop a release": (
        "bits[d] & 3 & ~ passes[",
        "bits[d] & 3 | passes[",
        safe(holds.test_release_passes_what_stops_a_payment),
    ),
    "a group is not hashed": (
        "coalesce(uuid_send(p_ids[p_group_first[x]]), '')",
        "''::bytea",
        all_acts,
    ),
    "an act is not hashed": ("p_flags[x]::bigint << 16", "0::bigint", all_acts),
    "what was asked is not hashed": (
        "coalesce(int8send(nullif(p_amounts[x], amounts[x])), '')",
        "''::bytea",
        all_acts,
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
async def test_a_planted_fault_is_caught(
    database: db.Database, admin: asyncpg.Connection, fault: str
) -> None:
    sound, faulty, catcher = PLANTED[fault]
    text = POST_BATCH.read_text(encoding="utf-8")
    assert text.count(sound) == 1, "the fault has no place in the function any more"
    opened = await open_safe(await found_town(database))
    await admin.execute(text.replace(sound, faulty))
    with pytest.raises((AssertionError, asyncpg.PostgresError, pytest.fail.Exception)):
        await catcher(opened, admin)
    await admin.execute(text)


async def test_one_of_each_act_leaves_whole_books(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    """The catcher above catches nothing in the sound function."""
    await all_acts(await open_safe(await found_town(database)), admin)
