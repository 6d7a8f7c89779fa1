"""A run: read their books, then ours, compare, write down what differs. Nothing is repaired."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from quid.funding.errors import ProviderError
from quid.funding.ports import BookLine, Position, Rails
from quid.funding.service.reconcile import compare
from quid.funding.service.reconcile.breaks import note
from quid.funding.service.reconcile.compare import Found, Ours, Posted, Theirs
from quid.funding.store import reconcile as store
from quid.funding.types import Provider, ReconRunRow
from quid.kit import db, failpoints, ids, runtime, telemetry

T = TypeVar("T")
SPAN: Final = timedelta(days=3)
_EDGE: Final = timedelta(days=1)
_AGAIN: Final = timedelta(hours=1)
_HOUR: Final = 6
_NEW_YORK: Final = ZoneInfo("America/New_York")
_AT_ONCE: Final = 8
_NO_BUCKET: Final = 0
_SQL: Final = db.sql("quid.funding", "reconcile")
_OURS: Final = _SQL.rows("ours", Ours)
_POSTED: Final = _SQL.rows("posted", Posted)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run saw: movements and lines of both books; `unsent`: those of ours not sent yet.

    `breaks` are differences, those that may be a matter of time among them.
    """

    provider: Provider
    theirs: int
    ours: int
    breaks: tuple[Found, ...]
    unsent: int


@dataclass(frozen=True, slots=True)
class _Told:
    """A provider's side: movements, the book's lines, what it holds for us."""

    movements: list[Theirs]
    lines: Sequence[BookLine]
    position: Position


async def reconcile(provider: Provider, *, now: datetime, run_id: UUID | None = None) -> Report:
    """Compare the last three days and everything open with a provider's books.

    Command: reads, calls the provider, reads, writes. Emits: funding.reconciliation_break.v1.
    Raises: ProviderError; then the run has no end, and nothing was judged.
    """
    database = runtime.part(db.Database)
    if run_id is None:
        async with database.transaction() as tx:
            run_id = await begin(tx, provider, now=now)
    told = await _ask(provider, since=now - SPAN, edge=now - SPAN - _EDGE, until=now)
    ours, posted, more = await _read(database, provider, told, now=now)
    told.movements.extend(await _look_up(provider, ours, told.movements))
    found = [
        *compare.objects(told.movements, ours),
        *compare.books(told.lines, posted, since=now - SPAN),
        *_position(told, posted, more.held),
        *compare.invariants(more.expected, more.actual),
    ]
    failpoints.reach("rails.compared")
    async with database.transaction() as tx:
        await note(tx, provider, found, now=now)
        await store.GONE.run(tx, provider, now)
        sizes = len(told.movements) + len(told.lines), len(ours) + len(posted)
        await store.END_RUN.run(tx, run_id, now, *sizes, len(found))
    telemetry.log.info("rails.reconciled", provider=provider.name, breaks=len(found))
    unsent = sum(o.provider_ref is None for o in ours)
    return Report(provider, *sizes, tuple(found), unsent)


async def begin(tx: db.Tx, provider: Provider, *, now: datetime) -> UUID:
    """Part: write down that a run begins."""
    run_id = ids.new(_NO_BUCKET, now)
    await store.BEGIN_RUN.run(tx, run_id, provider, now)
    return run_id


async def reconcile_due(tx: db.Tx, *, now: datetime) -> list[tuple[Provider, UUID]]:
    """Part: begin the runs that are due; who calls makes them after the commit."""
    due = []
    for provider in runtime.part(Rails).events:
        last = await store.LAST_RUN.maybe(tx, provider)
        suspected = await store.SUSPECTED.get(tx, provider)
        if is_due(last, has_suspects=bool(suspected), now=now):
            due.append((provider, await begin(tx, provider, now=now)))
    return due


def is_due(last: ReconRunRow | None, *, has_suspects: bool, now: datetime) -> bool:
    """Say whether a run is due: after six in New York, once; an hour later for what may be time."""
    six = now.astimezone(_NEW_YORK).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    latest = six if six <= now else six - timedelta(days=1)
    if last is None:
        return six <= now
    if last.started_at < latest:
        return True
    return (last.ended_at is None or has_suspects) and now - last.started_at >= _AGAIN


@dataclass(frozen=True, slots=True)
class _More:
    held: int
    expected: dict[str, int]
    actual: dict[str, int]


async def _ask(provider: Provider, *, since: datetime, edge: datetime, until: datetime) -> _Told:
    rails = runtime.part(Rails)
    treasury = rails.treasury[provider]
    listed: Sequence[Theirs]
    if provider is Provider.PLAID:
        listed = [compare.of_transfer(t) for t in await rails.ach.list(since, until)]
    else:
        listed = [compare.of_charge(c) for c in await rails.card.list(since, until)]
    lines = await treasury.book(edge, until)
    return _Told(list(listed), lines, await treasury.position())


async def _read(
    database: db.Database, provider: Provider, told: _Told, *, now: datetime
) -> tuple[list[Ours], list[Posted], _More]:
    refs = [t.ref for t in told.movements]
    async with database.read() as conn:
        ours = await _OURS.all(conn, provider, ids.first_of(now - SPAN), refs)
        posted = await _POSTED.all(conn, provider, now - SPAN - _EDGE)
        held = await store.HELD.get(conn, provider)
        sums = await store.INVARIANTS.all(conn, provider)
    more = _More(held, {s.name: s.expected for s in sums}, {s.name: s.held for s in sums})
    return ours, posted, more


async def _look_up(
    provider: Provider, ours: Sequence[Ours], listed: Sequence[Theirs]
) -> list[Theirs]:
    """Ask for what is open or new with us and was not on the list: it may be older than the list.

    What is not found stays missing.
    """
    there = {t.ref for t in listed}
    refs = [o.provider_ref for o in ours if o.provider_ref and o.provider_ref not in there]
    rails = runtime.part(Rails)

    async def one(ref: str) -> Theirs | None:
        if provider is Provider.PLAID:
            transfer = await _found(rails.ach.get(ref=ref))
            return None if transfer is None else compare.of_transfer(transfer)
        charge = await _found(rails.card.get(ref))
        return None if charge is None else compare.of_charge(charge)

    found = []
    for place in range(0, len(refs), _AT_ONCE):
        found += await asyncio.gather(*map(one, refs[place : place + _AT_ONCE]))
    return [t for t in found if t is not None]


async def _found(look: Awaitable[T | None]) -> T | None:
    """Look one up; a definite no means that there is none."""
    try:
        return await look
    except ProviderError as e:
        if e.outcome.value != "declined":
            raise
        return None


def _position(told: _Told, posted: Sequence[Posted], held: int) -> list[Found]:
    booked = {p.provider_ref for p in posted if p.cost_minor}
    ours = {p.provider_ref for p in posted}
    unbooked = sum(
        line.fee for line in told.lines if line.object_ref in ours and line.object_ref not in booked
    )
    theirs = told.position.available + told.position.pending
    return compare.position(held, theirs, unbooked_fees=unbooked)
