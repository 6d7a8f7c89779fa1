"""R10: payments and the journal, compared after somebody has changed one of them."""

import asyncpg
import pytest

from quid.kit import db
from quid.kit.runtime import Runtime
from quid.payments import queries
from tests.support.people import Someone
from tests.support.sending import asked, send

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
