"""A life on the rails beside those who watch: auditor, reconciliation, chain, open items."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.auditor import Auditor
from quid.ledger.service.reconcile import Scope
from quid.ledger.types import Code, Kind, Result
from tests.slices.ledger.test_auditor import found_in, rounds
from tests.support.ledger import new_id, now
from tests.support.rails import Rails, lay_rails

BOOKED = {Result.POSTED, Result.NOTHING_MOVED}
OPEN = "select kind, net from ledger.open_item order by kind, net"


@pytest.fixture
async def rails(database: db.Database) -> Rails:
    return await lay_rails(database)


@pytest.fixture
async def recon(db_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(db.Options(db_url, name="auditor", role="quid_recon"))
    await opened.open()
    yield opened
    await opened.close()


async def live(rails: Rails) -> None:
    """A deposit advanced and failed, one returned, withdrawals, a refund, a claim won."""
    m, settled = rails.move, now() - timedelta(days=2)
    async with rails.database.transaction() as tx:
        await ledger.set_bounds(tx, rails.accounts[Kind.ADVANCE], floor=-900)
    groups = [
        [
            m(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, 900),
            m(Code.PULL_ADVANCED, Kind.ADVANCE, Kind.WALLET, 900),
        ],
        [m(Code.WITHDRAWAL_REQUESTED, Kind.WALLET, Kind.PAYOUTS, 500)],
        [
            m(Code.PULL_FAILED, Kind.INCOMING, Kind.RAIL_IN, 900),
            *rails.taken(Code.PULL_FAILED, Kind.ADVANCE, 900),
        ],
        [
            m(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, 2_000),
            m(Code.PULL_SETTLED, Kind.RAIL_PENDING, Kind.RAIL_IN, 2_000, effective_at=settled),
            m(Code.PULL_RELEASED, Kind.INCOMING, Kind.WALLET, 2_000),
            m(Code.PULL_AVAILABLE, Kind.RAIL_AVAILABLE, Kind.RAIL_PENDING, 2_000),
        ],
        [
            m(Code.CHARGEBACK_OPENED, Kind.CHARGEBACK_OPEN, Kind.RAIL_AVAILABLE, 700),
            m(Code.CHARGEBACK_OPENED, Kind.LOSS_CARD, Kind.RAIL_AVAILABLE, 15),
            *rails.taken(Code.CHARGEBACK_OPENED, Kind.HELD, 700),
        ],
        rails.taken(Code.CARD_REFUNDED, Kind.RAIL_AVAILABLE, 100),
        rails.taken(Code.PULL_RETURNED, Kind.RAIL_AVAILABLE, 1_500),
        [
            m(Code.CHARGEBACK_WON, Kind.RAIL_AVAILABLE, Kind.CHARGEBACK_OPEN, 700),
            *ledger.at_most(
                m(Code.CHARGEBACK_WON, Kind.HELD, Kind.RECEIVABLE, 700),
                m(Code.CHARGEBACK_WON, Kind.HELD, Kind.WALLET, 700),
            ),
        ],
        [
            m(Code.WITHDRAWAL_ACCEPTED, Kind.RAIL_OUT, Kind.RAIL_AVAILABLE, 490),
            m(Code.WITHDRAWAL_COMPLETED, Kind.PAYOUTS, Kind.RAIL_OUT, 490),
            m(Code.FEE_INSTANT, Kind.PAYOUTS, Kind.FEE_INSTANT, 10),
        ],
    ]
    pull, out, claim = new_id(), new_id(), new_id()
    causes = [pull, out, pull, new_id(), claim, new_id(), new_id(), claim, out]
    for group, cause in zip(groups, causes, strict=True):
        assert set(await rails.together(*group, cause=cause)) <= BOOKED


async def test_those_who_watch_find_nothing_and_all_that_clears_has_drained(
    rails: Rails, recon: db.Database, admin: asyncpg.Connection
) -> None:
    await live(rails)
    await rounds(Auditor(recon))
    assert await found_in(admin) == []
    assert await admin.fetch(OPEN) == []
    run = await ledger.reconcile(recon, Scope(is_full=True), now=now())
    assert run.findings == []
    async with rails.database.read() as conn:
        assert (await queries.verify(conn)).is_sound


async def test_what_has_not_drained_is_an_open_item_of_its_operation(
    rails: Rails, recon: db.Database, admin: asyncpg.Connection
) -> None:
    one, other = new_id(), new_id()
    accepted = rails.move(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, 300)
    assert await rails.together(accepted, cause=one) == [Result.POSTED]
    more = rails.move(Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING, 40)
    settled = rails.move(Code.PULL_SETTLED, Kind.RAIL_PENDING, Kind.RAIL_IN, 40)
    assert await rails.together(more, settled, cause=other) == [Result.POSTED] * 2
    await rounds(Auditor(recon))
    assert [tuple(row) for row in await admin.fetch(OPEN)] == [
        (Kind.RAIL_IN, -300),
        (Kind.RAIL_PENDING, -40),
        (Kind.INCOMING, 40),
        (Kind.INCOMING, 300),
    ]


@pytest.mark.spoils("it changes a row behind the ledger's back")
@pytest.mark.parametrize(
    ("column", "value"),
    [("flags", "1"), ("asked", "2001"), ("effective_at", "effective_at - interval '1 day'")],
)
async def test_a_changed_row_of_the_rails_is_found(
    rails: Rails, admin: asyncpg.Connection, column: str, value: str
) -> None:
    await live(rails)
    await admin.execute("set session_replication_role = replica")
    where = "effective_at is not null" if column == "effective_at" else "code = 26 and flags = 2"
    changed = await admin.fetchval(
        f"update ledger.journal set {column} = {value} where {where} returning id"
    )
    async with rails.database.read() as conn:
        [found] = (await queries.verify(conn)).breaks
    assert found.transfer_id == changed
    assert found.field in (column, "")
