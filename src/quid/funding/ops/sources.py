"""Banks and cards as operators see them: whose they are, and stopping one."""

from typing import Annotated, Final

from fastapi import Depends

from quid.funding import queries, service
from quid.funding.errors import ExternalServiceError, PaymentMethodInvalid, StateConflict
from quid.funding.queries import linked
from quid.funding.schemas.sources import OpsSource, OpsSources
from quid.kit import clock, db, runtime
from quid.kit.errors import NotFound
from quid.kit.operators import Operator, Press, Role
from quid.kit.web import id_from_path
from quid.kit.web.operators import (
    Because,
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)

router = ops_router("funding")
READERS: Final[tuple[Role, ...]] = ("support", "finance", "compliance")
DECIDERS: Final[tuple[Role, ...]] = ("finance", "compliance")
Reader = Annotated[Operator, Depends(operator_of(*READERS))]
Decider = Annotated[Press, Depends(press_of(*DECIDERS))]


@router.get("/people/{user_id}/funding-sources", responses=ops_answers(NotFound))
async def sources_of(user_id: str, _operator: Reader) -> OpsSources:
    """List what a person has linked, the latest first, removed or not; 100 at most."""
    found = id_from_path("usr", user_id)
    async with runtime.part(db.Database).read() as conn:
        rows = await linked.every_source(conn, found)
    return OpsSources(items=[OpsSource.seen(s) for s in rows])


@router.get("/funding-sources", responses=ops_answers())
async def owners_in_review(_operator: Reader) -> OpsSources:
    """List banks whose owner's name differs: the longest waiting first, 100 at most."""
    async with runtime.part(db.Database).read() as conn:
        rows = await linked.in_review(conn)
    return OpsSources(items=[OpsSource.seen(s) for s in rows])


@router.post(
    "/funding-sources/{funding_source_id}/disable", responses=press_answers(NotFound, StateConflict)
)
async def disable(funding_source_id: str, _body: Because, press: Decider) -> OpsSource:
    """Let a source move nothing any more; its owner cannot link the same one again."""
    found = id_from_path("fs", funding_source_id)
    await service.disable_by(press, found, now=clock.now())
    return await _view(funding_source_id)


@router.post(
    "/funding-sources/{funding_source_id}/pass-owner",
    responses=press_answers(NotFound, StateConflict, PaymentMethodInvalid, ExternalServiceError),
)
async def pass_owner(funding_source_id: str, _body: Because, press: Decider) -> OpsSource:
    """Say that the bank's owner is the person; below half a match it is never pulled from."""
    found = id_from_path("fs", funding_source_id)
    await service.pass_owner(press, found, now=clock.now())
    return await _view(funding_source_id)


async def _view(funding_source_id: str) -> OpsSource:
    found = id_from_path("fs", funding_source_id)
    async with runtime.part(db.Database).read() as conn:
        return OpsSource.seen((await queries.by_ids(conn, [found]))[found])
