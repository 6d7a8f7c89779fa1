"""Posting: a list of transfers in, an outcome for each out, one round trip."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from quid.kit import failpoints, telemetry
from quid.kit.db import Tx
from quid.ledger import store
from quid.ledger.errors import ClockApart
from quid.ledger.types import ITEMS_MAX, Outcome, Result, Transfer

_RESULTS: Final = {r.value: r for r in Result}
_INT8: Final = 2**63
_INT2: Final = 2**15
_TRANSFERS: Final = telemetry.counter(
    "quid_ledger_transfers_total", "transfers judged, replays aside", "code", "result"
)
_REPLAYS: Final = telemetry.counter("quid_ledger_replays_total", "transfers answered before")
_SECONDS: Final = telemetry.seconds("quid_ledger_post_seconds", "one posting call")


async def post(tx: Tx, items: Sequence[Transfer], *, now: datetime) -> list[Outcome]:
    """Post transfers in order, each on its own: a refused one never fails its neighbours.

    The same id gives the same answer for ever. Once per transaction, and as its last wait.
    Units: minor units. `now` is compared with the database's clock; that one stamps the rows.
    Locks: ledger.account by id, then the lane's head.
    Raises: ClockApart; ValueError for a list no correct caller makes (nothing is sent).
    """
    if not items:
        return []
    arrays = (
        *(*_transfer_arrays(items), *_limit_arrays(items), _groups(items)),
        *(*_acts(items), _effective(items)),
    )
    started = time.monotonic()
    failpoints.reach("post.before")
    row = await store.POST.one(tx, tx.lane, now, *arrays)
    failpoints.reach("post.after")
    if row.clock_apart is not None:
        raise ClockApart(retry_after=1)
    _SECONDS.observe(time.monotonic() - started)
    _count(items, row)
    absent = [None] * len(items)
    amounts = row.moved or [i.amount_minor for i in items]
    return list(
        map(
            Outcome,
            map(_RESULTS.__getitem__, row.results),
            row.replayed,
            [0 if r else a for r, a in zip(row.results, amounts, strict=True)],
            row.debit_seq,
            row.debit_after,
            row.credit_after,
            row.recorded_at,
            row.tags or absent,
            row.used or absent,
            row.resets_at or absent,
        )
    )


def _count(items: Sequence[Transfer], row: store.Posted) -> None:
    known = sum(row.replayed)
    if known:
        _REPLAYS.inc(known)
    judged = zip((i.code for i in items), row.results, row.replayed, strict=True)
    for (code, result), n in Counter((c, r) for c, r, old in judged if not old).items():
        _TRANSFERS.labels(int(code), _RESULTS[result].name).inc(n)


def _places(items: Sequence[Transfer]) -> dict[int, int]:
    """Give each account its place in the list of locks: ascending, so that none can deadlock."""
    accounts = {i.debit for i in items}
    accounts.update(i.credit for i in items)
    return {account: place for place, account in enumerate(sorted(accounts), 1)}


def _transfer_arrays(items: Sequence[Transfer]) -> tuple[list[object], ...]:
    places = _places(items)
    amounts = [i.amount_minor for i in items]
    codes = [i.code for i in items]
    flags = [i.flags for i in items]
    if len(items) > ITEMS_MAX:
        raise ValueError(f"{len(items)} transfers in one call, {ITEMS_MAX} at most")
    if set(map(type, amounts)) != {int}:
        raise ValueError("an amount is an int of minor units")
    if not _fit(amounts, _INT8) or not _fit(list(places), _INT8):
        raise ValueError("an amount or account is beyond 64 bits")
    if not _fit(codes, _INT2) or not _fit(flags, _INT2):
        raise ValueError("a code or flags are beyond 16 bits")
    return (
        [*places],
        [i.id for i in items],
        [places[i.debit] for i in items],
        [places[i.credit] for i in items],
        [*amounts],
        [*codes],
        [*flags],
        [i.cause_id for i in items],
    )


def _fit(values: Sequence[int], bound: int) -> bool:
    return -bound <= min(values) and max(values) < bound


def _groups(items: Sequence[Transfer]) -> list[int | None]:
    """Give each member the place of the first of its group; one alone is no group."""
    if not any(i.group for i in items):
        return []
    numbers = [i.group for i in items]
    firsts: dict[int, int] = {}
    for place, number in enumerate(numbers, 1):
        if number and number in firsts and numbers[place - 2] != number:
            raise ValueError("the members of a group stand side by side")
        firsts.setdefault(number, place)
    sizes = Counter(numbers)
    return [firsts[n] if n and sizes[n] > 1 else None for n in numbers]


def _acts(items: Sequence[Transfer]) -> tuple[list[object], ...]:
    """Name each hold or transfer that is acted on once: all items that act on it share it."""
    if not any(i.flags or i.source_id or i.expires_at or i.purpose is not None for i in items):
        return [], [], [], []
    sources = sorted({i.source_id for i in items if i.source_id})
    places = {source: place for place, source in enumerate(sources, 1)}
    return (
        [*sources],
        [places.get(i.source_id) if i.source_id else None for i in items],
        [i.expires_at for i in items],
        [i.purpose for i in items],
    )


def _effective(items: Sequence[Transfer]) -> list[datetime | None]:
    dates = [i.effective_at for i in items]
    return dates if any(dates) else []


def _limit_arrays(items: Sequence[Transfer]) -> tuple[list[object], ...]:
    """Name each (account, meter) pair once: all items that count on it share one counter."""
    if not any(i.checks for i in items):
        return [], [], [], [], [], [], []
    places = _places(items)
    pairs: dict[tuple[int, int], int] = {}
    last: list[object] = []
    checks = []
    for item in items:
        seen = set()
        for check in item.checks:
            if check.account not in (item.debit, item.credit):
                raise ValueError("a limit counts on an account of its own transfer")
            pair = (check.account, check.meter)
            if pair in seen:
                raise ValueError("a transfer counts once on each meter of an account")
            seen.add(pair)
            checks.append((pairs.setdefault(pair, len(pairs) + 1), check))
        last.append(len(checks))
    return (
        [places[account] for account, _ in pairs],
        [meter for _, meter in pairs],
        last,
        [place for place, _ in checks],
        [c.cap_minor for _, c in checks],
        [c.cap_count for _, c in checks],
        [c.tag for _, c in checks],
    )
