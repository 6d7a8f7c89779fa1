"""Every act on requests, in any order, against a model written from the product's page (3.3).

Two people ask each other. Both have an authenticator app, so a payment of too much waits for a
proof and has its request meanwhile. After each act states, payments and money are the model's.
"""

import asyncio
import uuid
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

import asyncpg
import pytest
import redis.asyncio as redis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from quid.collect import service
from quid.identity import service as identity
from quid.kit import clock, db, ids
from quid.kit.errors import Refusal
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.payments.types import Outcome, SendPayment
from tests.support import api
from tests.support.people import People, Someone
from tests.support.requests import BROWSER, asking, paying
from tests.support.sending import code_of, process
from tests.support.waiting import (
    BIG,
    ask_for_proofs,
    code_now,
    give_totp,
    make_due,
    money_of,
    proof,
)

T = TypeVar("T")
EXAMPLES, STEPS = 30, 40
START: Final = 150_000
NO_LIMITS: Final = """
insert into risk.limit_policy
  (version, tier, kind, "window", max_minor, max_count, currency, active_from)
select 1000, t, 'send', w, 1000000000, null, 'USD', '2020-01-02'
from unnest(array[0, 1, 2]) t, unnest(array['payment', 'day', 'week']) w"""
NAMES: Final = {10: "PENDING", 20: "PAID", 30: "DECLINED", 40: "CANCELLED", 50: "EXPIRED"}
OTHER: Final = {"decline": "DECLINED", "cancel": "CANCELLED"}
DAY: Final = timedelta(days=1)
any_of = st.integers(0, 10**6)


@dataclass(slots=True)
class One:
    """A request as the model knows it. `times`: what time is still to do, and when."""

    id: UUID
    requester: Someone
    requestee: Someone
    amount: int
    times: list[tuple[datetime, str]]
    state: str = "PENDING"
    at_it: UUID | None = None
    paid_by: UUID | None = None
    reminded: list[datetime] = field(default_factory=list)
    is_ended_by_block: bool = False


