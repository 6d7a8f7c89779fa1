"""Activity: what touched my balance."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quid.kit import db, runtime
from quid.kit.errors import InvalidCursor, RateLimited, SignInRequired, ValidationFailed
from quid.kit.web import Caller, answers, signed_in
from quid.payments import queries, rules, schemas
from quid.payments.schemas import read_cursor, write_cursor
from quid.payments.types import ActivityPage

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get(
    "/transactions", responses=answers(SignInRequired, InvalidCursor, ValidationFailed, RateLimited)
)
async def transactions(
    caller: SignedInCaller,
    wanted: Annotated[schemas.ActivityQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ActivityPage:
    """List what touched my balance, newest first."""
    purpose = f"activity:{caller.user_id}"
    async with runtime.part(db.Database).read() as conn:
        lines = await queries.activity_lines(
            conn,
            caller.user_id,
            wanted.filter,
            before=read_cursor(purpose, cursor),
            page=(limit, offset),
        )
    last = lines[-1].row if len(lines) == limit else None
    more = write_cursor(purpose, last.at, last.id) if last else None
    return ActivityPage([rules.activity_view(*line) for line in lines], more)
