"""Holding back: what risk asks of the payments of a batch, and what is kept of one that waits.

A payment waits with its money on hold: for ten minutes for its payer's proof, or for 72 hours for
an operator. Its key remembers no answer but the payment, so that a repeated request shows where it
stands now.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity.queries import access
from quid.identity.types import Standing
from quid.kit import db, ids
from quid.kit.events import Event
from quid.kit.once import Answer
from quid.ledger import service as ledger
from quid.ledger.types import Check, NewAccount, NewHold, Purpose, Result, Transfer
from quid.ledger.types import Kind as Account
from quid.ledger.types import Outcome as Posting
from quid.payments import events, queries, rules, store
from quid.payments.service import answers
from quid.payments.service.answers import Asked, Settled
from quid.payments.service.wallets import CURRENCY
from quid.payments.types import (
    Balance,
    Outcome,
    Payment,
    PaymentRow,
    SendPayment,
    Sent,
    SentView,
    State,
    WaitingRow,
)
from quid.risk import queries as risk_queries
from quid.risk import service as risk
from quid.risk.types import Action, Decision, Facts

# What a key keeps of a payment that waits: nothing but that it answers 201.
PRESENT: Final = Answer(201, b"")
_STATES: Final[dict[Action, State | None]] = {
    Action.APPROVE: None,
    Action.CHALLENGE: State.CHALLENGED,
    Action.REVIEW: State.IN_REVIEW,
}
_NEVER: Final = 2**62
_UNKNOWN: Final = queries.PayerFacts(UUID(int=0), 0, 0, 0)
LIVES: Final = {
    State.CHALLENGED: rules.CHALLENGE_LIFE,
    State.IN_REVIEW: rules.REVIEW_LIFE,
}
PURPOSES: Final = {State.CHALLENGED: Purpose.CHALLENGE, State.IN_REVIEW: Purpose.REVIEW}
_WAITS_FOR: Final[dict[State, events.WaitsFor]] = {
    State.CHALLENGED: "proof",
    State.IN_REVIEW: "review",
}


class Judged(NamedTuple):
    """What risk says of an item, on which facts; `state` is where it waits, None if it need not."""

    asked: Asked
    facts: Facts
    decision: Decision
    state: State | None
    methods: tuple[str, ...]


async def judge(
    conn: db.Conn, asked: Sequence[tuple[SendPayment, Standing]], *, now: datetime
) -> list[Judged]:
    """Ask risk about a batch, in order: earlier items of a payer count for the later ones.

    One read for all; the rules are known from memory.
    """
    each = Counter(item.payer_id for item, _ in asked)
    known = await _known(conn, each, now=now)
    facts, held = [], []
    earlier: Counter[UUID] = Counter()
    for item, standing in asked:
        payer = item.payer_id
        about = known.get(payer) or _UNKNOWN
        sent = about.sent
        if each[payer] > 1:
            sent += earlier[payer]
            earlier[payer] += 1
        since, amount = standing.payer_since, item.amount_minor
        facts.append(Facts(item.payment_id, payer, since, amount, item.currency, sent))
        held.append(Asked(item, standing, about.held, about.held_seq, about))
    decisions = await risk.assess(conn, facts, now=now)
    judged = [
        Judged(one, fact, decision, _STATES[decision.action], ())
        for one, fact, decision in zip(held, facts, decisions, strict=True)
    ]
    for place_, one in enumerate(judged):
        if one.state is State.CHALLENGED:
            judged[place_] = await _with_methods(conn, one, now=now)
    return judged


async def _known(
    conn: db.Conn, each: Mapping[UUID, int], *, now: datetime
) -> dict[UUID, queries.PayerFacts]:
    """Tell of payers, who come with so many payments each, what judging and answering need."""
    bound = (await risk_queries.ruleset(conn, now=now)).counts_up_to
    return await queries.payer_facts(
        conn,
        {payer: bound + 1 - n if bound else _NEVER for payer, n in each.items()},
        since=now - risk_queries.WINDOW,
        bound=bound,
        now=now,
    )


async def outlook(conn: db.Conn, facts: Facts, *, now: datetime) -> State | None:
    """Question: say where such a payment would wait if it came now; None if it need not.

    As `judge` does, but of one that nobody has sent; `sent_before` is counted here.
    """
    known = await _known(conn, {facts.payer_id: 1}, now=now)
    facts = facts._replace(sent_before=known.get(facts.payer_id, _UNKNOWN).sent)
    [decision] = await risk.assess(conn, [facts], now=now)
    state = _STATES[decision.action]
    if state is State.CHALLENGED and not await _methods(conn, facts, now=now):
        return State.IN_REVIEW
    return state


async def _methods(conn: db.Conn, facts: Facts, *, now: datetime) -> tuple[str, ...]:
    """Name how a challenge may be proved."""
    factors = await access.methods_of(conn, facts.payer_id, now=now)
    return rules.methods_for(
        [(f.name, f.enrolled_at) for f in factors],
        amount_minor=facts.amount_minor,
        payer_since=facts.payer_since,
        now=now,
    )


async def _with_methods(conn: db.Conn, judged: Judged, *, now: datetime) -> Judged:
    """Name how a challenge may be proved; whoever cannot prove anything goes to review."""
    methods = await _methods(conn, judged.facts, now=now)
    if methods:
        return judged._replace(methods=methods)
    review = judged.decision._replace(action=Action.REVIEW)
    return judged._replace(decision=review, state=State.IN_REVIEW)


async def reserved_accounts(tx: db.Tx, judged: Sequence[Judged]) -> dict[UUID, int]:
    """Give the accounts on which the money of those that wait is set aside, opened if need be.

    Locks: nothing that is there.
    """
    payers = sorted({j.asked.item.payer_id for j in judged if j.state})
    if not payers:
        return {}
    accounts = await ledger.open_accounts(
        tx, [NewAccount(Account.RESERVED, CURRENCY, owner=p) for p in payers]
    )
    return dict(zip(payers, accounts, strict=True))


def place(judged: Judged, *, wallet: int, reserved: int, checks: tuple[Check, ...]) -> Transfer:
    """Set the money of a payment aside. It has no end of its own: the payment's is the one."""
    assert judged.state is not None  # noqa: S101 - the caller asks for those that wait
    item = judged.asked.item
    return ledger.place_hold(
        NewHold(
            id=rules.hold_id(item.payment_id),
            wallet=wallet,
            reserved=reserved,
            amount_minor=item.amount_minor,
            purpose=PURPOSES[judged.state],
            cause_id=item.payment_id,
            checks=checks,
        )
    )


