"""Operators and payments: what waits for a decision, the decision, and money taken back."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query

from quid.kit import clock, db, ids, runtime
from quid.kit.approvals import Decided
from quid.kit.errors import InvalidCursor, NotFound
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
from quid.ledger.errors import ClockApart
from quid.payments import errors, queries, rules, schemas, service
from quid.payments.types import DecidedView, OpsPaymentsPage, OpsPaymentView
from quid.risk import queries as risk

router = ops_router("payments")
Reader = Annotated[Operator, Depends(operator_of(*service.READERS))]
Decider = Annotated[Press, Depends(press_of(*service.DECIDERS))]
Reverser = Annotated[Press, Depends(press_of(*service.REVERSERS))]
_ACT: Final = (NotFound, errors.StateConflict, ClockApart, Decided)
_LIST: Final = "ops:review"
_FIRST: Final = queries.Position(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


@router.get("/payments", responses=ops_answers(InvalidCursor))
async def review_queue(
    _operator: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> OpsPaymentsPage:
    """List payments that wait for a decision, the most urgent first."""
    after = schemas.read_cursor(_LIST, cursor, first=_FIRST)
    async with runtime.part(db.Database).read() as conn:
        waits = await queries.in_review(conn, after=after, limit=limit)
        items = await _views(conn, [w.payment_id for w in waits])
    if len(waits) < limit:
        return OpsPaymentsPage(items, None)
    last = waits[-1]
    return OpsPaymentsPage(items, schemas.write_cursor(_LIST, last.until, last.payment_id))


@router.get("/payments/{payment_id}", responses=ops_answers(NotFound))
async def look_at(payment_id: str, _operator: Reader) -> OpsPaymentView:
    """Show a payment: its states, why it is held back, what was taken back of it."""
    return await _view(id_from_path("pay", payment_id))


@router.post("/payments/{payment_id}/approve", responses=press_answers(*_ACT, errors.AccountFrozen))
async def approve(payment_id: str, _body: Because, press: Decider) -> DecidedView:
    """Let a payment in review through. Of $1,000 or more a second operator decides."""
    found = id_from_path("pay", payment_id)
    made = await service.approve(press, found, now=clock.now())
    return await _decided(found, made)


@router.post("/payments/{payment_id}/reject", responses=press_answers(*_ACT))
async def reject(payment_id: str, _body: Because, press: Decider) -> DecidedView:
    """Stop a payment in review; its money is back in the payer's wallet."""
    found = id_from_path("pay", payment_id)
    made = await service.reject(press, found, now=clock.now())
    return await _decided(found, made)


@router.post("/payments/{payment_id}/reverse", responses=press_answers(*_ACT))
async def reverse(payment_id: str, body: schemas.ReverseRequest, press: Reverser) -> DecidedView:
    """Ask a second operator to take a payment back, in full or in part."""
    found = id_from_path("pay", payment_id)
    made = await service.ask_to_reverse(
        press, found, amount_minor=body.amount, reason=body.reason_class, now=clock.now()
    )
    return await _decided(found, made)


async def _decided(payment_id: UUID, made: UUID) -> DecidedView:
    asked = None if made == payment_id else ids.show("apr", made)
    return DecidedView(await _view(payment_id), asked)


async def _view(payment_id: UUID) -> OpsPaymentView:
    async with runtime.part(db.Database).read() as conn:
        found = await _views(conn, [payment_id])
    if not found:
        raise NotFound
    return found[0]


async def _views(conn: db.Conn, payment_ids: list[UUID]) -> list[OpsPaymentView]:
    """Show payments in the order asked for; one that is not there is left out."""
    payments = await queries.for_operators(conn, payment_ids)
    decisions = await risk.decisions(conn, payment_ids)
    return [rules.ops_view_of(p, decisions.get(p.row.id)) for p in payments]
