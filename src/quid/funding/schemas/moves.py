"""The wire of deposits and withdrawals."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import BeforeValidator, Field

from quid.funding.errors import InvalidAmount
from quid.funding.rules import banking_days
from quid.funding.rules.course import BEFORE_SUBMIT, ENDS
from quid.funding.service.booking import shown
from quid.funding.types import (
    LeftView,
    MoveView,
    Operation,
    OpKind,
    OpState,
    RefundView,
    Shown,
    Speed,
    StepView,
    Withdrawable,
)
from quid.kit import ids
from quid.kit.crypto import digest16
from quid.kit.errors import NotFound
from quid.kit.web import Strict
from quid.kit.web.operators import Because

AMOUNT_MAX: Final = 10**11


def _amount(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= AMOUNT_MAX:
        raise InvalidAmount(field="amount")
    return given


class MoveBody(Strict):
    """Put money in from a bank. `amount` in cents."""

    funding_source_id: Annotated[str, Field(max_length=64)]
    amount: Annotated[int, BeforeValidator(_amount), Field(ge=1, le=AMOUNT_MAX, examples=[10_000])]

    def source_id(self) -> UUID:
        """Read which source. Raises: NotFound."""
        found = ids.read("fs", self.funding_source_id)
        if found is None:
            raise NotFound
        return found

    def request_hash(self) -> bytes:
        """Fingerprint what is asked for."""
        return digest16(self.model_dump_json().encode())


class WithdrawalBody(MoveBody):
    """Take money out to a bank: `standard` for nothing, `instant` for a fee out of the amount."""

    type: Speed = "standard"


class RefundRequest(Because):
    """Give a charge back: all that is left of it, or so much of what was paid, in cents."""

    amount: Annotated[int | None, Field(ge=1, le=AMOUNT_MAX)] = None


def refund_view(op: Operation) -> RefundView:
    """Show money on its way back to a card."""
    return RefundView(shown(op), OpState(op.state).name, op.cents, op.fee, op.net, op.currency)


def left_view(left: Withdrawable, currency: str) -> LeftView:
    """Show what can leave."""
    return LeftView(left.spendable, left.withdrawable, left.owed, currency)


def move_view(found: Shown) -> MoveView:
    """Show a deposit or withdrawal to its owner."""
    op = found.operation
    state = OpState(op.state)
    waits = op.next_at is not None and state is OpState.QUEUED
    return MoveView(
        id=shown(op),
        kind="deposit" if op.kind == OpKind.DEPOSIT else "withdrawal",
        type="instant" if op.kind == OpKind.INSTANT_WITHDRAWAL else "standard",
        state=state.name,
        amount=op.cents,
        fee=op.fee,
        net=op.net,
        currency=op.currency,
        funding_source_id=ids.show("fs", op.source_id),
        network=op.network,
        expected_on=None if state in ENDS else expected_on(op),
        not_before=op.next_at if waits else None,
        failure_code=op.failure_code,
        action_url=op.action_url,
        may_cancel=may_cancel(op),
        created_at=op.created_at,
        changed_at=op.changed_at,
        timeline=[StepView(OpState(e.state).name, e.at) for e in found.course],
    )


def may_cancel(op: Operation) -> bool:
    """Say whether it may be taken back: what is instant is gone as soon as it is sent."""
    state = OpState(op.state)
    return state in BEFORE_SUBMIT or (state is OpState.PENDING and op.network != "rtp")


def expected_on(op: Operation) -> date:
    """Say when it settles or arrives: what the provider says wins over our own count."""
    if op.settle_on is not None:
        return op.settle_on
    sent_at = op.created_at
    if op.state == OpState.QUEUED and op.next_at is not None:
        sent_at = max(sent_at, op.next_at)
    return lands_on(sent_at, is_instant=op.network == "rtp")


def lands_on(at: datetime, *, is_instant: bool) -> date:
    """Say when what is sent at an instant arrives; what is instant, any hour of any day."""
    if is_instant:
        return at.astimezone(banking_days.NEW_YORK).date()
    return banking_days.expected(at).settle_on
