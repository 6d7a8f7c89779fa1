"""HTTP of people: one's own view, what one says and allows, cards and search."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from quid.identity import queries, rules, service
from quid.identity.errors import DuplicateEntry, NotYet, PersonNotFound
from quid.identity.queries import people
from quid.identity.schemas.people import Cards, Me, PrivacyBody, ProfileBody, UserCard
from quid.identity.types import Privacy
from quid.kit import clock, db, ratelimit, runtime
from quid.kit.errors import Forbidden, RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, signed_in

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
SEARCHES_A_MINUTE: Final = 20


@router.get("/me", responses=answers(SignInRequired, RateLimited))
async def me(caller: SignedInCaller) -> Me:
    """Give the caller's own view."""
    async with runtime.part(db.Database).read() as conn:
        person = await queries.person(conn, caller.user_id)
        if person is None:
            raise SignInRequired
        return Me.of(person, await queries.freezes(conn, caller.user_id))


@router.patch(
    "/me",
    responses=answers(
        SignInRequired, ValidationFailed, DuplicateEntry, NotYet, Forbidden, RateLimited
    ),
)
async def change_me(body: ProfileBody, caller: SignedInCaller) -> Me:
    """Change name, handle, language or zone. Nothing else of a person can be written."""
    person = await service.change_profile(caller.user_id, body.command(), now=clock.now())
    async with runtime.part(db.Database).read() as conn:
        return Me.of(person, await queries.freezes(conn, caller.user_id))


@router.get("/me/privacy", responses=answers(SignInRequired, RateLimited))
async def privacy(caller: SignedInCaller) -> Privacy:
    """Say what others may see of the caller, and ask of them."""
    async with runtime.part(db.Database).read() as conn:
        found = await people.privacy(conn, caller.user_id)
    if found is None:
        raise SignInRequired
    return found


@router.patch(
    "/me/privacy", responses=answers(SignInRequired, ValidationFailed, Forbidden, RateLimited)
)
async def change_privacy(body: PrivacyBody, caller: SignedInCaller) -> Privacy:
    """Change what others may see and ask; holds from their next look."""
    return await service.change_privacy(caller.user_id, body.command(), now=clock.now())


@router.get("/users", responses=answers(SignInRequired, ValidationFailed, RateLimited))
async def search(
    caller: SignedInCaller,
    query: Annotated[str, Query(min_length=2, max_length=64)],
    limit: Annotated[int, Query(ge=1, le=20)] = 20,
) -> Cards:
    """Find people by the beginning of any word of name or handle, or by exact e-mail or phone."""
    await ratelimit.take(f"search:{caller.user_id.hex}", per_minute=SEARCHES_A_MINUTE)
    async with runtime.part(db.Database).read() as conn:
        found = await people.search(conn, query, viewer=caller.user_id, limit=limit)
    return Cards(items=[UserCard.of(card) for card in found])


@router.get("/users/{handle}", responses=answers(SignInRequired, PersonNotFound, RateLimited))
async def user(handle: str, caller: SignedInCaller) -> UserCard:
    """Give somebody's card. A block either way reads as nobody."""
    who = rules.read_identifier(handle)
    if who is None or who.kind != "handle" or who.value != handle:
        raise PersonNotFound
    async with runtime.part(db.Database).read() as conn:
        card = await people.card_seen_by(conn, handle, viewer=caller.user_id)
    if card is None:
        raise PersonNotFound
    return UserCard.of(card)
