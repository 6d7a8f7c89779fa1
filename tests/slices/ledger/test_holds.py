"""Holds: money set aside, paid on, given back, and what is refused."""

from datetime import timedelta

import asyncpg
import pytest

from quid.kit import db, ids
from quid.ledger import jobs, queries
from quid.ledger import service as ledger
from quid.ledger.errors import AccountNotEmpty
from quid.ledger.types import (
    Act,
    Check,
    Code,
    Flag,
    Hold,
    HoldState,
    Kind,
    Meter,
    NewAccount,
    Purpose,
    Result,
    Transfer,
)
from tests.support.holds import Safe, open_safe
from tests.support.ledger import USD, found_town, new_id, now, replace


@pytest.fixture
async def safe(database: db.Database) -> Safe:
    return await open_safe(await found_town(database))


async def turn(admin: asyncpg.Connection, ahead: timedelta) -> None:
    """Set the clock of the books ahead."""
    await admin.execute("update ledger.calendar set clock_ahead = $1", ahead)


async def test_what_is_set_aside_cannot_be_spent(safe: Safe) -> None:
    hold = await safe.place(0, 4_000)
    assert (hold.state, hold.left, hold.purpose) == (HoldState.OPEN, 4_000, Purpose.REVIEW)
    assert await safe.nets() == [6_000, 10_000, 10_000, 4_000, 0, 0]
    assert (await safe.town.pay(0, 1, 6_001)).result is Result.INSUFFICIENT_FUNDS
    async with safe.town.database.read() as conn:
        owner = (await queries.balances(conn, safe.town.wallets))[safe.town.wallets[0]].owner
        assert owner is not None
        assert await queries.open_holds(conn, [owner, new_id()]) == [hold]


async def test_a_hold_is_paid_on_in_parts_until_nothing_is_left(safe: Safe) -> None:
    hold = await safe.place(0, 4_000)
    first = await safe.capture(hold, 1, 1_500)
    assert (first.result, first.moved_minor, first.debit_after) == (Result.POSTED, 1_500, 2_500)
    over = await safe.capture(hold, 1, 2_501)
    rest = await safe.capture(hold, 2)
    late = await safe.capture(hold, 2, 1)
    assert over.result is Result.SOURCE_EXCEEDED
    assert (rest.result, rest.moved_minor) == (Result.POSTED, 2_500)
    assert late.result is Result.SOURCE_USED_UP
    kept = await safe.hold(hold.id)
    assert (kept.state, kept.captured, kept.left) == (HoldState.CAPTURED, 4_000, 0)
    assert kept.closed_at == rest.recorded_at
    assert await safe.nets() == [6_000, 11_500, 12_500, 0, 0, 0]


async def test_a_hold_goes_back_in_parts(safe: Safe) -> None:
    hold = await safe.place(0, 4_000)
    assert (await safe.release(hold, 1_000)).result is Result.POSTED
    assert (await safe.hold(hold.id)).state == HoldState.OPEN
    assert (await safe.release(hold)).moved_minor == 3_000
    assert (await safe.release(hold)).result is Result.SOURCE_USED_UP
    assert (await safe.hold(hold.id)).state == HoldState.RELEASED
    assert await safe.nets() == [10_000, 10_000, 10_000, 0, 0, 0]


async def test_what_was_captured_in_part_ends_as_captured(safe: Safe) -> None:
    hold = await safe.place(0, 4_000)
    await safe.capture(hold, 1, 1)
    await safe.release(hold)
    assert (await safe.hold(hold.id)).state == HoldState.CAPTURED


async def test_capture_and_the_rest_back_is_one_group(safe: Safe) -> None:
    hold = await safe.place(0, 4_000)
    capture = ledger.capture(new_id(), hold, safe.town.wallets[1], 3_000)
    outcomes = await safe.town.post(*ledger.group(1, [capture, ledger.release(new_id(), hold)]))
    assert [o.moved_minor for o in outcomes] == [3_000, 1_000]
    assert await safe.nets() == [7_000, 13_000, 10_000, 0, 0, 0]


async def test_a_hold_is_paid_to_any_account_that_its_code_allows(safe: Safe) -> None:
    hold = await safe.place(0, 300)
    async with safe.town.database.transaction() as tx:
        payouts, transit, fees = [
            await ledger.house_account(tx, kind=kind, bucket=0, currency=USD)
            for kind in (Kind.PAYOUTS, Kind.TRANSIT, Kind.FEE_CARD)
        ]
    outcomes = await safe.town.post(
        ledger.capture(new_id(), hold, payouts, 100, Code.WITHDRAWAL_REQUESTED),
        ledger.capture(new_id(), hold, transit, 100, Code.TRANSIT_OUT),
        ledger.capture(new_id(), hold, fees, 100),
        ledger.capture(new_id(), hold, payouts, 100),
    )
    yes, no = Result.POSTED, Result.CODE_NOT_ALLOWED
    assert [o.result for o in outcomes] == [yes, yes, no, no]


