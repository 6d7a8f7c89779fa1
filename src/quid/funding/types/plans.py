"""How a payment would be paid for: what is wanted, and the lines that cover it."""

from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

LineKind = Literal["balance", "bank", "card"]


class Want(NamedTuple):
    """What a payer must cover. Units: minor units of USD.

    `source_id` names a bank or card that pays all; `is_balance` names the balance; neither =
    balance, then default bank, then default card. `accepted_fee` is what the payer has seen.
    """

    payer_id: UUID
    cents: int
    available: int
    source_id: UUID | None = None
    is_balance: bool = False
    accepted_fee: int | None = None


class Line(NamedTuple):
    """A part of a plan: from the balance (`source_id` None), a bank (fee 0) or a card."""

    kind: LineKind
    source_id: UUID | None
    label: str
    cents: int
    fee: int


class Plan(NamedTuple):
    """How a payment is covered: at most one line beside the balance. `refusal` instead of lines.

    `lands_on`: the banking day on which a bank's money is expected to settle.
    """

    lines: tuple[Line, ...]
    fee: int
    lands_on: date | None
    is_instant: bool
    refusal: str | None = None
