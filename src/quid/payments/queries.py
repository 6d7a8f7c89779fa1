"""Reads of payments: one payment, lists, activity, balance."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding import queries as funding
from quid.funding.queries import moves
from quid.identity import queries as people
from quid.identity.queries import among
from quid.kit import db, idempotency, ids
from quid.kit.once import Key
from quid.ledger import queries as books
from quid.ledger.types import Kind as Account
from quid.ledger.types import Purpose
from quid.payments import rules
from quid.payments.types import (
    Action,
    ActivityRow,
    Balance,
    Held,
    HeldFor,
    OutsideRow,
    Party,
    Payment,
    PaymentRow,
    ReversalRow,
    State,
    Unmatched,
    WaitingRow,
)

_SQL = db.sql(__package__, "queries")
_PAYMENT = _SQL.rows("payment", PaymentRow)
_PAYMENTS_OF = _SQL.rows("payments_of", PaymentRow)
_LATEST = _SQL.rows("latest", PaymentRow)
_ACTIVITY = _SQL.rows("activity", ActivityRow)
_COUNTERPARTIES = _SQL.values("counterparties", UUID)
_UNMATCHED = _SQL.rows("unmatched", Unmatched)
_WAITING = db.sql(__package__, "waiting")
_WAITING_OF = _WAITING.rows("waiting", WaitingRow)
_QUEUE = _WAITING.rows("queue", WaitingRow)
_UNHELD = _WAITING.rows("unheld", Unmatched)
_FOUND = _WAITING.rows("found", PaymentRow)
_REVERSALS = _WAITING.rows("reversals", ReversalRow)
_OUTSIDE = db.sql(__package__, "outside").rows("outside", OutsideRow)
_GONE: Final = ("", "Someone")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: everything strictly older, by time and then id."""

    at: datetime
    id: UUID


