"""HTTP of requests: ask, look, pay, decline, cancel, remind."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi import Request as Http

from quid.collect import errors, queries, rules, schemas, service
from quid.collect.types import Box, PaidView, Request, RequestsPage, RequestView
from quid.kit import clock, db, idempotency, ids, ratelimit, runtime, telemetry
from quid.kit.errors import (
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
from quid.kit.once import Key
from quid.kit.web import Caller, answers, client_address, id_from_path, signed_in
from quid.kit.web.cursors import Position, read_cursor, write_cursor
from quid.ledger.errors import ClockApart
from quid.payments import errors as payment_errors
from quid.payments import service as payments
from quid.payments.types import Browser, SendPayment
from quid.risk.errors import VerificationRequired

router = APIRouter(prefix="/v1", tags=["requests"])
SignedInCaller = Annotated[Caller, Depends(signed_in)]
KeyHeader = Annotated[str | None, Header(max_length=1000, alias="Idempotency-Key")]
ASKS_A_MINUTE: Final = 30
_AGENT_MAX: Final = 200
_PROBLEM: Final = "application/problem+json"
_PRIVATE: Final = (SignInRequired, RateLimited, ValidationFailed)
_KEYED: Final = (idempotency.IdempotencyKeyMissing, idempotency.IdempotencyKeyReused)
_ACT: Final = (*_PRIVATE, Forbidden, NotFound, errors.RequestClosed, errors.BeingPaid)
_PAY: Final = (
    *_ACT,
    *_KEYED,
    payment_errors.InvalidAmount,
    payment_errors.RecipientNotFound,
    payment_errors.AccountFrozen,
    payment_errors.InsufficientFunds,
    payment_errors.DailyLimitExceeded,
    payment_errors.WeeklyLimitExceeded,
    payment_errors.PaymentMethodInvalid,
    payment_errors.PaymentMethodDeclined,
    payment_errors.ExternalServiceError,
    payment_errors.QuoteExpired,
    payment_errors.QuoteChanged,
    VerificationRequired,
    Overloaded,
    ClockApart,
)
_REPLAYED: Final[dict[str, Any]] = {
    "headers": {
        "Idempotency-Replayed": {
            "schema": {"const": "true"},
            "description": "there when this key was answered before",
        }
    }
}
_ASKED: Final[dict[int | str, dict[str, Any]]] = {
    201: {"description": "Asked, now or when this key was first sent", **_REPLAYED}
}
_PAID: Final[dict[int | str, dict[str, Any]]] = {
    201: {"description": "It is paid, or waits for a proof or a look", **_REPLAYED},
    202: {"description": "A bank or card is at it", "model": PaidView},
}


@router.post(
    "/requests",
    status_code=201,
    responses=_ASKED
    | answers(
        *_PRIVATE,
        *_KEYED,
        MissingField,
        errors.InvalidAmount,
        errors.InvalidRecipient,
        errors.RecipientNotFound,
        errors.AccountFrozen,
        errors.NotWelcome,
        errors.NotYet,
    ),
)
async def ask(
    body: schemas.AskBody, response: Response, caller: SignedInCaller, key: KeyHeader = None
) -> RequestView:
    """Ask somebody for money. Nothing moves until they pay."""
    await ratelimit.take(f"ask:{caller.user_id.hex}", per_minute=ASKS_A_MINUTE)
    now = clock.now()
    new_id = ids.new(ids.bucket(body.requestee()), now)
    key_hash = idempotency.read_key(header=key, body=None)
    asked = await service.ask(body.command(new_id, caller.user_id, key_hash), now=now)
    if asked.is_replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return await _shown(asked.request_id, caller)


@router.get("/requests", responses=answers(*_PRIVATE, InvalidCursor))
async def requests(
    caller: SignedInCaller,
    box: Annotated[Box, Query()],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> RequestsPage:
    """List what I am to pay, what I wait for, or what is done, the latest first."""
    me, purpose = caller.user_id, f"requests:{box}:{caller.user_id}"
    before = queries.Before(*read_cursor(purpose, cursor))
    async with runtime.part(db.Database).read() as conn:
        found = await queries.box(conn, me, box, before=before, limit=limit)
        to_pay = await queries.to_pay_count(conn, me)
    more = None
    if len(found) == limit:
        last = found[-1].row
        more = write_cursor(purpose, Position(last.ended_at or last.created_at, last.id))
    now = clock.now()
    return RequestsPage([rules.view_of(r, me, now=now) for r in found], to_pay, more)


@router.get("/requests/{request_id}", responses=answers(*_PRIVATE, NotFound))
async def request_of(request_id: str, caller: SignedInCaller) -> RequestView:
    """Show a request of mine or to me. Anybody else's is not there."""
    return await _shown(id_from_path("req", request_id), caller)


