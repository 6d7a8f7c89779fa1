"""Every answer and every counter of the ledger against the model, under random life."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from quid.kit import db, ids
from quid.ledger import service as ledger
from quid.ledger.types import Check, Code, Flag, Kind, Meter, NewAccount, Result, Transfer
from tests.simulation.ledger.model import Account, Model
from tests.support.ledger import USD, new_id, now, replace

T = TypeVar("T")
EXAMPLES, STEPS = 300, 40
FULL = 2**63 - 2_000
UNKNOWN = 5
places = st.integers(0, 8)
amounts = st.one_of(
    st.integers(1, 300),
    st.sampled_from([0, -1, 10**15, 10**15 + 1, 2**63 - 1, -(2**63), 1_500]),
)
people = st.integers(0, 3)
codes = st.sampled_from([Code.PAYMENT, Code.OPENING, Code.ADJUSTMENT, 99, -1])
# Debit, credit, code: mostly what a caller would send, now and then anything.
shapes = st.one_of(
    st.tuples(people, people, st.just(Code.PAYMENT)),
    st.tuples(people, people, st.just(Code.PAYMENT)),
    st.tuples(st.just(5), places, st.just(Code.OPENING)),
    st.tuples(places, st.just(5), st.just(Code.OPENING)),
    st.tuples(st.just(7), places, st.just(Code.ADJUSTMENT)),
    st.tuples(places, places, codes),
)
caps = st.one_of(st.none(), st.integers(0, 600))
counts = st.one_of(st.none(), st.integers(0, 4))


class Life(RuleBasedStateMachine):
    """One example: a few accounts of its own, a lane of its own, a clock that moves."""

    run: ClassVar[asyncio.Runner]
    seen: ClassVar[Counter[Result]]
    steps: ClassVar[int]
    numbers: ClassVar["count[int]"]
    database: ClassVar[db.Database]
    admin: ClassVar[asyncpg.Connection]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.run.run(work)

    @initialize()
    def begin(self) -> None:
        self.lane = next(self.numbers) % db.LANE_MAX + 1
        self.sent: list[Transfer] = []
        self.do(self._open())

    async def _open(self) -> None:
        self.ahead = timedelta()
        await self.admin.execute("update ledger.calendar set clock_ahead = '0'")
        row = await self.admin.fetchrow("select first_id, end_id from ledger.calendar")
        assert row is not None
        self.model = Model(row[0], row[1])
        house = self.lane
        wanted = [
            *(NewAccount(Kind.WALLET, USD, new_id()) for _ in range(4)),
            NewAccount(Kind.WALLET, "EUR", new_id()),
            NewAccount(Kind.CAPITAL, USD, part=house),
            NewAccount(Kind.RECEIVABLE, USD, new_id()),
            NewAccount(Kind.SUSPENSE, USD, part=house),
        ]
        async with self.database.transaction() as tx:
            self.accounts = await ledger.open_accounts(tx, wanted)
        bounds = {Kind.WALLET: (0, None), Kind.RECEIVABLE: (None, 0)}
        for id_, new in zip(self.accounts, wanted, strict=True):
            floor, ceil = bounds.get(new.kind, (None, None))
            self.model.accounts[id_] = Account(new.kind, new.currency, floor, ceil)
        # One account has moved almost all that a counter can hold.
        self.full = self.accounts[-1]
        account = self.model.accounts[self.full]
        account.debits = account.credits = FULL
        await self.admin.execute(
            "update ledger.account set debits = $2, credits = $2 where id = $1", self.full, FULL
        )
        self.accounts.append(UNKNOWN)
        await self._post([self._transfer(5, w, 500, Code.OPENING) for w in range(4)])

    def _transfer(
        self, debit: int, credit: int, amount: int, code: int, checks: tuple[Check, ...] = ()
    ) -> Transfer:
        return Transfer(
            ids.new(3, now() + self.ahead),
            self.accounts[debit],
            self.accounts[credit],
            amount,
            code,  # type: ignore[arg-type]  # codes that do not exist are tried too
            checks=checks,
        )

    async def _post(self, items: list[Transfer]) -> None:
        async with self.database.transaction() as tx:
            got = await ledger.post(db.Tx(tx.raw, self.lane), items, now=now() + self.ahead)
        at = next((o.recorded_at for o in got if not o.is_replayed), now())
        assert got == self.model.post(items, at)
        rows = await self.admin.fetch(
            "select id, debits, credits, seq from ledger.account where id = any ($1)",
            self.accounts,
        )
        held = {row["id"]: (row["debits"], row["credits"], row["seq"]) for row in rows}
        assert held == {i: (a.debits, a.credits, a.seq) for i, a in self.model.accounts.items()}
        self.sent += items
        Life.seen.update(o.result for o in got)

    @rule(data=st.data())
    def post(self, data: st.DataObject) -> None:
        items = []
        for _ in range(data.draw(st.integers(1, 6))):
            debit, credit, code = data.draw(shapes)
            checks: tuple[Check, ...] = ()
            if data.draw(st.integers(0, 3)) == 0:
                account = self.accounts[data.draw(st.sampled_from([debit, credit]))]
                meters = data.draw(st.lists(st.sampled_from(Meter), unique=True, min_size=1))
                checks = tuple(
                    Check(account, m, data.draw(caps), data.draw(counts), f"tag {m}")
                    for m in meters
                )
            item = self._transfer(debit, credit, data.draw(amounts), code, checks)
            items.append(item)
        if data.draw(st.booleans()):
            # Twins within a call, now and then with another body.
            twin = data.draw(st.sampled_from(items))
            items.append(replace(twin, flags=data.draw(st.sampled_from([0, 0, 0, 1]))))
        self.do(self._post(items))

    @rule(
        change=st.sampled_from(
            ["nothing"] * 4 + ["debit", "credit", "amount", "code", "cause", "flags"]
        ),
        data=st.data(),
    )
    def replay(self, change: str, data: st.DataObject) -> None:
        items = data.draw(st.lists(st.sampled_from(self.sent), min_size=1, max_size=4))
        first = items[0]
        match change:
            case "debit":
                first = replace(first, debit=self.accounts[data.draw(places)], checks=())
            case "credit":
                first = replace(first, credit=self.accounts[data.draw(places)], checks=())
            case "amount":
                first = replace(first, amount_minor=first.amount_minor // 2 + 1)
            case "code":
                first = replace(first, code=Code.ADJUSTMENT)
            case "cause":
                first = replace(first, cause_id=new_id())
            case "flags":
                first = replace(first, flags=2)
            case _:
                pass
        self.do(self._post([first, *items[1:]]))

    @rule(
        value=st.sampled_from(
            [0, 2**128 - 1, int(UUID("0190b0a0-0000-4000-8000-000000000000")), 7 << 76 | 2 << 62]
        )
    )
    def made_up_id(self, value: int) -> None:
        self.do(self._post([replace(self._transfer(0, 1, 1, Code.PAYMENT), id=UUID(int=value))]))

    @rule(place=st.integers(0, 6), flags=st.sampled_from([0, 0, 0, 1, 2, 3, 4]))
    def flag(self, place: int, flags: int) -> None:
        account = self.model.accounts[self.accounts[place]]
        if flags & 4 and account.net:
            return
        account.flags = flags
        self.do(self._flag(self.accounts[place], flags))

    async def _flag(self, account: int, flags: int) -> None:
        async with self.database.transaction() as tx:
            to_clear = Flag(7 & ~flags)
            after = await ledger.set_flags(
                tx, account, to_set=Flag(flags), to_clear=to_clear, actor="test"
            )
        assert after == flags

    @rule(amount=amounts)
    def close(self, amount: int) -> None:
        account = self.model.accounts[self.accounts[6]]
        if account.net == 0:
            account.flags = 4
            self.do(self._flag(self.accounts[6], 4))
        self.do(self._post([self._transfer(6, 5, amount, Code.OPENING)]))
        account.flags = 0
        self.do(self._flag(self.accounts[6], 0))

    @rule(place=st.integers(5, 6), ceil=st.sampled_from([None, 0, 100]))
    def bound(self, place: int, ceil: int | None) -> None:
        account = self.accounts[place]
        self.model.accounts[account].ceil = ceil
        self.do(
            self.admin.execute("update ledger.account set ceil = $2 where id = $1", account, ceil)
        )

    @rule(hours=st.sampled_from([0.02, 1, 6, 25]))
    def wait(self, hours: float) -> None:
        self.ahead = min(self.ahead + timedelta(hours=hours), timedelta(days=20))
        self.do(self.admin.execute("update ledger.calendar set clock_ahead = $1", self.ahead))

    @invariant()
    def counted(self) -> None:
        Life.steps += 1

    def teardown(self) -> None:
        """Take back what was done by hand, so that the books of all examples are whole."""
        if hasattr(self, "full"):
            self.do(
                self.admin.execute(
                    "update ledger.account set debits = debits - $2, credits = credits - $2 "
                    "where id = $1",
                    self.full,
                    FULL,
                )
            )
            self.do(
                self.admin.execute(
                    "update ledger.account set ceil = null where id = any ($1)", self.accounts
                )
            )


@pytest.mark.timeout(300)
def test_the_ledger_and_its_model_agree_for_10_000_steps(db_url: str) -> None:
    with asyncio.Runner() as runner:
        Life.run, Life.seen, Life.steps = runner, Counter(), 0
        Life.numbers = count()
        Life.database = db.Database(db.Options(db_url, name="simulation"))
        runner.run(Life.database.open())
        Life.admin = runner.run(asyncpg.connect(db_url))
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
            runner.run(Life.admin.close())
            runner.run(Life.database.close())
    assert set(Life.seen) == set(Result)
    assert Life.steps >= 10_000
