"""What is told late, never, in any order, or while we die: rows 6, 7 and 9."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, permutations

import asyncpg
import pytest

from quid.funding import service
from quid.funding.rules.course import state_of
from quid.funding.service import pulling
from quid.funding.types import EventState, Operation, OpKind, OpState, Provider
from quid.kit import clock, failpoints
from quid.ledger.types import Kind
from tests.support.crossing import POLL
from tests.support.people import Someone
from tests.support.teller import Teller

WORDS = ("posted", "settled", "funds_available")


async def _as_told(teller: Teller, ops: list[Operation]) -> None:
    """Each is where its bank has it."""
    for op in ops:
        ours = await teller.read(op.id)
        theirs = await teller.rails.ach.get(ref=ours.provider_ref)
        assert theirs is not None
        assert OpState(ours.state) is state_of(OpKind(op.kind), theirs.status), theirs.status


async def _two_polls(admin: asyncpg.Connection) -> None:
    for _ in range(2):
        await admin.execute("update funding.cursor set pulled_at = pulled_at - interval '1 minute'")
        await pulling.pull(Provider.PLAID, poll=POLL, now=clock.now())


async def test_row_6_a_day_without_any_webhook_is_right_within_two_polls(
    teller: Teller, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    """The sandbox has nobody to call. Five days pass, three hours at a time."""
    teller.fund()
    bank, other = await teller.bank(ana), await teller.bank(ana, "Returns Checking")
    out = await teller.bank(ben)
    # R01 after posted, after settled and after funds_available among them.
    pulled = [await teller.deposit(ana, other, cents) for cents in (101, 102, 103)]
    pulled += [await teller.deposit(ana, bank, 1_000 + n) for n in range(3)]
    pushed = [await teller.withdraw(ben, out, 100 + n) for n in range(3)]
    seen = set[int]()
    for _ in range(40):
        teller.box.advance(hours=3)
        await _two_polls(admin)
        await _as_told(teller, [*pulled, *pushed])
        seen |= {(await teller.read(op.id)).state for op in (*pulled, *pushed)}
    assert {OpState.POSTED, OpState.SETTLED, OpState.COMPLETED, OpState.RETURNED} <= seen
    teller.box.advance(days=10)
    await _two_polls(admin)
    await _as_told(teller, [*pulled, *pushed])
    assert await teller.books(ana) == {Kind.WALLET: 3_003}
    assert await teller.books(ben) == {Kind.WALLET: 10_000 - 303}
    assert not [h for h in teller.box.hooks() if h.get("state") == "delivered"]


def _orders() -> Iterator[tuple[str, ...]]:
    """Every order of every part that keeps the last word."""
    for many in range(len(WORDS) + 1):
        for some in combinations(WORDS, many):
            yield from permutations((*some, "returned"))


async def test_row_7_every_order_of_every_part_that_keeps_the_last_ends_the_same(
    teller: Teller, ana: Someone
) -> None:
    bank = await teller.bank(ana)
    many = 0
    for words in _orders():
        op = await teller.deposit(ana, bank, 100)
        seen = await teller.rails.ach.get(ref=op.provider_ref)
        assert seen is not None
        for word in words:
            said = replace(seen, status=word, return_code="R01")
            await service.observe(Provider.PLAID, [said], cause="event", now=clock.now())
        assert OpState((await teller.read(op.id)).state) is OpState.RETURNED, words
        assert await teller.books(ana) == {}, words
        assert await teller.house() == {}, words
        many += 1
    assert many == 49


@pytest.mark.parametrize(
    "change",
    [{"event_id": 10**30}, {"event_id": -1}, {"transfer_amount": "9" * 40}, {"timestamp": "soon"}],
    ids=str,
)
async def test_row_9_an_event_of_an_impossible_size_is_set_aside_alone_and_once(
    teller: Teller, ana: Someone, admin: asyncpg.Connection, change: dict[str, object]
) -> None:
    op = await teller.deposit(ana, await teller.bank(ana), 5_000)
    for word in WORDS:
        teller.box.get("/sandbox/transfer/simulate", transfer_id=op.provider_ref, event_type=word)
    [bad] = [e for e in teller.box.state("transfer_event") if e["event_type"] == "posted"]
    ident = f"{bad['event_id']:012}"
    wrong = {"type": "transfer_event", "id": ident, "do": "alter", "change": change}
    teller.box.order("POST", "books", wrong)
    for _ in range(3):
        await _two_polls(admin)
    assert OpState((await teller.read(op.id)).state) is OpState.AVAILABLE
    assert await teller.books(ana) == {Kind.WALLET: 5_000}
    states = await admin.fetch("select state from funding.event order by id")
    assert [row["state"] for row in states].count(EventState.QUARANTINED) == 1
    assert len(states) == 4


class Died(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("point", ["pull.page", "pull.kept", "event.applied"])
async def test_row_9_a_death_in_page_three_of_seven_loses_nothing_and_does_nothing_twice(
    teller: Teller,
    ana: Someone,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    monkeypatch.setattr(pulling, "_PAGE", 2)
    bank, passed = await teller.bank(ana), 0
    ops = [await teller.deposit(ana, bank, 1_000 + n) for n in range(4)]
    for op in ops:
        for word in WORDS if op is not ops[-1] else WORDS[:1]:
            ref = op.provider_ref
            teller.box.get("/sandbox/transfer/simulate", transfer_id=ref, event_type=word)
    assert len(teller.box.state("transfer_event")) == 2 * 7

    def reach(name: str) -> None:
        nonlocal passed
        passed += name == point
        if name == point and passed == 3:
            raise Died

    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", reach)
        with pytest.raises(Died):
            await pulling.pull(Provider.PLAID, poll=POLL, now=clock.now())
    await admin.execute("update funding.cursor set lease_until = now()")
    await pulling.pull(Provider.PLAID, poll=POLL, now=clock.now())
    await _as_told(teller, ops)
    assert await teller.books(ana) == {Kind.WALLET: 3_003, Kind.INCOMING: 1_003}
    kept = await admin.fetchrow(
        "select count(*) as n, count(distinct event_id) as k, "
        "count(*) filter (where done_at is null) as open from funding.event"
    )
    assert tuple(kept) == (14, 14, 0)
