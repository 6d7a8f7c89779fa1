"""How a payment would be paid for: what is wanted, and the lines that cover it."""

from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

LineKind = Literal["balance", "bank", "card"]


class Want(NamedTuple):
    """What a payer must cover. Units: minor units of USD.

    `source_id` names a bank or card that pays all; `is_balance` names the balance; neither =
    balance, then default bank, then default card. `accepted_fee` is what the payer has seen;
    `bank_left` what their limit still lets in from a bank (None = it is not asked).
    """

    payer_id: UUID
    cents: int
    available: int
    source_id: UUID | None = None
    is_balance: bool = False
    accepted_fee: int | None = None
    bank_left: int | None = None


class Line(NamedTuple):
    """A part of a plan: from the balance (`source_id` None), a bank (fee 0) or a card."""

    kind: LineKind
    source_id: UUID | None
    label: str
    cents: int
    fee: int


class Plan(NamedTuple):
    """How a payment is covered: at most one line beside the balance; or the code of a refusal.

    `lands_on`: the banking day on which a bank's money is expected to settle. `needs`: what would
    make a named source able. QUOTE_CHANGED comes with the lines as they would be now.
    """

    lines: tuple[Line, ...]
    fee: int
    lands_on: date | None
    is_instant: bool
    refusal: str | None = None
    needs: tuple[str, ...] = ()
