"""Random life on the rails: what is taken as far as it is there, counted ahead, dated back."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from quid.ledger import service as ledger
from quid.ledger.types import Act, Check, Code, Counted, Meter, Result, Transfer
from tests.simulation.ledger import draws
from tests.simulation.ledger.machine import Life
from tests.support.ledger import now, replace


class RailLife(Life):
    """The same few accounts, with banks and cards."""

    def __init__(self) -> None:
        """Begin with nothing counted that could be given back."""
        super().__init__()
        self.counts: list[tuple[int, list[Meter], int, Counted]] = []

    @rule(data=st.data())
    def take(self, data: st.DataObject) -> None:
        """Groups of a pair and its neighbours, now and then put together wrongly."""
        items: list[Transfer] = []
        for number in range(1, data.draw(st.integers(2, 4))):
            group = self._pair(data)
            if data.draw(st.booleans()):
                group.insert(data.draw(st.sampled_from([0, len(group)])), self._step(data))
            items += ledger.group(number, group)
        if data.draw(st.integers(0, 3)) == 0:
            # A pair again, in the call that books it.
            items += [replace(i, group=99) for i in items if i.group == 1]
        self.do(self._post(items))

    def _pair(self, data: st.DataObject) -> list[Transfer]:
        taken, to, owed, rest_to, code = data.draw(draws.pairs)
        amount = data.draw(draws.amounts)
        take, rest = ledger.at_most(
            self._transfer(taken, to, amount, code, self._checks(data, self.accounts[taken])),
            self._transfer(owed, rest_to, amount, code),
        )
        flags = data.draw(st.sampled_from([0, *Act, 3]))
        elsewhere = self.accounts[data.draw(draws.places)]
        spoiled = (
            [rest],
            [take],
            [rest, take],
            [take, replace(rest, amount_minor=amount // 2 + 1)],
            [take, replace(rest, debit=elsewhere)],
            [replace(take, flags=flags), rest],
        )
        return data.draw(st.sampled_from([[take, rest]] * 15 + [*spoiled]))

    def _step(self, data: st.DataObject) -> Transfer:
        debit, credit, code = data.draw(draws.steps)
        return self._transfer(debit, credit, data.draw(draws.amounts), code)

    @rule(data=st.data())
    def pay_back(self, data: st.DataObject) -> None:
        """One alone: no rest, what is there or nothing."""
        person, amount = data.draw(draws.people), data.draw(draws.amounts)
        item = self._transfer(person, draws.OWED, amount, Code.RECOVERY)
        self.do(self._post([self._step(data), replace(item, flags=Act.AT_MOST)]))

    @rule(data=st.data(), days=draws.days_back)
    def date_back(self, data: st.DataObject, days: float | None) -> None:
        shape = data.draw(draws.shapes)
        item = self._transfer(shape[0], shape[1], data.draw(draws.amounts), shape[2])
        at = None if days is None else now() + self.ahead - timedelta(days=days)
        self.do(self._post([replace(item, effective_at=at)]))

    @rule(data=st.data(), person=draws.people, amount=st.integers(1, 300))
    def count(self, data: st.DataObject, person: int, amount: int) -> None:
        account = self.accounts[person]
        meters = data.draw(st.lists(st.sampled_from(Meter), unique=True, min_size=1))
        checks = [
            Check(account, m, data.draw(draws.caps), data.draw(draws.counts), f"tag {m}")
            for m in meters
        ]
        self.do(self._count(account, amount, checks))

    async def _count(self, account: int, amount: int, checks: list[Check]) -> None:
        async with self.database.transaction() as tx:
            told = await ledger.consume(tx, account, amount, checks)
        assert told == self.model.consume(amount, checks, told.counted_at)
        assert await self._books() == self.model.books.rows()
        if told.result is Result.POSTED:
            self.counts.append((account, [c.meter for c in checks], amount, told))

    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        if self.counts:
            place = data.draw(st.integers(0, len(self.counts) - 1))
            self.do(self._give_back(*self.counts.pop(place)))

    async def _give_back(
        self, account: int, meters: list[Meter], amount: int, told: Counted
    ) -> None:
        async with self.database.transaction() as tx:
            await ledger.give_back(tx, account, meters, amount, told.counted_at)
        at = now() + self.ahead
        self.model.give_back(account, meters, amount, told.counted_at, at)
        assert await self._books() == self.model.books.rows()

    @rule(credit=st.sampled_from([0, 50, 400]))
    def lend(self, credit: int) -> None:
        """Say how much of our credit the first person may have, and use some of it."""
        account = self.accounts[draws.ADVANCE]
        self.model.books.accounts[account].floor = -credit
        self.do(self._bound(account, -credit))
        self.do(self._post([self._transfer(draws.ADVANCE, 0, 50, Code.PULL_ADVANCED)]))

    async def _bound(self, account: int, floor: int) -> None:
        async with self.database.transaction() as tx:
            await ledger.set_bounds(tx, account, floor=floor)

    @rule(amount=draws.amounts)
    def close(self, amount: int) -> None:
        account = self.model.books.accounts[self.accounts[6]]
        if account.net == 0:
            account.flags = 4
            self.do(self._flag(self.accounts[6], 4))
        self.do(self._post([self._transfer(6, 5, amount, Code.OPENING)]))
        account.flags = 0
        self.do(self._flag(self.accounts[6], 0))

    @rule(place=st.integers(5, 6), ceil=st.sampled_from([None, 0, 100]))
    def bound(self, place: int, ceil: int | None) -> None:
        account = self.accounts[place]
        self.model.books.accounts[account].ceil = ceil
        self.do(
            self.admin.execute("update ledger.account set ceil = $2 where id = $1", account, ceil)
        )
