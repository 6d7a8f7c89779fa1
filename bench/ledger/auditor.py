"""`quid reconcile`, again and again, until it is told to stop."""

import asyncio
import json
import sys
from datetime import UTC, datetime

from quid.kit import db
from quid.ledger.service.reconcile import Scope, reconcile


async def run(url: str) -> None:
    """Reconcile until a line comes; print how many transfers were checked and what was found."""
    database = db.Database(db.Options(url, name="auditor", role="quid_recon"))
    await database.open()
    stop = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    checked = findings = 0
    print("[]", flush=True)
    while not stop.done():
        report = await reconcile(database, Scope(), now=datetime.now(UTC))  # noqa: TID251 - a door
        checked += report.transfers
        findings += len(report.findings)
    print(json.dumps({"checked": checked, "findings": findings}), flush=True)
    await database.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