async def test_an_item_sees_the_hold_placed_before_it_in_the_call(safe: Safe) -> None:
    placing = safe.placing(0, 500)
    hold = Hold(placing.id, placing.debit, placing.credit, 0, 0, 0, 1, 1, None, now(), None, None)
    outcomes = await safe.town.post(
        ledger.release(new_id(), hold, 1),
        placing,
        ledger.capture(new_id(), hold, safe.town.wallets[1], 200),
        ledger.release(new_id(), hold),
        ledger.release(new_id(), hold),
    )
    assert [o.result for o in outcomes] == [
        Result.SOURCE_UNKNOWN,
        *[Result.POSTED] * 3,
        Result.SOURCE_USED_UP,
    ]
    assert [o.moved_minor for o in outcomes] == [0, 500, 200, 300, 0]
    assert (await safe.hold(placing.id)).state == HoldState.CAPTURED


async def test_nothing_is_captured_once_its_time_is_over(
    safe: Safe, admin: asyncpg.Connection
) -> None:
    hold = await safe.place(0, 500, expires_at=now() + timedelta(seconds=20))
    early = ledger.expire(hold)
    [outcome] = await safe.town.post(early)
    assert outcome.result is Result.CODE_NOT_ALLOWED, "it expired before its time"
    await turn(admin, timedelta(seconds=21))
    assert (await safe.capture(hold, 1)).result is Result.HOLD_EXPIRED
    [outcome] = await safe.town.post(early)
    assert (outcome.result, outcome.moved_minor) == (Result.POSTED, 500)
    assert (await safe.town.post(early))[0].is_replayed
    assert (await safe.hold(hold.id)).state == HoldState.EXPIRED
    assert await safe.nets() == [10_000, 10_000, 10_000, 0, 0, 0]


async def test_an_expired_hold_may_still_be_given_back(
    safe: Safe, admin: asyncpg.Connection
) -> None:
    hold = await safe.place(0, 500, expires_at=now() + timedelta(seconds=1))
    await turn(admin, timedelta(seconds=2))
    assert (await safe.release(hold)).result is Result.POSTED


async def test_a_replay_moves_nothing_and_says_what_was_moved(safe: Safe) -> None:
    placing = safe.placing(0, 500, expires_at=now() + timedelta(hours=1))
    first = await safe.town.post(placing)
    hold = await safe.hold(placing.id)
    release = ledger.release(new_id(), hold)
    first += await safe.town.post(release)
    again = await safe.town.post(placing, release)
    assert again == [o._replace(is_replayed=True) for o in first]
    assert again[1].moved_minor == 500
    assert await safe.nets() == [10_000, 10_000, 10_000, 0, 0, 0]


@pytest.mark.parametrize("field", ["expires_at", "purpose"])
@pytest.mark.parametrize("amount", [500, 50_000], ids=["placed", "refused"])
async def test_a_hold_with_other_terms_is_another_hold(safe: Safe, field: str, amount: int) -> None:
    placing = safe.placing(0, amount, expires_at=now() + timedelta(hours=1))
    [first] = await safe.town.post(placing)
    other = {"expires_at": None, "purpose": Purpose.CHALLENGE}[field]
    [wrong, again] = await safe.town.post(replace(placing, **{field: other}), placing)
    assert wrong.result is Result.ID_REUSED
    assert again == first._replace(is_replayed=True)


@pytest.mark.parametrize("act", ["capture", "release"])
async def test_a_hold_is_touched_through_its_own_accounts_only(safe: Safe, act: str) -> None:
    hold = await safe.place(0, 500)
    await safe.place(1, 500)
    if act == "capture":
        right = ledger.capture(new_id(), hold, safe.town.wallets[1])
        wrong = [replace(right, debit=safe.reserved[1]), replace(right, source_id=new_id())]
    else:
        right = ledger.release(new_id(), hold)
        wrong = [
            replace(right, debit=safe.reserved[1]),
            replace(right, credit=safe.town.wallets[1]),
            replace(right, source_id=new_id()),
        ]
    for item in wrong:
        [outcome] = await safe.town.post(replace(item, id=new_id()))
        assert outcome.result is Result.SOURCE_UNKNOWN
    assert (await safe.nets())[3:] == [500, 500, 0]


async def test_money_is_set_aside_for_its_owner_only(safe: Safe) -> None:
    item = replace(safe.placing(0, 500), credit=safe.reserved[1])
    [outcome] = await safe.town.post(item)
    assert outcome.result is Result.CODE_NOT_ALLOWED


