"""Random life of a few accounts: what a step may be, and what is compared after it."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import asyncpg
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from quid.kit import db, ids
from quid.ledger import service as ledger
from quid.ledger.types import (
    Act,
    Check,
    Code,
    Flag,
    Hold,
    Kind,
    Meter,
    NewAccount,
    NewHold,
    Original,
    Purpose,
    Result,
    Transfer,
)
from tests.simulation.ledger import draws
from tests.simulation.ledger.books import Account, Held
from tests.simulation.ledger.model import Model
from tests.support.ledger import USD, new_id, now, replace

T = TypeVar("T")
_BOOKS = """
  select 'account ' || id, debits, credits, seq from ledger.account where id = any ($1)
  union all
  select 'hold ' || id, captured, released, state from ledger.hold where account_id = any ($1)
  union all
  select 'undone ' || id, amount, 0, 0 from ledger.reversed where id = any ($2)
  union all
  select 'used ' || account_id || ' ' || meter || ' ' || slot, amount, n, 0 from ledger.usage
    where account_id = any ($1) and n > 0"""
FULL = 2**63 - 2_000
_OF_THE_FIRST = (Kind.ADVANCE, Kind.INCOMING, Kind.HELD)


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
        self.calls: list[list[Transfer]] = []
        self.do(self._open())

    async def _open(self) -> None:
        self.ahead = timedelta()
        await self.admin.execute("update ledger.calendar set clock_ahead = '0'")
        row = await self.admin.fetchrow("select first_id, end_id from ledger.calendar")
        assert row is not None
        self.model = Model(row[0], row[1])
        house = self.lane
        owners = [new_id() for _ in range(4)]
        wanted = [
            *(NewAccount(Kind.WALLET, USD, owner) for owner in owners),
            NewAccount(Kind.WALLET, "EUR", new_id()),
            NewAccount(Kind.CAPITAL, USD, part=house),
            NewAccount(Kind.RECEIVABLE, USD, new_id()),
            NewAccount(Kind.SUSPENSE, USD, part=house),
            *(NewAccount(Kind.RESERVED, USD, owner) for owner in owners),
            NewAccount(Kind.PAYOUTS, USD, part=house),
            NewAccount(Kind.TRANSIT, USD, part=house),
            NewAccount(Kind.RAIL_AVAILABLE, USD, part=house),
            *(NewAccount(kind, USD, owners[0]) for kind in _OF_THE_FIRST),
        ]
        async with self.database.transaction() as tx:
            self.accounts = await ledger.open_accounts(tx, wanted)
        bounds: dict[Kind, tuple[int | None, int | None]] = dict.fromkeys(
            (Kind.WALLET, Kind.RESERVED, Kind.PAYOUTS), (0, None)
        )
        bounds |= {Kind.RECEIVABLE: (None, 0), Kind.ADVANCE: (0, 0)}
        bounds |= dict.fromkeys((Kind.INCOMING, Kind.HELD), (0, None))
        for id_, new in zip(self.accounts, wanted, strict=True):
            floor, ceil = bounds.get(new.kind, (None, None))
            self.model.books.accounts[id_] = Account(new.kind, new.currency, floor, ceil, new.owner)
        # One account has moved almost all that a counter can hold.
        self.filled = self.accounts[7]
        account = self.model.books.accounts[self.filled]
        account.debits = account.credits = FULL
        await self.admin.execute(
            "update ledger.account set debits = $2, credits = $2 where id = $1", self.filled, FULL
        )
        self.accounts.insert(8, draws.UNKNOWN)
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
        for item, told, expected in zip(items, got, self.model.post(items, at), strict=True):
            assert told == expected, f"{item}: {told}, the model says {expected}"
        assert await self._books() == self.model.books.rows()
        self.sent += items
        self.calls.append(items)
        Life.seen.update(o.result for o in got)

    async def _books(self) -> set[tuple[object, ...]]:
        rows = await self.admin.fetch(_BOOKS, self.accounts, [*self.model.books.moved])
        return {tuple(row) for row in rows}

    def _move(self, data: st.DataObject) -> Transfer:
        debit, credit, code = data.draw(draws.shapes)
        checks = self._checks(data, self.accounts[data.draw(st.sampled_from([debit, credit]))])
        return self._transfer(debit, credit, data.draw(draws.amounts), code, checks)

    def _checks(self, data: st.DataObject, account: int) -> tuple[Check, ...]:
        if data.draw(st.integers(0, 3)) != 0:
            return ()
        meters = data.draw(st.lists(st.sampled_from(Meter), unique=True, min_size=1))
        return tuple(
            Check(account, m, data.draw(draws.caps), data.draw(draws.counts), f"tag {m}")
            for m in meters
        )

    def _place(self, data: st.DataObject) -> Transfer:
        person, hours = data.draw(draws.people), data.draw(draws.terms)
        expires_at = None if hours is None else now() + self.ahead + timedelta(hours=hours)
        return ledger.place_hold(
            NewHold(
                id=ids.new(3, now() + self.ahead),
                wallet=self.accounts[person],
                reserved=self.accounts[
                    draws.RESERVED + data.draw(st.sampled_from([person] * 9 + [(person + 1) % 4]))
                ],
                amount_minor=data.draw(draws.amounts),
                purpose=Purpose.REVIEW,
                expires_at=expires_at,
                checks=self._checks(data, self.accounts[person]),
            )
        )

    def _act(self, data: st.DataObject, holds: list[Transfer]) -> Transfer:
        placed = data.draw(st.sampled_from(holds))
        hold = Hold(placed.id, placed.debit, placed.credit, 0, 0, 0, 1, 1, None, now(), None, None)
        id_, part = ids.new(3, now() + self.ahead), data.draw(draws.parts)
        match data.draw(st.integers(0, 5)):
            case 0 | 1:
                to, code = data.draw(draws.targets)
                item = ledger.capture(id_, hold, self.accounts[to], part, code)
            case 2 | 3:
                item = ledger.release(id_, hold, part)
            case _:
                item = ledger.expire(hold)
        return self._spoiled(data, item)

    def _reverse(self, data: st.DataObject, sent: list[Transfer]) -> Transfer:
        of = data.draw(st.sampled_from(sent))
        moved = self.model.books.moved.get(of.id)
        payer = moved.payer if moved else of.debit
        original = Original(of.id, payer, of.credit, of.amount_minor, 0, None)
        item = ledger.reverse(ids.new(3, now() + self.ahead), original, data.draw(draws.parts))
        return self._spoiled(data, item)

    def _spoiled(self, data: st.DataObject, item: Transfer) -> Transfer:
        match data.draw(st.integers(0, 20)):
            case 0:
                return replace(item, debit=self.accounts[data.draw(draws.places)])
            case 1:
                return replace(item, credit=self.accounts[data.draw(draws.places)])
            case 2:
                return replace(item, source_id=data.draw(st.sampled_from([None, new_id()])))
            case 3:
                return replace(item, purpose=Purpose.CHALLENGE)
            case 4:
                return replace(item, flags=data.draw(st.sampled_from([0, *Act, 64, 12])))
        return item

    @rule(data=st.data())
    def post(self, data: st.DataObject) -> None:
        self._call(data, "place act reverse move move")

    @rule(data=st.data())
    def set_aside(self, data: st.DataObject) -> None:
        self._call(data, "place act act act")

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        self._call(data, "move reverse reverse reverse")

    def _call(self, data: st.DataObject, kinds: str) -> None:
        items: list[Transfer] = []
        for _ in range(data.draw(st.integers(1, 6))):
            known = [*self.sent, *items]
            holds = [i for i in known if i.flags == Act.HOLD_PLACE]
            match data.draw(st.sampled_from(kinds.split())):
                case "act" if holds:
                    items.append(self._act(data, holds))
                case "act" | "place":
                    items.append(self._place(data))
                case "reverse":
                    items.append(self._reverse(data, known))
                case _:
                    items.append(self._move(data))
        items = self._grouped(data, items)
        if data.draw(st.booleans()):
            # Twins within a call, now and then with another body, or a whole group again.
            twin = data.draw(st.sampled_from(items))
            again = [i for i in items if i.group and i.group == twin.group] or [twin]
            flags = data.draw(st.sampled_from([again[-1].flags] * 3 + [1]))
            again[-1] = replace(again[-1], flags=flags)
            items += [replace(i, group=i.group and 100) for i in again]
        self.do(self._post(items))

    def _grouped(self, data: st.DataObject, items: list[Transfer]) -> list[Transfer]:
        """Put some neighbours into groups."""
        grouped, number = [], 1
        for item in items:
            number += data.draw(st.booleans())
            is_alone = data.draw(st.integers(0, 2)) == 0
            grouped.append(replace(item, group=0 if is_alone else number))
            number += is_alone
        return grouped

    @rule(person=draws.people)
    def too_late(self, person: int) -> None:
        """Capture a hold whose time is over, then let it expire, then release it."""
        ids_ = [ids.new(3, now() + self.ahead) for _ in range(3)]
        own = self.accounts[person], self.accounts[draws.RESERVED + person]
        over = now() + self.ahead - timedelta(seconds=1)
        item = ledger.place_hold(NewHold(ids_[0], *own, 1, Purpose.CHALLENGE, over))
        hold = Hold(ids_[0], *own, 1, 0, 0, 1, 1, None, now(), over, None)
        capture = ledger.capture(ids_[1], hold, self.accounts[(person + 1) % 4])
        release = ledger.release(ids_[2], hold)
        self.do(self._post([item, capture, ledger.expire(hold), release]))

    @rule(person=draws.people)
    def nobody(self, person: int) -> None:
        pairs = [(8, person), (person, 8)]
        self.do(self._post([self._transfer(d, c, 1, Code.PAYMENT) for d, c in pairs]))

    @rule(person=draws.people)
    def full(self, person: int) -> None:
        self.do(self._post([self._transfer(7, person, 10**15, Code.ADJUSTMENT)]))

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Send a call again: whole, or what is left when one item is taken away or changed."""
        items = [*data.draw(st.sampled_from(self.calls))]
        place = data.draw(st.integers(0, len(items) - 1))
        match data.draw(st.integers(0, 4)):
            case 0:
                items.pop(place)
            case 1:
                items[place] = self._transfer(0, 1, 1, Code.PAYMENT)._replace(
                    group=items[place].group
                )
            case 2:
                items[place] = replace(items[place], group=0)
        if items:
            self.do(self._post(draws.side_by_side(items)))

    @rule(
        change=st.sampled_from(
            [
                *["nothing"] * 4,
                *("debit", "credit", "amount", "code", "cause", "flags"),
                *("source", "expires", "purpose", "effective"),
            ]
        ),
        data=st.data(),
    )
    def replay(self, change: str, data: st.DataObject) -> None:
        items = data.draw(st.lists(st.sampled_from(self.sent), min_size=1, max_size=4))
        first = items[0]
        match change:
            case "debit":
                first = replace(first, debit=self.accounts[data.draw(draws.places)], checks=())
            case "credit":
                first = replace(first, credit=self.accounts[data.draw(draws.places)], checks=())
            case "amount":
                first = replace(first, amount_minor=first.amount_minor // 2 + 1)
            case "code":
                first = replace(first, code=Code.ADJUSTMENT)
            case "cause":
                first = replace(first, cause_id=new_id())
            case "flags":
                first = replace(first, flags=2)
            case "source":
                first = replace(first, source_id=new_id())
            case "expires":
                first = replace(first, expires_at=now())
            case "purpose":
                first = replace(first, purpose=Purpose.CHALLENGE)
            case "effective":
                first = replace(first, effective_at=now())
            case _:
                pass
        self.do(self._post(draws.side_by_side([first, *items[1:]])))

    @rule(
        value=st.sampled_from(
            [0, 2**128 - 1, int(UUID("0190b0a0-0000-4000-8000-000000000000")), 7 << 76 | 2 << 62]
        )
    )
    def made_up_id(self, value: int) -> None:
        self.do(self._post([replace(self._transfer(0, 1, 1, Code.PAYMENT), id=UUID(int=value))]))

    @rule(
        place=st.sampled_from([*range(7), draws.RESERVED]),
        flags=st.sampled_from([0, 0, 0, 1, 2, 3, 4]),
    )
    def flag(self, place: int, flags: int) -> None:
        account = self.model.books.accounts[self.accounts[place]]
        is_held = any(h.wallet == self.accounts[place] and h.left for h in self.holds())
        if flags & 4 and (account.net or is_held):
            return
        account.flags = flags
        self.do(self._flag(self.accounts[place], flags))

    def holds(self) -> list[Held]:
        return [*self.model.books.holds.values()]

    async def _flag(self, account: int, flags: int) -> None:
        async with self.database.transaction() as tx:
            to_clear = Flag(7 & ~flags)
            after = await ledger.set_flags(
                tx, account, to_set=Flag(flags), to_clear=to_clear, actor="test"
            )
        assert after == flags

    @rule(hours=st.sampled_from([0.02, 1, 6, 25]))
    def wait(self, hours: float) -> None:
        self.ahead = min(self.ahead + timedelta(hours=hours), timedelta(days=20))
        self.do(self.admin.execute("update ledger.calendar set clock_ahead = $1", self.ahead))

    @invariant()
    def counted(self) -> None:
        Life.steps += 1

    def teardown(self) -> None:
        """Take back what was done by hand, so that the books of all examples are whole."""
        if hasattr(self, "filled"):
            self.do(
                self.admin.execute(
                    "update ledger.account set debits = debits - $2, credits = credits - $2 "
                    "where id = $1",
                    self.filled,
                    FULL,
                )
            )
            self.do(
                self.admin.execute(
                    "update ledger.account set ceil = null, "
                    "floor = case when kind = 120 then least(floor, credits - debits) "
                    "else floor end where id = any ($1)",
                    self.accounts,
                )
            )