NEWEST: Final = Position(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What to list. None = any. Amounts in minor units, `until` exclusive.

    `words` are looked for in the note, and in the handle and name of the other person; `named` are
    the people whom they name, once that is known (`resolved`).
    """

    since: datetime | None = None
    until: datetime | None = None
    amount_minor_min: int | None = None
    amount_minor_max: int | None = None
    person_id: UUID | None = None
    kind: int | None = None
    state: int | None = None
    is_incoming: bool | None = None
    words: str | None = None
    named: tuple[UUID, ...] | None = None


class ActivityLine(NamedTuple):
    """A line of activity and the other person, where there is one."""

    row: ActivityRow
    counterparty: Party | None


async def payment(conn: db.Conn, payment_id: UUID, *, viewer_id: UUID) -> Payment | None:
    """Find a payment of which the viewer is a party; a DECLINED one is the payer's alone."""
    row = await _PAYMENT.maybe(conn, payment_id, viewer_id)
    return (await with_people(conn, [row]))[0] if row else None


async def payments_of(
    conn: db.Conn, viewer_id: UUID, *, before: Position, limit: int
) -> list[Payment]:
    """List the payments of a person, newest first."""
    rows = await _PAYMENTS_OF.all(conn, viewer_id, before.at, before.id, limit)
    return await with_people(conn, rows)


async def payment_of_key(conn: db.Conn, key: Key) -> Payment | None:
    """Find what a key has made, for a payer whose answer was lost."""
    stored = (await idempotency.look_up(conn, [key])).get(key.scope)
    if stored is None or stored.object_id is None:
        return None
    return await payment(conn, stored.object_id, viewer_id=key.user_id)


async def latest(conn: db.Conn, *, limit: int) -> list[Payment]:
    """List the latest completed payments of everybody (the live page of demo mode)."""
    return await with_people(conn, await _LATEST.all(conn, limit))


async def with_people(conn: db.Conn, rows: list[PaymentRow]) -> list[Payment]:
    """Add to each payment its two people, what it waits for, and what was taken back of it."""
    parties = await parties_of(conn, {p for r in rows for p in (r.payer_id, r.payee_id)})
    waits = await waiting(conn, [r.id for r in rows if r.state in rules.WAITING])
    paid = await outside(conn, [r.id for r in rows if _may_be_outside(r)])
    asked = [paid[r.id] for r in rows if r.state is State.REDIRECTED and r.id in paid]
    actions = await _actions(conn, asked)
    back: defaultdict[UUID, list[ReversalRow]] = defaultdict(list)
    if reversed_ids := [r.id for r in rows if r.reversed_minor]:
        for found in await _REVERSALS.all(conn, reversed_ids):
            back[found.payment_id].append(found)
    return [
        Payment(
            r,
            parties[r.payer_id],
            parties[r.payee_id],
            waits.get(r.id),
            tuple(back[r.id]),
            paid.get(r.id),
            actions.get(r.id),
        )
        for r in rows
    ]


def _may_be_outside(row: PaymentRow) -> bool:
    """Whether a bank or card may be paying: almost every payment has a path that says no."""
    return row.states[1] in rules.WAITING or State.PROCESSING in row.states


async def outside(conn: db.Conn, payment_ids: list[UUID]) -> dict[UUID, OutsideRow]:
    """Tell who pays what of payments that a bank or card pays for; any other is left out."""
    if not payment_ids:
        return {}
    return {o.payment_id: o for o in await _OUTSIDE.all(conn, payment_ids)}


async def _actions(conn: db.Conn, asked: list[OutsideRow]) -> dict[UUID, Action]:
    """Give the pages that payers must open at their banks."""
    if not asked:
        return {}
    found = await funding.operations(conn, [o.operation_id for o in asked])
    at = {o.id: o for o in found}
    return {
        o.payment_id: Action(url, op.deadline)
        for o in asked
        if (op := at.get(o.operation_id)) is not None and (url := op.action_url)
    }


async def waiting(conn: db.Conn, payment_ids: list[UUID]) -> dict[UUID, WaitingRow]:
    """Tell what payments wait for; one that waits no more is left out."""
    if not payment_ids:
        return {}
    return {w.payment_id: w for w in await _WAITING_OF.all(conn, payment_ids)}


async def found(conn: db.Conn, payment_ids: list[UUID]) -> dict[UUID, PaymentRow]:
    """Read payments by id, whoever asks: for those who act on them, not to be shown."""
    return {r.id: r for r in await _FOUND.all(conn, payment_ids)}


async def for_operators(conn: db.Conn, payment_ids: list[UUID]) -> list[Payment]:
    """Read payments of anybody, in the order asked for; one that is not there is left out."""
    rows = await found(conn, payment_ids)
    return await with_people(conn, [rows[i] for i in payment_ids if i in rows])


async def in_review(conn: db.Conn, *, after: Position, limit: int) -> list[WaitingRow]:
    """List what waits for an operator, the most urgent first."""
    return await _QUEUE.all(conn, after.at, after.id, limit)


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """A payer on the way into a batch: payments of the last hour, and what stands elsewhere.

    Units: `held` (on hold), `pending`, `owed` and `unripe` in minor units, as of a balance;
    `held_seq` counts what ever happened to the accounts beside the wallet.
    """

    payer: UUID
    sent: int
    held: int
    held_seq: int
    pending: int = 0
    owed: int = 0
    unripe: int = 0


async def payer_facts(
    conn: db.Conn, payers: Mapping[UUID, int], *, since: datetime, bound: int, now: datetime
) -> dict[UUID, PayerFacts]:
    """Tell of payers what judging and answering need; payments are counted up to `bound`.

    `payers` says of each from how many payments on it matters: who has fewer, and nothing on
    hold, is left out.
    """
    rows = await _PAYERS.all(
        conn,
        list(payers),
        [ids.bucket(p) for p in payers],
        list(payers.values()),
        since,
        bound,
        now,
    )
    return {r.payer: r for r in rows}


@dataclass(frozen=True, slots=True)
class Similar:
    """Whether the payer has just paid this, and whether they never paid this person before."""

    is_similar: bool
    is_new: bool


async def similar(
    conn: db.Conn, *, payer_id: UUID, payee_id: UUID, amount_minor: int, since: datetime
) -> Similar:
    """Look for earlier payments of this payer to this payee; equal ones since `since`."""
    return await _SIMILAR.one(conn, payer_id, payee_id, amount_minor, since)


async def parties_of(conn: db.Conn, user_ids: set[UUID]) -> dict[UUID, Party]:
    """Show people as payments show them; who is gone reads as "Someone"."""
    cards = await people.cards(conn, sorted(user_ids)) if user_ids else {}
    found = {u: (c.handle, c.display_name) for u, c in cards.items()}
    return {u: Party(u, *found.get(u, _GONE)) for u in user_ids}


async def activity(
    conn: db.Conn,
    viewer_id: UUID,
    wanted: ActivityFilter,
    *,
    before: Position,
    page: tuple[int, int],
) -> list[ActivityRow]:
    """List a person's lines of activity, newest first. `page` is (limit, offset)."""
    wanted = await resolved(conn, viewer_id, wanted, before=before)
    return await _ACTIVITY.all(
        conn,
        viewer_id,
        before.at,
        before.id,
        *page,
        wanted.since,
        wanted.until,
        wanted.amount_minor_min,
        wanted.amount_minor_max,
        wanted.person_id,
        wanted.kind,
        wanted.state,
        wanted.is_incoming,
        wanted.words,
        wanted.named or (),
    )


async def resolved(
    conn: db.Conn, viewer_id: UUID, wanted: ActivityFilter, *, before: Position
) -> ActivityFilter:
    """Find out whom of a person's counterparties the words name; their names live elsewhere."""
    if wanted.words is None or wanted.named is not None:
        return wanted
    met = await _COUNTERPARTIES.all(conn, viewer_id, before.at, wanted.since, wanted.until)
    return replace(wanted, named=tuple(await among.named(conn, met, wanted.words)))


async def activity_pages(
    database: db.Database, viewer_id: UUID, wanted: ActivityFilter, *, size: int
) -> AsyncIterator[list[ActivityLine]]:
    """Walk a person's activity, newest first; each page is a short read of its own.

    Nothing is held between two pages: who reads slowly keeps no connection and no old snapshot.
    What arrives meanwhile is newer than the first page, so it is not in it.
    """
    before, is_more = NEWEST, True
    while is_more:
        async with database.read() as conn:
            wanted = await resolved(conn, viewer_id, wanted, before=before)
            lines = await activity_lines(conn, viewer_id, wanted, before=before, page=(size, 0))
        is_more = len(lines) == size
        if is_more:
            before = Position(lines[-1].row.at, lines[-1].row.id)
        yield lines


async def activity_lines(
    conn: db.Conn,
    viewer_id: UUID,
    wanted: ActivityFilter,
    *,
    before: Position,
    page: tuple[int, int],
) -> list[ActivityLine]:
    """List a person's activity, newest first, each line with whom it was with."""
    rows = await activity(conn, viewer_id, wanted, before=before, page=page)
    met = {r.counterparty_id for r in rows if r.counterparty_id is not None}
    parties = await parties_of(conn, met)
    return [
        ActivityLine(r, parties[r.counterparty_id] if r.counterparty_id else None) for r in rows
    ]


async def balance(conn: db.Conn, user_id: UUID, *, currency: str, now: datetime) -> Balance | None:
    """Give what a person has, from the primary; None while no wallet is open."""
    accounts = await books.owned(conn, user_id, currency)
    net = {a.kind: a.credits - a.debits for a in accounts}
    holds = await books.open_holds(conn, [user_id]) if net.get(Account.RESERVED) else []
    if Account.WALLET not in net:
        return None
    unripe = 0
    if Account.INCOMING in net:  # whoever has had no transfer from a bank has none that may return
        unripe = sum(u.cents for u in (await moves.standing(conn, user_id, now=now)).unsafe)
    return Balance(
        available=net[Account.WALLET],
        pending=net.get(Account.INCOMING, 0),
        on_hold=net.get(Account.RESERVED, 0) + net.get(Account.HELD, 0),
        owed=-net.get(Account.RECEIVABLE, 0),
        currency=currency,
        version=sum(a.seq for a in accounts),
        holds=tuple(
            Held(_HELD_FOR[h.purpose], h.left, h.cause_id) for h in holds if h.cause_id is not None
        ),
        unripe=unripe,
    )


_HELD_FOR: Final[dict[int, HeldFor]] = {
    Purpose.CHALLENGE: "challenge",
    Purpose.REVIEW: "review",
    Purpose.FUNDING: "payment",
}


async def unmatched(conn: db.Conn) -> list[Unmatched]:
    """Compare payments with the journal by id, in short reads, and those that wait with what is
    on hold: check R10, expected empty.
    """
    return [
        found
        async for after, upto in books.id_ranges(conn)
        for found in await _UNMATCHED.all(conn, after, upto)
    ] + await _UNHELD.all(conn)


_PAYERS: Final = _WAITING.rows("payers", PayerFacts)
_SIMILAR: Final = _WAITING.rows("similar", Similar)