async def test_money_set_aside_moves_by_a_hold_alone(safe: Safe) -> None:
    await safe.place(0, 500)
    reserved, wallet = safe.reserved[0], safe.town.wallets[1]
    plain = Transfer(new_id(), reserved, wallet, 5, Code.PAYMENT)
    opening = Transfer(new_id(), safe.town.capital, reserved, 5, Code.OPENING)
    aside = Transfer(new_id(), safe.town.wallets[0], reserved, 5, Code.HOLD_PLACED)
    outcomes = await safe.town.post(plain, opening, aside)
    assert {o.result for o in outcomes} == {Result.CODE_NOT_ALLOWED}


@pytest.mark.parametrize(
    "changes",
    [
        {"flags": 12},
        {"flags": 64},
        {"flags": 3},
        {"flags": Act.HOLD_CAPTURE},
        {"source_id": new_id()},
        {"expires_at": now()},
        {"purpose": Purpose.REVIEW},
        {"flags": Act.HOLD_PLACE},
        {"flags": Act.REVERSAL, "source_id": new_id(), "purpose": Purpose.REVIEW},
    ],
    ids=" ".join,
)
async def test_fields_that_do_not_fit_its_act_are_refused(
    safe: Safe, changes: dict[str, object]
) -> None:
    payment = safe.town.payment(0, 1, 5)
    outcomes = await safe.town.post(replace(payment, **changes), safe.town.payment(0, 1, 5))
    assert [o.result for o in outcomes] == [Result.FLAGS_INVALID, Result.POSTED]


async def test_release_passes_what_stops_a_payment(safe: Safe) -> None:
    hold, other = await safe.place(0, 500), await safe.place(0, 500)
    async with safe.town.database.transaction() as tx:
        await ledger.set_flags(tx, safe.town.wallets[0], to_set=Flag.NO_SPEND | Flag.FROZEN)
        await ledger.set_flags(tx, safe.reserved[0], to_set=Flag.FROZEN)
    placed = await safe.town.post(safe.placing(0, 1))
    assert placed[0].result is Result.DEBIT_ACCOUNT_BLOCKED
    assert (await safe.capture(other, 1)).result is Result.DEBIT_ACCOUNT_BLOCKED
    assert (await safe.release(hold)).result is Result.POSTED


async def test_a_wallet_with_an_open_hold_is_not_closed(safe: Safe) -> None:
    hold = await safe.place(0, 10_000)
    async with safe.town.database.transaction() as tx:
        with pytest.raises(AccountNotEmpty):
            await ledger.set_flags(tx, safe.town.wallets[0], to_set=Flag.CLOSED)
    await safe.capture(hold, 1)
    async with safe.town.database.transaction() as tx:
        await ledger.set_flags(tx, safe.town.wallets[0], to_set=Flag.CLOSED)


def daily(safe: Safe, cap_minor: int = 1_000, cap_count: int | None = None) -> Check:
    return Check(safe.town.wallets[0], Meter.SEND_24H, cap_minor, cap_count, "daily")


async def test_a_hold_counts_once_when_it_is_placed(safe: Safe) -> None:
    hold = await safe.place(0, 800, checks=(daily(safe),))
    assert (await safe.capture(hold, 1)).result is Result.POSTED
    outcomes = await safe.town.post(
        safe.town.payment(0, 1, 201, [daily(safe)]), safe.town.payment(0, 1, 200, [daily(safe)])
    )
    assert [o.result for o in outcomes] == [Result.LIMIT_EXCEEDED, Result.POSTED]
    assert outcomes[0].used_minor == 800


async def test_what_is_released_counts_no_more(safe: Safe) -> None:
    once = daily(safe, cap_count=1)
    hold = await safe.place(0, 800, checks=(once,))
    await safe.release(hold, 300)
    [outcome] = await safe.town.post(safe.town.payment(0, 1, 501, [daily(safe)]))
    assert (outcome.result, outcome.used_minor) == (Result.LIMIT_EXCEEDED, 500)
    [outcome] = await safe.town.post(safe.town.payment(0, 1, 1, [once]))
    assert outcome.result is Result.LIMIT_EXCEEDED, "a part of it still counts as one"
    await safe.release(hold)
    [outcome] = await safe.town.post(safe.town.payment(0, 1, 1_000, [once]))
    assert outcome.result is Result.POSTED


async def test_what_was_captured_counts_on(safe: Safe) -> None:
    hold = await safe.place(0, 800, checks=(daily(safe, cap_count=1),))
    await safe.capture(hold, 1, 1)
    await safe.release(hold)
    outcomes = await safe.town.post(
        safe.town.payment(0, 1, 1, [daily(safe, cap_count=1)]),
        safe.town.payment(0, 1, 999, [daily(safe)]),
    )
    assert [o.result for o in outcomes] == [Result.LIMIT_EXCEEDED, Result.POSTED]


