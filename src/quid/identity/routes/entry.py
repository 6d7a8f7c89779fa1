"""HTTP of the entry: codes, passwords, sign-up, sessions and tokens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from quid.identity import queries, service
from quid.identity.errors import (
    AccountLocked,
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    SignInFailed,
)
from quid.identity.queries import access, passkeys
from quid.identity.routes.visits import visit_of
from quid.identity.schemas.access import StepUpAsked, StepUpView
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
from quid.identity.types import Person, SignedIn, StepUp, Ticket
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, NotFound, Overloaded, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    SignInRequired,
    answers,
    anybody_signed_in,
    clear_session_cookie,
    count_address,
    id_from_path,
    require_same_origin,
    set_session_cookie,
)

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(anybody_signed_in)]


def _own_pages(request: Request) -> None:
    """Refuse a browser that another site has sent here to be signed in as somebody else.

    API clients send no Origin. Raises: Forbidden.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        require_same_origin(
            origin=origin, scheme=request.url.scheme, host=request.headers.get("host")
        )


ENTRY = [Depends(_own_pages), Depends(count_address)]
_ACCOUNT = (ValidationFailed, AccountLocked, RateLimited, Forbidden)


async def show_me(signed: SignedIn, request: Request, response: Response) -> Me:
    """Give the browser its session, and the person their own view."""
    set_session_cookie(
        request,
        response,
        signed.token,
        max_age=signed.life_seconds,
        is_operator=signed.is_operator,
    )
    async with runtime.part(db.Database).read() as conn:
        return await view_me(conn, signed.person)


async def view_me(conn: db.Conn, person: Person) -> Me:
    """Give a person their own view."""
    freezes = await queries.freezes(conn, person.id)
    has_totp = await access.TOTP.maybe(conn, person.id) is not None
    has_passkey = await passkeys.has_passkey(conn, person.id)
    return Me.of(person, freezes, has_passkey=has_passkey, has_totp=has_totp)


@router.post(
    "/auth/start",
    dependencies=ENTRY,
    responses=answers(ValidationFailed, RateLimited, Forbidden),
)
async def start(body: StartBody) -> StartAnswer:
    """Begin with an e-mail: a code goes there, whether it is known or not."""
    return StartAnswer.of(await service.start(body.identifier, now=clock.now()))


@router.post(
    "/auth/code",
    dependencies=ENTRY,
    responses=answers(*_ACCOUNT, NotFound, ChallengeFailed, ChallengeExpired),
)
async def code(
    body: CodeBody, request: Request, response: Response
) -> Me | TicketAnswer | StepUpAsked:
    """Prove an e-mail: who is known is signed in, who is not gets a ticket to sign up.

    Whoever has a second factor is asked for it: `auth/step-up` then gives the session.
    """
    challenge_id = id_from_path("chl", body.challenge_id)
    visit = visit_of(request, response)
    done = await service.check_code(
        challenge_id, body.code, is_remembered=body.remember, now=clock.now(), visit=visit
    )
    if isinstance(done, Ticket):
        return TicketAnswer(ticket=done.text)
    if isinstance(done, StepUp):
        return StepUpAsked(step_up=StepUpView.of(done))
    return await show_me(done, request, response)


@router.post(
    "/auth/sign-up",
    status_code=201,
    dependencies=ENTRY,
    responses=answers(
        ValidationFailed, ChallengeExpired, DuplicateEntry, RateLimited, Overloaded, Forbidden
    ),
)
async def sign_up(body: SignUpBody, request: Request, response: Response) -> Me:
    """Make a person of a proven e-mail, and sign them in."""
    visit = visit_of(request, response)
    done = await service.sign_up(body.command(), now=clock.now(), visit=visit)
    return await show_me(done, request, response)


@router.post(
    "/auth/sign-in",
    dependencies=ENTRY,
    responses=answers(*_ACCOUNT, SignInFailed, Overloaded),
)
async def sign_in(body: SignInBody, request: Request, response: Response) -> Me | StepUpAsked:
    """Open a browser session; `auth/step-up` gives it to whoever has a second factor."""
    done = await service.sign_in(
        body.identifier,
        body.password,
        is_remembered=body.remember,
        now=clock.now(),
        visit=visit_of(request, response),
    )
    if isinstance(done, StepUp):
        return StepUpAsked(step_up=StepUpView.of(done))
    return await show_me(done, request, response)


@router.post(
    "/auth/sign-out",
    status_code=204,
    responses=answers(SignInRequired, Forbidden, RateLimited),
)
async def sign_out(caller: SignedInCaller, request: Request, response: Response) -> None:
    """End this session, at once and on the server."""
    await service.sign_out(caller, now=clock.now())
    if caller.via == "cookie":
        clear_session_cookie(request, response, is_operator=caller.is_operator)


@router.post(
    "/auth/token",
    dependencies=ENTRY,
    responses=answers(*_ACCOUNT, SignInFailed, Overloaded),
)
async def token(body: TokenBody, request: Request) -> TokenAnswer | StepUpAsked:
    """Open a session of an API client; `auth/step-up` gives it to whoever has a second factor."""
    issued = await service.issue_token(
        body.identifier, body.password, now=clock.now(), visit=visit_of(request)
    )
    if isinstance(issued, StepUp):
        return StepUpAsked(step_up=StepUpView.of(issued))
    return TokenAnswer.of(issued)


@router.post(
    "/auth/refresh",
    dependencies=[Depends(_own_pages)],
    responses=answers(ValidationFailed, SignInRequired, Forbidden),
    openapi_extra={"security": []},
)
async def refresh(body: RefreshBody) -> TokenAnswer:
    """Exchange a refresh token for a new pair; one that comes back a second time ends both."""
    return TokenAnswer.of(await service.refresh(body.refresh_token, now=clock.now()))
