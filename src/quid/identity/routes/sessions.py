"""HTTP of sessions and of what happened to the safety of the account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quid.identity import service
from quid.identity.queries import access
from quid.identity.schemas.access import (
    SecurityEvents,
    SecurityEventView,
    Sessions,
    SessionView,
)
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, InvalidCursor, NotFound, RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, anybody_signed_in, id_from_path
from quid.kit.web.cursors import Position, read_cursor, write_cursor

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(anybody_signed_in)]


@router.get("/me/sessions", responses=answers(SignInRequired, RateLimited))
async def sessions(caller: SignedInCaller) -> Sessions:
    """List where the caller is signed in, the latest used first."""
    async with runtime.part(db.Database).read() as conn:
        rows = await access.open_sessions(conn, caller.user_id, now=clock.now())
    return Sessions(items=[SessionView.of(r, is_current=r.id == caller.session_id) for r in rows])


@router.delete(
    "/me/sessions", status_code=204, responses=answers(SignInRequired, Forbidden, RateLimited)
)
async def revoke_others(caller: SignedInCaller) -> None:
    """End all sessions of the caller but this one."""
    await service.revoke_others(caller, now=clock.now())


@router.delete(
    "/me/sessions/{session_id}",
    status_code=204,
    responses=answers(SignInRequired, NotFound, Forbidden, RateLimited),
)
async def revoke(session_id: str, caller: SignedInCaller) -> None:
    """End one of the caller's sessions: its next request is refused, its refresh token too."""
    await service.revoke(caller, id_from_path("ses", session_id), now=clock.now())


@router.get(
    "/me/security-events",
    responses=answers(SignInRequired, ValidationFailed, InvalidCursor, RateLimited),
)
async def security_events(
    caller: SignedInCaller,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> SecurityEvents:
    """List what happened to the safety of the caller's account, latest first."""
    purpose = f"security:{caller.user_id}"
    before = read_cursor(purpose, cursor)
    async with runtime.part(db.Database).read() as conn:
        rows = await access.security_events(conn, caller.user_id, before=before, limit=limit)
    more = write_cursor(purpose, Position(rows[-1].at, rows[-1].id)) if len(rows) == limit else None
    return SecurityEvents(items=[SecurityEventView.of(r) for r in rows], next_cursor=more)
