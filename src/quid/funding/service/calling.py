"""Calling somebody about providers: an event set aside, a break, a list that nobody can read."""

from datetime import datetime, timedelta
from typing import Final

from quid.funding.ports import Rails
from quid.funding.store import intake, reconcile
from quid.funding.types import BreakRow, Provider, RailEventRow
from quid.kit import db, ids, runtime
from quid.kit.money import Money
from quid.kit.pager import Page, Pager

SILENCE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 20


async def call(*, now: datetime) -> int:
    """Page what nobody was called for yet; give how many things.

    Command: reads, pages, marks. A crash in between pages twice, and never not at all.
    Raises: PageFailed.
    """
    database = runtime.part(db.Database)
    async with database.read() as conn:
        events = await intake.UNPAGED.all(conn, _AT_ONCE)
        breaks = await reconcile.UNPAGED.all(conn, _AT_ONCE)
        ours = [int(p) for p in runtime.part(Rails).events]
        silent = await intake.SILENT.all(conn, ours, now - SILENCE)
    for page in _pages(events, breaks, silent, now):
        await runtime.part(Pager).page(page)  # type: ignore[type-abstract]  # wiring gives one
    if events or breaks or silent:
        async with database.transaction() as tx:
            await intake.MARK_PAGED.run(tx, [e.id for e in events], now)
            await reconcile.MARK_PAGED.run(tx, [b.id for b in breaks], now)
            for provider in silent:
                await intake.CALLED.run(tx, provider, now)
    return len(events) + len(breaks) + len(silent)


def _pages(
    events: list[RailEventRow], breaks: list[BreakRow], silent: list[int], now: datetime
) -> list[Page]:
    pages = []
    if events:
        lines = tuple(
            f"{Provider(e.provider).name} {e.kind} of {e.object_ref}: {e.reason}"
            f" ({ids.show('rev', e.id)})"
            for e in events
        )
        pages.append(Page("rails.quarantined", f"{len(events)} events set aside", lines, now))
    if breaks:
        lines = tuple(
            f"{Provider(b.provider).name} {b.kind} {b.object_ref}: ours {b.ours}, theirs"
            f" {b.theirs}, {Money(b.amount_minor, b.currency).text()} ({ids.show('brk', b.id)})"
            for b in breaks
        )
        summary = f"A provider's books differ from ours: {len(breaks)} found"
        pages.append(Page("rails.break", summary, lines, now))
    if silent:
        lines = tuple(Provider(p).name for p in silent)
        pages.append(Page("rails.silent", "A provider cannot be read for five minutes", lines, now))
    return pages
