"""The comparison itself: two lists in, their differences out. Pure, and the same at any size."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.ports import BookLine, Charge, Transfer
from quid.funding.rules import RANK
from quid.funding.rules.course import ENDS, judge, state_of
from quid.funding.types import BreakKind, OpKind, OpState
from quid.kit import ids

CURRENCY: Final = "USD"
# What an operation's id begins with outside: of a deposit, a withdrawal, any other.
_PREFIXES: Final = ("dep", "wd", "op")
_NOBODY: Final = UUID(int=0)
_PULLS: Final = frozenset({OpKind.DEPOSIT, OpKind.CARD_CHARGE})


@dataclass(frozen=True, slots=True)
class Theirs:
    """A movement as the provider lists it. Units: minor units."""

    ref: str
    op_id: str | None
    cents: int
    is_pull: bool
    status: str
    currency: str


@dataclass(frozen=True, slots=True)
class Ours:
    """An operation of ours. Units: minor units that move at the provider."""

    id: UUID
    provider_ref: str | None
    kind: int
    state: int
    net: int
    currency: str
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What one effect did to our rail accounts. Units: minor units, in = positive."""

    operation_id: UUID
    provider_ref: str | None
    minor: int
    cost_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A difference. Units: minor units. `may_be_time`: the other side may follow."""

    kind: BreakKind
    object_ref: str
    ours: str
    theirs: str
    amount_minor: int
    operation_id: UUID | None = None
    currency: str = CURRENCY
    may_be_time: bool = False


def of_transfer(t: Transfer) -> Theirs:
    """Read a bank movement."""
    return Theirs(t.ref, t.op_id, t.cents, t.direction == "pull", t.status, t.currency)


def of_charge(c: Charge) -> Theirs:
    """Read a card charge."""
    return Theirs(c.ref, c.op_id, c.cents, True, c.status, c.currency)  # noqa: FBT003 - a column


def objects(theirs: Sequence[Theirs], ours: Sequence[Ours]) -> list[Found]:
    """Hold the movements of both sides against each other, by the provider's name of each."""
    found = [*_doubles(theirs)]
    by_ref = {o.provider_ref: o for o in ours if o.provider_ref is not None}
    by_id = {o.id: o for o in ours}
    seen: set[str] = set()
    for t in theirs:
        seen.add(t.ref)
        mine = by_ref.get(t.ref)
        if mine is None:
            named = by_id.get(named_in(t.op_id) or _NOBODY)
            # Its answer is on the way to us, or was lost and will be looked up.
            in_flight = named is not None and named.provider_ref is None
            found.append(
                Found(
                    "missing_here", t.ref, "nothing", f"{t.cents} {t.status}", t.cents,
                    named.id if named is not None else None, may_be_time=in_flight,
                )
            )  # fmt: skip
        else:
            found += _unlike(mine, t)
    found += [
        Found(
            "missing_there", ref, f"{o.net} {OpState(o.state).name}", "nothing", o.net, o.id,
            may_be_time=True,
        )
        for ref, o in by_ref.items()
        if ref not in seen
    ]  # fmt: skip
    return found


def named_in(op_id: str | None) -> UUID | None:
    """Read the operation that a movement of theirs names."""
    return next((u for p in _PREFIXES if (u := ids.read(p, op_id or ""))), None)


def _doubles(theirs: Iterable[Theirs]) -> Iterable[Found]:
    refs: dict[str, set[str]] = defaultdict(set)
    for t in theirs:
        if t.op_id is not None:
            refs[t.op_id].add(t.ref)
    for t in theirs:
        twins = refs[t.op_id] if t.op_id is not None else set[str]()
        if len(twins) > 1 and t.ref != min(twins):
            said = f"{len(twins)} of {t.op_id}"
            yield Found("duplicate", t.ref, "one", said, t.cents, named_in(t.op_id))


def _unlike(mine: Ours, t: Theirs) -> Iterable[Found]:
    if t.currency != mine.currency:
        yield Found("currency", t.ref, mine.currency, t.currency, mine.net, mine.id)
    elif t.cents != mine.net:
        less = abs(t.cents - mine.net)
        yield Found("amount", t.ref, str(mine.net), str(t.cents), less, mine.id)
    if t.is_pull is not (mine.kind in _PULLS):
        yield Found("direction", t.ref, _way(not t.is_pull), _way(t.is_pull), mine.net, mine.id)
    elif not _agrees(OpKind(mine.kind), OpState(mine.state), t.status):
        state = OpState(mine.state).name
        yield Found("status", t.ref, state, t.status, 0, mine.id, may_be_time=True)


