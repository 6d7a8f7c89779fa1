"""HTTP of the entry: codes, passwords, sign-up, sessions and tokens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from quid.identity import queries, service
from quid.identity.errors import (
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    SignInFailed,
)
from quid.identity.schemas.entry import (
    CodeBody,
    RefreshBody,
    SignInBody,
    SignUpBody,
    StartAnswer,
    StartBody,
    TicketAnswer,
    TokenAnswer,
    TokenBody,
)
from quid.identity.schemas.people import Me
from quid.identity.types import SignedIn, Ticket
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, NotFound, Overloaded, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    SignInRequired,
    answers,
    clear_session_cookie,
    id_from_path,
    require_same_origin,
    set_session_cookie,
    signed_in,
)

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


def _own_pages(request: Request) -> None:
    """Refuse a browser that another site has sent here to be signed in as somebody else.

    API clients send no Origin. Raises: Forbidden.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        require_same_origin(
            origin=origin, scheme=request.url.scheme, host=request.headers.get("host")
        )


_ENTRY = [Depends(_own_pages)]


async def _me(signed: SignedIn, request: Request, response: Response) -> Me:
    set_session_cookie(request, response, signed.token, max_age=signed.life_seconds)
    async with runtime.part(db.Database).read() as conn:
        return Me.of(signed.person, await queries.freezes(conn, signed.person.id))


@router.post(
    "/auth/start",
    dependencies=_ENTRY,
    responses=answers(ValidationFailed, RateLimited, Forbidden),
)
async def start(body: StartBody) -> StartAnswer:
    """Begin with an e-mail: a code goes there, whether it is known or not."""
    return StartAnswer.of(await service.start(body.identifier, now=clock.now()))


@router.post(
    "/auth/code",
    dependencies=_ENTRY,
    responses=answers(ValidationFailed, NotFound, ChallengeFailed, ChallengeExpired, Forbidden),
)
async def code(body: CodeBody, request: Request, response: Response) -> Me | TicketAnswer:
    """Prove an e-mail: who is known is signed in, who is not gets a ticket to sign up."""
    challenge_id = id_from_path("chl", body.challenge_id)
    done = await service.check_code(challenge_id, body.code, now=clock.now())
    if isinstance(done, Ticket):
        return TicketAnswer(ticket=done.text)
    return await _me(done, request, response)


@router.post(
    "/auth/sign-up",
    status_code=201,
    dependencies=_ENTRY,
    responses=answers(ValidationFailed, ChallengeExpired, DuplicateEntry, Overloaded, Forbidden),
)
async def sign_up(body: SignUpBody, request: Request, response: Response) -> Me:
    """Make a person of a proven e-mail, and sign them in."""
    done = await service.sign_up(body.command(), now=clock.now())
    return await _me(done, request, response)


@router.post(
    "/auth/sign-in",
    dependencies=_ENTRY,
    responses=answers(ValidationFailed, SignInFailed, RateLimited, Overloaded, Forbidden),
)
async def sign_in(body: SignInBody, request: Request, response: Response) -> Me:
    """Open a browser session."""
    done = await service.sign_in(
        body.identifier, body.password, is_remembered=body.remember, now=clock.now()
    )
    return await _me(done, request, response)


@router.post(
    "/auth/sign-out",
    status_code=204,
    responses=answers(SignInRequired, Forbidden, RateLimited),
)
async def sign_out(caller: SignedInCaller, request: Request, response: Response) -> None:
    """End this session, at once and on the server."""
    await service.sign_out(caller, now=clock.now())
    if caller.via == "cookie":
        clear_session_cookie(request, response)


@router.post(
    "/auth/token",
    dependencies=_ENTRY,
    responses=answers(ValidationFailed, SignInFailed, RateLimited, Overloaded, Forbidden),
)
async def token(body: TokenBody) -> TokenAnswer:
    """Open a session of an API client."""
    issued = await service.issue_token(body.identifier, body.password, now=clock.now())
    return TokenAnswer.of(issued)


@router.post(
    "/auth/refresh",
    dependencies=_ENTRY,
    responses=answers(ValidationFailed, SignInRequired, Forbidden),
    openapi_extra={"security": []},
)
async def refresh(body: RefreshBody) -> TokenAnswer:
    """Exchange a refresh token for a new pair; one that comes back a second time ends both."""
    return TokenAnswer.of(await service.refresh(body.refresh_token, now=clock.now()))
