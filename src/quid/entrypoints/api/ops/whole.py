"""A person whole: who they are, masked, what stops them, what they may and did."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel

from quid.identity.errors import PersonNotFound
from quid.identity.queries import access, operators
from quid.identity.schemas.ops import FreezeView, PersonView
from quid.kit import clock, db, ids, runtime
from quid.kit.operators import ROLES, Operator
from quid.kit.web import id_from_path
from quid.kit.web.operators import operator_of, ops_answers, ops_router
from quid.ledger import queries as books
from quid.ledger.queries import usage
from quid.ledger.types import Kind, Meter
from quid.payments import queries as payments
from quid.payments.service import CURRENCY
from quid.risk import queries as risk

router = ops_router("people")
_MANY: Final = 20


class SessionShown(BaseModel):
    """A session that stands."""

    id: str
    kind: str
    device: str
    created_at: datetime
    last_seen_at: datetime


class LimitShown(BaseModel):
    """A limit and what is used of it. Units: minor units."""

    window: str
    used: int
    max: int


class BalanceShown(BaseModel):
    """What the person has. Units: minor units of `currency`."""

    available: int
    pending: int
    on_hold: int
    owed: int
    currency: str


class PaymentShown(BaseModel):
    """A payment of theirs, without its note."""

    id: str
    state: str
    payer: str
    payee: str
    amount: int
    currency: str
    created_at: datetime


class WholePerson(BaseModel):
    """All that operators see of a person on one page."""

    person: PersonView
    factors: list[str]
    freezes: list[FreezeView]
    sessions: list[SessionShown]
    limits: list[LimitShown]
    balance: BalanceShown | None
    payments: list[PaymentShown]


@router.get("/people/{user_id}", responses=ops_answers(PersonNotFound))
async def person(
    user_id: str, _operator: Annotated[Operator, Depends(operator_of(*ROLES))]
) -> WholePerson:
    """Show a person: contacts masked, tier, freezes, sessions, limits used, balance, payments."""
    found_id, now = id_from_path("usr", user_id), clock.now()
    async with runtime.part(db.Database).read() as conn:
        found = await operators.subject(conn, found_id)
        methods = await access.methods_of(conn, found_id, now=now)
        freezes = await operators.all_freezes(conn, found_id)
        sessions = await access.open_sessions(conn, found_id, now=now)
        return WholePerson(
            person=PersonView.of(found),
            factors=[m.name for m in methods],
            freezes=[FreezeView.of(f) for f in freezes],
            sessions=[
                SessionShown(
                    id=ids.show("ses", s.id),
                    kind=s.kind,
                    device=s.device,
                    created_at=s.created_at,
                    last_seen_at=s.last_seen_at,
                )
                for s in sessions[:_MANY]
            ],
            limits=await _limits(conn, found_id, found.tier, now=now),
            balance=await _balance(conn, found_id),
            payments=await _payments(conn, found_id),
        )


async def _limits(conn: db.Conn, user_id: UUID, tier: int, *, now: datetime) -> list[LimitShown]:
    [policy] = await risk.policies(conn, [(user_id, tier)], currency=CURRENCY, now=now)
    accounts = await books.owned(conn, user_id, CURRENCY)
    wallet = next((a.id for a in accounts if a.kind == Kind.WALLET), None)
    used = await usage.used(conn, [wallet], now=now) if wallet is not None else {}
    windows = (
        ("day", Meter.SEND_24H, policy.limits.day.max_minor),
        ("week", Meter.SEND_7D, policy.limits.week.max_minor),
    )
    shown = [LimitShown(window="payment", used=0, max=policy.limits.payment_minor)]
    for window, meter, most in windows:
        counted = used.get((wallet or 0, meter))
        shown.append(LimitShown(window=window, used=counted.minor if counted else 0, max=most))
    return shown


async def _balance(conn: db.Conn, user_id: UUID) -> BalanceShown | None:
    found = await payments.balance(conn, user_id, currency=CURRENCY, now=clock.now())
    if found is None:
        return None
    return BalanceShown(
        available=found.available,
        pending=found.pending,
        on_hold=found.on_hold,
        owed=found.owed,
        currency=found.currency,
    )


async def _payments(conn: db.Conn, user_id: UUID) -> list[PaymentShown]:
    latest = await payments.payments_of(conn, user_id, before=payments.NEWEST, limit=_MANY)
    return [
        PaymentShown(
            id=ids.show("pay", p.row.id),
            state=p.row.state.name,
            payer=p.payer.handle,
            payee=p.payee.handle,
            amount=p.row.amount_minor,
            currency=p.row.currency,
            created_at=p.row.times[0],
        )
        for p in latest
    ]
