"""The live auditor, while the database's clock makes up for a step back."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from quid.kit import db
from quid.ledger.auditor import Auditor, tail
from tests.support.ledger import found_town, now


@pytest.fixture
async def recon(db_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(db.Options(db_url, name="auditor", role="quid_recon"))
    await opened.open()
    yield opened
    await opened.close()


@pytest.mark.parametrize("blocks", [1, 2, 5])
async def test_blocks_of_one_instant_on_many_lanes_are_no_difference(
    database: db.Database,
    recon: db.Database,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    blocks: int,
) -> None:
    town = await found_town(database)
    await admin.execute("update ledger.calendar set clock_ahead = interval '20 s'")
    for lane in (0, 1, 2):
        await town.post(town.payment(0, 1, 1), lane=lane)
    await admin.execute("update ledger.calendar set clock_ahead = interval '0'")
    for i in range(24):
        await town.post(town.payment(i % 3, (i + 1) % 3, 1 + i), lane=i % 3 if i < 12 else 1)
    await town.post(town.payment(0, 1, 2), lane=2)
    assert await admin.fetchval("select count(distinct at) < 6 from ledger.block")
    monkeypatch.setattr(tail, "_BLOCKS_A_ROUND", blocks)
    auditor = Auditor(recon)
    for _ in range(2):
        while await auditor.round(now=now()):
            pass
    assert await admin.fetch("select place from ledger.recon_finding") == []
    assert await admin.fetchval("select count(*) from ledger.account where flags <> 0") == 0
