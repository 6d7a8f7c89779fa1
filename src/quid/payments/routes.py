"""HTTP of payments: pay, look, list, balance. Thin: read, one domain call, answer."""

import struct
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from quid.identity import service as people
from quid.kit import clock, db, idempotency, ids, ratelimit, runtime
from quid.kit.crypto import CursorKey
from quid.kit.errors import (
    BodyTooLarge,
    DatabaseUnavailable,
    Forbidden,
    InvalidCursor,
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
    answers,
    ask_to_count,
    cookie_name,
    id_from_path,
    require_same_origin,
    signed_in,
)
from quid.ledger.errors import ClockApart
from quid.payments import errors, queries, rules, schemas
from quid.payments.service import CURRENCY, OPERATION, SendQueue, ensure_wallets
from quid.payments.types import (
    ActivityPage,
    BalanceView,
    PaymentsPage,
    PaymentView,
    SendPayment,
    SentView,
)
from quid.risk.errors import VerificationRequired

router = APIRouter(prefix="/v1", tags=["payments"])
SignedInCaller = Annotated[Caller, Depends(signed_in)]
_POSITION: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_FIRST: Final = queries.Position(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))
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
    }
}


# --- pay ---------------------------------------------------------------------------------------


async def pay(call: Call) -> Reply:
    """Send a payment: the hot route, without the framework.

    Raises: the refusals of `_PAY_REFUSALS`. Idempotent: (payer, "payments.send", key).
    """
    now = clock.now()
    caller = await _caller(call, now=now)
    share = ask_to_count(caller.user_id)
    try:
        request, key, payee_id = _read(call, caller)
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
    )
    try:
        outcome = await runtime.part(SendQueue).submit(command)
        if isinstance(outcome, Refusal):
            raise outcome
    except Refusal:
        await idempotency.release(key, ahead)
        raise
    return _reply(outcome.answer, is_replayed=outcome.is_replayed)


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
    summary="Pay someone from your balance",
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
    """Move money at once. The same key and body, sent again, answer the same and move nothing."""
    call = Call(
        headers=dict(request.scope["headers"]),
        body=await request.body(),
        request_id=str(request.scope.get("quid.request_id", "")),
        scheme=request.url.scheme,
    )
    reply = await pay(call)
    headers = {k.decode(): v.decode() for k, v in reply.headers}
    return Response(reply.body, reply.status, headers, reply.media_type.decode())


# --- look --------------------------------------------------------------------------------------


@router.get("/balance", responses=answers(SignInRequired, RateLimited))
async def balance(caller: SignedInCaller) -> BalanceView:
    """Tell what I have, from the primary."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.balance(conn, caller.user_id, currency=CURRENCY)
    if found is None:
        await ensure_wallets([caller.user_id], now=clock.now())
        async with runtime.part(db.Database).read() as conn:
            found = await queries.balance(conn, caller.user_id, currency=CURRENCY)
    if found is None:
        raise NotFound
    return rules.balance_view(found)


@router.get("/payments/{payment_id}", responses=answers(SignInRequired, NotFound, RateLimited))
async def payment(payment_id: str, caller: SignedInCaller) -> PaymentView:
    """Show one of my payments. Anybody else's is not there."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.payment(
            conn, id_from_path("pay", payment_id), viewer_id=caller.user_id
        )
    if found is None:
        raise NotFound
    return rules.view_of(found, viewer_id=caller.user_id)


@router.get(
    "/payments",
    responses=answers(
        SignInRequired,
        InvalidCursor,
        ValidationFailed,
        idempotency.IdempotencyKeyMissing,
        RateLimited,
    ),
)
async def payments(
    caller: SignedInCaller,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    idempotency_key: Annotated[str | None, Query(max_length=64)] = None,
) -> PaymentsPage:
    """List my payments, newest first; or the one that a key of mine has made."""
    me = caller.user_id
    async with runtime.part(db.Database).read() as conn:
        if idempotency_key is not None:
            key_hash = idempotency.read_key(header=idempotency_key, body=None)
            found = await queries.payment_of_key(conn, Key(me, OPERATION, key_hash, b""))
            listed = [found] if found else []
        else:
            before = _read_cursor(f"payments:{me}", cursor)
            listed = await queries.payments_of(conn, me, before=before, limit=limit)
    more = None
    if len(listed) == limit and idempotency_key is None:
        last = listed[-1].row
        more = _write_cursor(f"payments:{me}", last.times[-1], last.id)
    return PaymentsPage([rules.view_of(p, viewer_id=me) for p in listed], more)


@router.get(
    "/transactions", responses=answers(SignInRequired, InvalidCursor, ValidationFailed, RateLimited)
)
async def transactions(
    caller: SignedInCaller,
    wanted: Annotated[schemas.ActivityQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ActivityPage:
    """List what touched my balance, newest first."""
    purpose = f"activity:{caller.user_id}"
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.activity(
            conn,
            caller.user_id,
            wanted.filter,
            before=_read_cursor(purpose, cursor),
            page=(limit, offset),
        )
        parties = await queries.parties_of(
            conn, {r.counterparty_id for r in rows if r.counterparty_id is not None}
        )
    more = _write_cursor(purpose, rows[-1].at, rows[-1].id) if len(rows) == limit else None
    return ActivityPage(
        [
            rules.activity_view(r, parties[r.counterparty_id] if r.counterparty_id else None)
            for r in rows
        ],
        more,
    )


def _write_cursor(purpose: str, at: datetime, last: UUID) -> str:
    payload = _POSITION.pack((at - _EPOCH) // _MICROSECOND, last.bytes)
    return runtime.part(CursorKey).write(purpose, payload)


def _read_cursor(purpose: str, cursor: str | None) -> queries.Position:
    if cursor is None:
        return _FIRST
    payload = runtime.part(CursorKey).read(purpose, cursor)
    if len(payload) != _POSITION.size:
        raise InvalidCursor(field="cursor")
    micros, last = _POSITION.unpack(payload)
    return queries.Position(_EPOCH + micros * _MICROSECOND, UUID(bytes=last))
