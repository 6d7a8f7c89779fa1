"""Operators: who they are, whom an admin invites and ends."""

from typing import Annotated, Final

from fastapi import Depends

from quid.identity import service
from quid.identity.errors import AlreadyDone, DuplicateEntry, PersonNotFound
from quid.identity.queries import operators as queries
from quid.identity.schemas.ops import InviteBody, OperatorsView, OperatorView
from quid.kit import clock, db, ids, runtime
from quid.kit.audit import search
from quid.kit.errors import NotFound, Overloaded
from quid.kit.operators import ROLES, Operator, Press
from quid.kit.web import id_from_path
from quid.kit.web.operators import (
    Because,
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)

router = ops_router("operators")
_ADMIN: Final = Depends(press_of("admin"))


async def _view(operator_id: str) -> OperatorView:
    user_id = id_from_path("usr", operator_id)
    async with runtime.part(db.Database).read() as conn:
        row = await queries.operator(conn, user_id)
        if row is None:
            raise NotFound
        acts = await search.last_acts(conn, [row.shown])
    return OperatorView.of(row, acts)


@router.get("/me", responses=ops_answers(NotFound))
async def me(operator: Annotated[Operator, Depends(operator_of(*ROLES))]) -> OperatorView:
    """Give the operator's own view."""
    return await _view(operator.name)


@router.get("/operators", responses=ops_answers())
async def operators(
    _operator: Annotated[Operator, Depends(operator_of("admin", "auditor"))],
) -> OperatorsView:
    """List all operators, with what each did last; the disabled come last."""
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.operators(conn)
        acts = await search.last_acts(conn, [r.shown for r in rows])
    return OperatorsView(items=[OperatorView.of(r, acts) for r in rows])


@router.post(
    "/operators",
    status_code=201,
    responses=press_answers(DuplicateEntry, PersonNotFound, Overloaded),
)
async def invite(body: InviteBody, press: Annotated[Press, _ADMIN]) -> OperatorView:
    """Invite an operator: a one-time password goes to their e-mail, good for 24 hours.

    Nothing opens before they have set one of their own and added an authenticator app.
    """
    made = await service.invite(body.command(), press, now=clock.now())
    return await _view(ids.show("usr", made))


@router.post(
    "/operators/{operator_id}/disable", responses=press_answers(PersonNotFound, AlreadyDone)
)
async def disable(
    operator_id: str, _body: Because, press: Annotated[Press, _ADMIN]
) -> OperatorView:
    """End an operator: their sessions end, and nothing opens for them again."""
    user_id = id_from_path("usr", operator_id)
    await service.disable(user_id, press, now=clock.now())
    return await _view(operator_id)
