"""HTTP of people: one's own view, cards, blocks."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from quid.identity import queries, rules, service
from quid.identity.errors import PersonNotFound
from quid.identity.schemas.people import Friend, Friends, Me, UserCard
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, id_from_path, signed_in

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get("/me", responses=answers(SignInRequired, RateLimited))
async def me(caller: SignedInCaller) -> Me:
    """Give the caller's own view."""
    async with runtime.part(db.Database).read() as conn:
        person = await queries.person(conn, caller.user_id)
        if person is None:
            raise SignInRequired
        return Me.of(person, await queries.freezes(conn, caller.user_id))


@router.get("/users/{handle}", responses=answers(SignInRequired, PersonNotFound, RateLimited))
async def user(handle: str, caller: SignedInCaller) -> UserCard:
    """Give somebody's card. A block either way reads as nobody."""
    who = rules.read_identifier(handle)
    if who is None or who.kind != "handle" or who.value != handle:
        raise PersonNotFound
    async with runtime.part(db.Database).read() as conn:
        card = await queries.card_seen_by(conn, handle, viewer=caller.user_id)
    if card is None:
        raise PersonNotFound
    return UserCard.of(card, rules.avatar_seed(card.id))


@router.get("/friends", responses=answers(SignInRequired, ValidationFailed, RateLimited))
async def friends(caller: SignedInCaller, state: Annotated[Literal["blocked"], Query()]) -> Friends:
    """List whom the caller has blocked, latest first."""
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.friends(conn, caller.user_id, state=state.upper())
    return Friends(items=[Friend.of(r, rules.avatar_seed(r.id)) for r in rows])


@router.put(
    "/friends/{user_id}/block",
    status_code=204,
    responses=answers(SignInRequired, ValidationFailed, PersonNotFound, Forbidden, RateLimited),
)
async def block(user_id: str, caller: SignedInCaller) -> None:
    """Refuse somebody, who is not told; both stop existing for each other."""
    await service.block(caller.user_id, id_from_path("usr", user_id), now=clock.now())


@router.delete(
    "/friends/{user_id}/block",
    status_code=204,
    responses=answers(SignInRequired, ValidationFailed, PersonNotFound, Forbidden, RateLimited),
)
async def unblock(user_id: str, caller: SignedInCaller) -> None:
    """Refuse somebody no longer; restores nothing."""
    await service.unblock(caller.user_id, id_from_path("usr", user_id), now=clock.now())
