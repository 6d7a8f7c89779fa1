"""Who sees what, after any history: every way to read, against the product's five sentences.

The model keeps who is what to whom and what each wishes, and judges each payment for each viewer by
itself. After every act what may be read already must be right; once events were taken, all of it.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from quid.identity import service as identity
from quid.kit import approvals, clock, db, ids
from quid.kit.cache import Cache
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.kit.operators import ALL_OPERATORS, Operator, Press, Role
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.payments.types import Visibility
from quid.social import queries
from quid.social.types import FeedItem, Scope
from tests.support import api, feeds
from tests.support.people import People, Someone
from tests.support.sending import process
from tests.support.world import CALM

T = TypeVar("T")
EXAMPLES, STEPS = 12, 16
STRICTEST_FIRST: Final[tuple[Visibility, ...]] = ("private", "friends", "public")
SCOPES: Final[tuple[Scope, ...]] = ("timeline", "friends", "mine", "public")
AMOUNTS: Final = (100, 200, 300)
anybody = st.integers(0, 4)
audience = st.sampled_from(STRICTEST_FIRST)
any_payment = st.integers(0, 10**6)


@dataclass(slots=True)
class Paid:
    """A payment as the model knows it: its two people, and what each wishes."""

    id: UUID
    people: tuple[int, int]
    amount: int
    audiences: list[Visibility]
    shows: list[bool]
    is_reversed: bool = False

    @property
    def audience(self) -> Visibility:
        return next(a for a in STRICTEST_FIRST if a in self.audiences)


class World(RuleBasedStateMachine):
    """One example: five people of its own."""

    run: ClassVar[asyncio.Runner]
    house: ClassVar[Runtime]
    admin: ClassVar[asyncpg.Connection]
    done: ClassVar[Counter[str]]
    count: ClassVar[int] = 0

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.run.run(work)

    @initialize()
    def begin(self) -> None:
        World.count += 1
        self.presses = 0
        self.since: datetime = clock.now()
        self.friends: set[frozenset[int]] = set()
        self.refused: set[tuple[int, int]] = set()
        self.muted: set[tuple[int, int]] = set()
        self.paid: list[Paid] = []
        self.people = self.do(self._people())
        for pair in ((0, 1), (1, 2), (3, 0)):
            self.befriend(*pair)
        self.pay(0, 1, wish="public", shows=True, amount=200)
        self.wish(0, 1, "public", shows=True)
        self.pay(2, 3, wish="friends", shows=False, amount=100)
        # Both of these hide something from who would see it else.
        self.block(0, 2, is_back=False)
        self.mute(1, 3, is_back=False)

    async def _people(self) -> list[Someone]:
        people = People(self.house)
        return [await people.add(f"{name}_{World.count}", tier=2) for name in "abcde"]

    # --- acts ----------------------------------------------------------------------------------

    @rule(one=anybody, other=anybody)
    def befriend(self, one: int, other: int) -> None:
        if one == other or self._is_refused(one, other):
            return
        self.do(feeds.befriend(self.people[one], self.people[other]))
        self.friends.add(frozenset((one, other)))
        self._check("befriend")

    @rule(one=anybody, other=anybody)
    def part(self, one: int, other: int) -> None:
        if frozenset((one, other)) in self.friends:
            self._do_between("part", one, other)
            self.friends.discard(frozenset((one, other)))
            self._check("part")

    @rule(one=anybody, other=anybody, is_back=st.booleans())
    def block(self, one: int, other: int, *, is_back: bool) -> None:
        if one == other:
            return
        if is_back:
            self._do_between("unblock", one, other)
            self.refused.discard((one, other))
        else:
            self._do_between("block", one, other)
            self.refused.add((one, other))
            self.friends.discard(frozenset((one, other)))
        self._check("unblock" if is_back else "block")

    @rule(one=anybody, other=anybody, is_back=st.booleans())
    def mute(self, one: int, other: int, *, is_back: bool) -> None:
        if one == other or self._is_refused(one, other):
            return
        self._do_between("unmute" if is_back else "mute", one, other)
        (self.muted.discard if is_back else self.muted.add)((one, other))
        self._check("unmute" if is_back else "mute")

    @rule(
        payer=anybody,
        payee=anybody,
        wish=audience,
        shows=st.booleans(),
        amount=st.sampled_from(AMOUNTS),
    )
    def pay(self, payer: int, payee: int, *, wish: Visibility, shows: bool, amount: int) -> None:
        if payer == payee or self._is_refused(payer, payee):
            return
        made = feeds.pay(
            self.house,
            self.people[payer],
            self.people[payee],
            amount,
            visibility=wish,
            show_amount=shows,
        )
        one = Paid(self.do(made), (payer, payee), amount, [wish, "friends"], [shows, False])
        self.paid.append(one)
        self._check("pay")

    @precondition(lambda self: self.paid)
    @rule(n=any_payment, side=st.integers(0, 1), wish=audience, shows=st.booleans())
    def wish(self, n: int, side: int, wish: Visibility, *, shows: bool) -> None:
        one = self.paid[n % len(self.paid)]
        who = self.people[one.people[side]]
        now = clock.now()
        self.do(payments.show_to(one.id, who.id, wish, show_amount=shows, now=now))
        one.audiences[side], one.shows[side] = wish, shows
        self._check("wish")

    @rule(who=anybody, most=audience)
    def hide_past(self, who: int, most: Visibility) -> None:
        self.do(payments.hide_past(self.people[who].id, most, now=clock.now()))
        for one in self.paid:
            if who in one.people:
                side = one.people.index(who)
                both = (one.audiences[side], most)
                one.audiences[side] = next(a for a in STRICTEST_FIRST if a in both)
        self._check("hide_past")

    @precondition(lambda self: self.paid)
    @rule(n=any_payment)
    def reverse(self, n: int) -> None:
        one = self.paid[n % len(self.paid)]
        if not one.is_reversed:
            self.do(self._reverse(one.id))
            one.is_reversed = True
            self._check("reverse")

    @rule()
    def events_are_taken(self) -> None:
        self.do(feeds.catch_up(self.house, self.admin))
        self._check("events", is_all_there=True)

    def teardown(self) -> None:
        if hasattr(self, "people"):
            self.events_are_taken()

    def _do_between(self, act: str, one: int, other: int) -> None:
        work = getattr(identity, act)
        self.do(work(self.people[one].id, self.people[other].id, now=clock.now()))

    def _is_refused(self, one: int, other: int) -> bool:
        return (one, other) in self.refused or (other, one) in self.refused

    async def _reverse(self, payment_id: UUID) -> None:
        asked_for = await payments.ask_to_reverse(
            self._press("finance"), payment_id, amount_minor=None, reason="mistake", now=clock.now()
        )
        press = self._press("compliance")
        await approvals.decide(asked_for, press, is_approved=True, now=clock.now())

    def _press(self, role: Role) -> Press:
        self.presses += 1
        who = Operator(ids.new(3, clock.now()), f"op_{role}", role, ids.new(4, clock.now()))
        once = digest16(f"{World.count} {self.presses}".encode())
        return Press(who, Key(ALL_OPERATORS, "ops.test", once, once), "because of the model")

    # --- who sees what, as the product says it -------------------------------------------------

    def _sees(self, viewer: int, one: Paid) -> bool:
        if one.is_reversed:
            return False
        if viewer in one.people:
            return True
        if any(self._is_refused(viewer, p) or (viewer, p) in self.muted for p in one.people):
            return False
        if one.audience == "public":
            return True
        return one.audience == "friends" and self._is_of_friends(viewer, one)

    def _is_of_friends(self, viewer: int, one: Paid) -> bool:
        return any(frozenset((viewer, p)) in self.friends for p in one.people if p != viewer)

    def _is_in(self, scope: Scope, viewer: int, one: Paid) -> bool:
        is_mine, is_of_friends = viewer in one.people, self._is_of_friends(viewer, one)
        belongs = {
            "mine": is_mine,
            "friends": is_of_friends,
            "timeline": is_mine or is_of_friends,
            "public": one.audience == "public",
        }
        return belongs[scope] and self._sees(viewer, one)

    def _amount(self, viewer: int, one: Paid) -> int | None:
        return one.amount if viewer in one.people or all(one.shows) else None

    # --- what is read --------------------------------------------------------------------------

    def _check(self, act: str, *, is_all_there: bool = False) -> None:
        self.done[act] += 1
        self.do(self._read(is_all_there=is_all_there))

    async def _read(self, *, is_all_there: bool) -> None:
        everybody = [(v, p) for v in range(5) for p in self.paid]
        expected = {(v, p.id): self._amount(v, p) for v, p in everybody if self._sees(v, p)}
        async with self.house.part(db.Database).read() as conn:
            pairs = [(self.people[v].id, p.id) for v, p in everybody]
            many = await queries.seen_by_many(conn, pairs)
            each = {
                (v, i): item.amount
                for v in range(5)
                for i, item in (
                    await queries.seen(conn, self.people[v].id, [p.id for p in self.paid])
                ).items()
            }
        by_id = {p.id: n for n, p in enumerate(self.people)}
        assert {(by_id[v], p): item.amount for (v, p), item in many.items()} == expected
        assert each == expected
        for viewer in range(5):
            await self._read_feeds(viewer, expected, is_all_there=is_all_there)

    async def _read_feeds(
        self, viewer: int, expected: dict[tuple[int, UUID], int | None], *, is_all_there: bool
    ) -> None:
        union: set[UUID] = set()
        for scope in SCOPES:
            since = self.since if scope == "public" else None
            items = await feeds.feed_of(self.people[viewer], scope, limit=3, since=since)
            found = feeds.ids_of(items)
            union |= set(found)
            for payment_id, item in zip(found, items, strict=True):
                assert expected[viewer, payment_id] == item.amount
            belongs = [p.id for p in self.paid if self._is_in(scope, viewer, p)]
            if is_all_there or scope in ("mine", "public"):
                assert sorted(found) == sorted(belongs), scope
            else:
                assert set(found) <= set(belongs)
                assert len(found) == len(set(found))
            assert found == _newest_first(items)
        if is_all_there:
            assert union == {p for v, p in expected if v == viewer}
            await self._read_between_amounts(viewer)

    async def _read_between_amounts(self, viewer: int) -> None:
        """No bounds find a payment whose amount is hidden, nor miss one whose is not."""
        who = self.people[viewer]
        for scope in SCOPES:
            since = self.since if scope == "public" else None
            for low, high in ((None, 200), (200, None), (101, 299), (200, 200), (0, 10**9)):
                items = await feeds.feed_of(who, scope, since=since, amounts=(low, high))
                fitting = [
                    p.id
                    for p in self.paid
                    if self._is_in(scope, viewer, p)
                    and (amount := self._amount(viewer, p)) is not None
                    and (low or 0) <= amount <= (high or 10**9)
                ]
                assert sorted(feeds.ids_of(items)) == sorted(fitting)


def _newest_first(items: list[FeedItem]) -> list[UUID]:
    return feeds.ids_of(sorted(items, key=lambda i: (i.completed_at, i.id), reverse=True))


@pytest.mark.timeout(400)
def test_every_way_to_read_agrees_with_the_model(
    db_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in api.settings(tmp_path, database_url=db_url, valkey_url=valkey_url).items():
        monkeypatch.setenv(name, value)

    async def begin(stack: AsyncExitStack) -> None:
        World.admin = await asyncpg.connect(db_url)
        stack.push_async_callback(World.admin.close)
        await World.admin.execute(CALM)
        World.house = await stack.enter_async_context(process())
        patient = Cache(valkey_url, read_timeout=5)
        stack.push_async_callback(patient.close)
        World.house.put(patient)

    with asyncio.Runner() as runner:
        World.run, World.done, World.count = runner, Counter(), 0
        stack = AsyncExitStack()
        runner.run(begin(stack))
        try:
            run_state_machine_as_test(
                World,
                settings=settings(
                    max_examples=EXAMPLES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(stack.aclose())
    assert set(World.done) >= {
        "befriend", "part", "block", "mute", "pay", "wish", "hide_past", "reverse", "events",
    }, World.done  # fmt: skip
