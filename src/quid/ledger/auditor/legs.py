"""The accounts as their legs tell them: R1 and R2 of those that a transfer has touched."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.ledger.auditor.layout import Row
from quid.ledger.findings import Check, Finding
from quid.ledger.types import Kind

_KNOWN_MAX: Final = 100_000
_SUMS: Final = ("debits", "credits")
# Where money only passes through: what stands there belongs to an object that is not done.
CLEARING: Final = frozenset(
    {
        *(Kind.RAIL_IN, Kind.RAIL_PENDING, Kind.RAIL_OUT, Kind.PAYOUTS, Kind.INCOMING),
        *(Kind.CHARGEBACK_OPEN, Kind.PROVISIONAL, Kind.SUSPENSE, Kind.TRANSIT),
    }
)


class Leg(NamedTuple):
    """One side of a transfer. Units: minor units; sorted by `seq` within an account."""

    seq: int
    after: int
    change: int
    cause: UUID
    at: datetime


class Counters(NamedTuple):
    """An account as the books hold it. Units: minor units; legs."""

    account: int
    debits: int
    credits: int
    seq: int


class Stranger(NamedTuple):
    """An account met for the first time; `after` is its net before its first leg of this cut."""

    id: int
    kind: int | None
    owner: UUID | None
    after: int | None


@dataclass(slots=True)
class _Known:
    kind: int | None
    owner: UUID | None
    seq: int
    after: int
    sums: tuple[int, int] | None = None


@dataclass(slots=True)
class Cut:
    """The legs up to some heads, by account, and what came of walking them."""

    legs: defaultdict[int, list[Leg]] = field(default_factory=lambda: defaultdict(list))
    items: dict[tuple[int, UUID], tuple[int, int, datetime]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take both legs of a transfer."""
        cause, at = row.cause_id or row.id, row.recorded_at
        debit = Leg(row.debit_seq, row.debit_after, -row.amount, cause, at)
        credit = Leg(row.credit_seq, row.credit_after, row.amount, cause, at)
        self.legs[row.debit_id].append(debit)
        self.legs[row.credit_id].append(credit)


class Accounts:
    """What is known of the accounts that moved lately, in bounded memory."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, _Known] = OrderedDict()
        self.touched: dict[int, None] = {}

    def strangers(self, cut: Cut) -> Iterator[tuple[int, int]]:
        """Name the accounts of the cut that are not known, each with its first sequence there."""
        for account, legs in cut.legs.items():
            legs.sort()
            if account not in self._known:
                yield account, legs[0].seq

    def meet(self, strangers: Iterable[Stranger], cut: Cut) -> Iterator[Finding]:
        """Take accounts into memory as they stood before the cut."""
        for s in strangers:
            first = cut.legs[s.id][0]
            before = first.after - first.change
            known = _Known(s.kind, s.owner, first.seq - 1, before)
            self._known[s.id] = known
            if s.kind is None:
                yield self._finding("R9", s.id, "a leg on it, and there is no such account")
            elif first.seq > 1 and s.after is None:
                yield self._finding("R2", s.id, f"entry {first.seq - 1} is missing")
            else:
                known.after = s.after or 0

    def walk(self, cut: Cut) -> Iterator[Finding]:
        """R2: each leg follows the one before it. Gathers what moved on clearing accounts."""
        for account, legs in cut.legs.items():
            known = self._known[account]
            is_told = False
            for leg in legs:
                follows = known.after + leg.change
                if not is_told and (leg.seq != known.seq + 1 or leg.after != follows):
                    is_told = True
                    what = f"entry {leg.seq} does not follow the one before"
                    yield self._finding("R2", account, what, (follows, leg.after))
                known.seq, known.after = leg.seq, leg.after
                if known.sums is not None:
                    debits, credits_ = known.sums
                    known.sums = debits + max(-leg.change, 0), credits_ + max(leg.change, 0)
                if known.kind in CLEARING:
                    net, _, at = cut.items.get((account, leg.cause), (0, 0, leg.at))
                    cut.items[account, leg.cause] = net + leg.change, known.kind or 0, at
            self._known.move_to_end(account)
            self.touched[account] = None

    def compare(self, counters: Iterable[Counters]) -> Iterator[Finding]:
        """R1: the counters, read in the snapshot of the cut, say what the legs say.

        What differs is told once; from there on the account is followed as it stands.
        """
        for c in counters:
            known = self._known.get(c.account)
            self.touched.pop(c.account, None)
            if known is None:
                continue
            net, sums = c.credits - c.debits, (c.debits, c.credits)
            if c.seq != known.seq:
                yield self._finding("R2", c.account, "number of legs", (known.seq, c.seq))
            if net != known.after:
                what = "balance after the last leg"
                yield self._finding("R1", c.account, what, (known.after, net))
            for what, expected, actual in zip(_SUMS, known.sums or sums, sums, strict=True):
                if expected != actual:
                    yield self._finding("R1", c.account, what, (expected, actual))
            known.seq, known.after, known.sums = c.seq, net, sums

    def of_people(self, row: Row) -> list[tuple[int, UUID]]:
        """Name the accounts of a transfer that people own."""
        found = ((a, self._known.get(a)) for a in (row.debit_id, row.credit_id))
        return [(a, k.owner) for a, k in found if k is not None and k.owner is not None]

    def forget(self) -> None:
        """Keep the accounts that moved last."""
        while len(self._known) > _KNOWN_MAX:
            account, _ = self._known.popitem(last=False)
            self.touched.pop(account, None)

    def _finding(
        self, check: Check, account: int, what: str, numbers: tuple[int, int] | None = None
    ) -> Finding:
        calculated, actual = numbers or (None, None)
        owner = self._known[account].owner
        return Finding(check, f"account {account}: {what}", calculated, actual, account, owner)
