"""Whatever of a provider's words arrives, in whatever order: the same end, and the same books."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, permutations
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.ports import Transfer
from quid.funding.rules import MOVES
from quid.funding.rules.course import ENDS, judge, state_of
from quid.funding.rules.effects import Effect
from quid.funding.service import passing
from quid.funding.service.passing import Unreadable
from quid.funding.types import Operation, OpKind, OpState, Purpose
from quid.ledger.types import Act, Kind

NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)
D: Final = 5_000
COURSES: Final = {
    "pull": (OpKind.DEPOSIT, ("pending", "posted", "settled", "funds_available", "returned")),
    "pull that stays": (OpKind.DEPOSIT, ("pending", "posted", "settled", "funds_available")),
    "pull that fails": (OpKind.DEPOSIT, ("pending", "failed")),
    "push": (OpKind.WITHDRAWAL, ("pending", "posted", "settled", "returned")),
    "push that stays": (OpKind.WITHDRAWAL, ("pending", "posted", "settled")),
    "push that fails": (OpKind.WITHDRAWAL, ("pending", "cancelled")),
    "instant": (OpKind.INSTANT_WITHDRAWAL, ("pending", "posted", "settled")),
    "instant that is refused": (OpKind.INSTANT_WITHDRAWAL, ("pending", "failed")),
}


def operation(kind: OpKind, **how: object) -> Operation:
    """An operation that is being submitted; a withdrawal's money has left the wallet."""
    fee = 88 if kind is OpKind.INSTANT_WITHDRAWAL else 0
    values = {
        **dict.fromkeys(Operation.__slots__),
        "id": UUID(int=1 << 80),
        "kind": kind,
        "purpose": Purpose.USER,
        "provider": 1,
        "cents": D,
        "fee": fee,
        "net": D - fee,
        "currency": "USD",
        "network": "ach",
        "state": OpState.SUBMITTING,
        "may_advance": False,
        "is_advanced": False,
        "is_released": False,
        "is_abandoned": False,
        "refunded_minor": 0,
        "attempts": 0,
        "deadline": NOW,
        "created_at": NOW,
        "changed_at": NOW,
        "version": 1,
        **how,
    }
    return Operation(**values)  # type: ignore[arg-type]  # a table of columns


def told(op: Operation, word: str) -> Transfer:
    """A provider's word of it."""
    return Transfer("t1", "a1", None, "pull", op.net, word, "ach", False, NOW, return_code="R01")


class Book:
    """Nets by kind, as the ledger would have them: credits minus debits."""

    def __init__(self, wallet: int = 0, payouts: int = 0) -> None:
        self.nets: Counter[Kind] = Counter({Kind.WALLET: wallet, Kind.PAYOUTS: payouts})

    def post(self, effects: tuple[Effect, ...]) -> None:
        """Book rows in order; AT_MOST takes what the wallet has, REMAINDER the rest."""
        taken = 0
        for row in (r for e in effects for r in e.rows):
            amount = row.cents
            if row.act is Act.AT_MOST:
                amount = taken = min(amount, max(0, self.nets[row.debit]))
            elif row.act is Act.REMAINDER:
                amount -= taken
            self.nets[row.debit] -= amount
            self.nets[row.credit] += amount

    def left(self) -> dict[Kind, int]:
        """What is not nothing."""
        return {k: n for k, n in self.nets.items() if n}


def run(op: Operation, words: tuple[str, ...], book: Book) -> Operation:
    """Tell it words, one after another."""
    for word in words:
        passed = passing.transfer_told(op, told(op, word), "event")
        book.post(passed.effects)
        op = passed.op
        assert not passed.contradicts
        check_always(op, book)
    return op


def check_always(op: Operation, book: Book) -> None:
    """What is true at any moment. Source: rails.md 7 of the blueprint."""
    is_open = op.state < OpState.SETTLED
    is_taken = is_open and op.state >= OpState.PENDING
    if op.kind == OpKind.DEPOSIT:
        assert -book.nets[Kind.RAIL_IN] == (D if is_taken else 0)
        assert book.nets[Kind.INCOMING] == (D if is_taken else 0)
    else:
        assert -book.nets[Kind.RAIL_OUT] == (op.net if is_taken else 0)
        assert book.nets[Kind.PAYOUTS] == (D if is_open else 0)
    assert book.nets[Kind.WALLET] >= 0
    assert sum(book.nets.values()) == (0 if op.kind == OpKind.DEPOSIT else D)


