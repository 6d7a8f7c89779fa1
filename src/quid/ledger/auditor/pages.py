"""Findings that page call somebody, once each, whoever found them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import clock, db, ids, telemetry
from quid.kit.pager import Page, PageFailed, Pager

_SQL: Final = db.sql("quid.ledger", "findings")
_AT_ONCE: Final = 20
_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Unpaged:
    id: UUID
    check: str
    place: str
    calculated: int | None
    actual: int | None
    at: datetime


_UNPAGED: Final = _SQL.rows("unpaged", _Unpaged)
_MARK_PAGED: Final = _SQL.command("mark_paged")


async def page_findings(database: db.Database, pager: Pager, *, now: datetime) -> int:
    """Page the findings that nobody was called for yet, in one page; give their number.

    Command: reads, pages, marks. A crash in between pages twice, and never not at all.
    Raises: PageFailed.
    """
    async with database.read() as conn:
        found = await _UNPAGED.all(conn, _AT_ONCE)
    if not found:
        return 0
    checks = ", ".join(sorted({f.check for f in found}))
    summary = f"The books differ: {len(found)} found by {checks}"
    page = Page("ledger.drift", summary, tuple(map(_line, found)), found[0].at)
    await pager.page(page)
    async with database.transaction() as tx:
        await _MARK_PAGED.run(tx, [f.id for f in found], now)
    return len(found)


def _line(f: _Unpaged) -> str:
    numbers = ""
    if f.calculated is not None or f.actual is not None:
        numbers = f": calculated {f.calculated}, held {f.actual}"
    return f"{f.check} {f.place}{numbers} ({ids.show('fnd', f.id)})"


async def follow_pages(database: db.Database, pager: Pager, stop: asyncio.Event) -> None:
    """Page every finding within a second or two of its commit, until told to stop."""
    while not stop.is_set():
        pause = _SECONDS
        try:
            await page_findings(database, pager, now=clock.now())
        except PageFailed as e:
            telemetry.log.error("pages.failed", error=str(e))
            pause = _AGAIN_SECONDS
        except Exception as e:  # noqa: BLE001 - a door: the next second tries again
            telemetry.log.warning("pages.unreachable", error=repr(e))
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