async def test_a_release_is_seen_by_the_limits_of_its_own_call(safe: Safe) -> None:
    once = daily(safe, cap_count=1)
    hold = await safe.place(0, 800, checks=(once,))
    outcomes = await safe.town.post(
        safe.town.payment(0, 1, 900, [once]),
        ledger.release(new_id(), hold),
        safe.town.payment(0, 1, 900, [once]),
    )
    assert [o.result for o in outcomes] == [Result.LIMIT_EXCEEDED, Result.POSTED, Result.POSTED]


async def test_a_release_gives_back_to_the_slot_it_was_counted_in(
    safe: Safe, admin: asyncpg.Connection
) -> None:
    first = await safe.place(0, 300, checks=(daily(safe),))
    await turn(admin, timedelta(hours=2))
    ahead = now() + timedelta(hours=2)
    payment = replace(safe.town.payment(0, 1, 100, [daily(safe)]), id=ids.new(7, ahead))
    release = replace(ledger.release(new_id(), first), id=ids.new(7, ahead))
    async with safe.town.database.transaction() as tx:
        await ledger.post(tx, [payment, release], now=ahead)
    rows = await admin.fetch(
        "select amount, n from ledger.usage where account_id = $1 order by slot",
        safe.town.wallets[0],
    )
    assert [tuple(r) for r in rows] == [(0, 0), (100, 1)]


async def test_the_sweep_gives_back_what_is_due_and_nothing_else(
    safe: Safe, admin: asyncpg.Connection
) -> None:
    check = daily(safe)
    soon = now() + timedelta(seconds=5)
    due = [await safe.place(p, 100, expires_at=soon) for p in (0, 1, 2)]
    due.append(await safe.place(0, 700, expires_at=soon, checks=(check,)))
    later = await safe.place(0, 100, expires_at=now() + timedelta(hours=1))
    never = await safe.place(0, 100)
    await safe.capture(due[1], 0, 40)
    await turn(admin, timedelta(seconds=6))
    for _ in range(2):
        async with safe.town.database.transaction() as tx:
            await jobs.expire_holds(tx, now())
    states = [(await safe.hold(h.id)).state for h in (*due, later, never)]
    assert states == [HoldState.EXPIRED] * 4 + [HoldState.OPEN] * 2
    assert await safe.nets() == [9_840, 9_960, 10_000, 200, 0, 0]
    [outcome] = await safe.town.post(safe.town.payment(0, 1, 1_000, [check]))
    assert outcome.result is Result.POSTED, "what expired still counts"


async def test_a_hold_that_cannot_be_given_back_does_not_stop_the_others(
    safe: Safe, admin: asyncpg.Connection
) -> None:
    soon = now() + timedelta(seconds=5)
    held = [await safe.place(p, 100, expires_at=soon) for p in (0, 1, 2)]
    await turn(admin, timedelta(seconds=6))
    # The wallet of one can take no credit, another's row is gone: neither is a refusal.
    await admin.execute(
        "alter table ledger.account add constraint planted check (id <> $1 or seq <= 2)".replace(
            "$1", str(safe.town.wallets[0])
        )
    )
    for _ in range(3):
        async with safe.town.database.transaction() as tx:
            await jobs.expire_holds(tx, now())
    states = [(await safe.hold(h.id)).state for h in held]
    assert states == [HoldState.OPEN, HoldState.EXPIRED, HoldState.EXPIRED]
    await admin.execute("alter table ledger.account drop constraint planted")
    async with safe.town.database.transaction() as tx:
        await jobs.expire_holds(tx, now())
    assert (await safe.hold(held[0].id)).state == HoldState.EXPIRED


async def test_a_hold_whose_account_is_held_by_somebody_waits_alone(
    safe: Safe, admin: asyncpg.Connection
) -> None:
    soon = now() + timedelta(seconds=5)
    held = [await safe.place(p, 100, expires_at=soon) for p in (0, 1, 2)]
    await turn(admin, timedelta(seconds=6))
    async with admin.transaction():
        await admin.execute(
            "select 1 from ledger.account where id = $1 for update", safe.reserved[0]
        )
        async with safe.town.database.transaction() as tx:
            await jobs.expire_holds(tx, now())
    states = [(await safe.hold(h.id)).state for h in held]
    assert states == [HoldState.OPEN, HoldState.EXPIRED, HoldState.EXPIRED]


async def test_a_hold_in_another_currency_stays_in_it(database: db.Database) -> None:
    town = await found_town(database, currency="EUR")
    async with database.transaction() as tx:
        found = await queries.balances(tx, town.wallets)
        reserved = await ledger.open_accounts(
            tx, [NewAccount(Kind.RESERVED, USD, found[w].owner) for w in town.wallets]
        )
    [outcome] = await town.post(Safe(town, reserved).placing(0, 5))
    assert outcome.result is Result.CURRENCY_MISMATCH
