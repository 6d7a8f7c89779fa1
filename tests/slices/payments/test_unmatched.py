"""R10: payments and the journal, compared after somebody has changed one of them."""

import asyncpg
import pytest

from quid.kit import clock, db
from quid.kit.runtime import Runtime
from quid.payments import queries, service
from tests.support.people import People, Someone
from tests.support.sending import asked, send
from tests.support.waiting import waiting_payment

pytestmark = pytest.mark.spoils("it changes rows behind the ledger's back")

CHANGES = {
    "update payments.payment set amount_minor = 101": "amounts differ",
    "update payments.payment set currency = 'EUR'": "amounts differ",
    "update payments.payment set payer_id = payee_id, payee_id = payer_id": (
        "the wallets are not those of payer and payee"
    ),
    # A full wallet is given to somebody else.
    "update ledger.account set owner = gen_random_uuid() from ledger.journal j "
    "where account.id = j.debit_id and j": "the wallets are not those of payer and payee",
    "delete from payments.payment": "transfer without payment",
    "delete from ledger.journal": "COMPLETED without transfer",
}


async def found(house: Runtime) -> list[str]:
    async with house.part(db.Database).read() as conn:
        return [u.what for u in await queries.unmatched(conn)]


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_changed_is_told(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection, change: str
) -> None:
    paid, declined = asked(ana, ben, 100), asked(ben, ana, 20_000)
    await send(house, paid)
    await send(house, declined)
    assert await found(house) == []
    await admin.execute("set session_replication_role = replica")
    joint = "." if change.endswith(" j") else " where "
    await admin.execute(f"{change}{joint}id = $1", paid.payment_id)
    assert await found(house) == [CHANGES[change]]


WAITING = {
    "delete from payments.waiting": (
        "waits, and nothing knows until when; money on hold for nothing that waits"
    ),
    "delete from ledger.hold": "waits without its money on hold",
    "update payments.payment set states = states || 83::int2, times = times || now()": (
        "waits in another state"
    ),
    "update payments.payment set amount_minor = amount_minor + 1": (
        "not all of its money is on hold"
    ),
    "update payments.waiting set since = '2026-01-01', until = now() - interval '6 min'": (
        "waits longer than it may"
    ),
}


@pytest.mark.shipped_rules
@pytest.mark.parametrize("change", WAITING)
async def test_what_was_changed_of_one_that_waits_is_told(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection, change: str
) -> None:
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    await waiting_payment(house, cal, ben)
    assert await found(house) == []
    await admin.execute("set session_replication_role = replica")
    await admin.execute(change)
    assert await found(house) == WAITING[change].split("; ")


@pytest.mark.shipped_rules
async def test_one_that_waits_on_its_own_row_alone_is_told(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    """Nothing will ever end it, and its money is back: the two sides of the waiting agree."""
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    payment_id = await waiting_payment(house, cal, ben)
    await service.cancel(payment_id, cal.id, now=clock.now())
    assert await found(house) == []
    await admin.execute("set session_replication_role = replica")
    await admin.execute("update payments.payment set states = states[1:2], times = times[1:2]")
    assert await found(house) == ["waits, and nothing knows until when"]


async def test_a_transfer_of_a_payment_that_did_not_complete_is_told(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben, 100)
    await send(house, command)
    await admin.execute("set session_replication_role = replica")
    await admin.execute(
        "update payments.payment set states = array[10, 30, 81], refusal_code = 'X'"
    )
    assert await found(house) == ["transfer of a payment that did not complete"]


async def test_money_taken_back_on_one_side_alone_is_told(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben, 100)
    await send(house, command)
    await admin.execute("set session_replication_role = replica")
    await admin.execute("update payments.payment set reversed_minor = 1")
    assert await found(house) == ["reversed amounts differ"]
