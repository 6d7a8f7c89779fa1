"""Looking: my balance, one of my payments, all of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from quid.kit import clock, db, idempotency, runtime
from quid.kit.errors import (
    InvalidCursor,
    NotFound,
    RateLimited,
    SignInRequired,
    ValidationFailed,
)
from quid.kit.once import Key
from quid.kit.web import Caller, answers, id_from_path, signed_in
from quid.payments import queries, rules
from quid.payments.schemas import read_cursor, write_cursor
from quid.payments.service import CURRENCY, OPERATION, ensure_wallets
from quid.payments.types import MyBalanceView, PaymentsPage, PaymentView

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]


@router.get("/balance", responses=answers(SignInRequired, RateLimited))
async def balance(caller: SignedInCaller) -> MyBalanceView:
    """Tell what I have, from the primary."""
    async with runtime.part(db.Database).read() as conn:
        found = await queries.balance(conn, caller.user_id, currency=CURRENCY, now=clock.now())
    if found is None:
        await ensure_wallets([caller.user_id], now=clock.now())
        async with runtime.part(db.Database).read() as conn:
            found = await queries.balance(conn, caller.user_id, currency=CURRENCY, now=clock.now())
    if found is None:
        raise NotFound
    return rules.my_balance_view(found)


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
            before = read_cursor(f"payments:{me}", cursor)
            listed = await queries.payments_of(conn, me, before=before, limit=limit)
    more = None
    if len(listed) == limit and idempotency_key is None:
        last = listed[-1].row
        more = write_cursor(f"payments:{me}", rules.listed_at(last, me), last.id)
    return PaymentsPage([rules.view_of(p, viewer_id=me) for p in listed], more)
