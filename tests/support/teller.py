"""Somebody with a bank in the sandbox: money in and out through the services, day by day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from quid.funding import service
from quid.funding.ports import Rails
from quid.funding.queries import by_ids
from quid.funding.service.judging import apply
from quid.funding.store import operations as store
from quid.funding.store import sources as source_store
from quid.funding.types import (
    Move,
    Operation,
    OpState,
    Provider,
    Source,
    SourceState,
    Speed,
)
from quid.identity import service as identity
from quid.identity.ports import Address, Facts
from quid.kit import clock, db, idempotency, ids
from quid.kit.crypto import Secret, digest16
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.ledger import queries as ledger
from quid.ledger.types import Kind, Meter
from tests.support.people import Someone
from tests.support.sandbox import Sandbox
from tests.support.wallets import bank_row

LONG: Final = 20.0
_FLOAT: Final = "100000.00"


@dataclass(frozen=True, slots=True)
class Teller:
    """The counter: what a person does, and what the bank then tells."""

    rt: Runtime
    box: Sandbox

    @property
    def rails(self) -> Rails:
        """The providers."""
        return self.rt.part(Rails)

    @property
    def database(self) -> db.Database:
        """The database."""
        return self.rt.part(db.Database)

    async def bank(
        self, who: Someone, name: str = "Plaid Checking", login: str = "user_ana_lopez", **how: Any
    ) -> Source:
        """Link a bank account, proven and able to do all. `how`: other columns of its row."""
        options = {"override_username": login, "override_password": "pass_good"}
        made = self.box.get(
            "/sandbox/public_token/create",
            institution_id="ins_109508",
            initial_products=["auth", "transfer"],
            options=options,
        )
        item = await self.rails.link.exchange(Secret(made["public_token"]))
        [account] = [a for a in item.accounts if a.name == name]
        now = clock.now()
        row = bank_row(who.id, at=now, item_ref=item.item_ref, account_ref=account.ref, **how)
        row = replace(row, token=source_store.seal_token(row.id, who.id, item.token))
        async with self.database.transaction() as tx:
            await source_store.put(tx, [row], now=now)
        return row

    async def verify(self, who: Someone, legal_name: str = "Ana Lopez") -> None:
        """Let the law's name of somebody be known; they are of tier 1 then."""
        address = Address("1 Main St", "Springfield", "97475", "US")
        facts = Facts(legal_name, date(1990, 5, 1), address, "1234")
        await identity.verify(who.id, facts, now=clock.now())

    def fund(self) -> None:
        """Let the house have money at the provider."""
        self.box.get(
            "/transfer/ledger/deposit", amount=_FLOAT, network="ach", idempotency_key="float"
        )
        self.box.advance(days=14)

    async def deposit(self, who: Someone, source: Source, cents: int, **how: Any) -> Operation:
        """Put money in; drive it until it waits for the bank."""
        cmd = self.move(who, source, cents, service.DEPOSIT, **how)
        return await self.driven(await service.deposit(cmd, now=clock.now()))

    async def withdraw(self, who: Someone, source: Source, cents: int, **how: Any) -> Operation:
        """Take money out; drive it until it waits for the bank."""
        cmd = self.move(who, source, cents, service.WITHDRAW, **how)
        return await self.driven(await service.withdraw(cmd, now=clock.now()))

    def move(
        self,
        who: Someone,
        source: Source,
        cents: int,
        act: str,
        *,
        speed: Speed = "standard",
        key: str | None = None,
    ) -> Move:
        """Make the command."""
        hashed = idempotency.read_key(header=key or str(uuid4()), body=None)
        return Move(
            id=ids.new(ids.bucket(who.id), clock.now()),
            key=Key(who.id, act, hashed, digest16(f"{source.id}{cents}{speed}".encode())),
            user_id=who.id,
            source_id=source.id,
            cents=cents,
            speed=speed,
        )

    async def driven(self, asked: service.Asked, *, now: datetime | None = None) -> Operation:
        """Drive an operation until it rests."""
        return await self.drive(asked.op_id, now=now)

    async def drive(self, op_id: UUID, *, now: datetime | None = None) -> Operation:
        """Drive an operation until it rests."""
        return (await service.drive(op_id, within=LONG, now=now or clock.now())).operation

    async def age(self, op: Operation, **span: float) -> Operation:
        """Let an operation be older, as if time had gone by; its next look is due."""
        back = timedelta(**span)
        async with self.database.transaction() as tx:
            await tx.execute(
                "update funding.operation set created_at = created_at - $2::interval, "
                "deadline = deadline - $2::interval, next_at = least(next_at, now()) "
                "- $2::interval, unsure_since = unsure_since - $2::interval where id = $1",
                op.id,
                back,
            )
            await tx.execute(
                "update funding.call set sent_at = sent_at - $2::interval, "
                "done_at = done_at - $2::interval where operation_id = $1",
                op.id,
                back,
            )
        return await self.read(op.id)

    async def read(self, op_id: UUID) -> Operation:
        """Read an operation."""
        async with self.database.read() as conn:
            [found] = await store.read(conn, [op_id])
        return found

    async def learn(self, op: Operation) -> Operation:
        """Look how the bank has it, and believe it."""
        seen = await self.rails.ach.get(ref=op.provider_ref)
        assert seen is not None
        await service.observe(Provider.PLAID, [seen], cause="look-up", now=clock.now())
        return await self.read(op.id)

    async def until(self, op: Operation, state: OpState, *, days: int = 25) -> Operation:
        """Let days go by until the bank has it there."""
        for _ in range(days):
            op = await self.learn(op)
            if op.state == state:
                return op
            self.box.advance(days=1)
        raise AssertionError(f"{OpState(op.state).name} and not {state.name} after {days} days")

    async def told(self, op: Operation, status: str, **how: Any) -> Operation:
        """Let the bank say something of an operation, whatever it is."""
        seen = await self.rails.ach.get(ref=op.provider_ref)
        assert seen is not None
        async with self.database.transaction() as tx:
            held = await store.locked(tx, op.id)
            assert held is not None
            said = replace(seen, status=status, **how)
            await apply(tx, held, [said], cause="event:told", now=clock.now())
        return await self.read(op.id)

    async def counted(self, who: Someone, meter: Meter) -> int:
        """What counts on a limit of somebody's wallet now."""
        async with self.database.read() as conn:
            wallets = await ledger.wallets(conn, [who.id], "USD")
            used = await ledger.used(conn, [wallets[who.id]], now=clock.now())
        found = used.get((wallets[who.id], meter))
        return found.minor if found else 0

    def break_login(self, source: Source) -> None:
        """Let the bank want its customer again."""
        token = source_store.token_of(source)
        assert token is not None
        self.box.get("/sandbox/item/reset_login", access_token=token.reveal())

    async def source_state(self, source: Source) -> SourceState:
        """Where a source stands."""
        async with self.database.read() as conn:
            return SourceState((await by_ids(conn, [source.id]))[source.id].state)

    async def books(self, who: Someone) -> dict[Kind, int]:
        """What stands on a person's accounts, what is nothing aside."""
        async with self.database.read() as conn:
            owned = await ledger.owned(conn, who.id, "USD")
        return {Kind(a.kind): a.net for a in owned if a.net}

    async def house(self) -> dict[Kind, int]:
        """What stands on the accounts of the house, added up by kind, what is nothing aside."""
        async with self.database.read() as conn:
            lines = await ledger.trial_balance(conn)
        nets = {Kind(x.kind): x.credits - x.debits for x in lines}
        own = (Kind.WALLET, Kind.INCOMING, Kind.ADVANCE, Kind.RECEIVABLE, Kind.HELD, Kind.RESERVED)
        return {k: n for k, n in nets.items() if n and k not in (*own, Kind.CAPITAL)}
