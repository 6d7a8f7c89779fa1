"""HTTP of deposits and withdrawals: asked for, looked at, taken back."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request

from quid.funding import errors, service
from quid.funding.queries import by_ids, moves
from quid.funding.queries.moves import DEPOSITS, WITHDRAWALS
from quid.funding.schemas.moves import MoveBody, WithdrawalBody, lands_on, left_view, move_view
from quid.funding.types import (
    DepositsPage,
    DepositView,
    LeftView,
    Move,
    MoveQuoteView,
    MoveView,
    OpKind,
    Shown,
    Speed,
    WithdrawalsPage,
    WithdrawalView,
)
from quid.identity import service as identity
from quid.kit import clock, db, idempotency, ids, runtime
from quid.kit.errors import (
    InvalidCursor,
    NotFound,
    RateLimited,
    SignInRequired,
    StepUpRequired,
    ValidationFailed,
)
from quid.kit.once import Key
from quid.kit.web import Caller, answers, client_address, id_from_path, signed_in
from quid.kit.web.cursors import Position, read_cursor, write_cursor
from quid.ledger.errors import ClockApart
from quid.risk.errors import PaymentTooLarge

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
KeyHeader = Annotated[str | None, Header(max_length=1000, alias="Idempotency-Key")]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200)]
WITHIN: Final = 3.0
_AGENT_MAX: Final = 500
_CURRENCY: Final = "USD"
_PRIVATE: Final = (SignInRequired, RateLimited)
_OWN: Final = (*_PRIVATE, NotFound)
_JUDGED: Final = (
    *_OWN,
    ValidationFailed,
    errors.InvalidAmount,
    errors.AccountFrozen,
    errors.PaymentMethodInvalid,
    errors.ExternalServiceError,
)
_ASKED: Final = (
    *_JUDGED,
    idempotency.IdempotencyKeyMissing,
    idempotency.IdempotencyKeyReused,
    errors.DailyLimitExceeded,
    errors.WeeklyLimitExceeded,
    ClockApart,
)
_OUT: Final = (errors.InsufficientFunds, PaymentTooLarge)
_CANCEL: Final = (*_OWN, errors.StateConflict, errors.ExternalServiceError, ClockApart)


@router.post("/deposits", status_code=202, responses=answers(*_ASKED))
async def deposit(
    body: MoveBody, request: Request, caller: SignedInCaller, key: KeyHeader = None
) -> DepositView:
    """Put money in from my bank. It is spendable once the bank has sent it."""
    cmd = _command(body, "standard", request, caller, key)
    asked = await service.deposit(cmd, now=clock.now())
    found, left = await _driven(asked, caller.user_id, DEPOSITS)
    return DepositView(found, left)


@router.post("/deposits/quote", responses=answers(*_JUDGED))
async def quote_deposit(body: MoveBody, caller: SignedInCaller) -> MoveQuoteView:
    """Tell when a deposit would be there. Nothing is moved."""
    now = clock.now()
    cmd = _quoted(body, "standard", caller)
    async with runtime.part(db.Database).read() as conn:
        source = (await by_ids(conn, [cmd.source_id])).get(cmd.source_id)
        left = await moves.withdrawable(conn, caller.user_id, now=now)
    service.require_fit(source, cmd, service.DEPOSIT, now=now)
    service.require_rails()
    return MoveQuoteView(
        amount=body.amount,
        fee=0,
        net=body.amount,
        currency=_CURRENCY,
        network="ach",
        expected_on=lands_on(now, is_instant=False),
        not_before=None,
        withdrawable=left.withdrawable,
    )


@router.get("/deposits", responses=answers(*_PRIVATE, InvalidCursor, ValidationFailed))
async def deposits(
    caller: SignedInCaller, limit: Limit = 50, cursor: Cursor = None
) -> DepositsPage:
    """List my deposits, newest first."""
    return DepositsPage(*await _page("deposits", DEPOSITS, caller, limit, cursor))


@router.get("/deposits/{deposit_id}", responses=answers(*_OWN))
async def deposit_of(deposit_id: str, caller: SignedInCaller) -> DepositView:
    """Show one of my deposits, with its course and dates. Anybody else's is not there."""
    found, left = await _one(caller.user_id, id_from_path("dep", deposit_id), DEPOSITS)
    return DepositView(found, left)


@router.post("/deposits/{deposit_id}/cancel", responses=answers(*_CANCEL))
async def cancel_deposit(deposit_id: str, caller: SignedInCaller) -> DepositView:
    """Take a deposit back, while the bank's network allows it."""
    op_id = id_from_path("dep", deposit_id)
    await service.cancel(op_id, caller.user_id, DEPOSITS, now=clock.now())
    found, left = await _one(caller.user_id, op_id, DEPOSITS)
    return DepositView(found, left)


