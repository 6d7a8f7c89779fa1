"""People as operators find them, stop them and help them. Contacts stay masked until revealed."""

from typing import Annotated, Final

from fastapi import Depends, Query

from quid.identity import rules, service
from quid.identity.errors import AlreadyDone, FactorMissing, PersonNotFound
from quid.identity.queries import operators as queries
from quid.identity.schemas.ops import (
    AskedView,
    ContactsView,
    FreezeBody,
    FreezeView,
    PeopleView,
    PersonView,
    UnfreezeBody,
)
from quid.kit import clock, db, ids, runtime
from quid.kit.errors import ValidationFailed
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

router = ops_router("identity")
_FREEZER: Final = Depends(press_of("support", "analyst", "compliance"))
_RESETTER: Final = Depends(press_of("support", "compliance", "admin"))
_REVEALER: Final = Depends(press_of("analyst", "compliance", "auditor"))


@router.get("/people", responses=ops_answers())
async def people(
    query: Annotated[
        str, Query(min_length=2, max_length=200, description="an id, a handle or an e-mail, whole")
    ],
    _operator: Annotated[Operator, Depends(operator_of(*ROLES))],
) -> PeopleView:
    """Find a person by exactly what names them."""
    user_id, who = ids.read("usr", query), rules.read_identifier(query)
    if user_id is None and who is None:
        raise ValidationFailed("query: an id, a handle or an e-mail.", field="query")
    async with runtime.part(db.Database).read() as conn:
        found = await queries.find(conn, user_id, who)
    return PeopleView(items=[PersonView.of(found)] if found else [])


@router.post(
    "/people/{user_id}/freezes",
    status_code=201,
    responses=press_answers(PersonNotFound, AlreadyDone),
)
async def freeze(user_id: str, body: FreezeBody, press: Annotated[Press, _FREEZER]) -> FreezeView:
    """Stop a person from sending, withdrawing, or all, from their next request on."""
    cmd = body.command(id_from_path("usr", user_id), by=press.operator.name)
    freeze_id = await service.freeze_by(cmd, press, now=clock.now())
    async with runtime.part(db.Database).read() as conn:
        return FreezeView.of(await queries.freeze_by_id(conn, freeze_id))


@router.post(
    "/people/{user_id}/unfreeze",
    status_code=202,
    responses=press_answers(PersonNotFound, AlreadyDone),
)
async def unfreeze(
    user_id: str, body: UnfreezeBody, press: Annotated[Press, _FREEZER]
) -> AskedView:
    """Ask a second operator to lift a freeze."""
    person_id = id_from_path("usr", user_id)
    asked = await service.ask_unfreeze(person_id, body.freeze_scope(), press, now=clock.now())
    return AskedView(approval_id=ids.show("apr", asked))


@router.post(
    "/people/{user_id}/reset-factors",
    status_code=204,
    responses=press_answers(PersonNotFound, FactorMissing),
)
async def reset_factors(user_id: str, _body: Because, press: Annotated[Press, _RESETTER]) -> None:
    """Take a lost authenticator app and its codes off an account, whose sessions end."""
    await service.reset_factors(id_from_path("usr", user_id), press, now=clock.now())


@router.post("/people/{user_id}/reveal", responses=press_answers(PersonNotFound))
async def reveal(user_id: str, _body: Because, press: Annotated[Press, _REVEALER]) -> ContactsView:
    """Show how to reach a person. Each look is on record, a second one under the same key too."""
    found = await service.reveal(id_from_path("usr", user_id), press, now=clock.now())
    return ContactsView(email=found.email, phone=found.phone)
