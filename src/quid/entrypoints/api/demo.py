"""Being somebody of the demo: whom there is to be, and one press to be them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from quid.entrypoints.personas import PERSONAS
from quid.identity import service
from quid.identity.errors import AccountLocked, PersonNotFound
from quid.identity.queries import people
from quid.identity.routes.entry import ENTRY, show_me
from quid.identity.routes.visits import visit_of
from quid.identity.schemas.people import Me, PublicCard
from quid.kit import clock, db, runtime
from quid.kit.config import Core
from quid.kit.errors import Forbidden, NotFound, RateLimited, ValidationFailed
from quid.kit.web import Strict, answers


def demo_only() -> None:
    """Hide what is of the demo alone. Raises: NotFound."""
    if not runtime.part(Core).demo:
        raise NotFound


router = APIRouter(prefix="/demo", tags=["demo"], dependencies=[Depends(demo_only)])
_LINES = {persona.handle: persona.line for persona in PERSONAS}


class PersonaView(PublicCard):
    """Somebody of the demo. `line`: what one sees as them."""

    line: str


class Personas(BaseModel):
    """Whom one can be."""

    items: list[PersonaView]


class PersonaBody(Strict):
    """Whom to be."""

    handle: Annotated[str, Field(min_length=1, max_length=30)]
    remember: bool = False


@router.get("/people", responses=answers(NotFound))
async def personas() -> Personas:
    """List the demo people whom one can be, those who are there."""
    async with runtime.part(db.Database).read() as conn:
        found = await people.public_cards(conn, list(_LINES))
    cards = {card.handle: card for card in found}
    return Personas(
        items=[
            PersonaView(**PublicCard.of(cards[handle]).model_dump(), line=line)
            for handle, line in _LINES.items()
            if handle in cards
        ]
    )


@router.post(
    "/sign-in",
    dependencies=ENTRY,
    responses=answers(
        NotFound, PersonNotFound, ValidationFailed, AccountLocked, Forbidden, RateLimited
    ),
)
async def become(body: PersonaBody, request: Request, response: Response) -> Me:
    """Open a browser session as somebody of the demo, without their password or second factor."""
    if body.handle not in _LINES:
        raise PersonNotFound
    opened = await service.become(
        body.handle,
        is_remembered=body.remember,
        now=clock.now(),
        visit=visit_of(request, response),
    )
    return await show_me(opened, request, response)