@router.post("/withdrawals", status_code=202, responses=answers(*_ASKED, *_OUT, StepUpRequired))
async def withdraw(
    body: WithdrawalBody, request: Request, caller: SignedInCaller, key: KeyHeader = None
) -> WithdrawalView:
    """Take money out to my bank. The first time to a bank wants a fresh proof that it is me."""
    cmd = _command(body, body.type, request, caller, key)
    async with runtime.part(db.Database).read() as conn:
        source = (await by_ids(conn, [cmd.source_id])).get(cmd.source_id)
        is_known = await moves.has_withdrawn(conn, caller.user_id, cmd.source_id)
    if source is None or source.user_id != caller.user_id:
        raise NotFound
    if not is_known:
        await identity.require_step_up(caller, now=clock.now())
    asked = await service.withdraw(cmd, now=clock.now())
    found, left = await _driven(asked, caller.user_id, WITHDRAWALS)
    return WithdrawalView(found, left)


@router.post("/withdrawals/quote", responses=answers(*_JUDGED, *_OUT))
async def quote_withdrawal(body: WithdrawalBody, caller: SignedInCaller) -> MoveQuoteView:
    """Tell what a withdrawal costs and when it arrives. Nothing is moved."""
    now = clock.now()
    cmd = _quoted(body, body.type, caller)
    async with runtime.part(db.Database).read() as conn:
        source = (await by_ids(conn, [cmd.source_id])).get(cmd.source_id)
        standing = await moves.standing(conn, caller.user_id, now=now)
    fit = service.require_fit(source, cmd, service.WITHDRAW, now=now)
    service.require_rails()
    terms = service.terms_of(cmd, fit, standing, now=now)
    is_instant = body.type == "instant"
    return MoveQuoteView(
        amount=body.amount,
        fee=terms.fee,
        net=body.amount - terms.fee,
        currency=_CURRENCY,
        network="rtp" if is_instant else "ach",
        expected_on=lands_on(terms.not_before or now, is_instant=is_instant),
        not_before=terms.not_before,
        withdrawable=terms.left.withdrawable,
    )


@router.get("/withdrawals", responses=answers(*_PRIVATE, InvalidCursor, ValidationFailed))
async def withdrawals(
    caller: SignedInCaller, limit: Limit = 50, cursor: Cursor = None
) -> WithdrawalsPage:
    """List my withdrawals, newest first."""
    return WithdrawalsPage(*await _page("withdrawals", WITHDRAWALS, caller, limit, cursor))


@router.get("/withdrawals/{withdrawal_id}", responses=answers(*_OWN))
async def withdrawal_of(withdrawal_id: str, caller: SignedInCaller) -> WithdrawalView:
    """Show one of my withdrawals, with its course and dates. Anybody else's is not there."""
    found, left = await _one(caller.user_id, id_from_path("wd", withdrawal_id), WITHDRAWALS)
    return WithdrawalView(found, left)


@router.post("/withdrawals/{withdrawal_id}/cancel", responses=answers(*_CANCEL))
async def cancel_withdrawal(withdrawal_id: str, caller: SignedInCaller) -> WithdrawalView:
    """Take a withdrawal back, while the bank's network allows it."""
    op_id = id_from_path("wd", withdrawal_id)
    await service.cancel(op_id, caller.user_id, WITHDRAWALS, now=clock.now())
    found, left = await _one(caller.user_id, op_id, WITHDRAWALS)
    return WithdrawalView(found, left)


def _command(
    body: MoveBody, speed: Speed, request: Request, caller: Caller, key: str | None
) -> Move:
    name = service.DEPOSIT if not isinstance(body, WithdrawalBody) else service.WITHDRAW
    key_hash = idempotency.read_key(header=key, body=None)
    return Move(
        id=ids.new(ids.bucket(caller.user_id), clock.now()),
        key=Key(caller.user_id, name, key_hash, body.request_hash()),
        user_id=caller.user_id,
        source_id=body.source_id(),
        cents=body.amount,
        speed=speed,
        ip=client_address(request),
        user_agent=request.headers.get("user-agent", "")[:_AGENT_MAX],
    )


def _quoted(body: MoveBody, speed: Speed, caller: Caller) -> Move:
    key = Key(caller.user_id, "funding.quote", b"", b"")
    return Move(UUID(int=0), key, caller.user_id, body.source_id(), body.amount, speed)


async def _driven(
    asked: service.Asked, user_id: UUID, kinds: Sequence[OpKind]
) -> tuple[MoveView, LeftView]:
    if not asked.is_replayed:
        await service.drive(asked.op_id, within=WITHIN, now=clock.now())
    return await _one(user_id, asked.op_id, kinds)


async def _one(user_id: UUID, op_id: UUID, kinds: Sequence[OpKind]) -> tuple[MoveView, LeftView]:
    async with runtime.part(db.Database).read() as conn:
        found: Shown | None = await moves.move(conn, user_id, op_id, kinds)
        left = await moves.withdrawable(conn, user_id, now=clock.now())
    if found is None:
        raise NotFound
    return move_view(found), left_view(left, _CURRENCY)


async def _page(
    name: str, kinds: Sequence[OpKind], caller: Caller, limit: int, cursor: str | None
) -> tuple[list[MoveView], str | None]:
    purpose = f"{name}:{caller.user_id}"
    before = read_cursor(purpose, cursor)
    async with runtime.part(db.Database).read() as conn:
        found = await moves.moves(conn, caller.user_id, kinds, before=before, limit=limit)
    more = None
    if len(found) == limit:
        last = found[-1].operation
        more = write_cursor(purpose, Position(last.created_at, last.id))
    return [move_view(s) for s in found], more
