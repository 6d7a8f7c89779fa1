"""Verification of large books reads them once, in order, in statements that end in time."""

import asyncpg
import pytest

import quid.ledger.queries.verify  # noqa: F401 - it claims the statement
from quid.kit import db

BLOCKS = 100_000


@pytest.mark.spoils("a hundred thousand blocks without their rows")
async def test_the_state_of_the_lanes_is_read_by_index_however_many_blocks_there_are(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    # Two and a half million rows made `quid reconcile` end in a statement time-out.
    await admin.execute(
        """insert into ledger.block (lane, no, at, ids, row_hashes, hash)
        select n % 3, n / 3 + 1, now(), '{}', '', '' from generate_series(0, $1::int - 1) n""",
        BLOCKS,
    )
    state = db.REGISTRY["ledger", "verify", "state"].statement.text
    for analyzed in (False, True):
        if analyzed:
            await admin.execute("analyze ledger.block")
        async with database.transaction() as tx:
            await tx.execute(f"prepare state (timestamptz, timestamptz) as {state}")
            rows = await tx.fetch("explain (analyze) execute state ('-infinity', 'infinity')")
            await tx.execute("deallocate state")
        text = "\n".join(str(r[0]) for r in rows)
        assert "Seq Scan on block" not in text, text
        assert "Bitmap" not in text, text
