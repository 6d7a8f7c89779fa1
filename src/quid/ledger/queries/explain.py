"""Everything about one id, for a person to read: T-accounts, balances, place in the chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import clock, db, ids
from quid.kit.db import Conn
from quid.ledger.errors import AccountUnknown
from quid.ledger.queries import control
from quid.ledger.queries.control import AccountRow, EntryRow
from quid.ledger.queries.holds import holds
from quid.ledger.types import Act, Code, Flag, Hold, HoldState, Kind, Result

_SQL: Final = db.sql("quid.ledger", "explain")
_WIDTH: Final = 37
_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class ExplainedTransfer:
    """A transfer with both accounts and its place in the chain. Units: minor units, net."""

    id: UUID
    code: int
    flags: int
    amount: int
    asked: int | None
    currency: str
    recorded_at: datetime
    debit_id: int
    debit_seq: int
    debit_after: int
    debit_kind: int
    debit_owner: UUID | None
    credit_id: int
    credit_seq: int
    credit_after: int
    credit_kind: int
    credit_owner: UUID | None
    lane: int
    block_no: int
    hash: bytes | None
    place: int | None
    size: int | None
    group_id: UUID | None
    source_id: UUID | None
    effective_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExplainedRefusal:
    """A transfer that moved nothing, and why."""

    id: UUID
    result: int
    code: int
    asked: int
    debit_id: int
    credit_id: int
    at: datetime
    tag: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """All that the ledger knows of an id: the holds among its transfers, and what is undone."""

    id: UUID
    transfers: list[ExplainedTransfer]
    refusals: list[ExplainedRefusal]
    holds: dict[UUID, Hold]
    undone: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class _Undone:
    id: UUID
    amount: int


_TRANSFERS: Final = _SQL.rows("transfers", ExplainedTransfer)
_REFUSALS: Final = _SQL.rows("refusals", ExplainedRefusal)
_UNDONE: Final = _SQL.rows("undone", _Undone)


async def explain(conn: Conn, id_: UUID) -> Explained:
    """Find the transfers and refusals of a transfer, payment, hold or other cause."""
    millisecond = id_.int >> 80 << 80
    span = id_, UUID(int=millisecond), UUID(int=millisecond | (1 << 80) - 1)
    transfers = await _TRANSFERS.all(conn, *span)
    found = [t.id for t in transfers]
    undone = {u.id: u.amount for u in await _UNDONE.all(conn, found)}
    refusals = await _REFUSALS.all(conn, *span)
    return Explained(id_, transfers, refusals, await holds(conn, found), undone)


def render(explained: Explained) -> str:
    """Write it down, T-accounts side by side."""
    parts = ["\n".join([_transfer(t), *_after(t, explained)]) for t in explained.transfers]
    parts += [_refusal(r) for r in explained.refusals]
    if explained.transfers:
        parts.append("This id has moved money once. The same request again moves nothing.")
    elif explained.refusals:
        parts.append("This id moved no money. The same request again moves nothing.")
    else:
        parts.append("The ledger does not know this id: it moved no money.")
    return "\n\n".join(parts)


async def explain_account(conn: Conn, account_id: int) -> str:
    """Write an account down: what it is, its counters, its latest legs. Raises: AccountUnknown."""
    found = await control.account(conn, account_id)
    if found is None:
        raise AccountUnknown
    legs = await control.entries(conn, account_id, before=2**63 - 1, many=_LINES)
    return "\n\n".join([_account(found), "\n".join(_entry(e) for e in legs) or "No entry yet."])


def _account(a: AccountRow) -> str:
    whose = ids.show("usr", a.owner) if a.owner else "the house"
    flags = ", ".join(f.name for f in Flag if f and a.flags & f and f.name) or "none"
    sums = f"debits {_money(a.debits, a.currency)}, credits {_money(a.credits, a.currency)}"
    return (
        f"{_kind(a.kind)} {a.id} of {whose}\n"
        f"net {_money(a.credits - a.debits, a.currency)}: {sums}\n"
        f"{a.seq} entries, flags: {flags}"
    )


def _entry(e: EntryRow) -> str:
    sign = "-" if e.side == "debit" else "+"
    moved = f"{sign}{_money(e.amount, e.currency)}"
    after = _money(e.balance_after, e.currency)
    what = f"{ids.show('trf', e.transfer_id)} {_code(e.code)}"
    return f"{e.seq:>8} {clock.text(e.recorded_at)} {moved:>16} = {after:>16}  {what}"


def _after(t: ExplainedTransfer, explained: Explained) -> list[str]:
    """Say what became of a transfer, what it acted on, and with whom it was booked."""
    lines = []
    if t.asked is not None:
        lines.append(f"{_money(t.asked, t.currency)} were asked for: {_whence(t)}")
    if t.effective_at is not None:
        lines.append(f"it counts from {clock.text(t.effective_at)}")
    if t.source_id is not None:
        lines.append(f"acts on {ids.show('trf', t.source_id)}")
    if t.group_id is not None:
        lines.append(f"booked all or none with {ids.show('trf', t.group_id)}")
    if hold := explained.holds.get(t.id):
        sums = ((hold.captured, "captured"), (hold.released, "released"), (hold.left, "left"))
        told = ", ".join(f"{_money(n, t.currency)} {word}" for n, word in sums)
        lines.append(f"hold {HoldState(hold.state).name}: {told}")
        if hold.expires_at is not None:
            lines.append(f"it can be captured until {clock.text(hold.expires_at)}")
    if undone := explained.undone.get(t.id):
        lines.append(f"undone: {_money(undone, t.currency)} of {_money(t.amount, t.currency)}")
    return lines


def _money(minor: int, currency: str) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}.{abs(minor) % 100:02d} {currency}"


def _transfer(t: ExplainedTransfer) -> str:
    title = f"{ids.show('trf', t.id)}  {_code(t.code)}  {_money(t.amount, t.currency)}"
    chain = f"lane {t.lane}, block {t.block_no}"
    if t.hash is not None:
        chain += f", row {t.place} of {t.size}, hash {t.hash.hex()[:16]}"
    sides = (
        _side("debit", t.debit_kind, t.debit_id, t.debit_owner),
        _side("credit", t.credit_kind, t.credit_id, t.credit_owner),
    )
    legs = (
        _leg(t.amount, t.currency, t.debit_seq, t.debit_after),
        _leg(t.amount, t.currency, t.credit_seq, t.credit_after),
    )
    rows = [
        *_columns(*sides),
        "─" * (_WIDTH - 1) + "┬" + "─" * _WIDTH,
        *_columns(*legs),
    ]
    return "\n".join([title, f"recorded {clock.text(t.recorded_at)}", "", *rows, "", chain])


def _side(side: str, kind: int, account: int, owner: UUID | None) -> list[str]:
    whose = ids.show("usr", owner) if owner else "the house"
    return [f"{side.upper()} {_kind(kind)} {account}", whose]


def _leg(amount: int, currency: str, seq: int, after: int) -> list[str]:
    return [_money(amount, currency), f"entry {seq}, net after {_money(after, currency)}"]


def _columns(left: list[str], right: list[str]) -> list[str]:
    return [f"{a:<{_WIDTH - 1}}│ {b}" for a, b in zip(left, right, strict=True)]


def _whence(t: ExplainedTransfer) -> str:
    """Say why not all of it was moved."""
    match t.flags:
        case Act.AT_MOST:
            return "no more was there"
        case Act.REMAINDER:
            return "the rest was there"
    return "all that was left"


def _refusal(r: ExplainedRefusal) -> str:
    why = "refused: " + Result(r.result).name + (f" ({r.tag})" if r.tag else "")
    if r.result == Result.NOTHING_MOVED:
        why = "booked: there was nothing to move"
    return (
        f"{ids.show('trf', r.id)}  {_code(r.code)} {why}\n"
        f"{clock.text(r.at)}, {r.asked} minor units from {r.debit_id} to {r.credit_id}"
    )


def _code(code: int) -> str:
    return Code(code).name if code in set(Code) else f"code {code}"


def _kind(kind: int) -> str:
    return Kind(kind).name.lower() if kind in set(Kind) else f"kind {kind}"
