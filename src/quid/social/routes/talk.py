"""HTTP of likes and comments. What somebody does not see, they find nothing of, and say nothing."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Response

from quid.collect.errors import AccountFrozen
from quid.identity.queries import graph
from quid.kit import clock, db, idempotency, ids, ratelimit, runtime
from quid.kit.crypto import digest16
from quid.kit.errors import Forbidden, InvalidCursor, NotFound, RateLimited, ValidationFailed
from quid.kit.once import Key
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
from quid.payments import queries as payments
from quid.social import queries, rules
from quid.social.queries import talk
from quid.social.schemas.talk import CommentBody, comment_view
from quid.social.service import talk as service
from quid.social.types import CommentsPage, CommentView, LikesView, NewComment, Position

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
KeyHeader = Annotated[str | None, Header(max_length=1000, alias="Idempotency-Key")]
COMMENTS_A_MINUTE: Final = 10
OPERATION: Final = "social.comment"
_SEEN: Final = (SignInRequired, NotFound, RateLimited)
_ACT: Final = (*_SEEN, Forbidden)
_WRITTEN: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "It stands, now or since this key was first sent",
        "headers": {
            "Idempotency-Replayed": {
                "schema": {"const": "true"},
                "description": "there when this is the comment of an earlier request",
            }
        },
    }
}


@router.put("/feed/{payment_id}/likes", responses=answers(*_ACT, AccountFrozen))
@router.post("/feed/{payment_id}/likes", responses=answers(*_ACT, AccountFrozen))
async def like(payment_id: str, caller: SignedInCaller) -> LikesView:
    """Like a payment that I see. Doing it twice changes nothing."""
    liked = await service.like(id_from_path("pay", payment_id), caller.user_id, now=clock.now())
    return LikesView(liked.like_count, liked.liked_by_me)


@router.delete("/feed/{payment_id}/likes", responses=answers(*_ACT))
async def unlike(payment_id: str, caller: SignedInCaller) -> LikesView:
    """Like it no more. Doing it twice changes nothing."""
    liked = await service.unlike(id_from_path("pay", payment_id), caller.user_id, now=clock.now())
    return LikesView(liked.like_count, liked.liked_by_me)


@router.get(
    "/feed/{payment_id}/comments", responses=answers(*_SEEN, ValidationFailed, InvalidCursor)
)
async def comments(
    payment_id: str,
    caller: SignedInCaller,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> CommentsPage:
    """List what is written under a payment, oldest first; nothing of anybody across a block."""
    me, item = caller.user_id, id_from_path("pay", payment_id)
    purpose = f"comments:{item}:{me}"
    after = Position(*read_cursor(purpose, cursor)) if cursor is not None else talk.OLDEST
    async with runtime.part(db.Database).read() as conn:
        story = await queries.may_see(conn, me, item)
        if story is None:
            raise NotFound
        blocked = await graph.blocked_with(conn, me)
        found = await talk.comments(conn, item, blocked=blocked, after=after, limit=limit)
        authors = await payments.parties_of(conn, {c.author_id for c in found})
    is_theirs = rules.is_party(me, story)
    last = Place(found[-1].at, found[-1].id) if len(found) == limit else None
    return CommentsPage(
        [comment_view(c, authors[c.author_id], viewer_id=me, is_theirs=is_theirs) for c in found],
        write_cursor(purpose, last) if last else None,
    )


@router.post(
    "/feed/{payment_id}/comments",
    status_code=201,
    responses=_WRITTEN
    | answers(
        *_ACT,
        AccountFrozen,
        ValidationFailed,
        idempotency.IdempotencyKeyMissing,
        idempotency.IdempotencyKeyReused,
    ),
)
async def comment(
    payment_id: str,
    body: CommentBody,
    caller: SignedInCaller,
    response: Response,
    key: KeyHeader = None,
) -> CommentView:
    """Write under a payment that I see. The same key, sent again, writes nothing more."""
    me, item, text, now = caller.user_id, id_from_path("pay", payment_id), body.read(), clock.now()
    await ratelimit.take(f"comment:{me.hex}", per_minute=COMMENTS_A_MINUTE)
    once = None
    if key is not None:
        key_hash = idempotency.read_key(header=key, body=None)
        once = Key(me, OPERATION, key_hash, digest16(item.bytes + text.encode()))
    new = NewComment(ids.new(ids.bucket(item), now), item, me, text, once)
    written = await service.comment(new, now=now)
    if written.is_replayed:
        response.headers["Idempotency-Replayed"] = "true"
    async with runtime.part(db.Database).read() as conn:
        found = await talk.comment(conn, written.id, item)
        authors = await payments.parties_of(conn, {me})
    if found is None:
        raise NotFound  # deleted since
    return comment_view(found, authors[me], viewer_id=me, is_theirs=False)


@router.delete(
    "/feed/{payment_id}/comments/{comment_id}", status_code=204, responses=answers(*_ACT)
)
async def remove_comment(payment_id: str, comment_id: str, caller: SignedInCaller) -> None:
    """Delete a comment of mine, or one under a payment of mine. It is gone for everybody."""
    item, written = id_from_path("pay", payment_id), id_from_path("cmt", comment_id)
    await service.remove_comment(written, item, caller.user_id, now=clock.now())
