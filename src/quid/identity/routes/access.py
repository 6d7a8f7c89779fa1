"""HTTP of access: step-up, second factors, credentials, recovery."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from quid.identity import service
from quid.identity.errors import (
    AccountLocked,
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    FactorMissing,
)
from quid.identity.queries import access
from quid.identity.routes.entry import ENTRY, show_me
from quid.identity.routes.visits import visit_of
from quid.identity.schemas.access import (
    EmailAsked,
    EmailBody,
    EmailCodeBody,
    PasswordBody,
    RecoverBody,
    RecoveryCodes,
    StepUpBody,
    StepUpDone,
    StepUpView,
    TotpCodeBody,
    TotpView,
)
from quid.identity.schemas.entry import TokenAnswer
from quid.identity.schemas.people import Me
from quid.identity.types import ApiTokens
from quid.kit import clock, db, ids, runtime
from quid.kit.errors import Forbidden, NotFound, Overloaded, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    SignInRequired,
    StepUpRequired,
    answers,
    anybody_signed_in,
    anybody_stepped_up,
    clear_session_cookie,
    id_from_path,
    set_session_cookie,
)

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(anybody_signed_in)]
SteppedUpCaller = Annotated[Caller, Depends(anybody_stepped_up)]
_PRIVATE = (SignInRequired, Forbidden, RateLimited)
_PROVEN = (*_PRIVATE, StepUpRequired)
_CHALLENGE = (NotFound, ChallengeFailed, ChallengeExpired, Overloaded)
_ASKING: Final = StepUpBody()


async def _maybe_signed_in(request: Request) -> Caller | None:
    """Name the caller, if there is one: a sign-in that waits for its factor has none."""
    try:
        return await anybody_signed_in(request)
    except SignInRequired:
        return None


async def _is_asked_of(caller: Caller, challenge_id: UUID) -> bool:
    """Tell a step-up of this session from a sign-in, which somebody signed in may do too."""
    async with runtime.part(db.Database).read() as conn:
        return await access.is_asked_of(conn, challenge_id, caller.session_id)


@router.post(
    "/auth/step-up",
    dependencies=ENTRY,
    responses=answers(*_PROVEN, *_CHALLENGE, ValidationFailed, AccountLocked),
    openapi_extra={"security": [{}, {"bearer": []}, {"cookie": []}]},
)
async def step_up(
    request: Request,
    response: Response,
    caller: Annotated[Caller | None, Depends(_maybe_signed_in)],
    body: StepUpBody = _ASKING,
) -> StepUpView | StepUpDone | Me | TokenAnswer:
    """Ask for a challenge, or answer one: that of this session, or of a sign-in that waits for it.

    In a session it is good for 10 minutes, and a browser gets a new cookie. A sign-in is answered
    as it would have been without a second factor.
    """
    now = clock.now()
    if body.challenge_id is None:
        if caller is None:
            raise SignInRequired
        return StepUpView.of(await service.begin(caller, now=now))
    proof = body.read()
    if proof is None:
        raise ValidationFailed("method and proof: both, beside challenge_id.", field="proof")
    challenge_id = id_from_path("chl", body.challenge_id)
    if caller is not None and await _is_asked_of(caller, challenge_id):
        renewed = await service.finish(caller, challenge_id, proof, visit_of(request), now=now)
        if renewed.token is not None:
            set_session_cookie(
                request,
                response,
                renewed.token,
                max_age=renewed.life_seconds,
                is_operator=caller.is_operator,
            )
        return StepUpDone(good_until=renewed.good_until)
    opened = await service.finish_sign_in(challenge_id, proof, visit_of(request, response), now=now)
    if isinstance(opened, ApiTokens):
        return TokenAnswer.of(opened)
    return await show_me(opened, request, response)


# --- second factors ----------------------------------------------------------------------------


@router.post("/auth/totp", responses=answers(*_PROVEN))
async def offer_totp(caller: SteppedUpCaller) -> TotpView:
    """Make a secret for an authenticator app, shown this once; nothing holds before its code."""
    offer = await service.offer_totp(caller, now=clock.now())
    return TotpView(secret=offer.secret, uri=offer.uri)


@router.post(
    "/auth/totp/confirm",
    responses=answers(*_PROVEN, ValidationFailed, ChallengeFailed, FactorMissing),
)
async def confirm_totp(
    body: TotpCodeBody, caller: SteppedUpCaller, request: Request
) -> RecoveryCodes:
    """Turn the app on by its first code, in place of an older one; ten recovery codes come back."""
    codes = await service.confirm_totp(caller, body.code, visit_of(request), now=clock.now())
    return RecoveryCodes(recovery_codes=codes)


@router.delete("/auth/totp", status_code=204, responses=answers(*_PROVEN, FactorMissing))
async def turn_totp_off(caller: SteppedUpCaller, request: Request) -> None:
    """Take the app from the account; its recovery codes stay where a passkey needs them."""
    await service.turn_totp_off(caller, visit_of(request), now=clock.now())


@router.post("/auth/recovery-codes", responses=answers(*_PROVEN, FactorMissing))
async def renew_recovery_codes(caller: SteppedUpCaller, request: Request) -> RecoveryCodes:
    """Make ten new recovery codes, shown this once; the old ones open nothing from here on."""
    codes = await service.renew_recovery_codes(caller, visit_of(request), now=clock.now())
    return RecoveryCodes(recovery_codes=codes)


# --- credentials -------------------------------------------------------------------------------


@router.post(
    "/auth/password", status_code=204, responses=answers(*_PROVEN, ValidationFailed, Overloaded)
)
async def change_password(body: PasswordBody, caller: SteppedUpCaller, request: Request) -> None:
    """Set another password; all other sessions end."""
    await service.change_password(caller, body.password, visit_of(request), now=clock.now())


@router.post("/auth/email", responses=answers(*_PROVEN, ValidationFailed))
async def begin_email(body: EmailBody, caller: SteppedUpCaller) -> EmailAsked:
    """Send a code to another e-mail, whoever has it; nothing changes before it comes back."""
    challenge_id = await service.begin_email(caller, body.email, now=clock.now())
    return EmailAsked(challenge_id=ids.show("chl", challenge_id))


@router.post(
    "/auth/email/confirm",
    status_code=204,
    responses=answers(*_PROVEN, *_CHALLENGE, ValidationFailed, DuplicateEntry),
)
async def finish_email(body: EmailCodeBody, caller: SteppedUpCaller, request: Request) -> None:
    """Change the e-mail by the code that went there; the old one is told, other sessions end."""
    challenge_id = id_from_path("chl", body.challenge_id)
    await service.finish_email(caller, challenge_id, body.code, visit_of(request), now=clock.now())


@router.post("/me/lock", status_code=204, responses=answers(*_PRIVATE))
async def lock(caller: SignedInCaller, request: Request, response: Response) -> None:
    """Lock the account: every session ends, nobody enters, no money leaves. Recovery opens it."""
    await service.lock(caller, visit_of(request), now=clock.now())
    if caller.via == "cookie":
        clear_session_cookie(request, response, is_operator=caller.is_operator)


@router.post(
    "/auth/recover",
    dependencies=ENTRY,
    responses=answers(*_CHALLENGE, StepUpRequired, ValidationFailed, Forbidden, RateLimited),
)
async def recover(body: RecoverBody, request: Request, response: Response) -> Me:
    """Begin anew: the code of `auth/start`, a new password, and a second factor if there is one.

    STEP_UP_REQUIRED names the `methods` that are wanted beside the same code, and as JSON text in
    `passkey` what to ask one. Opened by e-mail
    alone, the account can send no money for 24 hours. All earlier sessions end.
    """
    visit = visit_of(request, response)
    opened = await service.recover(body.command(), visit, now=clock.now())
    return await show_me(opened, request, response)