def follow(judged: Sequence[Judged], posted: Sequence[Posting]) -> list[Judged]:
    """Let each item of a batch know what its payer's earlier ones have set aside, in order.

    Else a later answer would show less on hold, under a version that was given away before.
    """
    aside: dict[UUID, tuple[int, int]] = {}
    followed = []
    for one, posting in zip(judged, posted, strict=True):
        payer = one.facts.payer_id
        minor, seq = aside.get(payer, (one.asked.held_minor, one.asked.held_seq))
        asked = one.asked._replace(held_minor=minor, held_seq=seq)
        if one.state is not None and posting.result is Result.POSTED:
            aside[payer] = posting.credit_after or 0, seq + 1
        followed.append(one._replace(asked=asked))
    return followed


def settle(judged: Judged, posting: Posting) -> Settled:
    """Turn a hold that was placed into rows, an event and an answer."""
    asked, item, state = judged.asked, judged.asked.item, judged.state
    assert state is not None  # noqa: S101 - the caller asks for those that wait
    row = answers.row_of(asked, state, None, [posting.recorded_at])
    waiting = waiting_of(judged, row)
    payment = Payment(row, *answers.parties_of(asked), waiting)
    balance = Balance(
        available=posting.debit_after or 0,
        pending=asked.about.pending,
        on_hold=posting.credit_after or 0,
        owed=asked.about.owed,
        currency=item.currency,
        version=(posting.debit_seq or 0) + asked.held_seq + 1,
        unripe=asked.about.unripe,
    )
    told = SentView(rules.view_of(payment, viewer_id=item.payer_id), rules.balance_view(balance))
    return Settled(
        Sent(Answer(PRESENT.status, answers.encode(told)), is_replayed=False, may_change=True),
        None,
        held_event(row, waiting, item.request_id),
        store.HeldBack(row, waiting, posting.debit_after),
    )


def waiting_of(judged: Judged, row: PaymentRow) -> WaitingRow:
    """Say what a payment that waits in the state of its row waits for, why, and until when."""
    reason = judged.decision.reason
    return WaitingRow(
        payment_id=row.id,
        payer_id=row.payer_id,
        state=row.state,
        since=row.times[-1],
        until=row.times[-1] + LIVES[row.state],
        reason=reason.value if reason else "",
        methods=list(judged.methods),
    )


def held_event(row: PaymentRow, waiting: WaitingRow, request_id: str) -> Event:
    """Tell of a payment that waits."""
    event = events.PaymentHeld(
        payment_id=ids.show("pay", row.id),
        payer_id=ids.show("usr", row.payer_id),
        payee_id=ids.show("usr", row.payee_id),
        amount=row.amount_minor,
        currency=row.currency,
        waits_for=_WAITS_FOR[row.state],
        reason=waiting.reason,
        methods=waiting.methods,
        until=waiting.until,
        request_id=request_id,
    )
    return answers.event_of(row, event.TYPE, event)


async def keep(tx: db.Tx, settled: Sequence[tuple[Judged, Settled]], *, now: datetime) -> None:
    """Write down those that wait, and why. Locks: nothing but the new rows."""
    held = [(j, s.held) for j, s in settled if s.held is not None]
    await store.hold(tx, [h for _, h in held])
    await risk.record_decisions(tx, [(j.facts, j.decision) for j, _ in held], now=now)


async def show_present(
    conn: db.Conn,
    items: Sequence[SendPayment],
    outcomes: list[Outcome | None],
    *,
    now: datetime,
) -> None:
    """Put the payment as it stands now where a key gave nothing but the payment."""
    for place_, (item, outcome) in enumerate(zip(items, outcomes, strict=True)):
        if isinstance(outcome, Sent) and outcome.is_replayed and outcome.answer == PRESENT:
            outcomes[place_] = await present(conn, item, now=now)


async def present(conn: db.Conn, item: SendPayment, *, now: datetime) -> Sent:
    """Show what a key has made, as it stands now."""
    payment = await queries.payment_of_key(conn, item.key)
    balance = await queries.balance(conn, item.payer_id, currency=item.currency, now=now)
    if payment is None or balance is None:
        raise LookupError("a finished key without its payment")
    told = answers.present(payment, balance, item.request_id)
    return Sent(told, is_replayed=True, may_change=True)
