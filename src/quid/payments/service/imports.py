"""Payments of a file: sent for an operator, through the same queue as everybody's.

Sessions, blocks, freezes, limits, keys: whatever holds for a payment holds for a row. Each row has
its key, so a run that was killed, and a file that was sent before, can be sent again: what has
moved is told and moves no more.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from quid.identity import queries as identity
from quid.identity.errors import PersonNotFound
from quid.identity.queries import among, operators
from quid.kit import audit, clock, db, idempotency, ids, runtime
from quid.kit.crypto import digest16
from quid.kit.errors import Forbidden, Refusal
from quid.kit.once import Key
from quid.kit.operators import Deed, Details, Operator, entry
from quid.payments import errors, rules
from quid.payments.service import answers, holding
from quid.payments.service.import_rows import BadRow, Row
from quid.payments.service.send import SendQueue
from quid.payments.service.wallets import CURRENCY
from quid.payments.types import Outcome, SendPayment, Sent, State
from quid.risk import queries as risk

# Keys of files are of their own: what a payer's app has used is nobody's hindrance here.
OPERATION: Final = "payments.import"
_TRIES: Final = 3
_PAUSE_SECONDS: Final = 1.0
_WAITING: Final = frozenset(s.name for s in rules.WAITING)
_MOVED: Final = frozenset({State.COMPLETED.name, State.REVERSED.name})

What = Literal["sent", "already", "waiting", "refused", "bad", "unknown", "fine"]


class Run(NamedTuple):
    """One run over one file. `mark` stands on all that it makes."""

    operator: Operator
    mark: str


class Told(NamedTuple):
    """What came of a row: a line of the report. Units: minor units."""

    what: What
    line: int
    key: str
    state: str
    payment_id: str
    code: str
    text: str
    amount_minor: int


class _Wanted(NamedTuple):
    row: Row
    command: SendPayment


class _Problem(msgspec.Struct):
    title: str
    detail: str
    code: str
    payment_id: str = ""


class _Why(msgspec.Struct):
    reason: str


class _Made(msgspec.Struct):
    id: str
    state: str
    challenge: _Why | None = None
    review: _Why | None = None


class _Done(msgspec.Struct):
    payment: _Made


async def begin_run(run: Run, *, sha256: str, rows: int, amount_minor: int, now: datetime) -> None:
    """Command: put on record, before anything moves, who lets which file run.

    Units: minor units. Emits: a line of audit, whose request id is that of all its payments.
    """
    details: Details = {
        "sha256": sha256,
        "rows": rows,
        "amount_minor": amount_minor,
        "currency": CURRENCY,
    }
    deed = Deed(OPERATION, "import", run.mark, details)
    line = entry(run.operator, deed, None, now=now)._replace(request_id=run.mark)
    async with runtime.part(db.Database).transaction() as tx:
        await audit.record(tx, [line])


async def send_rows(rows: Sequence[Row | BadRow], run: Run) -> list[Told]:
    """Command: send the payments of some rows at once; tell what came of each, in order.

    Idempotent: (payer, "payments.import", key). Locks, Emits: as `send`.
    """
    told, wanted = await _plan(rows, run)
    queue = runtime.part(SendQueue)
    outcomes = await asyncio.gather(*(_insist(queue, w.command) for w in wanted))
    seen: set[str] = set()
    for w, outcome in zip(wanted, outcomes, strict=True):
        line = _told(w.row, outcome)
        if line.what == "sent" and line.payment_id in seen:  # the same row stands here twice
            line = _again(line)
        seen.add(line.payment_id)
        told[w.row.line] = line
    return [told[row.line] for row in rows]


async def check_rows(rows: Sequence[Row | BadRow], run: Run) -> list[Told]:
    """Question: what can be said of rows without moving money.

    People, freezes, blocks, the limit of one payment, and keys that were used. Funds and the limits
    of a day are counted when money moves, so they are not judged here.
    """
    told, wanted = await _plan(rows, run)
    commands = [w.command for w in wanted]
    async with runtime.part(db.Database).read() as conn:
        standings = await identity.standings(
            conn,
            payer_ids=[c.payer_id for c in commands],
            session_ids=[None] * len(commands),
            payee_ids=[c.payee_id for c in commands],
            now=clock.now(),
        )
        people = [(c.payer_id, s.payer_tier) for c, s in zip(commands, standings, strict=True)]
        limits = await risk.policies(conn, people, currency=CURRENCY, now=clock.now())
        stored = await idempotency.look_up(conn, [c.key for c in commands])
        outcomes: list[Outcome | None] = []
        for command, standing, limit in zip(commands, standings, limits, strict=True):
            known = stored.get(command.key.scope)
            if known is not None:
                outcomes.append(_replayed(known, command.key))
            else:
                refusal = answers.refusal_of_people(command, standing)
                outcomes.append(refusal or limit.refuse(command.amount_minor))
        await holding.show_present(conn, commands, outcomes, now=clock.now())
    for w, outcome in zip(wanted, outcomes, strict=True):
        told[w.row.line] = _fine(w.row) if outcome is None else _told(w.row, outcome)
    return [told[row.line] for row in rows]


def _replayed(stored: idempotency.Stored, key: Key) -> Outcome:
    try:
        return Sent(idempotency.replay(stored, key), is_replayed=True)
    except idempotency.IdempotencyKeyReused as refusal:
        return refusal


async def _plan(rows: Sequence[Row | BadRow], run: Run) -> tuple[dict[int, Told], list[_Wanted]]:
    """Find the people of the rows; tell what cannot be sent, make a command of what can."""
    told: dict[int, Told] = {}
    wanted: list[_Wanted] = []
    good = [row for row in rows if isinstance(row, Row)]
    async with runtime.part(db.Database).read() as conn:
        people = await among.of_handles(conn, sorted({h for r in good for h in (r.payer, r.payee)}))
        close = await _too_close(conn, run.operator, set(people.values()))
    for row in rows:
        if isinstance(row, BadRow):
            told[row.line] = _refused("bad", row.line, row.key, row.refusal, 0)
            continue
        payer, payee = people.get(row.payer), people.get(row.payee)
        refusal: Refusal | None = None
        if row.payer == row.payee:
            refusal = errors.InvalidRecipient(field="payee")
        elif payer is None:
            refusal = PersonNotFound(f"There is nobody with the handle {row.payer}.")
        elif payee is None:
            refusal = errors.RecipientNotFound()
        elif not close.isdisjoint((payer, payee)):
            refusal = Forbidden("Not for yourself, nor for a friend. Nothing was sent.")
        else:
            wanted.append(_Wanted(row, _command(row, payer, payee, run)))
        if refusal is not None:
            told[row.line] = _refused("refused", row.line, row.key, refusal, row.amount_minor)
    return told, wanted


async def _too_close(conn: db.Conn, operator: Operator, people: set[UUID]) -> set[UUID]:
    """Name those for whom this operator may do nothing: mostly nobody, and one read says so."""
    if not await operators.is_close(conn, operator.id, operator.linked_user_id, people):
        return set()
    if len(people) == 1:
        return people
    ordered = sorted(people)
    halves = set(ordered[::2]), set(ordered[1::2])
    return {p for half in halves for p in await _too_close(conn, operator, half)}


def _command(row: Row, payer_id: UUID, payee_id: UUID, run: Run) -> SendPayment:
    now = clock.now()
    body = msgspec.json.encode(["import", payee_id, row.amount_minor, CURRENCY, row.note])
    return SendPayment(
        key=Key(payer_id, OPERATION, row.key_hash, digest16(body)),
        payer_id=payer_id,
        payee_id=payee_id,
        amount_minor=row.amount_minor,
        currency=CURRENCY,
        note=row.note,
        visibility=None,
        show_amount=None,
        payment_id=ids.new(ids.bucket(payer_id), now),
        session_id=None,
        asked_at=now,
        request_id=run.mark,
    )


async def _insist(queue: SendQueue, command: SendPayment) -> Outcome:
    """Send it until there is an outcome, a few times; the same ids every time."""
    for left in reversed(range(_TRIES)):
        try:
            return await queue.submit(command)
        except Refusal as refusal:
            if not refusal.is_retryable or not left:
                return refusal
            await asyncio.sleep(_PAUSE_SECONDS)
    raise AssertionError("a row has no outcome")


def _told(row: Row, outcome: Outcome) -> Told:
    if isinstance(outcome, Refusal):
        is_unknown = outcome.is_retryable
        what: What = "unknown" if is_unknown else "refused"
        return _refused(what, row.line, row.key, outcome, row.amount_minor)
    body = outcome.answer.body
    if outcome.answer.status >= 400:
        problem = msgspec.json.decode(body, type=_Problem)
        state = "DECLINED" if problem.payment_id else "REFUSED"
        text = f"{problem.title}: {problem.detail}"
        made = (state, problem.payment_id, problem.code, text)
        return Told("refused", row.line, row.key, *made, row.amount_minor)
    payment = msgspec.json.decode(body, type=_Done).payment
    line = Told("sent", row.line, row.key, payment.state, payment.id, "", "Sent.", row.amount_minor)
    if payment.state in _WAITING:
        return line._replace(what="waiting", text=_waits(payment))
    if payment.state not in _MOVED:  # it has waited since, in vain
        text = "Its money is back. To send it, take a new key."
        return line._replace(what="refused", code=errors.StateConflict.code, text=text)
    return _again(line) if outcome.is_replayed else line


def _waits(payment: _Made) -> str:
    """Say what a payment waits for, and why."""
    whom, why = ("its payer's proof", payment.challenge)
    if why is None:
        whom, why = "an operator's review", payment.review
    return f"It waits for {whom}: {why.reason.replace('_', ' ') if why else 'see the payment'}."


def _again(line: Told) -> Told:
    text = "Already sent under this key; nothing was sent again."
    return line._replace(what="already", code="REPLAYED", text=text)


def _fine(row: Row) -> Told:
    return Told("fine", row.line, row.key, "CHECKED", "", "", "Nothing was sent.", row.amount_minor)


def _refused(what: What, line: int, key: str, refusal: Refusal, amount_minor: int) -> Told:
    state = "UNKNOWN" if what == "unknown" else "REFUSED"
    text = f"{refusal.title}: {refusal.detail}"
    return Told(what, line, key, state, "", refusal.code, text, amount_minor)
