"""Payments for which a bank or card pays, as values: the wish, what was quoted, who pays what."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from quid.funding.types import LineKind


class QuotedLine(NamedTuple):
    """A part of a payment as its payer saw it. Units: minor units."""

    kind: LineKind
    source_id: UUID | None
    amount_minor: int
    fee_minor: int


class Quoted(NamedTuple):
    """What a payer was shown, and until when it holds."""

    lines: tuple[QuotedLine, ...]
    expires_at: datetime

    @property
    def fee_minor(self) -> int:
        """What it would cost on top."""
        return sum(line.fee_minor for line in self.lines)


class Wish(NamedTuple):
    """What a payer says of where the money comes from: a source, what was quoted, or nothing."""

    source_id: UUID | None = None
    quoted: Quoted | None = None

    def goes_outside(self, *, now: datetime) -> bool:
        """Whether no lane may take it: a bank or card is to pay, or what was quoted is over."""
        if self.quoted is None:
            return self.source_id is not None
        is_over = now >= self.quoted.expires_at
        return is_over or any(line.kind != "balance" for line in self.quoted.lines)


class Browser(NamedTuple):
    """From where somebody asks: providers want to know it of who lets money be taken."""

    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """A row of `payments.outside`. Units: minor units.

    `since` is the time of the payer's lines; `counted_at` when the limits were counted.
    """

    payment_id: UUID
    payer_id: UUID
    operation_id: UUID
    source_id: UUID
    kind: LineKind
    label: str
    balance_minor: int
    outside_minor: int
    fee_minor: int
    lands_on: date | None
    ip: str
    user_agent: str
    since: datetime
    counted_at: datetime
    closed_at: datetime | None


class Action(NamedTuple):
    """The page on which a card's bank asks its owner, and until when."""

    url: str
    expires_at: datetime
