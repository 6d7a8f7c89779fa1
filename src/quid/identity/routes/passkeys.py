"""HTTP of passkeys: made, used to sign in, named and removed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from quid.identity import service
from quid.identity.errors import (
    AccountLocked,
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    NotYet,
    SignInFailed,
)
from quid.identity.queries import passkeys as rows
from quid.identity.routes.entry import ENTRY, show_me
from quid.identity.routes.visits import visit_of
from quid.identity.schemas.passkeys import (
    MadeBody,
    PasskeyList,
    PasskeyMade,
    PasskeyNameBody,
    PasskeyToMake,
    PasskeyToSign,
    PasskeyView,
    SignedBody,
)
from quid.identity.schemas.people import Me
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, NotFound, RateLimited, ValidationFailed
from quid.kit.web import (
    Caller,
    SignInRequired,
    StepUpRequired,
    answers,
    anybody_signed_in,
    anybody_stepped_up,
    id_from_path,
)

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(anybody_signed_in)]
SteppedUpCaller = Annotated[Caller, Depends(anybody_stepped_up)]
_PRIVATE = (SignInRequired, Forbidden, RateLimited)
_PROVEN = (*_PRIVATE, StepUpRequired)


@router.post("/auth/passkey/register/options", responses=answers(*_PROVEN, NotFound, NotYet))
async def offer(caller: SteppedUpCaller) -> PasskeyToMake:
    """Ask the browser for a new passkey; nothing holds before its answer."""
    return PasskeyToMake.of(await service.offer_passkey(caller, now=clock.now()))


@router.post(
    "/auth/passkey/register/verify",
    status_code=201,
    responses=answers(
        *_PROVEN,
        NotFound,
        ValidationFailed,
        ChallengeExpired,
        ChallengeFailed,
        DuplicateEntry,
        NotYet,
    ),
)
async def add(body: MadeBody, caller: SteppedUpCaller, request: Request) -> PasskeyMade:
    """Add the passkey that the browser has made; ten of an account at most."""
    added = await service.add_passkey(
        caller, body.answer(), body.name, visit_of(request), now=clock.now()
    )
    return PasskeyMade.of(added)


@router.post(
    "/auth/passkey/sign-in/options",
    dependencies=ENTRY,
    responses=answers(Forbidden, RateLimited),
)
async def ask() -> PasskeyToSign:
    """Ask whichever passkey the browser finds, also by autofill; equal for everybody."""
    return PasskeyToSign.of(await service.ask_anybody(now=clock.now()))


@router.post(
    "/auth/passkey/sign-in/verify",
    dependencies=ENTRY,
    responses=answers(
        ValidationFailed,
        AccountLocked,
        RateLimited,
        Forbidden,
        NotFound,
        SignInFailed,
        ChallengeExpired,
    ),
)
async def sign_in(body: SignedBody, request: Request, response: Response) -> Me:
    """Open a browser session by a passkey; no second factor is asked, and it has stepped up."""
    done = await service.sign_in_by_passkey(
        body.answer(),
        is_remembered=body.remember,
        now=clock.now(),
        visit=visit_of(request, response),
    )
    return await show_me(done, request, response)


@router.get("/me/passkeys", responses=answers(SignInRequired, RateLimited))
async def passkeys(caller: SignedInCaller) -> PasskeyList:
    """List the caller's passkeys, oldest first."""
    async with runtime.part(db.Database).read() as conn:
        found = await rows.passkeys(conn, caller.user_id)
    return PasskeyList(items=[PasskeyView.of(one) for one in found])


@router.patch("/me/passkeys/{passkey_id}", responses=answers(*_PRIVATE, NotFound, ValidationFailed))
async def rename(passkey_id: str, body: PasskeyNameBody, caller: SignedInCaller) -> PasskeyView:
    """Call a passkey something else."""
    renamed = await service.rename_passkey(
        caller, id_from_path("pky", passkey_id), body.name, now=clock.now()
    )
    return PasskeyView.of(renamed)


@router.delete("/me/passkeys/{passkey_id}", status_code=204, responses=answers(*_PROVEN, NotFound))
async def remove(passkey_id: str, caller: SteppedUpCaller, request: Request) -> None:
    """Take a passkey from the account; with the last second factor the recovery codes go."""
    await service.remove_passkey(
        caller, id_from_path("pky", passkey_id), visit_of(request), now=clock.now()
    )
