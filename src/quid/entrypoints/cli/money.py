"""`quid fund` and `quid pay`."""

import shlex
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from quid.entrypoints.cli.session import CannotRun, operator, person_by_handle, run, say
from quid.identity.types import Person
from quid.kit import clock, db, idempotency, ids, text
from quid.kit.crypto import digest16
from quid.kit.errors import DatabaseUnavailable, Refusal
from quid.kit.money import Money, read_minor
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.ledger import queries as books
from quid.payments.errors import InvalidAmount, InvalidRecipient
from quid.payments.rules import AMOUNT_MINOR_MAX, NOTE_MAX
from quid.payments.service import CURRENCY, OPERATION, SendQueue, fund
from quid.payments.types import SendPayment, Sent, SentView

KeyOption = Annotated[str | None, Parameter(help="the same key moves money once; default: new")]


def register(app: App) -> None:
    """Add the commands."""
    app.command(fund_person, name="fund")
    app.command(pay, name="pay")


def fund_person(handle: str, amount: str, *, key: KeyOption = None) -> int:
    """Put money into a person's wallet (from capital): quid fund ana 250.00"""
    used = key or str(uuid.uuid4())

    async def work(rt: Runtime) -> str:
        person = await person_by_handle(rt, handle)
        minor = _amount(amount)
        try:
            done = await fund(person.id, minor, key=used, operator=operator(), now=clock.now())
        except DatabaseUnavailable as e:  # it may have been committed: only the key can tell
            raise CannotRun(f"{e.title}: {e.detail}\nThe key: --key {used}") from e
        word = "Already funded" if done.is_replayed else "Funded"
        balance = Money(done.balance_minor, CURRENCY).text()
        return (
            f"{word}: {Money(minor, CURRENCY).text()} to @{person.handle}, who then had {balance}."
        )

    say(run(work))
    return 0


def pay(payer: str, payee: str, amount: str, note: str = "", *, key: KeyOption = None) -> int:
    """Pay as a person and show the books: `quid pay ana ben 13.68 "pizza"`."""
    used = key or str(uuid.uuid4())

    async def work(rt: Runtime) -> tuple[int, str]:
        from_, to = await person_by_handle(rt, payer), await person_by_handle(rt, payee)
        wanted = _Wanted(from_, to, _amount(amount), note, used)
        command = _command(wanted, now=clock.now())
        try:
            outcome = await rt.part(SendQueue).submit(command)
        except Refusal as e:  # nobody can know whether it was sent but the one who has the key
            raise CannotRun(f"{e.title}: {e.detail}\nThe key: --key {used}") from e
        if isinstance(outcome, Refusal):
            return 1, f"{outcome.title}: {outcome.detail}"
        return await _shown(rt, outcome, from_, to, used)

    code, shown = run(work)
    say(shown)
    return code


def _amount(text_: str) -> int:
    try:
        return read_minor(text_)
    except ValueError as e:
        raise CannotRun(str(e)) from e


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The words of `quid pay`, read. Units: minor units."""

    payer: Person
    payee: Person
    minor: int
    note: str
    key: str


def _command(wanted: _Wanted, *, now: datetime) -> SendPayment:
    payer, payee, minor = wanted.payer, wanted.payee, wanted.minor
    if payer.id == payee.id:
        raise InvalidRecipient(field="payee")
    if not 1 <= minor <= AMOUNT_MINOR_MAX:
        raise InvalidAmount(field="amount")
    note = text.clean(wanted.note, field="note", low=0, high=NOTE_MAX)
    body = msgspec.json.encode(["cli", ids.show("usr", payee.id), minor, CURRENCY, note])
    key_hash = idempotency.read_key(header=wanted.key, body=None)
    return SendPayment(
        key=Key(payer.id, OPERATION, key_hash, digest16(body)),
        payer_id=payer.id,
        payee_id=payee.id,
        amount_minor=minor,
        currency=CURRENCY,
        note=note,
        visibility=None,
        show_amount=None,
        payment_id=ids.new(ids.bucket(payer.id), now),
        session_id=None,
        asked_at=now,
        request_id=f"cli-{uuid.uuid4().hex[:12]}",
    )


async def _shown(
    rt: Runtime, sent: Sent, payer: Person, payee: Person, key: str
) -> tuple[int, str]:
    if sent.answer.status >= 400:
        problem = msgspec.json.decode(sent.answer.body)
        return 1, f"{problem['title']}: {problem['detail']}"
    view = msgspec.json.decode(sent.answer.body, type=SentView)
    payment_id = ids.read("pay", view.payment.id)
    if payment_id is None:
        raise CannotRun("the answer names no payment")
    amount = Money(view.payment.amount, CURRENCY).text()
    if view.payment.state != "COMPLETED":
        word, extra = view.payment.state, " Look at the payment for what it waits for, or why not."
    elif sent.is_replayed:
        word, extra = "Already sent", " This is the same payment; it was sent once."
    else:
        word, extra = "Sent", ""
    async with rt.part(db.Database).read() as conn:
        explained = await books.explain(conn, payment_id)
    balance = Money(view.balance.available, CURRENCY).text()
    words = ["quid", "pay", "--key", key, payer.handle, payee.handle, amount[1:]]
    again = shlex.join([*words, "--", view.payment.note] if view.payment.note else words)
    lines = [
        f"{word}: {amount} from @{payer.handle} to @{payee.handle}.{extra}",
        f"@{payer.handle} then had {balance}. {view.payment.id}",
        "",
        books.render(explained),
        "",
        f"Again with the same key: {again}",
    ]
    return 0, "\n".join(lines)
