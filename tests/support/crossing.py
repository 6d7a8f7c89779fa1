"""Money on its way: the adapters as wiring builds them, the sandbox as a process, real books."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from quid.funding.adapters.connect import Connected, connect
from quid.funding.ports import LinkedItem, Order, ProviderKey, Rails
from quid.funding.service import observe, start
from quid.funding.service.booking import shown
from quid.funding.service.intake import Intake
from quid.funding.service.pulling import Pulled, pull
from quid.funding.settings import FundingSettings
from quid.funding.types import NewOperation, Operation, OpKind, Provider, Purpose
from quid.kit import clock, db, ids
from quid.kit.breaker import Board
from quid.kit.crypto import Secret
from quid.kit.pager import Page, Pager
from quid.kit.runtime import Runtime
from tests.contracts.deeds import account, settings_of
from tests.support.doorstep import Doorstep, doorstep
from tests.support.sandbox import Sandbox, running

POLL: Final = timedelta(seconds=60)
STEPS: Final = ("posted", "settled", "funds_available")
_SOURCE: Final = """
insert into funding.source (id, user_id, kind, state, provider, item_ref, account_ref, can_pull,
  can_push, created_at, verified_at, changed_at)
values ($1, $2, 1, 30, 1, $3, $4, true, true, $5, $5, $5)"""


class Called(Pager):
    """A pager that writes down whom it would have woken."""

    way = "test"

    def __init__(self) -> None:
        self.pages: list[Page] = []

    async def page(self, page: Page) -> None:
        """Write it down."""
        self.pages.append(page)


@pytest.fixture(scope="module")
def step() -> Iterator[Doorstep]:
    """Where the sandbox's webhooks of a module arrive."""
    with doorstep() as opened:
        yield opened


@pytest.fixture(scope="module")
def rails_process(tmp_path_factory: pytest.TempPathFactory, step: Doorstep) -> Iterator[Sandbox]:
    """One sandbox for the tests of a module; its time stands still."""
    hooks = {"hook_plaid": f"{step.url}/plaid", "hook_stripe": f"{step.url}/stripe"}
    with running(tmp_path_factory.mktemp("sandbox"), **hooks) as sandbox:
        yield sandbox


@dataclass(frozen=True, slots=True)
class Crossing:
    """A bank that somebody has linked, and what is moved from and to it."""

    runtime: Runtime
    sandbox: Sandbox
    rails: Rails
    item: LinkedItem
    admin: asyncpg.Connection
    called: Called
    user_id: UUID
    source_id: UUID

    @property
    def database(self) -> db.Database:
        """The test's database."""
        return self.runtime.part(db.Database)

    async def started(self, cents: int = 1_368) -> Operation:
        """Write a deposit down; nobody was called."""
        op_id = ids.new(ids.bucket(self.user_id), clock.now())
        new = NewOperation(op_id, OpKind.DEPOSIT, Purpose.USER, self.user_id, self.source_id, cents)
        async with self.database.transaction() as tx:
            return await start(tx, new, now=clock.now())

    async def submitted(self, op: Operation) -> str:
        """Let the bank have it; our rows know that we asked, and no answer. Its name there."""
        await self.admin.execute(
            "update funding.operation set state = 14, next_at = null where id = $1", op.id
        )
        name = shown(op)
        order = Order(
            op_id=name,
            key=ProviderKey(f"{name}:auth"),
            user_ref="usr_1",
            legal_name="Ana Lopez",
            cents=op.net,
            direction="pull",
            network="ach",
            token=self.item.token,
            account_ref=account(self.item).ref,
            statement="Quid",
        )
        verdict = await self.rails.ach.authorize(order)
        key = ProviderKey(f"{name}:submit")
        made = await self.rails.ach.submit(replace(order, key=key, authorization_ref=verdict.ref))
        return made.ref

    async def known(self, op: Operation, ref: str) -> None:
        """Let our rows know what the bank calls it."""
        await self.admin.execute(
            "update funding.operation set provider_ref = $2, next_at = null where id = $1",
            op.id,
            ref,
        )

    async def deposit(self, cents: int = 1_368) -> tuple[Operation, str]:
        """A deposit that the bank has taken, and that we know of."""
        op = await self.started(cents)
        ref = await self.submitted(op)
        seen = await self.rails.ach.get(ref=ref)
        assert seen is not None
        [known] = await observe(Provider.PLAID, [seen], cause="test", now=clock.now())
        return known, ref

    def happens(self, ref: str, *events: str, **more: Any) -> None:
        """Let the bank do something with a transfer."""
        for event in events:
            self.sandbox.get(
                "/sandbox/transfer/simulate", transfer_id=ref, event_type=event, **more
            )

    async def pull(
        self, provider: Provider = Provider.PLAID, *, now: datetime | None = None
    ) -> Pulled | None:
        """Read the provider's list, if it is time."""
        return await pull(provider, poll=POLL, now=now or clock.now())

    async def pull_again(self) -> Pulled | None:
        """Read the list as if the last time were long ago."""
        await self.admin.execute("update funding.cursor set pulled_at = null, retry_at = null")
        return await self.pull()

    async def state(self, op: Operation) -> int:
        """Where an operation stands."""
        found: int = await self.admin.fetchval(
            "select state from funding.operation where id = $1", op.id
        )
        return found

    async def events(self, state: int | None = None) -> list[str]:
        """The kinds of the events kept, in order; of a state, where one is given."""
        rows = await self.admin.fetch(
            "select kind from funding.event where $1::int2 is null or state = $1 order by id",
            state,
        )
        return [row["kind"] for row in rows]

    async def age(self, span: timedelta) -> None:
        """Let the events kept have come so long ago."""
        for row in await self.admin.fetch("select id from funding.event"):
            older = ids.new(0, ids.time_of(row["id"]) - span)
            await self.admin.execute(
                "update funding.event set id = $2 where id = $1", row["id"], older
            )

    async def wallet(self) -> int:
        """What the person has."""
        found: int = await self.admin.fetchval(
            "select coalesce(sum(credits - debits), 0)::int8 from ledger.account"
            " where owner = $1 and kind = 201",
            self.user_id,
        )
        return found


@pytest.fixture
async def crossing(
    rails_process: Sandbox, step: Doorstep, runtime: Runtime, admin: asyncpg.Connection
) -> AsyncIterator[Crossing]:
    """A person with a linked bank, in an empty sandbox and an empty database."""
    rails_process.reset()
    rails_process.order("DELETE", "faults")
    step.rung.clear()
    settings, board, called = settings_of(rails_process), Board(), Called()
    connected = connect(settings, board, is_production=False)
    assert connected is not None
    _fill(runtime, settings, board, connected, called)
    made = rails_process.get(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["auth", "transfer"],
    )
    item = await connected.rails.link.exchange(Secret(made["public_token"]))
    user_id, source_id = ids.new(7, clock.now()), ids.new(7, clock.now())
    ref = account(item).ref
    await admin.execute(_SOURCE, source_id, user_id, item.item_ref, ref, clock.now())
    yield Crossing(runtime, rails_process, connected.rails, item, admin, called, user_id, source_id)
    await connected.close()


def _fill(
    rt: Runtime, settings: FundingSettings, board: Board, connected: Connected, called: Called
) -> None:
    rt.put(settings)
    rt.put(board)
    rt.put(connected.rails, kind=Rails)
    rt.put(called, kind=Pager)
    rt.put(Intake(rt.part(db.Database), connected.rails, is_live=False))
