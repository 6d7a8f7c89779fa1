"""Every act on payments that wait, in any order, against a model written from the product's page.

Ana has an authenticator app, so what she sends too much of is challenged; Cal has none and is
reviewed. Both pay Ben. After each act state and money are the model's, to the cent.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
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

from quid.kit import approvals, clock, db, ids
from quid.kit.crypto import digest16
from quid.kit.errors import Refusal
from quid.kit.once import Key
from quid.kit.operators import ALL_OPERATORS, Operator, Press, Role
from quid.kit.runtime import Runtime
from quid.payments import queries, rules, service
from quid.payments.types import Sent
from tests.support import api
from tests.support.people import People, Someone
from tests.support.sending import answer_of, asked, code_of, process, send
from tests.support.waiting import (
    BIG,
    ask_for_proofs,
    code_now,
    give_totp,
    make_due,
    money_of,
    state_of,
    wrong_code,
)

T = TypeVar("T")
EXAMPLES, STEPS = 40, 40
START: Final = 200_000
NO_LIMITS: Final = """
insert into risk.limit_policy
  (version, tier, kind, "window", max_minor, max_count, currency, active_from)
select 1000, t, 'send', w, 1000000000, null, 'USD', '2020-01-02'
from unnest(array[0, 1, 2]) t, unnest(array['payment', 'day', 'week']) w"""
# The product's table of states (3.2): from where each act may begin, and where it ends.
ENDS: Final = {
    "verify": ({"CHALLENGED"}, "COMPLETED"),
    "approve": ({"IN_REVIEW"}, "COMPLETED"),
    "reject": ({"IN_REVIEW"}, "REJECTED"),
    "cancel": ({"CHALLENGED", "IN_REVIEW"}, "CANCELLED"),
    "reverse": ({"COMPLETED"}, "REVERSED"),
}
TRIES: Final = 5
any_of = st.integers(0, 10**6)


@dataclass(slots=True)
class One:
    """A payment as the model knows it."""

    id: UUID
    key: str
    payer: Someone
    amount: int
    state: str
    wrong: int = 0
    reversed: int = 0


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
        self.presses = 0
        self.payments: list[One] = []
        self.do(self._begin())
        for amount in (700, BIG):
            self._pay(self.ana, amount)
            self._pay(self.cal, amount)
        self._pay(self.cal, START)  # more than is left

    async def _begin(self) -> None:
        people, n = People(self.house), Life.count
        self.ana = await people.add(f"ana_{n}", funded_minor=START, tier=2)
        self.cal = await people.add(f"cal_{n}", funded_minor=START, tier=2)
        self.ben = await people.add(f"ben_{n}", funded_minor=0, tier=2)
        await give_totp(self.house, self.ana)
        self.free = {self.ana: START, self.cal: START, self.ben: 0}
        self.held = {self.ana: 0, self.cal: 0, self.ben: 0}

    # --- acts ----------------------------------------------------------------------------------

    @rule(is_ana=st.booleans(), amount=st.sampled_from([1, 700, BIG - 1, BIG, 120_000]))
    def pay(self, *, is_ana: bool, amount: int) -> None:
        self._pay(self.ana if is_ana else self.cal, amount)

    def _pay(self, payer: Someone, amount: int) -> None:
        waits = "CHALLENGED" if payer is self.ana else "IN_REVIEW"
        state = "INSUFFICIENT_FUNDS" if amount > self.free[payer] else "COMPLETED"
        if state == "COMPLETED" and amount >= BIG:
            state = waits
        key = f"k{len(self.payments)}"
        command = asked(payer, self.ben, amount, key=key)
        assert code_of(self.do(send(self.house, command))) == state
        if state != "INSUFFICIENT_FUNDS":
            self.free[payer] -= amount
            (self.held if state == waits else self.free)[payer if state == waits else self.ben] += (
                amount
            )
        state = "DECLINED" if state == "INSUFFICIENT_FUNDS" else state
        self.payments.append(One(command.payment_id, key, payer, amount, state))
        self.seen[state] += 1

    @precondition(lambda self: self.payments)
    @rule(n=any_of)
    def repeat(self, n: int) -> None:
        one = self._pick(n)
        found = self.do(send(self.house, asked(one.payer, self.ben, one.amount, key=one.key)))
        assert isinstance(found, Sent)
        assert found.is_replayed
        if one.state == "DECLINED":
            assert code_of(found) == "INSUFFICIENT_FUNDS"
        else:
            expected = "COMPLETED" if one.amount < BIG else one.state
            assert answer_of(found)["payment"]["state"] == expected

    @precondition(lambda self: self.payments)
    @rule(n=any_of)
    def verify(self, n: int) -> None:
        one = self._pick(n, "verify")
        self._act("verify", one, self._proof(one, code_now()))

    @precondition(lambda self: self.payments)
    @rule(n=any_of)
    def verify_wrongly(self, n: int) -> None:
        one = self._pick(n, "verify")
        told = self._told(self._proof(one, wrong_code()))
        if one.state != "CHALLENGED":
            assert told == self._refusal(one)
            return
        assert told == "CHALLENGE_FAILED"
        one.wrong += 1
        if one.wrong == TRIES:
            self._end(one, "REJECTED")

    @precondition(lambda self: self.payments)
    @rule(n=any_of)
    def cancel(self, n: int) -> None:
        one = self._pick(n, "cancel")
        self._act("cancel", one, service.cancel(one.id, one.payer.id, now=clock.now()))

    @precondition(lambda self: self.payments)
    @rule(n=any_of)
    def approve(self, n: int) -> None:
        one = self._pick(n, "approve")
        self._act("approve", one, self._decide("approve", one))

    @precondition(lambda self: self.payments)
    @rule(n=any_of)
    def reject(self, n: int) -> None:
        one = self._pick(n, "reject")
        self._act("reject", one, self._decide("reject", one))

    @precondition(lambda self: self.payments)
    @rule(n=any_of, part=st.sampled_from([None, 1, 350, BIG]))
    def reverse(self, n: int, part: int | None) -> None:
        one = self._pick(n, "reverse")
        left = one.amount - one.reversed
        told = self._told(self._reverse(one, part))
        if one.state != "COMPLETED":
            assert told == self._refusal(one)
        elif part is not None and part > left:
            assert told == "VALIDATION_ERROR"
        elif (part or left) > self.free[self.ben]:
            assert told == "INSUFFICIENT_FUNDS"
        else:
            assert told == "ok"
            one.reversed += part or left
            self.free[self.ben] -= part or left
            self.free[one.payer] += part or left
            if one.reversed == one.amount:
                one.state = "REVERSED"
                self.seen["REVERSED"] += 1

    @rule(n=any_of, is_due=st.booleans())
    def time_passes(self, n: int, *, is_due: bool) -> None:
        waits = [p for p in self.payments if p.state in ("CHALLENGED", "IN_REVIEW")]
        if waits and is_due:
            one = waits[n % len(waits)]
            self.do(make_due(self.admin, one.id))
            self._end(one, "EXPIRED")
        self.do(self._sweep())

    @rule(amount=st.sampled_from([1, 40_000]))
    def ben_spends(self, amount: int) -> None:
        if amount <= self.free[self.ben]:
            found = self.do(send(self.house, asked(self.ben, self.ana, amount)))
            assert code_of(found) == "COMPLETED"
            self.free[self.ben] -= amount
            self.free[self.ana] += amount

    # --- how they are done ---------------------------------------------------------------------

    def _pick(self, n: int, act: str = "") -> One:
        """Mostly one on which the act may begin, now and then any."""
        legal = [p for p in self.payments if act and p.state in ENDS[act][0]]
        among = legal if legal and n % 4 else self.payments
        return among[n // 4 % len(among)]

    def _act(self, act: str, one: One, work: Coroutine[Any, Any, Any]) -> None:
        starts, end = ENDS[act]
        told = self._told(work)
        if one.state not in starts:
            assert told == self._refusal(one)
        else:
            assert told == "ok", (act, one)
            self._end(one, end)

    def _refusal(self, one: One) -> str:
        return f"STATE_CONFLICT {one.state}"

    def _end(self, one: One, state: str) -> None:
        self.held[one.payer] -= one.amount
        self.free[self.ben if state == "COMPLETED" else one.payer] += one.amount
        one.state = state
        self.seen[state] += 1

    def _told(self, work: Coroutine[Any, Any, Any]) -> str:
        try:
            self.do(work)
        except Refusal as e:
            return f"{e.code} {e.extra['state']}" if e.code == "STATE_CONFLICT" else e.code
        return "ok"

    async def _proof(self, one: One, code: str) -> None:
        # A code works once in its half minute, and failures make one wait: not what this is about.
        await self.admin.execute("update identity.totp set last_step = 0")
        await self.cache.flushdb()
        cmd = service.Verify(one.id, one.payer.id, rules.challenge_id(one.id), "totp", code)
        await service.verify(cmd, now=clock.now())

    async def _decide(self, act: str, one: One) -> None:
        press = self._press("analyst")
        if act == "reject":
            await service.reject(press, one.id, now=clock.now())
            return
        made = await service.approve(press, one.id, now=clock.now())
        assert (made != one.id) is (one.amount >= 100_000)
        if made != one.id:
            await self._agree(made)

    async def _reverse(self, one: One, part: int | None) -> None:
        asked_for = await service.ask_to_reverse(
            self._press("finance"), one.id, amount_minor=part, reason="mistake", now=clock.now()
        )
        await self._agree(asked_for)

    async def _agree(self, question: UUID) -> None:
        press = self._press("compliance")
        await approvals.decide(question, press, is_approved=True, now=clock.now())

    def _press(self, role: Role) -> Press:
        self.presses += 1
        now = clock.now()
        who = Operator(ids.new(3, now), f"op_{role}", role, ids.new(4, now))
        once = digest16(f"{Life.count} {self.presses}".encode())
        return Press(who, Key(ALL_OPERATORS, "ops.test", once, once), "because of the model")

    async def _sweep(self) -> None:
        async with self.house.part(db.Database).transaction() as tx:
            await service.expire_due(tx, now=clock.now())

    # --- what must be true ---------------------------------------------------------------------

    @invariant()
    def states_and_money_are_the_models(self) -> None:
        if hasattr(self, "held"):
            self.do(self._compare())

    async def _compare(self) -> None:
        for who, free in self.free.items():
            assert await money_of(self.admin, who) == (free, self.held[who])
        for one in self.payments[-6:]:
            assert (await state_of(self.admin, one.id)).name == one.state

    def teardown(self) -> None:
        """Lines of activity add up, and each balance follows from the line before it."""
        if hasattr(self, "held"):
            self.do(self._read_lines())

    async def _read_lines(self) -> None:
        for who, free in self.free.items():
            lines = await self.admin.fetch(
                """select is_incoming, amount_minor, balance_after_minor from payments.activity
                  where user_id = $1 and balance_after_minor is not null order by at, id""",
                who.id,
            )
            balance = 0
            for line in lines:
                balance += line["amount_minor"] * (1 if line["is_incoming"] else -1)
                assert balance == line["balance_after_minor"]
            assert balance == free
        async with self.house.part(db.Database).read() as conn:
            assert await queries.unmatched(conn) == []


@pytest.mark.timeout(300)
def test_payments_and_their_model_agree(
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
        Life.run, Life.seen, Life.count = runner, Counter(), 0
        stack = AsyncExitStack()
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
        "COMPLETED", "DECLINED", "CHALLENGED", "IN_REVIEW", "REJECTED", "CANCELLED", "EXPIRED",
        "REVERSED",
    }  # fmt: skip
