"""One reader of the books: `verify`, `reconcile` (--full), or the live `auditor`.

Says `[]` when it begins and what it has read when it ends: at the end of the books, or of its
patience when it runs beside payments.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime

import uvloop

from quid.kit import db
from quid.ledger import queries
from quid.ledger.auditor import Auditor, follow
from quid.ledger.service.reconcile import Scope, reconcile

Read = dict[str, int]


async def verify(url: str) -> Read:
    """Every row and block again, as `quid ledger verify` does."""
    database = db.Database(db.Options(url, name="reader"))
    await database.open()
    async with database.read() as conn:
        verdict = await queries.verify(queries.Gentle(conn))
    return {"transfers": verdict.transfers, "findings": len(verdict.breaks)}


async def reconciled(url: str) -> Read:
    """`quid reconcile --full`."""
    database = db.Database(db.Options(url, name="reader", role="quid_recon"))
    await database.open()
    now = datetime.now(UTC)  # noqa: TID251 - a bench is a door
    report = await reconcile(database, Scope(is_full=True), now=now)
    return {"transfers": report.transfers, "findings": len(report.findings)}


async def audited(url: str) -> Read:
    """The auditor of the worker, from now on: what was there before is taken as read."""
    database = db.Database(db.Options(url, name="reader", role="quid_recon"))
    await database.open()
    async with database.transaction() as tx:
        await tx.execute(
            "insert into ledger.audit_cursor (lane, block_no, hash, at) "
            "select lane, block_no, head, last_at from ledger.lane on conflict (lane) do update "
            "set block_no = excluded.block_no, hash = excluded.hash, at = excluded.at"
        )
    await follow(database, asyncio.Event())
    return {}


async def caught_up(url: str) -> Read:
    """The auditor after a long absence: it reads everything, resting as it does."""
    database = db.Database(db.Options(url, name="reader", role="quid_recon"))
    await database.open()
    auditor = Auditor(database)
    while await auditor.round(now=datetime.now(UTC)):  # noqa: TID251 - a bench is a door
        pass
    async with database.read() as conn:
        [row] = await conn.fetch("select count(*) from ledger.recon_finding")
    return {"findings": int(str(row[0]))}


WORK = {"verify": verify, "reconcile": reconciled, "auditor": audited, "catch-up": caught_up}


def main() -> None:
    """Do one of them; print what was read, and the seconds and processor seconds it took."""
    print("[]", flush=True)
    started, cpu = time.monotonic(), time.process_time()
    read = uvloop.run(WORK[sys.argv[1]](sys.argv[2]))
    took = {"seconds": time.monotonic() - started, "cpu": time.process_time() - cpu}
    print(json.dumps(read | took), flush=True)


if __name__ == "__main__":
    main()