@router.post(
    "/requests/{request_id}/pay",
    status_code=201,
    response_model=PaidView,
    responses=_PAID | answers(*_PAY),
)
async def pay(
    request_id: str,
    http: Http,
    caller: SignedInCaller,
    body: schemas.PayBody | None = None,
    key: KeyHeader = None,
) -> Response:
    """Pay what I was asked for, by an ordinary payment, once.

    The same key, sent again, moves nothing: it answers the same, or where it stands.
    """
    asked, wishes = id_from_path("req", request_id), body or schemas.PayBody()
    found, is_there = await _asked_of(asked, caller)
    key_hash = idempotency.read_key(header=key, body=None)
    command = _payment(found, wishes, wishes.key_of(asked, caller.user_id, key_hash), caller)
    outcome = await payments.pay(command, _browser(http))
    if isinstance(outcome, Refusal):
        raise outcome if is_there else NotFound
    status, told = outcome.answer
    headers = {"Idempotency-Replayed": "true"} if outcome.is_replayed else None
    if status >= 400:
        return Response(told, status, headers, _PROBLEM)
    shown = rules.view_of((await _asked_of(asked, caller))[0], caller.user_id, now=clock.now())
    return Response(schemas.paid(told, shown), status, headers, "application/json")


@router.post("/requests/{request_id}/decline", responses=answers(*_ACT))
async def decline(request_id: str, caller: SignedInCaller) -> RequestView:
    """Say no. No money moves, now or later."""
    asked = id_from_path("req", request_id)
    await service.decline(asked, caller.user_id, now=clock.now())
    return await _shown(asked, caller)


@router.post("/requests/{request_id}/cancel", responses=answers(*_ACT))
async def cancel(request_id: str, caller: SignedInCaller) -> RequestView:
    """Take my request back. No money moves, now or later."""
    asked = id_from_path("req", request_id)
    await service.cancel(asked, caller.user_id, now=clock.now())
    return await _shown(asked, caller)


@router.post(
    "/requests/{request_id}/remind",
    responses=answers(*_ACT, errors.NotYet, errors.AccountFrozen),
)
async def remind(request_id: str, caller: SignedInCaller) -> RequestView:
    """Ask again for what I asked; once in 24 hours, three times in all."""
    asked = id_from_path("req", request_id)
    await service.remind(asked, caller.user_id, now=clock.now())
    return await _shown(asked, caller)


def _payment(found: Request, wishes: schemas.PayBody, key: Key, caller: Caller) -> SendPayment:
    row, now = found.row, clock.now()
    wish = payments.read_wish(
        wishes.funding_source_id,
        wishes.quote_token,
        payer_id=caller.user_id,
        payee_id=row.requester_id,
        amount_minor=row.amount_minor,
    )
    return SendPayment(
        key=key,
        payer_id=caller.user_id,
        payee_id=row.requester_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        note=row.note,
        visibility=wishes.visibility,
        show_amount=wishes.show_amount,
        session_id=caller.session_id,
        payment_id=ids.new(ids.bucket(caller.user_id), now),
        asked_at=now,
        request_id=telemetry.request_id() or "",
        wish=wish,
        for_request=row.id,
        payee_visibility=row.requester_visibility,
    )


def _browser(http: Http) -> Browser:
    return Browser(client_address(http), http.headers.get("user-agent", "")[:_AGENT_MAX])


async def _asked_of(request_id: UUID, caller: Caller) -> tuple[Request, bool]:
    """Find a request to the caller, and say whether it is there for them.

    A block comes between the two after a key was sent: then it still tells what it did.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.asked_of(conn, request_id, caller.user_id)
        there = await queries.requests(conn, [request_id], viewer_id=caller.user_id)
    if found is None:
        raise NotFound
    return found, bool(there)


async def _found(request_id: UUID, caller: Caller) -> Request:
    async with runtime.part(db.Database).read() as conn:
        found = await queries.requests(conn, [request_id], viewer_id=caller.user_id)
    if request_id not in found:
        raise NotFound
    return found[request_id]


async def _shown(request_id: UUID, caller: Caller) -> RequestView:
    return rules.view_of(await _found(request_id, caller), caller.user_id, now=clock.now())
