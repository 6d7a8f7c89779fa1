"""How a payment is covered: what is named, else balance, then bank, then card.

Source: rails.md 9 of the blueprint.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding.rules import fee_minor
from quid.funding.rules.sources import lacking
from quid.funding.types import Line, LineKind, Plan, SourceKind, SourceState, Want

CARD_MINOR_MIN: Final = 50
INSUFFICIENT_FUNDS: Final = "INSUFFICIENT_FUNDS"
QUOTE_CHANGED: Final = "QUOTE_CHANGED"
NOT_FOUND: Final = "NOT_FOUND"
SOURCE_INVALID: Final = "PAYMENT_METHOD_INVALID"
EXTERNAL_SERVICE_ERROR: Final = "EXTERNAL_SERVICE_ERROR"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a plan must know of a source; `place` is that of its want in the batch."""

    place: int
    id: UUID
    user_id: UUID
    kind: int
    state: int
    can_pull: bool
    can_push: bool
    verify_method: str | None
    institution: str
    last4: str

    @property
    def line_kind(self) -> LineKind:
        """Which kind of line it pays."""
        return "card" if SourceKind(self.kind).is_card else "bank"

    @property
    def label(self) -> str:
        """Its name as its owner knows it: where it is, and its last digits."""
        return f"{self.institution or 'Bank'} ••{self.last4}"


class Choice(NamedTuple):
    """What a payer may draw on: the source that is named, else their two defaults.

    `shut`: kinds whose provider is left alone at present.
    """

    named: Offer | None = None
    bank: Offer | None = None
    card: Offer | None = None
    shut: frozenset[LineKind] = frozenset()


def cover(want: Want, choice: Choice, *, card_bps: int) -> Plan:
    """Cover an amount, or say why not. Units: minor units; basis points."""
    if want.source_id is not None:
        return _named(want, choice, card_bps=card_bps)
    if want.available >= want.cents:
        return _of(_balance(want.cents))
    if want.is_balance:
        return _refused(INSUFFICIENT_FUNDS)
    for source in (choice.bank, choice.card):
        if source is None or _why_not(source, choice, want) is not None:
            continue
        rest = want.cents - max(0, want.available)
        if source.line_kind == "card":
            rest = max(rest, CARD_MINOR_MIN)
        if rest > want.cents or _is_over(want, source, rest):
            continue
        lines = [*_balance(want.cents - rest), _line(source, rest, card_bps)]
        return _seen(want, _of(lines))
    return _refused(INSUFFICIENT_FUNDS)


def _named(want: Want, choice: Choice, *, card_bps: int) -> Plan:
    source = choice.named
    if source is None:
        return _refused(NOT_FOUND)
    why = _why_not(source, choice, want)
    if why is not None:
        return why
    if _is_over(want, source, want.cents):
        return _refused(SOURCE_INVALID, "limit")
    if source.line_kind == "card" and want.cents < CARD_MINOR_MIN:
        return _refused(SOURCE_INVALID, "amount")
    plan = _of([_line(source, want.cents, card_bps)])
    # Whoever names a card knows that it costs; what it costs they may have been told.
    return plan if want.accepted_fee is None else _seen(want, plan)


def _why_not(source: Offer, choice: Choice, want: Want) -> Plan | None:
    if source.user_id != want.payer_id or source.state == SourceState.REMOVED:
        return _refused(NOT_FOUND)
    is_able = source.can_pull or source.line_kind == "card"
    if source.state != SourceState.VERIFIED or not is_able:
        lacks = lacking(source.kind, source.state, source.verify_method, can_push=source.can_push)
        return _refused(SOURCE_INVALID, lacks or "another")
    if source.line_kind in choice.shut:
        return _refused(EXTERNAL_SERVICE_ERROR)
    return None


def _is_over(want: Want, source: Offer, cents: int) -> bool:
    is_bank = source.line_kind == "bank"
    return is_bank and want.bank_left is not None and cents > want.bank_left


def _balance(cents: int) -> list[Line]:
    return [Line("balance", None, "Quid balance", cents, 0)] if cents else []


def _line(source: Offer, cents: int, card_bps: int) -> Line:
    fee = fee_minor(cents, card_bps) if source.line_kind == "card" else 0
    return Line(source.line_kind, source.id, source.label, cents, fee)


def _of(lines: list[Line]) -> Plan:
    is_instant = all(line.kind != "bank" for line in lines)
    return Plan(tuple(lines), sum(line.fee for line in lines), None, is_instant)


def _seen(want: Want, plan: Plan) -> Plan:
    """Take no fee that the payer has not seen."""
    if plan.fee > (want.accepted_fee or 0):
        return plan._replace(refusal=QUOTE_CHANGED)
    return plan


def _refused(code: str, *needs: str) -> Plan:
    return Plan((), 0, None, is_instant=True, refusal=code, needs=needs)
