"""HTTP of the inbox: what the caller was told, what they have read, what they wish to hear."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quid.kit import clock, db, ids, runtime
from quid.kit.errors import Forbidden, InvalidCursor, NotFound, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    Position,
    SignInRequired,
    answers,
    read_cursor,
    signed_in,
    write_cursor,
)
from quid.notifications.queries import inbox as queries
from quid.notifications.schemas.inbox import (
    Inbox,
    Marked,
    Preferences,
    PreferencesBody,
    ReadBody,
)
from quid.notifications.service import reading as service

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get(
    "/notifications",
    responses=answers(SignInRequired, ValidationFailed, InvalidCursor, Forbidden, RateLimited),
)
async def notifications(
    caller: SignedInCaller,
    tab: Annotated[queries.TabName, Query()] = "all",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Inbox:
    """List what I was told, newest first, and count what is unread of all of it."""
    me = caller.user_id
    purpose = f"notifications:{tab}:{me}"
    before = queries.Before(*read_cursor(purpose, cursor))
    async with runtime.part(db.Database).read() as conn:
        page = await queries.listed(conn, me, tab, before=before, limit=limit)
        unread = (await queries.unread(conn, [me]))[me]
    more = None if page.last is None else write_cursor(purpose, Position(*page.last))
    return Inbox(items=page.items, unread_count=unread, next_cursor=more)


@router.post(
    "/notifications/read",
    responses=answers(SignInRequired, ValidationFailed, NotFound, Forbidden, RateLimited),
)
async def read(body: ReadBody, caller: SignedInCaller) -> Marked:
    """Mark as read what is named, or all that had come by then; or take that back."""
    until, now = body.until(), clock.now()
    if until is None:
        named = body.notice_ids()
        marked = await service.mark(caller.user_id, named, is_read=body.is_read, now=now)
    else:
        marked = await service.mark_before(caller.user_id, until, now=now)
    return Marked(unread_count=marked.unread, ids=[ids.show("ntf", i) for i in marked.changed])


@router.get("/notifications/preferences", responses=answers(SignInRequired, Forbidden, RateLimited))
async def preferences(caller: SignedInCaller) -> Preferences:
    """Say what may reach me, and which ways."""
    async with runtime.part(db.Database).read() as conn:
        return Preferences(items=await queries.preferences(conn, caller.user_id))


@router.put(
    "/notifications/preferences",
    responses=answers(SignInRequired, ValidationFailed, Forbidden, RateLimited),
)
async def prefer(body: PreferencesBody, caller: SignedInCaller) -> Preferences:
    """Choose what may reach me; holds for what is sent from now on."""
    now = clock.now()
    return Preferences(items=await service.prefer(caller.user_id, body.wishes(), now=now))