class Life(RuleBasedStateMachine):
    """One example: people of its own."""

    run: ClassVar[asyncio.Runner]
    house: ClassVar[Runtime]
    admin: ClassVar[asyncpg.Connection]
    cache: ClassVar[redis.Redis]
    seen: ClassVar[Counter[str]]
    count: ClassVar[int] = 0

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.run.run(work)

    @initialize()
    def begin(self) -> None:
        Life.count += 1
        self.now = clock.now()
        self.requests: list[One] = []
        self.told: Counter[tuple[UUID, str]] = Counter()
        self.blocks: set[str] = set()
        self.do(self._begin())
        self._ask(self.ana, self.ben, 700, 30)
        self._ask(self.ben, self.ana, BIG, 2)
        self._pay(self.requests[1], is_again=True)

    async def _begin(self) -> None:
        people, n = People(self.house), Life.count
        self.ana = await people.add(f"ana_{n}", funded_minor=START, tier=2)
        self.ben = await people.add(f"ben_{n}", funded_minor=START, tier=2)
        self.free, self.held = {self.ana: START, self.ben: START}, {self.ana: 0, self.ben: 0}
        for who in self.free:
            await give_totp(self.house, who)

    # --- acts of people ------------------------------------------------------------------------

    @rule(
        is_ana=st.booleans(),
        amount=st.sampled_from([1, 700, BIG, START]),
        days=st.sampled_from([1, 3, 8, 30, 90]),
    )
    def ask(self, *, is_ana: bool, amount: int, days: int) -> None:
        pair = (self.ana, self.ben) if is_ana else (self.ben, self.ana)
        self._ask(*pair, amount, days)

    def _ask(self, requester: Someone, requestee: Someone, amount: int, days: int) -> None:
        cmd = asking(requester, requestee, amount, days=days, now=self.now)
        told = self._told(service.ask(cmd, now=self.now))
        if self.blocks:
            assert told == "RECIPIENT_NOT_FOUND"
            return
        assert told == "ok"
        end = self.now + days * DAY
        times = [(self.now + n * DAY, "reminded") for n in (1, 3, 7) if n < days]
        times += [(end - 3 * DAY, "expiring")] if days > 3 else []
        self.requests.append(One(cmd.id, requester, requestee, amount, [*times, (end, "expired")]))
        self.told[cmd.id, "created"] += 1

    @precondition(lambda self: self.requests)
    @rule(n=any_of, is_again=st.booleans())
    def pay(self, n: int, *, is_again: bool) -> None:
        self._pay(self._pick(n), is_again=is_again)

    def _pay(self, one: One, *, is_again: bool) -> None:
        payer, payee = one.requestee, one.requester
        cmd = paying(payer, payee, one.id, one.amount, key=str(uuid.uuid4()))
        told = code_of(self.do(self._sent(cmd)))
        if self.blocks:
            assert told == "RECIPIENT_NOT_FOUND"
        elif (why := self._why_not(one)) is not None:
            assert told == why
        elif one.amount > self.free[payer]:
            assert told == "INSUFFICIENT_FUNDS"
        else:
            self.free[payer] -= one.amount
            if one.amount >= BIG:
                assert told == "CHALLENGED"
                self.held[payer] += one.amount
                one.at_it = cmd.payment_id
                self.told[one.id, "taken"] += 1
                self.seen["taken"] += 1
            else:
                assert told == "COMPLETED"
                self._paid(one, cmd.payment_id)
        if is_again:  # whatever was answered to this key: it moves nothing more
            self.do(self._sent(cmd))

    @precondition(lambda self: self.requests)
    @rule(n=any_of, name=st.sampled_from(["decline", "cancel"]), is_right=st.booleans())
    def end(self, n: int, name: str, *, is_right: bool) -> None:
        one = self._pick(n)
        right, wrong = one.requestee, one.requester
        if name == "cancel":
            right, wrong = wrong, right
        act = service.decline if name == "decline" else service.cancel
        told = self._told(act(one.id, (right if is_right else wrong).id, now=self.now))
        if not is_right or not self._is_there(one):
            assert told == "NOT_FOUND"
        elif (why := self._why_not(one)) is not None:
            assert told == why
        else:
            assert told == "ok"
            self._end(one, OTHER[name], OTHER[name].lower())

    @precondition(lambda self: self.requests)
    @rule(n=any_of)
    def remind(self, n: int) -> None:
        one = self._pick(n)
        told = self._told(service.remind(one.id, one.requester.id, now=self.now))
        rests = one.reminded and self.now < one.reminded[-1] + DAY
        if not self._is_there(one):
            assert told == "NOT_FOUND"
        elif (why := self._why_not(one)) is not None:
            assert told == why
        elif rests or len(one.reminded) == 3:
            assert told == "STATE_CONFLICT"
        else:
            assert told == "ok"
            one.reminded.append(self.now)
            self.told[one.id, "reminded"] += 1

    @precondition(lambda self: not self.blocks and len(self.requests) % 3 == 0)
    @rule(is_ana=st.booleans(), is_taken=st.booleans())
    def block(self, *, is_ana: bool, is_taken: bool) -> None:
        who, whom = (self.ana, self.ben) if is_ana else (self.ben, self.ana)
        self.do(identity.block(who.id, whom.id, now=self.now))
        self.blocks.add(who.handle)
        if is_taken:
            self.do(self._part(service.end_between, [(who.id, whom.id)]))
            for one in self.requests:
                if one.state == "PENDING" and one.at_it is None:
                    self._end(one, "CANCELLED", None)
                elif one.state == "PENDING":
                    one.times.append((self.now, "nothing"))

    @precondition(lambda self: self.blocks)
    @rule()
    def unblock(self) -> None:
        for who, whom in ((self.ana, self.ben), (self.ben, self.ana)):
            self.do(identity.unblock(who.id, whom.id, now=self.now))
        self.blocks.clear()

    # --- payments that wait, and come back -----------------------------------------------------

    @precondition(lambda self: any(o.at_it for o in self.requests))
    @rule(n=any_of, how=st.sampled_from(["verify", "verify", "cancel", "expire"]))
    def payment_ends(self, n: int, how: str) -> None:
        taken = [o for o in self.requests if o.at_it is not None]
        one = taken[n % len(taken)]
        payment_id, payer = one.at_it, one.requestee
        assert payment_id is not None
        told = self._told(self._payment(how, payment_id, payer))
        is_paid = how == "verify" and not self.blocks
        assert told == ("RECIPIENT_NOT_FOUND" if how == "verify" and self.blocks else "ok")
        self.held[payer] -= one.amount
        one.at_it = None
        if is_paid:
            self._paid(one, payment_id)
        else:
            self.free[payer] += one.amount
            self.told[one.id, "freed"] += 1
            self.seen["freed"] += 1

    async def _payment(self, how: str, payment_id: UUID, payer: Someone) -> None:
        if how == "cancel":
            await payments.cancel(payment_id, payer.id, now=clock.now())
        elif how == "expire":
            await make_due(self.admin, payment_id)
            async with self.house.part(db.Database).transaction() as tx:
                await payments.expire_due(tx, now=clock.now())
        else:
            # A code works once in its half minute: not what this is about.
            await self.admin.execute("update identity.totp set last_step = 0")
            await self.cache.flushdb()
            await payments.verify(proof(payment_id, payer, code_now()), now=clock.now())

    # --- time ----------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([0, 5, 24, 40, 100, 300]))
    def time_passes(self, hours: int) -> None:
        self._pass(self.now + timedelta(hours=hours))

    @precondition(lambda self: self.requests)
    @rule(n=any_of)
    def something_is_due(self, n: int) -> None:
        times = [at for at, _ in self._pick(n).times if at > self.now]
        self._pass(min(times, default=self.now))

    def _pass(self, now: datetime) -> None:
        self.now = now
        self.do(self._part(service.tend_due))
        for one in self.requests:
            if one.state != "PENDING" or one.at_it is not None:
                continue
            reached = [what for at, what in one.times if at <= self.now]
            one.times = [(at, what) for at, what in one.times if at > self.now]
            if not reached:
                continue
            if self.blocks:
                self._end(one, "CANCELLED", None)
            elif "expired" in reached:
                self._end(one, "EXPIRED", "expired")
            elif "expiring" in reached or "reminded" in reached:
                self.told[one.id, "expiring" if "expiring" in reached else "reminded"] += 1
                self.seen["expiring" if "expiring" in reached else "by itself"] += 1

    # --- how they are done ---------------------------------------------------------------------

    def _pick(self, n: int) -> One:
        """Mostly an open one, now and then any."""
        open_ones = [o for o in self.requests if o.state == "PENDING"]
        among = open_ones if open_ones and n % 4 else self.requests
        return among[n // 4 % len(among)]

    def _is_there(self, one: One) -> bool:
        return one.state == "PAID" or not (self.blocks or one.is_ended_by_block)

    def _why_not(self, one: One) -> str | None:
        if one.state != "PENDING":
            return "REQUEST_CLOSED"
        return "STATE_CONFLICT" if one.at_it else None

    def _end(self, one: One, state: str, change: str | None) -> None:
        one.state = state
        one.is_ended_by_block = change is None
        self.seen[state] += 1
        if change:
            self.told[one.id, change] += 1

    def _paid(self, one: One, payment_id: UUID) -> None:
        self.free[one.requester] += one.amount
        one.paid_by = payment_id
        self._end(one, "PAID", "paid")

    def _told(self, work: Coroutine[Any, Any, Any]) -> str:
        try:
            self.do(work)
        except Refusal as e:
            return e.code
        return "ok"

    async def _sent(self, cmd: SendPayment) -> Outcome:
        try:
            return await payments.pay(cmd, BROWSER)
        except Refusal as e:
            return e

    async def _part(self, part: Any, *args: Any) -> None:
        async with self.house.part(db.Database).transaction() as tx:
            await part(tx, *args, now=self.now)

    # --- what must be true ---------------------------------------------------------------------

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if hasattr(self, "held"):
            self.do(self._compare())

    async def _compare(self) -> None:
        for who, free in self.free.items():
            assert await money_of(self.admin, who) == (free, self.held[who])
        rows = await self.admin.fetch(
            """select id, state, payment_id, reminders_sent from collect.request
              where requester_id = any ($1)""",
            [who.id for who in self.free],
        )
        found = {r["id"]: (NAMES[r["state"]], r["payment_id"], r["reminders_sent"]) for r in rows}
        assert found == {
            o.id: (o.state, o.at_it or o.paid_by, len(o.reminded)) for o in self.requests
        }

    def teardown(self) -> None:
        """Each change was told once, and what a block has ended not at all."""
        if hasattr(self, "held"):
            self.do(self._read_events())

    async def _read_events(self) -> None:
        rows = await self.admin.fetch(
            """select payload::jsonb->'data'->>'request_id', payload::jsonb->'data'->>'change'
              from kit.outbox where type = 'collect.request_changed.v1'"""
        )
        mine = {ids.show("req", o.id): o.id for o in self.requests}
        assert Counter((mine[r[0]], r[1]) for r in rows if r[0] in mine) == self.told


@pytest.mark.timeout(300)
def test_requests_and_their_model_agree(
    db_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in api.settings(tmp_path, database_url=db_url, valkey_url=valkey_url).items():
        monkeypatch.setenv(name, value)

    async def begin(stack: AsyncExitStack) -> None:
        Life.admin = await asyncpg.connect(db_url)
        stack.push_async_callback(Life.admin.close)
        Life.cache = await stack.enter_async_context(redis.Redis.from_url(valkey_url))
        await ask_for_proofs(Life.admin)
        await Life.admin.execute(NO_LIMITS)
        Life.house = await stack.enter_async_context(process())

    with asyncio.Runner() as runner:
        stack, Life.run, Life.seen, Life.count = AsyncExitStack(), runner, Counter(), 0
        runner.run(begin(stack))
        try:
            run_state_machine_as_test(
                Life,
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
    assert set(Life.seen) >= {
        "PAID", "DECLINED", "CANCELLED", "EXPIRED", "taken", "freed", "expiring", "by itself",
    }  # fmt: skip
