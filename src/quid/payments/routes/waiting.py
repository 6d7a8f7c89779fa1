"""What a payer may do around a payment: ask what it costs, prove it, take it back, hide it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Response

from quid.identity.errors import ChallengeFailed
from quid.kit import clock, ids, ratelimit
from quid.kit.errors import (
    Forbidden,
    NotFound,
    Overloaded,
    RateLimited,
    SignInRequired,
    ValidationFailed,
)
from quid.kit.web import Caller, answers, id_from_path, signed_in
from quid.ledger.errors import ClockApart
from quid.payments import errors, rules, schemas, service
from quid.payments.types import HiddenView, PasskeyAsk, Payment, PaymentView, QuoteView
from quid.risk.errors import VerificationRequired

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
SHOWS_AT_ONCE: Final = 30
_PRIVATE = (SignInRequired, Forbidden, RateLimited, ValidationFailed)
_ACT = (*_PRIVATE, NotFound, errors.StateConflict, ClockApart)
_PROOF = (errors.ChallengeExpired, Overloaded)


@router.post(
    "/payments/quote",
    responses=answers(
        *_PRIVATE,
        errors.InvalidRecipient,
        errors.RecipientNotFound,
        errors.AccountFrozen,
        errors.InsufficientFunds,
        errors.DailyLimitExceeded,
        errors.WeeklyLimitExceeded,
        errors.PaymentMethodInvalid,
        errors.ExternalServiceError,
        NotFound,
        VerificationRequired,
    ),
)
async def quote(body: schemas.QuoteRequest, caller: SignedInCaller) -> QuoteView:
    """Tell what a payment would cost, and whether it would be taken. Nothing is sent or held."""
    payee_id = ids.read("usr", body.payee_id)
    if payee_id is None:
        raise errors.RecipientNotFound(field="payee_id")
    asked = service.Quote(
        caller.user_id,
        payee_id,
        body.amount,
        body.visibility,
        service.source_of(body.funding_source_id),
        is_balance=body.funding_source_id == "balance",
    )
    return await service.quote(asked, now=clock.now())


@router.post(
    "/payments/{payment_id}/verify",
    responses=answers(
        *_ACT, *_PROOF, ChallengeFailed, errors.AccountFrozen, errors.RecipientNotFound
    ),
)
async def verify(
    payment_id: str, body: schemas.VerifyRequest, caller: SignedInCaller
) -> PaymentView:
    """Prove that it is me who pays; the money is sent. The fifth wrong proof ends the payment."""
    cmd = service.Verify(
        payment_id=id_from_path("pay", payment_id),
        payer_id=caller.user_id,
        challenge_id=id_from_path("chl", body.challenge_id),
        method=body.method,
        proof=body.proof,
    )
    return _shown(await service.verify(cmd, now=clock.now()), caller)


@router.post(
    "/payments/{payment_id}/code",
    status_code=204,
    responses=answers(*_ACT, errors.ChallengeExpired),
)
async def send_code(payment_id: str, caller: SignedInCaller) -> Response:
    """Send the code that proves this payment by e-mail, where that is one of its methods."""
    await service.send_code(id_from_path("pay", payment_id), caller.user_id, now=clock.now())
    return Response(status_code=204)


@router.post(
    "/payments/{payment_id}/passkey",
    responses=answers(*_ACT, errors.ChallengeExpired),
)
async def ask_passkey(payment_id: str, caller: SignedInCaller) -> PasskeyAsk:
    """Ask the passkey that proves this payment, where that is one of its methods."""
    paid = id_from_path("pay", payment_id)
    options = await service.ask_passkey(paid, caller.user_id, now=clock.now())
    return PasskeyAsk(ids.show("chl", rules.challenge_id(paid)), options)


@router.post("/payments/{payment_id}/cancel", responses=answers(*_ACT))
async def cancel(payment_id: str, caller: SignedInCaller) -> PaymentView:
    """Take a payment back while it waits; its money is spendable again."""
    found = await service.cancel(id_from_path("pay", payment_id), caller.user_id, now=clock.now())
    return _shown(found, caller)


@router.put("/payments/{payment_id}/visibility", responses=answers(*_PRIVATE, NotFound))
async def show_to(
    payment_id: str, body: schemas.VisibilityRequest, caller: SignedInCaller
) -> PaymentView:
    """Say who may see it, as one of its two people; of the two wishes the stricter holds."""
    if body.visibility != "private":  # to hide is never refused; the rest all friends are told
        name = f"show:{caller.user_id.hex}"
        await ratelimit.take(name, per_minute=1, burst=SHOWS_AT_ONCE)
    found = await service.show_to(
        id_from_path("pay", payment_id),
        caller.user_id,
        body.visibility,
        show_amount=body.show_amount,
        now=clock.now(),
    )
    return _shown(found, caller)


@router.post("/me/privacy/past", responses=answers(*_PRIVATE))
async def hide_past(body: schemas.PastRequest, caller: SignedInCaller) -> HiddenView:
    """Let nobody see more of my past payments than this; none is ever opened wider by it."""
    hidden = await service.hide_past(caller.user_id, body.visibility, now=clock.now())
    return HiddenView(hidden)


def _shown(payment: Payment, caller: Caller) -> PaymentView:
    return rules.view_of(payment, viewer_id=caller.user_id)
