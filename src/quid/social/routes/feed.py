"""HTTP of the feed: its pages, and one of its items."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quid.kit import db, runtime
from quid.kit.errors import Forbidden, InvalidCursor, NotFound, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    SignInRequired,
    answers,
    id_from_path,
    read_cursor,
    signed_in,
    write_cursor,
)
from quid.kit.web import Position as Place
from quid.social import queries
from quid.social.schemas.feed import FeedQuery
from quid.social.settings import SocialSettings
from quid.social.types import FeedItem, FeedPage, Position

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get(
    "/feed",
    responses=answers(SignInRequired, Forbidden, InvalidCursor, ValidationFailed, RateLimited),
)
async def feed(
    caller: SignedInCaller,
    asked: Annotated[FeedQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    offset: Annotated[int, Query(ge=0, le=1_000)] = 0,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> FeedPage:
    """List completed payments that I may see, newest first.

    A page may be short, or empty, and have a cursor: then there may be more behind it. An offset
    counts from the newest that I may see; cursors alone show each item once while others arrive.
    """
    wanted, purpose = asked.wanted, asked.purpose(caller.user_id)
    if wanted.scope == "public" and not runtime.part(SocialSettings).public_feed:
        raise Forbidden("There is no public feed here.")
    items, last = await queries.feed(
        caller.user_id,
        wanted,
        before=Position(*read_cursor(purpose, cursor)),
        page=(limit, offset),
    )
    return FeedPage(items, write_cursor(purpose, Place(last.at, last.id)) if last else None)


@router.get("/feed/{payment_id}", responses=answers(SignInRequired, NotFound, RateLimited))
async def item(payment_id: str, caller: SignedInCaller) -> FeedItem:
    """Show one completed payment that I may see."""
    wanted = id_from_path("pay", payment_id)
    async with runtime.part(db.Database).read() as conn:
        found = await queries.seen(conn, caller.user_id, [wanted])
    if wanted not in found:
        raise NotFound
    return found[wanted]
