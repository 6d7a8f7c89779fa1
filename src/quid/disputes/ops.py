"""Operators and disputes: the queue, one with what was said, what is asked, the decision."""

from datetime import UTC, datetime, time
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query

from quid.disputes import errors, queries, rules, schemas, service
from quid.disputes.queries import Place
from quid.disputes.types import OpsDisputesPage, OpsDisputeView
from quid.kit import clock, db, runtime
from quid.kit.errors import InvalidCursor, MissingField, NotFound
from quid.kit.operators import Operator, Press
from quid.kit.web import id_from_path
from quid.kit.web.cursors import Position, read_cursor, write_cursor
from quid.kit.web.operators import (
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)

router = ops_router("disputes")
Reader = Annotated[Operator, Depends(operator_of(*service.READERS))]
Decider = Annotated[Press, Depends(press_of(*service.DECIDERS))]
_ACT: Final = (NotFound, MissingField, errors.StateConflict)
_LIST: Final = "ops:disputes"


@router.get("/disputes", responses=ops_answers(InvalidCursor))
async def disputes(
    _operator: Reader,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> OpsDisputesPage:
    """List reports and appeals that are open, by the day on which an answer is promised."""
    after = queries.FIRST if cursor is None else Place(*read_cursor(_LIST, cursor))
    async with runtime.part(db.Database).read() as conn:
        found = await queries.queue(conn, after=after, limit=limit)
    more = None
    if len(found) == limit:
        last = found[-1].row
        day = datetime.combine(last.answer_on, time(), UTC)
        more = write_cursor(_LIST, Position(day, last.id))
    return OpsDisputesPage([rules.ops_view_of(d) for d in found], more)


@router.get("/disputes/{dispute_id}", responses=ops_answers(NotFound))
async def look_at(dispute_id: str, _operator: Reader) -> OpsDisputeView:
    """Show a report or an appeal, with all that was said of it."""
    return await _view(id_from_path("dsp", dispute_id))


@router.post("/disputes/{dispute_id}/ask", responses=press_answers(*_ACT))
async def ask(dispute_id: str, body: schemas.QuestionBody, press: Decider) -> OpsDisputeView:
    """Ask its person for what is missing; they read the text, and are to answer."""
    found = id_from_path("dsp", dispute_id)
    await service.ask(press, found, schemas.words(body.text), now=clock.now())
    return await _view(found)


@router.post("/disputes/{dispute_id}/decide", responses=press_answers(*_ACT))
async def decide(dispute_id: str, body: schemas.DecideBody, press: Decider) -> OpsDisputeView:
    """Decide it, and say why. Money and holds have acts of their own."""
    found = id_from_path("dsp", dispute_id)
    said = schemas.words(body.text)
    await service.decide(press, found, body.decision, said, now=clock.now())
    return await _view(found)


async def _view(dispute_id: UUID) -> OpsDisputeView:
    async with runtime.part(db.Database).read() as conn:
        found = await queries.found(conn, dispute_id)
    if found is None:
        raise NotFound
    return rules.ops_view_of(found)
