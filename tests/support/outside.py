"""People who pay with a bank or a card of the sandbox, through the services."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

from quid.funding.ports import ProviderKey
from quid.funding.store import operations as operation_store
from quid.funding.store import sources as source_store
from quid.funding.types import Operation, Provider, Source, SourceKind, SourceState
from quid.kit import clock, ids, outbox
from quid.kit.jobs import run_once
from quid.ledger.types import Kind, Meter
from quid.payments import jobs
from quid.payments.consumers import CONSUMERS
from quid.payments.service import pay_outside
from quid.payments.types import Browser, Outcome, SendPayment, State, Wish
from quid_sandbox.stripe.cards import CARDS
from tests.contracts.deeds import BACK, press, type_card
from tests.support.people import Someone
from tests.support.sending import asked, send
from tests.support.teller import Teller

HERE: Final = Browser("192.0.2.7", "a test")
ANY: Final = Wish()
_NUMBERS: Final = {card.name: card.number for card in CARDS}
_LEFT: Final = """
select count(*)
from kit.outbox o
where o.type = any($2)
  and not exists (select from kit.inbox i where i.consumer = $1 and i.event_id = o.id)"""
_LONG_AGO: Final = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Payer:
    """Somebody at the counter who pays others with what they have linked."""

    teller: Teller
    admin: asyncpg.Connection

    async def bank(self, who: Someone, **how: Any) -> Source:
        """Link a bank, used where nothing is named."""
        return await self.teller.bank(who, **{"is_default": True, **how})

    async def card(self, who: Someone, name: str = "visa", **how: Any) -> Source:
        """Save a card on the processor's page."""
        rails, number = self.teller.rails, _NUMBERS[name]
        shown = ids.show("usr", who.id)
        key = ProviderKey(f"{shown}:{number[-4:]}")
        started = await rails.card.start_save(shown, BACK, customer_ref=None, key=key)
        asking = type_card(self.teller.box, started.url, number)
        if not asking.startswith(BACK):  # its bank asks its owner even before it is saved
            press(self.teller.box, asking, answer="approve")
        done = await rails.card.finish_save(started.session_ref)
        assert done.card is not None
        now = clock.now()
        row = {
            **dict.fromkeys(Source.__slots__),
            "id": ids.new(ids.bucket(who.id), now),
            "user_id": who.id,
            "kind": SourceKind.CREDIT_CARD,
            "state": SourceState.VERIFIED,
            "is_default": True,
            "provider": Provider.STRIPE,
            "name": "",
            "customer_ref": done.card.customer_ref,
            "method_ref": done.card.method_ref,
            "institution": "Visa",
            "last4": number[-4:],
            "exp_month": 12,
            "exp_year": 2040,
            "can_pull": True,
            "can_push": False,
            "rtp_push": False,
            "is_tokenized": False,
            "created_at": now,
            "verified_at": now,
            "changed_at": now,
            "version": 0,
            **how,
        }
        source = Source(**row)
        async with self.teller.database.transaction() as tx:
            await source_store.put(tx, [source], now=now)
        return source

    async def trust(self, who: Someone, bank: Source) -> None:
        """Let somebody be old and known enough for credit: two pulls of theirs have settled."""
        await self.admin.execute(
            "update identity.person set created_at = created_at - $2::interval where id = $1",
            who.id, _LONG_AGO,
        )  # fmt: skip
        await self.admin.execute(
            "update funding.source set verified_at = verified_at - $2::interval where id = $1",
            bank.id, _LONG_AGO,
        )  # fmt: skip
        for n in range(2):
            await self.admin.execute(
                """insert into funding.operation (id, kind, purpose, user_id, source_id, provider,
                    network, cents, fee, net, currency, state, deadline, created_at, changed_at,
                    is_released)
                  values ($1, 1, 1, $2, $3, 1, 'ach', 1, 0, 1, 'USD', 50, $4, $4, $4, true)""",
                ids.leg(bank.id, f"earlier {n}"), who.id, bank.id, clock.now() - _LONG_AGO,
            )  # fmt: skip

    async def pay(
        self, payer: Someone, payee: Someone, cents: int, wish: Wish | None = ANY, **how: Any
    ) -> Outcome:
        """Pay as the door does: in a lane, and beside it where that is not the way."""
        command = wished(asked(payer, payee, cents, **how), wish)
        if wish is None or not wish.goes_outside(now=command.asked_at):
            outcome = await send(self.teller.rt, command)
            if type(outcome).__name__ != "AnotherWay":
                return outcome
        return await pay_outside(command, HERE, now=clock.now())

    async def operation_of(self, payment_id: UUID) -> Operation:
        """The operation of a payment."""
        op_id = await self.admin.fetchval(
            "select operation_id from payments.outside where payment_id = $1", payment_id
        )
        async with self.teller.database.read() as conn:
            [found] = await operation_store.read(conn, [op_id])
        return found

    async def state_of(self, payment_id: UUID) -> State:
        """Where a payment stands."""
        states = await self.admin.fetchval(
            "select states from payments.payment where id = $1", payment_id
        )
        return State(states[-1])

    async def work(self) -> None:
        """Let the worker read its events, and look at the payments that are due."""
        database = self.teller.database
        [rails] = [c for c in CONSUMERS if c.name == "payments.rails"]
        [job] = [j for j in jobs.JOBS if j.name == "payments.settle"]
        # Another test's writer in the same server may hold back what can be read.
        for _ in range(1000):
            await outbox.consume(database, rails)
            if not await self.admin.fetchval(_LEFT, rails.name, list(rails.types)):
                break
            await asyncio.sleep(0.01)
        await run_once(database, job, now=clock.now())

    async def counted(self, who: Someone) -> int:
        """What counts on the limit of a day of sending."""
        return await self.teller.counted(who, Meter.SEND_24H)

    async def books(self, who: Someone) -> dict[Kind, int]:
        """What stands on a person's accounts."""
        return await self.teller.books(who)


def wished(command: SendPayment, wish: Wish | None) -> SendPayment:
    """Say where the money is to come from."""
    command.wish = wish
    return command
