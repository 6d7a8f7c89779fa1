"""What stands past its term, holds that differ, transfers undone twice: R5 and R7."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.auditor import Auditor
from quid.ledger.auditor.legs import CLEARING as SEEN_BY_THE_AUDITOR
from quid.ledger.findings import Finding
from quid.ledger.queries import control
from quid.ledger.rules.ageing import CLEARING, due_at
from quid.ledger.service.reconcile import Controls, Report, Scope
from quid.ledger.settings import LedgerSettings
from quid.ledger.types import Code, Kind, NewAccount, NewHold, Purpose, Transfer
from tests.support.ledger import USD, Town, found_town, new_id, now

TERMS = LedgerSettings()
WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=UTC)
SPOILS = pytest.mark.spoils("it drifts the books behind the ledger's back")


@pytest.fixture
async def recon(db_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(db.Options(db_url, name="recon", role="quid_recon"))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def town(database: db.Database) -> Town:
    return await found_town(database)


async def found(recon: db.Database, at: datetime | None = None) -> list[Finding]:
    report: Report = await ledger.reconcile(recon, Scope(), now=at or now())
    return report.findings


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (Kind.RAIL_IN, 7),
        (Kind.RAIL_PENDING, 7),
        (Kind.RAIL_OUT, 7),
        (Kind.PAYOUTS, 7),
        (Kind.INCOMING, 7),
        (Kind.SUSPENSE, 5),
        (Kind.PROVISIONAL, 120),
        (Kind.CHARGEBACK_OPEN, 120),
    ],
)
def test_each_kind_has_its_term_and_banking_days_pass_over_a_weekend(kind: Kind, days: int) -> None:
    assert due_at(kind, WEDNESDAY, TERMS) == WEDNESDAY + timedelta(days=days)


def test_transit_is_counted_in_seconds_and_other_kinds_have_no_term() -> None:
    assert due_at(Kind.TRANSIT, WEDNESDAY, TERMS) == WEDNESDAY + timedelta(seconds=60)
    for kind in set(Kind) - CLEARING:
        with pytest.raises(ValueError, match="no clearing account"):
            due_at(kind, WEDNESDAY, TERMS)


def test_the_auditor_and_the_rules_mean_the_same_accounts() -> None:
    assert SEEN_BY_THE_AUDITOR == CLEARING


async def test_an_item_past_its_term_is_found_each_night_until_it_drains(
    town: Town, recon: db.Database
) -> None:
    async with town.database.transaction() as tx:
        suspense = await ledger.house_account(tx, kind=Kind.SUSPENSE, bucket=0, currency=USD)
    into = Transfer(new_id(), town.capital, suspense, 700, Code.ADJUSTMENT)
    await town.post(into)
    auditor = Auditor(recon)
    await auditor.round(now=now())
    assert await found(recon) == []
    assert await found(recon, now() + timedelta(days=4)) == []
    late = now() + timedelta(days=5, hours=1)
    for _ in range(2):
        [item] = await found(recon, late)
        assert (item.check, item.account, item.cause, item.actual) == ("R7", suspense, into.id, 700)
    back = Transfer(new_id(), suspense, town.capital, 700, Code.ADJUSTMENT, cause_id=into.id)
    await town.post(back)
    await auditor.round(now=now())
    assert await found(recon, late) == []


@SPOILS
async def test_items_that_do_not_add_up_to_their_account_are_found(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    async with town.database.transaction() as tx:
        suspense = await ledger.house_account(tx, kind=Kind.SUSPENSE, bucket=0, currency=USD)
    await town.post(Transfer(new_id(), town.capital, suspense, 700, Code.ADJUSTMENT))
    assert await found(recon) == [], "an auditor that has not read it is late, not wrong"
    await Auditor(recon).round(now=now())
    await admin.execute("update ledger.open_item set net = 699")
    [item] = await found(recon)
    assert (item.check, item.account, item.calculated, item.actual) == ("R7", suspense, 699, 700)


async def hold(town: Town, amount: int = 500) -> Transfer:
    async with town.database.read() as conn:
        owner = (await control.account(conn, town.wallets[0])).owner  # type: ignore[union-attr]  # it is there
    async with town.database.transaction() as tx:
        [reserved] = await ledger.open_accounts(tx, [NewAccount(Kind.RESERVED, USD, owner)])
    held = ledger.place_hold(
        NewHold(
            id=new_id(),
            wallet=town.wallets[0],
            reserved=reserved,
            amount_minor=amount,
            purpose=Purpose.CHALLENGE,
            expires_at=now() + timedelta(seconds=30),
        )
    )
    await town.post(held)
    return held


HOLDS = {
    "more captured than was": "update ledger.hold set captured = captured + 1",
    "closed with money in it": (
        "update ledger.hold set captured = amount, state = 2, closed_at = now()"
    ),
    "past its time": "update ledger.hold set expires_at = now() - interval '6 minutes'",
}


@SPOILS
@pytest.mark.parametrize("how", HOLDS)
async def test_holds_that_are_not_the_reserved_money_or_late_are_found(
    town: Town, recon: db.Database, admin: asyncpg.Connection, how: str
) -> None:
    await hold(town)
    assert await found(recon) == []
    await admin.execute(HOLDS[how])
    assert {f.check for f in await found(recon)} == {"R5"}


CHANGED = {
    "goes back to somebody else": "update ledger.hold set account_id = $2 where id = $1",
    "released less, another more": (
        "update ledger.hold set released = released + case id when $1 then -10 else 10 end "
        "where $2::bigint > 0"
    ),
    "captured, not released": (
        "update ledger.hold set released = 0, captured = released where id = $1 and $2::bigint > 0"
    ),
    "counted at another time": (
        "update ledger.hold set placed_at = placed_at - interval '1 day' "
        "where id = $1 and $2::bigint > 0"
    ),
}


@SPOILS
@pytest.mark.parametrize("how", CHANGED)
async def test_a_hold_that_is_not_what_its_transfers_say_is_found(
    town: Town, recon: db.Database, admin: asyncpg.Connection, how: str
) -> None:
    """What is reserved adds up: the sum of the open holds tells nothing of each."""
    one, two = await hold(town), await hold(town)
    async with town.database.read() as conn:
        holds = await queries.holds(conn, [one.id, two.id])
    await town.post(*[ledger.release(new_id(), h, 100) for h in holds.values()])
    assert await found(recon) == []
    await admin.execute(CHANGED[how], one.id, town.wallets[1])
    assert {f.check for f in await found(recon)} == {"R5"}


@SPOILS
async def test_money_on_hold_that_went_back_to_somebody_else_is_found(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    held = await hold(town)
    await admin.execute("update ledger.hold set account_id = $1", town.wallets[1])
    async with town.database.read() as conn:
        changed = (await queries.holds(conn, [held.id]))[held.id]
    await town.post(ledger.release(new_id(), changed))
    assert await town.nets() == [9_500, 10_500, 10_000]
    await admin.execute("update ledger.hold set account_id = $1", town.wallets[0])
    assert [(f.check, f.transfer) for f in await found(recon)] == [("R5", held.id)]


@SPOILS
async def test_a_closed_hold_that_is_gone_is_found(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    held = await hold(town)
    async with town.database.read() as conn:
        known = (await queries.holds(conn, [held.id]))[held.id]
    await town.post(ledger.release(new_id(), known))
    await admin.execute("delete from ledger.hold")
    assert [(f.check, f.transfer) for f in await found(recon)] == [("R5", held.id)]


REVERSALS = {
    "forgotten": "delete from ledger.reversed",
    "noted as less": "update ledger.reversed set amount = amount - 1",
    "of nothing": "insert into ledger.reversed values (gen_random_uuid(), 5)",
}


@SPOILS
@pytest.mark.parametrize("how", REVERSALS)
async def test_a_reversal_that_its_original_does_not_know_is_found(
    town: Town, recon: db.Database, admin: asyncpg.Connection, how: str
) -> None:
    paid = town.payment(0, 1, 40)
    await town.post(paid)
    async with town.database.read() as conn:
        original = (await queries.originals(conn, [paid.id]))[paid.id]
    await town.post(ledger.reverse(new_id(), original, 15))
    assert await found(recon) == []
    await Auditor(recon).round(now=now())
    await admin.execute(REVERSALS[how])
    assert {f.check for f in await found(recon)} == {"R5"}
    assert (
        await admin.fetchval("select count(*) from ledger.recon_finding where \"check\" = 'R6'")
        == 0
    )


async def test_the_controls_take_other_checks_of_other_slices(
    town: Town, recon: db.Database
) -> None:
    async def other(_: db.Conn) -> list[Finding]:
        return [Finding("R10", "a payment without its transfer")]

    controls = Controls(TERMS, others=(other,))
    report = await ledger.reconcile(recon, Scope(), now=now(), controls=controls)
    assert [f.check for f in report.findings] == ["R10"]
    assert town


async def test_a_night_is_reconciled_once_and_a_run_that_died_is_taken_up(
    town: Town, recon: db.Database, admin: asyncpg.Connection
) -> None:
    controls, night = Controls(TERMS), datetime(2026, 11, 18, 2, tzinfo=UTC)
    assert await ledger.reconcile_night(recon, now=night, controls=controls)
    assert await ledger.reconcile_night(recon, now=night, controls=controls) is None
    await admin.execute("update ledger.recon_run set ended_at = null")
    soon, later = night + timedelta(hours=1), night + timedelta(hours=3)
    assert await ledger.reconcile_night(recon, now=soon, controls=controls) is None
    assert await ledger.reconcile_night(recon, now=later, controls=controls)
    tomorrow = night + timedelta(days=1)
    assert await ledger.reconcile_night(recon, now=tomorrow, controls=controls)
    assert town
