"""Questions to a second operator, and the answers."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

from quid.identity.errors import AlreadyDone, PersonNotFound
from quid.kit import approvals, clock, db, ids, runtime
from quid.kit.approvals import Acts, Approval, Decided, State
from quid.kit.crypto import CursorKey
from quid.kit.errors import InvalidCursor, NotFound
from quid.kit.operators import ROLES, Operator, Press
from quid.kit.web import id_from_path
from quid.kit.web.operators import (
    Because,
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)
from quid.ledger.errors import AccountUnknown, ClockApart
from quid.payments import errors as payments

router = ops_router("approvals")
Reader = Annotated[Operator, Depends(operator_of(*ROLES))]
# Each act says which of them may decide it.
Decider = Annotated[
    Press, Depends(press_of("support", "analyst", "finance", "compliance", "admin"))
]
_LIST: Final = "ops:approvals"
_ANSWERS: Final = press_answers(
    NotFound, Decided, AlreadyDone, PersonNotFound, AccountUnknown, ClockApart,
    payments.AlreadySpent, payments.StateConflict, payments.AccountFrozen,
)  # fmt: skip


class ApprovalView(BaseModel):
    """A question to a second operator; `deciders` are the roles that may answer it."""

    id: str
    act: str
    state: State
    resource_type: str
    resource_id: str
    payload: dict[str, str | int | bool | None]
    reason: str
    asked_by: str
    asked_role: str
    asked_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decided_reason: str | None
    deciders: list[str]

    @classmethod
    def of(cls, row: Approval, *, now: datetime) -> "ApprovalView":
        """Show it."""
        return cls(
            id=ids.show("apr", row.id),
            act=row.act,
            state=row.state(now),
            resource_type=row.resource_type,
            resource_id=row.resource_id,
            payload=dict(row.known()),
            reason=row.reason,
            asked_by=ids.show("usr", row.asked_by),
            asked_role=row.asked_role,
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            decided_by=ids.show("usr", row.decided_by) if row.decided_by else None,
            decided_at=row.decided_at,
            decided_reason=row.decided_reason,
            deciders=list(runtime.part(Acts).deciders(row.act)),
        )


class ApprovalsView(BaseModel):
    """A page of questions, newest first."""

    items: list[ApprovalView]
    next_cursor: str | None = None


async def _view(approval_id: UUID) -> ApprovalView:
    async with runtime.part(db.Database).read() as conn:
        return ApprovalView.of(await approvals.one(conn, approval_id), now=clock.now())


@router.get("/approvals", responses=ops_answers(InvalidCursor))
async def questions(
    _operator: Reader,
    state: Annotated[Literal["pending", "all"], Query()] = "pending",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ApprovalsView:
    """List questions, newest first: those that wait, or all."""
    now, key = clock.now(), runtime.part(CursorKey)
    before = UUID(bytes=key.read(_LIST, cursor)) if cursor else None
    pending_at = now if state == "pending" else None
    async with runtime.part(db.Database).read() as conn:
        rows = await approvals.page(conn, pending_at=pending_at, before=before, many=limit)
    items = [ApprovalView.of(r, now=now) for r in rows]
    is_more = len(rows) == limit
    return ApprovalsView(
        items=items, next_cursor=key.write(_LIST, rows[-1].id.bytes) if is_more else None
    )


@router.get("/approvals/{approval_id}", responses=ops_answers(NotFound))
async def question(approval_id: str, _operator: Reader) -> ApprovalView:
    """Show a question and its answer."""
    return await _view(id_from_path("apr", approval_id))


@router.post("/approvals/{approval_id}/approve", responses=_ANSWERS)
async def approve(approval_id: str, _body: Because, press: Decider) -> ApprovalView:
    """Say yes to another operator's question: what it asks for happens now."""
    return await _decide(approval_id, press, is_approved=True)


@router.post("/approvals/{approval_id}/refuse", responses=_ANSWERS)
async def refuse(approval_id: str, _body: Because, press: Decider) -> ApprovalView:
    """Say no to another operator's question."""
    return await _decide(approval_id, press, is_approved=False)


async def _decide(approval_id: str, press: Press, *, is_approved: bool) -> ApprovalView:
    found = id_from_path("apr", approval_id)
    await approvals.decide(found, press, is_approved=is_approved, now=clock.now())
    return await _view(found)
