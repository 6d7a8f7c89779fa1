"""HTTP of friends: asked and accepted, left, blocked, muted."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from quid.identity import service
from quid.identity.errors import NotYet, PersonNotFound
from quid.identity.queries import people
from quid.identity.schemas.people import Friend, Friends
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, InvalidCursor, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    Position,
    SignInRequired,
    answers,
    id_from_path,
    read_cursor,
    signed_in,
    write_cursor,
)

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
_ACT = answers(SignInRequired, ValidationFailed, PersonNotFound, Forbidden, RateLimited)


@router.get(
    "/friends", responses=answers(SignInRequired, ValidationFailed, InvalidCursor, RateLimited)
)
async def friends(
    caller: SignedInCaller,
    state: Annotated[Literal["accepted", "pending", "blocked", "muted"], Query()],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Friends:
    """List friends, asks both ways, or whom the caller has blocked or muted, latest first."""
    purpose = f"friends:{state}:{caller.user_id}"
    before = people.Before(*read_cursor(purpose, cursor))
    async with runtime.part(db.Database).read() as conn:
        rows = await people.friends(
            conn, caller.user_id, state=state.upper(), before=before, limit=limit
        )
    last = Position(rows[-1].since, rows[-1].id) if len(rows) == limit else None
    return Friends(
        items=[Friend.of(r) for r in rows],
        next_cursor=write_cursor(purpose, last) if last else None,
    )


@router.put(
    "/friends/{user_id}",
    responses=answers(
        SignInRequired, ValidationFailed, PersonNotFound, NotYet, Forbidden, RateLimited
    ),
)
async def befriend(user_id: str, caller: SignedInCaller) -> Friend:
    """Ask somebody to be a friend, or accept who has asked."""
    friend_id = id_from_path("usr", user_id)
    await service.befriend(caller.user_id, friend_id, now=clock.now())
    async with runtime.part(db.Database).read() as conn:
        row = await people.edge_seen_by(conn, caller.user_id, friend_id)
    if row is None:
        raise PersonNotFound  # refused by the other in this very moment
    return Friend.of(row)


@router.delete("/friends/{user_id}", status_code=204, responses=_ACT)
async def part(user_id: str, caller: SignedInCaller) -> None:
    """End a friendship, take an ask back, or decline one; the other is not told."""
    await service.part(caller.user_id, id_from_path("usr", user_id), now=clock.now())


@router.put("/friends/{user_id}/block", status_code=204, responses=_ACT)
async def block(user_id: str, caller: SignedInCaller) -> None:
    """Refuse somebody, who is not told; both stop existing for each other."""
    await service.block(caller.user_id, id_from_path("usr", user_id), now=clock.now())


@router.delete("/friends/{user_id}/block", status_code=204, responses=_ACT)
async def unblock(user_id: str, caller: SignedInCaller) -> None:
    """Refuse somebody no longer; restores nothing."""
    await service.unblock(caller.user_id, id_from_path("usr", user_id), now=clock.now())


@router.put("/friends/{user_id}/mute", status_code=204, responses=_ACT)
async def mute(user_id: str, caller: SignedInCaller) -> None:
    """Hear no more of somebody, who is not told."""
    await service.mute(caller.user_id, id_from_path("usr", user_id), now=clock.now())


@router.delete("/friends/{user_id}/mute", status_code=204, responses=_ACT)
async def unmute(user_id: str, caller: SignedInCaller) -> None:
    """Hear of somebody again."""
    await service.unmute(caller.user_id, id_from_path("usr", user_id), now=clock.now())
