"""POST /v1/payments: the hot route, and its face in the framework."""

from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response

from quid.identity import service as people
from quid.kit import clock, idempotency, ids, ratelimit
from quid.kit.errors import (
    BodyTooLarge,
    DatabaseUnavailable,
    Forbidden,
    MissingField,
    NotFound,
    Overloaded,
    RateLimited,
    Refusal,
    SignInRequired,
    ValidationFailed,
)
from quid.kit.once import Answer, Key
from quid.kit.web import (
    Call,
    Caller,
    Reply,
    address_of,
    answers,
    ask_to_count,
    cookie_name,
    require_same_origin,
)
from quid.ledger.errors import ClockApart
from quid.payments import errors, schemas, service
from quid.payments.service import OPERATION
from quid.payments.types import Browser, SendPayment, SentView
from quid.risk.errors import VerificationRequired

router = APIRouter()
_AGENT_MAX: Final = 200
_PROBLEM: Final = b"application/problem+json"
_PAY_REFUSALS: Final = (
    SignInRequired,
    Forbidden,
    RateLimited,
    BodyTooLarge,
    ValidationFailed,
    MissingField,
    idempotency.IdempotencyKeyMissing,
    idempotency.IdempotencyKeyReused,
    errors.InvalidAmount,
    errors.InvalidRecipient,
    errors.RecipientNotFound,
    errors.AccountFrozen,
    errors.InsufficientFunds,
    errors.DailyLimitExceeded,
    errors.WeeklyLimitExceeded,
    errors.PaymentMethodInvalid,
    errors.PaymentMethodDeclined,
    errors.ExternalServiceError,
    errors.QuoteExpired,
    errors.QuoteChanged,
    NotFound,
    VerificationRequired,
    Overloaded,
    DatabaseUnavailable,
    ClockApart,
)
_SENT: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "It has gone through, now or when this key was first sent",
        "headers": {
            "Idempotency-Replayed": {
                "schema": {"const": "true"},
                "description": "there when this is the first answer again",
            }
        },
    },
    202: {"description": "A bank or card is at it: the payment is PROCESSING", "model": SentView},
}


async def pay(call: Call) -> Reply:
    """Send a payment: the hot route, without the framework.

    Raises: the refusals of `_PAY_REFUSALS`. Idempotent: (payer, "payments.send", key).
    """
    now = clock.now()
    caller = await _caller(call, now=now)
    share = ask_to_count(caller.user_id)
    try:
        request, key, payee_id = _read(call, caller)
        wish = schemas.wish_of(request, caller.user_id, payee_id)
        ahead = await _ahead(call, key)
    except Refusal:
        await ratelimit.settle(share)  # a refused request counts like any other
        raise
    try:
        await ratelimit.settle(share)
    except RateLimited:
        await idempotency.release(key, ahead)
        raise
    if ahead.answer is not None:
        return _reply(ahead.answer, is_replayed=True)
    command = SendPayment(
        key=key,
        payer_id=caller.user_id,
        payee_id=payee_id,
        amount_minor=request.amount,
        currency=request.currency,
        note=request.note,
        visibility=request.visibility,
        show_amount=request.show_amount,
        payment_id=ids.new(ids.bucket(caller.user_id), now),
        session_id=caller.session_id,
        asked_at=now,
        request_id=call.request_id,
        wish=wish,
    )
    try:
        outcome = await service.pay(command, _browser(call))
        if isinstance(outcome, Refusal):
            raise outcome
    except Refusal:
        await idempotency.release(key, ahead)
        raise
    if outcome.may_change:  # layer 1 remembers no answer that may be another tomorrow
        await idempotency.release(key, ahead)
    return _reply(outcome.answer, is_replayed=outcome.is_replayed)


def _browser(call: Call) -> Browser:
    return Browser(
        ip=address_of(call.peer, _text(call, b"x-forwarded-for") or ""),
        user_agent=(_text(call, b"user-agent") or "")[:_AGENT_MAX],
    )


def _read(call: Call, caller: Caller) -> tuple[schemas.PaymentRequest, Key, UUID]:
    """Read body, key and payee, without waiting for anything."""
    request = schemas.read_payment(call.body)
    header = call.headers.get(b"idempotency-key")
    key_hash = idempotency.read_key(
        header=header.decode("latin-1") if header is not None else None,
        body=request.idempotency_key,
    )
    key = Key(caller.user_id, OPERATION, key_hash, request.request_hash())
    payee_id = schemas.payee_of(request)
    if payee_id == caller.user_id:
        raise errors.InvalidRecipient(field="payee_id")
    return request, key, payee_id


async def _caller(call: Call, *, now: datetime) -> Caller:
    """Name the payer. A bearer token is only read here: its session is looked up with the batch."""
    authorization = call.headers.get(b"authorization")
    if authorization is not None:
        return people.read_token(authorization.decode("latin-1"), now=now)
    caller = await people.authenticate(authorization=None, cookie=_cookie(call), now=now)
    if caller.is_operator:  # their own cookie under a person's name
        raise Forbidden("Operators act under /v1/ops alone. Nothing was sent.")
    require_same_origin(
        origin=_text(call, b"origin"), scheme=call.scheme, host=_text(call, b"host")
    )
    if not call.headers.get(b"content-type", b"").startswith(b"application/json"):
        raise ValidationFailed("Send JSON. Nothing was sent.", field="Content-Type")
    return caller


async def _ahead(call: Call, key: Key) -> idempotency.Ahead:
    """Ask layer 1. What it tells of earlier requests goes to a session that still stands.

    Raises: IdempotencyKeyReused, SignInRequired.
    """
    try:
        ahead = await idempotency.ahead(key)
    except idempotency.IdempotencyKeyReused:
        await _require_session(call)
        raise
    if ahead.answer is not None:
        await _require_session(call)
    return ahead


async def _require_session(call: Call) -> None:
    await people.authenticate(
        authorization=_text(call, b"authorization"), cookie=_cookie(call), now=clock.now()
    )


def _text(call: Call, header: bytes) -> str | None:
    value = call.headers.get(header)
    return value.decode("latin-1") if value is not None else None


def _cookie(call: Call) -> str | None:
    try:
        jar = SimpleCookie(_text(call, b"cookie") or "")
    except CookieError:
        return None
    morsel = jar.get(cookie_name(call.scheme))
    return morsel.value if morsel is not None else None


def _reply(answer: Answer, *, is_replayed: bool) -> Reply:
    media_type = b"application/json" if answer.status < 400 else _PROBLEM
    headers = ((b"idempotency-replayed", b"true"),) if is_replayed else ()
    return Reply(answer.status, answer.body, media_type, headers)


@router.post(
    "/payments",
    status_code=201,
    response_model=SentView,
    responses=_SENT | answers(*_PAY_REFUSALS),
    summary="Pay someone from your balance, your bank or your card",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/PaymentRequest"}}
            },
        },
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 64},
                "description": "new for each payment, the same for each retry; or in the body",
            }
        ],
    },
)
async def send_payment(request: Request) -> Response:
    """Move money: at once from the balance, by a bank or card as fast as that is.

    The same key and body, sent again, move nothing: they answer the same, or where it stands.
    """
    call = Call(
        headers=dict(request.scope["headers"]),
        body=await request.body(),
        request_id=str(request.scope.get("quid.request_id", "")),
        scheme=request.url.scheme,
        peer=request.client.host if request.client else "",
    )
    reply = await pay(call)
    headers = {k.decode(): v.decode() for k, v in reply.headers}
    return Response(reply.body, reply.status, headers, reply.media_type.decode())
