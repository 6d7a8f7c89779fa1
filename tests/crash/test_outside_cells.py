"""A payment that a bank pays fails at every point it meets; the same key again, and it is one.

The points of the door and of the worker's part, one after another, each with a payment of its own.
An error at a point leaves what a death there would: what was committed, and nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import asyncpg
import pytest

from quid.funding.types import OpState
from quid.kit import clock, failpoints
from quid.ledger.types import Kind
from quid.payments import queries, service
from quid.payments.types import State, Wish
from tests.crash.failpoints.test_failpoints import points
from tests.slices.funding.conftest import bank_process, sandbox, teller
from tests.slices.payments.outside.conftest import counter
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "bank_process", "counter", "people", "sandbox", "teller"]
CENTS = 100


class InjectedError(Exception):
    """An error that no code expects."""


class Watch:
    """Notes the points that are met, and fails at the nth."""

    def __init__(self, nth: int = 0) -> None:
        self.met: list[str] = []
        self._nth = nth

    def reach(self, point: str) -> None:
        """Stand in the place of `kit.failpoints.reach`."""
        self.met.append(point)
        if len(self.met) == self._nth:
            raise InjectedError(point)


@contextmanager
def watching(nth: int = 0) -> Iterator[Watch]:
    """Let the nth point that is met fail; 0: none."""
    watch, before = Watch(nth), failpoints.reach
    failpoints.reach = watch.reach  # type: ignore[assignment]  # a method in a function's place
    try:
        yield watch
    finally:
        failpoints.reach = before


@pytest.fixture
async def ana(people: People, counter: Payer) -> Someone:
    """Ana, of tier 1, with $1.00."""
    who = await people.add("ana", funded_minor=100, tier=0)
    await counter.teller.verify(who)
    return who


async def ended(counter: Payer, ana: Someone, ben: Someone, bank: UUID, key: str) -> UUID:
    """Ask once more as a client that knows nothing, and let bank and worker do their part."""
    payment_id = made(await counter.pay(ana, ben, CENTS, Wish(bank), key=key))
    op = await counter.operation_of(payment_id)
    if op.state < OpState.PENDING:
        op = await counter.teller.drive(op.id, now=op.next_at)
    await counter.teller.until(op, OpState.SETTLED)
    await counter.work()
    if await counter.state_of(payment_id) is State.PROCESSING:
        await service.settle(payment_id, now=clock.now())
    return payment_id


@pytest.mark.timeout(600)
async def test_one_payment_and_one_transfer_whatever_fails(
    counter: Payer, ana: Someone, people: People, admin: asyncpg.Connection
) -> None:
    ben = await people.add("ben", funded_minor=0)
    bank = await counter.bank(ana)
    with watching() as watch:
        first = made(await counter.pay(ana, ben, CENTS, Wish(bank.id), key="cell-0"))
    assert {p for p in points() if p.startswith(("operation.", "outside."))} <= set(watch.met)
    paid = {first, await ended(counter, ana, ben, bank.id, "cell-0")}
    for nth, point in enumerate(watch.met, start=1):
        key = f"cell-{nth}"
        with watching(nth), suppress(InjectedError):
            await counter.pay(ana, ben, CENTS, Wish(bank.id), key=key)
        payment_id = await ended(counter, ana, ben, bank.id, key)
        assert await counter.state_of(payment_id) is State.COMPLETED, (nth, point)
        paid.add(payment_id)
    cells = len(watch.met) + 1
    assert len(paid) == cells == await admin.fetchval("select count(*) from payments.payment")
    assert len(counter.teller.box.effects("transfer.created")) == cells
    assert await counter.books(ben) == {Kind.WALLET: cells * CENTS}
    assert await counter.books(ana) == {Kind.WALLET: 100}
    async with counter.teller.database.read() as conn:
        assert await queries.unmatched(conn) == []


@pytest.mark.timeout(600)
async def test_the_settlement_pays_once_whatever_fails(
    counter: Payer, ana: Someone, people: People
) -> None:
    ben = await people.add("ben", funded_minor=0)
    bank = await counter.bank(ana)
    nth, is_left = 0, True
    while is_left:
        nth += 1
        payment_id = made(await counter.pay(ana, ben, CENTS, Wish(bank.id)))
        await counter.teller.until(await counter.operation_of(payment_id), OpState.SETTLED)
        with watching(nth) as watch, suppress(InjectedError):
            await service.settle(payment_id, now=clock.now())
        is_left = len(watch.met) >= nth
        assert await service.settle(payment_id, now=clock.now()) is State.COMPLETED
        assert await counter.books(ben) == {Kind.WALLET: nth * CENTS}
    assert nth > 5