@pytest.mark.parametrize("name", COURSES)
def test_every_order_of_every_part_that_keeps_the_last_ends_the_same(name: str) -> None:
    kind, words = COURSES[name]
    *others, last = words
    ends = set()
    for many in range(len(others) + 1):
        for some in combinations(others, many):
            for order in permutations((*some, last)):
                book = Book(payouts=0 if kind is OpKind.DEPOSIT else D)
                op = run(operation(kind), order, book)
                ends.add((op.state, tuple(sorted(book.left().items()))))
    assert len(ends) == 1, ends


@given(st.lists(st.sampled_from(COURSES["pull"][1]), max_size=12), st.integers(0, D))
def test_told_again_and_again_with_money_spent_between_only_the_debt_differs(
    words: list[str], spent: int
) -> None:
    book = Book()
    op = operation(OpKind.DEPOSIT)
    for word in (*words, "returned", *words):
        if op.is_released and op.state != OpState.RETURNED and book.nets[Kind.WALLET] == D:
            book.nets[Kind.WALLET] -= spent
            book.nets[Kind.CAPITAL] += spent
        op = run(op, (word,), book)
    assert OpState(op.state) is OpState.RETURNED
    owed = book.nets[Kind.CAPITAL]
    assert book.left() == ({Kind.CAPITAL: owed, Kind.RECEIVABLE: -owed} if owed else {})


@given(st.permutations(["posted", "settled", "funds_available"]), st.integers(0, D))
def test_what_was_advanced_and_came_back_is_owed(words: list[str], spent: int) -> None:
    """Advanced right after it was accepted, some of it spent, then returned before or after."""
    for told_of in range(len(words) + 1):
        book = Book()
        op = run(operation(OpKind.DEPOSIT, purpose=Purpose.PAYMENT), ("pending",), book)
        op = replace(op, is_advanced=True)
        book.nets[Kind.ADVANCE] -= D
        book.nets[Kind.WALLET] += D - spent
        book.nets[Kind.CAPITAL] += spent
        op = run(op, (*words[:told_of], "returned"), book)
        assert OpState(op.state) is OpState.RETURNED
        owed = {Kind.CAPITAL: spent, Kind.RECEIVABLE: -spent}
        assert book.left() == {k: n for k, n in owed.items() if n}


def test_a_payments_pull_waits_in_incoming_for_its_payment() -> None:
    book = Book()
    op = operation(OpKind.DEPOSIT, purpose=Purpose.PAYMENT)
    for word in ("pending", "settled"):
        passed = passing.transfer_told(op, told(op, word), "event")
        book.post(passed.effects)
        op = passed.op
    assert book.left() == {Kind.INCOMING: D, Kind.RAIL_PENDING: -D}
    assert not op.is_released


@pytest.mark.parametrize("kind", [OpKind.DEPOSIT, OpKind.WITHDRAWAL, OpKind.INSTANT_WITHDRAWAL])
def test_no_word_leads_where_it_may_not(kind: OpKind) -> None:
    words = ("pending", "posted", "settled", "funds_available", "cancelled", "failed", "returned")
    reached = set(MOVES[kind]) - {OpState.NEW, OpState.QUEUED, OpState.ACTION_REQUIRED}
    for present in sorted({*reached, *ENDS}):
        for word in words:
            state = state_of(kind, word)
            assert state is not None
            verdict = judge(kind, present, state)
            at = present
            for step in verdict.steps:
                assert step in MOVES[kind][at], (present, word, verdict)
                at = step
            assert not (verdict.steps and verdict.contradicts)


@pytest.mark.parametrize("how", [{"cents": D + 1}, {"status": "guessed"}, {"currency": "EUR"}])
def test_what_cannot_be_is_not_guessed(how: dict[str, object]) -> None:
    op = operation(OpKind.DEPOSIT)
    seen = replace(told(op, "posted"), **how)  # type: ignore[arg-type]  # a table of fields
    with pytest.raises(Unreadable):
        passing.transfer_told(op, seen, "event")
