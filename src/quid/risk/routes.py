"""HTTP of limits: what one may send."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends

from quid.identity import queries as people
from quid.kit import clock, db, runtime
from quid.kit.errors import RateLimited, SignInRequired
from quid.kit.web import Caller, answers, signed_in
from quid.risk import queries
from quid.risk.schemas import LimitsAnswer

router = APIRouter(prefix="/v1", tags=["risk"])
_CURRENCY: Final = "USD"


@router.get("/me/limits", responses=answers(SignInRequired, RateLimited))
async def limits(caller: Annotated[Caller, Depends(signed_in)]) -> LimitsAnswer:
    """Say what the caller may send at once, in a day and in a week, and what counts already."""
    async with runtime.part(db.Database).read() as conn:
        person = await people.person(conn, caller.user_id)
        if person is None:
            raise SignInRequired
        meters = await queries.meters(
            conn, person.id, person.tier, currency=_CURRENCY, now=clock.now()
        )
    return LimitsAnswer.of(meters)
