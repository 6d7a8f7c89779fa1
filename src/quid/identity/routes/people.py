"""HTTP of people: one's own view, and what one says and allows."""

from typing import Annotated

from fastapi import APIRouter, Depends

from quid.identity import queries, service
from quid.identity.errors import DuplicateEntry, NotYet, PersonNotFound
from quid.identity.queries import people
from quid.identity.routes.entry import view_me
from quid.identity.schemas.people import Hold, Holds, Me, PrivacyBody, ProfileBody, PublicCard
from quid.identity.types import Privacy
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, count_address, signed_in

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get("/me", responses=answers(SignInRequired, RateLimited))
async def me(caller: SignedInCaller) -> Me:
    """Give the caller's own view."""
    async with runtime.part(db.Database).read() as conn:
        person = await queries.person(conn, caller.user_id)
        if person is None:
            raise SignInRequired
        return await view_me(conn, person)


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
        return await view_me(conn, person)


@router.get("/me/holds", responses=answers(SignInRequired, RateLimited))
async def holds(caller: SignedInCaller) -> Holds:
    """Say what the caller may not do for now, since when, and when somebody looks again."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.freezes(conn, caller.user_id)
    return Holds(items=[Hold.of(f) for f in found])


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


@router.get(
    "/public/users/{handle}",
    dependencies=[Depends(count_address)],
    responses=answers(PersonNotFound, RateLimited),
)
async def public_card(handle: str) -> PublicCard:
    """Say to anybody who holds a pay link whose it is: name and picture, no more.

    Counted as a try to sign in of the network address is, so that nobody lists people by guessing.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await people.public_cards(conn, [handle])
    if not found:
        raise PersonNotFound
    return PublicCard.of(found[0])