def _way(is_pull: bool) -> str:  # noqa: FBT001 - it is the thing itself
    return "pull" if is_pull else "push"


def _agrees(kind: OpKind, present: OpState, word: str) -> bool:
    """Whether the provider's status is ours. A word nobody knows agrees with nothing."""
    told = state_of(kind, word)
    if told is None:
        return False
    verdict = judge(kind, present, told)
    if verdict.steps or verdict.contradicts:
        return False
    if kind is OpKind.CARD_CHARGE:
        return True
    is_behind = RANK.get(told, 0) < RANK.get(present, 0)
    return not (is_behind and told not in ENDS)


@dataclass(slots=True)
class _Sheet:
    """What both sides have written about one object."""

    theirs: Counter[int] = field(default_factory=Counter)
    ours: Counter[int] = field(default_factory=Counter)
    fee: int = 0
    cost: int = 0
    is_late: bool = False
    operation_id: UUID | None = None


def books(lines: Sequence[BookLine], posted: Sequence[Posted], *, since: datetime) -> list[Found]:
    """Hold the lines of the provider's ledger against our rail accounts, line by line.

    An object that neither side has touched since `since` is left out: the span begins earlier, so
    that none is cut in two at its edge. Lines of no object are told of by the position.
    """
    sheets: dict[str, _Sheet] = defaultdict(_Sheet)
    for line in lines:
        if line.object_ref is not None:
            sheet = sheets[line.object_ref]
            sheet.theirs[line.cents or line.inner] += 1
            sheet.fee += line.fee
            sheet.is_late |= line.at >= since
    for p in posted:
        if p.provider_ref is not None:
            sheet = sheets[p.provider_ref]
            sheet.ours[p.minor] += 1
            sheet.cost += p.cost_minor
            sheet.is_late |= p.at >= since
            sheet.operation_id = p.operation_id
    return [f for ref, sheet in sorted(sheets.items()) if sheet.is_late for f in _page(ref, sheet)]


def _page(ref: str, sheet: _Sheet) -> Iterable[Found]:
    theirs = sorted((sheet.theirs - sheet.ours).elements())
    ours = sorted((sheet.ours - sheet.theirs).elements())
    ours = [minor for minor in ours if minor]
    for mine, other in zip(ours, theirs, strict=False):
        yield _line("amount", ref, sheet, mine, other)
    for other in theirs[len(ours) :]:
        kind: BreakKind = "duplicate" if sheet.ours[other] else "missing_here"
        yield _line(kind, ref, sheet, None, other)
    for mine in ours[len(theirs) :]:
        yield _line("missing_there", ref, sheet, mine, None)
    # A fee that they keep at once is posted here when the money is ours to use.
    if sheet.cost not in (0, sheet.fee):
        less = abs(sheet.cost - sheet.fee)
        name = f"fee:{ref}"
        yield Found(
            "amount", name, str(sheet.cost), str(sheet.fee), less, sheet.operation_id,
            may_be_time=True,
        )  # fmt: skip


def _line(kind: BreakKind, ref: str, sheet: _Sheet, ours: int | None, theirs: int | None) -> Found:
    return Found(
        kind,
        f"book:{ref}:{theirs if ours is None else ours}",
        "nothing" if ours is None else str(ours),
        "nothing" if theirs is None else str(theirs),
        abs((ours or 0) - (theirs or 0)),
        sheet.operation_id,
        may_be_time=True,
    )


def position(ours: int, theirs: int, *, unbooked_fees: int) -> list[Found]:
    """Hold our two rail accounts against what the provider says it holds for us."""
    expected = ours - unbooked_fees
    if expected == theirs:
        return []
    return [
        Found(
            "position", "position", str(expected), str(theirs), abs(expected - theirs),
            may_be_time=True,
        )
    ]  # fmt: skip


def invariants(expected: Mapping[str, int], held: Mapping[str, int]) -> list[Found]:
    """Hold our accounts against the operations that explain them: no provider is asked."""
    return [
        Found("invariant", name, str(held.get(name, 0)), str(want), abs(want - held.get(name, 0)))
        for name, want in sorted(expected.items())
        if want != held.get(name, 0)
    ]
