"""HTTP of other people: found, and looked at."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from quid.identity.errors import PersonNotFound
from quid.identity.queries import graph, people
from quid.kit import clock, db, ratelimit, runtime
from quid.kit.errors import RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, signed_in
from quid.payments import queries as payments
from quid.social import queries
from quid.social.schemas.people import Cards, Profile, card, friendship

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
SEARCHES_A_MINUTE: Final = 20
SHOWN: Final = 20
# Of so many of the latest the viewer may see some: whoever shows little has few on their page.
_LOOKED_AT: Final = 200
_PAST: Final = timedelta(days=90)


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
        times = await payments.times_paid(conn, caller.user_id, [c.id for c in found])
    return Cards(items=[card(c, times_paid=times[c.id]) for c in found])


@router.get("/users/{handle}", responses=answers(SignInRequired, PersonNotFound, RateLimited))
async def user(handle: str, caller: SignedInCaller) -> Profile:
    """Give somebody's card, what they are to me, and their latest payments that I may see.

    A block either way reads as nobody.
    """
    me, since = caller.user_id, clock.now() - _PAST
    async with runtime.part(db.Database).read() as conn:
        found = await people.card_seen_by(conn, handle, viewer=me)
        if found is None:
            raise PersonNotFound
        edge = await people.edge_seen_by(conn, me, found.id)
        [tie] = await graph.ties(conn, [me], [found.id])
        times = await payments.times_paid(conn, me, [found.id])
        latest = await payments.recent_of(conn, found.id, since=since, limit=_LOOKED_AT)
        seen = await queries.seen(conn, me, [s.id for s in latest])
    items = [seen[s.id] for s in latest if s.id in seen]
    shown = card(found, times_paid=times[found.id])
    return Profile(
        **shown.model_dump(),
        friendship=friendship(edge),
        is_muted=tie.is_muted,
        items=items[:SHOWN],
    )
