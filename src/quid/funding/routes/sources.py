"""HTTP of banks and cards: linking them, proving them, choosing and removing them."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from quid.funding import queries, service
from quid.funding.errors import (
    AccountFrozen,
    ChallengeFailed,
    ExternalServiceError,
    PaymentMethodInvalid,
    SourceInUse,
    StateConflict,
)
from quid.funding.schemas.sources import (
    BankBody,
    CardBody,
    CardPage,
    ConfirmBody,
    DefaultBody,
    FinishLink,
    FinishToken,
    FundingSource,
    FundingSources,
    LinkBody,
    LinkedSource,
    LinkPage,
)
from quid.funding.types import Asker, Source
from quid.identity import service as identity
from quid.kit import clock, db, ratelimit, runtime
from quid.kit.errors import (
    MissingField,
    NotFound,
    RateLimited,
    SignInRequired,
    StepUpRequired,
    ValidationFailed,
)
from quid.kit.web import Caller, answers, client_address, id_from_path, signed_in, stepped_up

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
SteppedUpCaller = Annotated[Caller, Depends(stepped_up)]
_PRIVATE: Final = (SignInRequired, RateLimited)
_OWN: Final = (*_PRIVATE, NotFound)
_LINK: Final = (
    *_OWN,
    StepUpRequired,
    ValidationFailed,
    AccountFrozen,
    StateConflict,
    PaymentMethodInvalid,
    ExternalServiceError,
)
_AGENT_MAX: Final = 500
_LINKS_A_MINUTE: Final = 10


@router.get("/funding-sources", responses=answers(*_PRIVATE))
async def funding_sources(caller: SignedInCaller, *, removed: bool = False) -> FundingSources:
    """List my banks and cards; with `removed` those that I took away too, after the others."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.sources(conn, caller.user_id, and_removed=removed)
    return FundingSources(items=[FundingSource.of(s) for s in found])


@router.post("/funding-sources/bank/link", responses=answers(*_LINK))
async def link(body: LinkBody, request: Request, caller: SteppedUpCaller) -> LinkPage:
    """Open the provider's page, for half an hour; the browser comes back to `return_path`."""
    await _count(caller)
    repairs = body.repairs()
    opened = await service.start_link(
        _asker(request, caller), body.return_path, repairs=repairs, now=clock.now()
    )
    return LinkPage.of(opened)


@router.post("/funding-sources/bank", responses=answers(*_LINK))
async def bank(body: BankBody, request: Request, caller: SignedInCaller) -> LinkedSource:
    """Take what the page gave, once; or link an account by its numbers, to which two small amounts
    are then sent. Typed numbers want a fresh proof, as opening a page does.
    """
    await _count(caller)
    now, read = clock.now(), body.read()
    made: Sequence[UUID]
    if isinstance(read, FinishLink):
        made = await service.finish_link(caller.user_id, read.session_id, now=now)
    elif isinstance(read, FinishToken):
        made = await service.finish_token(caller.user_id, *read, now=now)
    else:
        await identity.require_step_up(caller, now=now)
        made = [await service.add_numbers(_asker(request, caller), read, now=now)]
    return LinkedSource.all_of(await _seen(made))


@router.post("/funding-sources/card", responses=answers(*_LINK))
async def card(
    body: CardBody, request: Request, caller: SignedInCaller
) -> CardPage | FundingSource:
    """Open the page that takes a card (after a fresh proof), or take what was entered there."""
    await _count(caller)
    now, session_id = clock.now(), body.session()
    if session_id is not None:
        made = await service.finish_card(caller.user_id, session_id, now=now)
        return FundingSource.of((await _seen(made))[0])
    await identity.require_step_up(caller, now=now)
    if body.purpose is None or body.return_path is None:
        missing = "purpose" if body.purpose is None else "return_path"
        raise MissingField(f"{missing}: must be given.", field=missing)
    if body.purpose == "payout":
        raise PaymentMethodInvalid(
            "Money cannot be sent to cards here. Nothing was changed. Link a bank.",
            field="purpose",
        )
    opened = await service.start_card(_asker(request, caller), body.return_path, now=now)
    return CardPage.of(opened)


# After the routes of fixed names, so that a wrong method is answered with theirs.
@router.get("/funding-sources/{funding_source_id}", responses=answers(*_OWN))
async def funding_source(funding_source_id: str, caller: SignedInCaller) -> FundingSource:
    """Show one of my banks and cards, removed or not."""
    [source] = await _seen([id_from_path("fs", funding_source_id)])
    if source.user_id != caller.user_id:
        raise NotFound
    return FundingSource.of(source)


@router.post(
    "/funding-sources/{funding_source_id}/verify",
    responses=answers(
        *_OWN, ValidationFailed, StateConflict, ChallengeFailed, PaymentMethodInvalid
    ),
)
async def verify(
    funding_source_id: str, body: ConfirmBody, caller: SignedInCaller
) -> FundingSource:
    """Enter the two small amounts that arrived. Three tries, ten days."""
    found = id_from_path("fs", funding_source_id)
    await service.confirm(caller.user_id, found, body.amounts, now=clock.now())
    return FundingSource.of((await _seen([found]))[0])


@router.patch(
    "/funding-sources/{funding_source_id}",
    responses=answers(*_OWN, ValidationFailed, PaymentMethodInvalid),
)
async def change(
    funding_source_id: str, _body: DefaultBody, caller: SignedInCaller
) -> FundingSource:
    """Use this bank, or this card, where none is named."""
    found = id_from_path("fs", funding_source_id)
    await service.choose_default(caller.user_id, found, now=clock.now())
    return FundingSource.of((await _seen([found]))[0])


@router.delete(
    "/funding-sources/{funding_source_id}",
    status_code=204,
    responses=answers(*_OWN, SourceInUse),
)
async def remove(funding_source_id: str, caller: SignedInCaller) -> None:
    """Remove a bank or card; refused while a transfer on it is open."""
    found = id_from_path("fs", funding_source_id)
    await service.remove(caller.user_id, found, now=clock.now())


def _asker(request: Request, caller: Caller) -> Asker:
    agent = request.headers.get("user-agent", "")[:_AGENT_MAX]
    return Asker(caller.user_id, client_address(request), agent)


async def _count(caller: Caller) -> None:
    """Take one of the person's links of this minute: each asks a provider."""
    await ratelimit.take(f"link:{caller.user_id.hex}", per_minute=_LINKS_A_MINUTE)


async def _seen(source_ids: Sequence[UUID]) -> list[Source]:
    """Read sources in the order asked for. Raises: NotFound."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.by_ids(conn, source_ids)
    if len(found) < len(source_ids):
        raise NotFound
    return [found[i] for i in source_ids]
