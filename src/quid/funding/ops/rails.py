"""Providers as operators see them, and the few things they do there."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Depends, Query

from quid.funding.errors import (
    BreakOver,
    ExternalServiceError,
    NothingToReplay,
    ProviderError,
    StateConflict,
)
from quid.funding.ports import Rails
from quid.funding.queries import rails as queries
from quid.funding.schemas import rails as schemas
from quid.funding.service import operating
from quid.funding.store import operations as store
from quid.funding.types import EventState, OpKind, OpState, Provider
from quid.kit import clock, db, ids, runtime
from quid.kit.crypto import CursorKey
from quid.kit.errors import InvalidCursor, NotFound, ValidationFailed
from quid.kit.operators import Operator, Press
from quid.kit.web import id_from_path
from quid.kit.web.operators import (
    Because,
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)

router: Final = ops_router("rails")
_LAST: Final = UUID(int=2**128 - 1)
Reader = Annotated[
    Operator, Depends(operator_of("support", "analyst", "finance", "auditor", "admin"))
]
Finance = Annotated[Press, Depends(press_of("finance"))]
Admin = Annotated[Press, Depends(press_of("admin"))]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200)]
StateName = Literal["pending", "orphan", "quarantined", "applied", "ignored"]


def _before(purpose: str, cursor: str | None) -> UUID:
    if cursor is None:
        return _LAST
    return UUID(bytes=runtime.part(CursorKey).read(purpose, cursor)[:16])


def _more(purpose: str, rows: int, limit: int, last: UUID | None) -> str | None:
    if rows < limit or last is None:
        return None
    return runtime.part(CursorKey).write(purpose, last.bytes)


def operation_id(shown: str) -> UUID:
    """Read the id of an operation. Raises: NotFound."""
    found = next((u for p in schemas.PREFIXES if (u := ids.read(p, shown))), None)
    if found is None:
        raise NotFound
    return found


@router.get("/rails/ops", responses=ops_answers(InvalidCursor))
async def operations(
    _: Reader,
    state: Annotated[str | None, Query(max_length=32)] = None,
    kind: Annotated[str | None, Query(max_length=32)] = None,
    *,
    unsure: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.RailOperations:
    """List operations, newest first: all, in a state, of a kind, or those nobody is sure of."""
    states, kinds = {s.name: s for s in OpState}, {k.name.lower(): k for k in OpKind}
    if state is not None and state not in states:
        raise ValidationFailed(f"state: one of {', '.join(states)}.", field="state")
    if kind is not None and kind not in kinds:
        raise ValidationFailed(f"kind: one of {', '.join(kinds)}.", field="kind")
    wanted = queries.Wanted(states.get(state or ""), kinds.get(kind or ""), unsure)
    purpose = "rails:ops"
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.operations(
            conn, before=_before(purpose, cursor), many=limit, wanted=wanted
        )
    more = _more(purpose, len(rows), limit, rows[-1].id if rows else None)
    items = [schemas.RailOperation.of(o) for o in rows]
    return schemas.RailOperations(items=items, next_cursor=more)


@router.get("/rails/ops/{operation}", responses=ops_answers(NotFound))
async def operation(operation: str, _: Reader) -> schemas.RailOperationWhole:
    """Show an operation: its course, its calls, what the provider told of it, what it moved."""
    return await _whole(operation_id(operation))


@router.post("/rails/ops/{operation}/retry", responses=press_answers(NotFound, StateConflict))
async def retry(operation: str, press: Finance, _: Because) -> schemas.RailOperationWhole:
    """Let the worker take its next step now, under the keys it has: nothing can move twice."""
    op_id = operation_id(operation)
    await operating.retry(op_id, press, now=clock.now())
    return await _whole(op_id)


async def _whole(op_id: UUID) -> schemas.RailOperationWhole:
    async with runtime.part(db.Database).read() as conn:
        found = await queries.operation(conn, op_id)
        if found is None:
            raise NotFound
        return schemas.RailOperationWhole(
            operation=schemas.RailOperation.of(found),
            course=[schemas.RailStep.of(e) for e in await store.events(conn, op_id)],
            calls=[schemas.RailCall.of(c) for c in await store.calls(conn, op_id)],
            events=[schemas.RailEventView.of(e) for e in await queries.told_of(conn, op_id)],
            postings=[schemas.RailPosting.of(p) for p in await queries.postings(conn, op_id)],
        )


@router.get("/rails/events", responses=ops_answers(InvalidCursor))
async def events(
    _: Reader, state: StateName | None = None, limit: Limit = 50, cursor: Cursor = None
) -> schemas.RailEvents:
    """List what providers told, newest first; orphans and what was set aside by their state."""
    number = None if state is None else EventState[state.upper()]
    purpose = "rails:events"
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.events(conn, before=_before(purpose, cursor), many=limit, state=number)
    more = _more(purpose, len(rows), limit, rows[-1].id if rows else None)
    items = [schemas.RailEventView.of(e) for e in rows]
    return schemas.RailEvents(items=items, next_cursor=more)


@router.post("/rails/events/{event_id}/replay", responses=press_answers(NotFound, NothingToReplay))
async def replay_event(event_id: str, press: Finance, _: Because) -> schemas.RailEventView:
    """Try an event again that was set aside, or is nobody's."""
    found = id_from_path("rev", event_id)
    await operating.replay_event(found, press, now=clock.now())
    async with runtime.part(db.Database).read() as conn:
        row = await queries.event(conn, found)
    if row is None:
        raise NotFound
    return schemas.RailEventView.of(row)


