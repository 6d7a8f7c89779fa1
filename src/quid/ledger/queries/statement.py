"""What happened on an account: statements, and what it held at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.kit.db import Conn
from quid.ledger.errors import AccountUnknown
from quid.ledger.queries.balances import balances
from quid.ledger.rules import CHART

_SQL: Final = db.sql("quid.ledger", "statement")
_LINES_MAX: Final = 50
_SIGN: Final = {rule.kind.value: rule.sign for rule in CHART}


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to before `end`, by the instant of recording."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A leg. Units: minor units; `balance_after` on the account's normal side."""

    transfer_id: UUID
    seq: int
    side: str
    amount: int
    balance_after: int
    recorded_at: datetime
    code: int
    cause_id: UUID
    other_id: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's life. Units: minor units on the account's normal side.

    `total_in` and `total_out` are of the whole span, `lines` of this page; `next_seq` is the
    cursor of the next page, None on the last. opening + in - out = closing, always.
    """

    account: int
    currency: str
    opening: int
    total_in: int
    total_out: int
    closing: int
    lines: list[Line]
    next_seq: int | None


@dataclass(frozen=True, slots=True)
class _Sums:
    debits: int
    credits: int
    legs: int
    last_after: int | None


@dataclass(frozen=True, slots=True)
class _Counters:
    debits: int
    credits: int


_OPENING: Final = _SQL.values("opening", int)
_SUMS: Final = _SQL.rows("sums", _Sums)
_LINES: Final = _SQL.rows("lines", Line)
_JOINT_LINES: Final = _SQL.rows("joint_lines", Line)
_JOINT_SUMS: Final = _SQL.rows("joint_sums", _Counters)
_AS_OF: Final = _SQL.rows("as_of", _Counters)
_DATED_BACK: Final = _SQL.rows("dated_back", _Counters)


async def statement(
    conn: Conn, account: int, span: Span, *, after_seq: int = 0, limit: int = _LINES_MAX
) -> Statement:
    """State what happened on an account within a span, a page of lines at a time.

    A span that has ended never changes; in one that has not, legs may come between the reads.
    Raises: AccountUnknown; AssertionError when the legs do not lead from opening to closing.
    """
    found = (await balances(conn, [account])).get(account)
    if found is None:
        raise AccountUnknown
    sign = _SIGN[found.kind]
    opening = sign * (await _OPENING.maybe(conn, account, span.start) or 0)
    sums = await _SUMS.one(conn, account, span.start, span.end)
    total_in, total_out = sums.credits, sums.debits
    if sign < 0:
        total_in, total_out = total_out, total_in
    closing = opening if sums.last_after is None else sign * sums.last_after
    if opening + total_in - total_out != closing:
        raise AssertionError(f"account {account}: its legs do not lead to its balance")
    lines = await _LINES.all(conn, account, span.start, span.end, after_seq, limit + 1)
    next_seq = lines[limit - 1].seq if len(lines) > limit else None
    return Statement(
        account=account,
        currency=found.currency,
        opening=opening,
        total_in=total_in,
        total_out=total_out,
        closing=closing,
        lines=lines[:limit],
        next_seq=next_seq,
    )


async def joint_statement(
    conn: Conn, accounts: Sequence[int], span: Span, *, after_seq: int = 0, limit: int = _LINES_MAX
) -> Statement:
    """State what happened on a person's wallet and reserved account as if they were one.

    Money set aside and given back is no line; what is paid from it is one, when it is paid.
    `accounts` begins with the wallet; `seq` of a line counts within the span.
    Raises: AccountUnknown; AssertionError when the legs do not lead from opening to closing.
    """
    found = await balances(conn, accounts)
    if len(found) < len(accounts):
        raise AccountUnknown
    opening, closing = [
        sum([await _OPENING.maybe(conn, account, at) or 0 for account in accounts])
        for at in (span.start, span.end)
    ]
    sums = await _JOINT_SUMS.one(conn, accounts, span.start, span.end)
    if opening + sums.credits - sums.debits != closing:
        raise AssertionError(f"accounts {accounts}: their legs do not lead to their balance")
    lines = await _JOINT_LINES.all(conn, accounts, span.start, span.end, after_seq, limit + 1)
    return Statement(
        account=accounts[0],
        currency=found[accounts[0]].currency,
        opening=opening,
        total_in=sums.credits,
        total_out=sums.debits,
        closing=closing,
        lines=[replace(n, balance_after=opening + n.balance_after) for n in lines[:limit]],
        next_seq=lines[limit - 1].seq if len(lines) > limit else None,
    )


async def net_as_of(conn: Conn, account: int, at: datetime) -> int:
    """Say what an account held right after everything recorded up to `at`.

    Units: minor units, credits minus debits.
    """
    counters = await _AS_OF.one(conn, account, at)
    return counters.credits - counters.debits


async def net_effective_at(conn: Conn, account: int, at: datetime) -> int:
    """Say what an account held at an instant by all that counts from then, whenever recorded.

    A row that is dated back changes this and rewrites nothing: what `net_as_of` says of the same
    instant stays. Units: minor units, credits minus debits.
    """
    later = await _DATED_BACK.one(conn, account, at)
    return await net_as_of(conn, account, at) + later.credits - later.debits