@router.get("/rails/inbox", responses=ops_answers(InvalidCursor))
async def inbox(
    _: Reader, *, waiting: bool = False, limit: Limit = 50, cursor: Cursor = None
) -> schemas.Webhooks:
    """List webhooks, newest first; only those that wait or were given up, if asked."""
    purpose = "rails:inbox"
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.inbox(
            conn, before=_before(purpose, cursor), many=limit, is_waiting=waiting
        )
    more = _more(purpose, len(rows), limit, rows[-1].id if rows else None)
    items = [schemas.WebhookView.of(i) for i in rows]
    return schemas.Webhooks(items=items, next_cursor=more)


@router.post("/rails/inbox/{webhook_id}/replay", responses=press_answers(NotFound, NothingToReplay))
async def replay_webhook(webhook_id: str, press: Finance, _: Because) -> schemas.WebhookView:
    """Let a webhook ring again: we look once more where it says."""
    found = id_from_path("hook", webhook_id)
    await operating.replay_webhook(found, press, now=clock.now())
    async with runtime.part(db.Database).read() as conn:
        row = await queries.webhook(conn, found)
    if row is None:
        raise NotFound
    return schemas.WebhookView.of(row)


@router.get("/rails/breakers", responses=ops_answers())
async def breakers(_: Reader) -> schemas.Breakers:
    """List the switches in front of providers."""
    return await _breakers()


@router.post("/rails/breakers/{service}/force", responses=press_answers(NotFound))
async def force_breaker(service: str, press: Admin, body: schemas.Force) -> schemas.Breakers:
    """Hold a switch open or closed in every process, or let it think for itself again."""
    to = None if body.to == "auto" else body.to
    await operating.force(service, to, press, now=clock.now())
    return await _breakers()


async def _breakers() -> schemas.Breakers:
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.breakers(conn)
    return schemas.Breakers(items=[schemas.BreakerView.of(b) for b in rows])


@router.get("/rails/breaks", responses=ops_answers(InvalidCursor))
async def breaks(
    _: Reader,
    *,
    is_open: Annotated[bool, Query(alias="open")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.Breaks:
    """List differences with providers' books, newest first, and the latest comparisons."""
    purpose = "rails:breaks"
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.breaks(
            conn, before=_before(purpose, cursor), many=limit, is_open=is_open
        )
        runs = await queries.runs(conn, 10)
    more = _more(purpose, len(rows), limit, rows[-1].id if rows else None)
    return schemas.Breaks(
        items=[schemas.BreakView.of(b) for b in rows],
        next_cursor=more,
        runs=[schemas.RailRun.of(r) for r in runs],
    )


@router.post(
    "/rails/breaks/{break_id}/resolve",
    status_code=202,
    responses=press_answers(NotFound, BreakOver),
)
async def resolve_break(break_id: str, press: Finance, _: Because) -> schemas.BreakAsked:
    """Ask a second operator to call a difference over. It moves nothing."""
    found = id_from_path("brk", break_id)
    asked = await operating.ask_to_resolve(found, press, now=clock.now())
    return schemas.BreakAsked(approval_id=ids.show("apr", asked))


@router.post("/rails/reconcile", responses=press_answers(NotFound, ExternalServiceError))
async def reconcile(press: Finance, body: schemas.CompareNow) -> schemas.Compared:
    """Compare a provider's books with ours now. It corrects nothing."""
    try:
        runtime.part(Rails)
    except LookupError:
        raise NotFound from None
    provider = Provider[body.provider.upper()]
    try:
        report = await operating.compare_now(provider, press, now=clock.now())
    except ProviderError as e:
        raise ExternalServiceError from e
    if report is None:
        return schemas.Compared(provider=body.provider, theirs=0, ours=0, differences=0)
    return schemas.Compared(
        provider=body.provider,
        theirs=report.theirs,
        ours=report.ours,
        differences=len(report.breaks),
    )
