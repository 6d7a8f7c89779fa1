"""A provider that hangs: row 15. The bench of providers has the figures."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import asyncpg
import pytest
from prometheus_client import REGISTRY

from quid.funding.adapters import calls
from quid.funding.adapters.connect import Connected, connect
from quid.funding.errors import ProviderError
from quid.funding.types import OpState, Speed
from quid.kit.breaker import Board
from quid.kit.breaker import State as Stands
from quid.ledger.types import Kind, Meter
from quid.payments.types import State, Wish
from tests.contracts.deeds import settings_of
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import Someone
from tests.support.sandbox import Sandbox
from tests.support.sending import asked, code_of, send
from tests.support.teller import Teller

PATH = "/transfer/cancel"
_ASKED = "select count(*) from funding.operation"


@dataclass
class Time:
    """Seconds by hand, for breakers."""

    seconds: float = 0.0

    def __call__(self) -> float:
        """Tell them."""
        return self.seconds


@pytest.fixture
def hand() -> Time:
    return Time()


@pytest.fixture
async def wire(
    sandbox: Sandbox, hand: Time, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Connected, Board]]:
    """Lines to the providers whose writes wait a second, not thirty."""
    quick = replace(calls.WRITE, seconds=1.0)
    monkeypatch.setattr("quid.funding.adapters.plaid.transfers.WRITE", quick)
    board = Board(now=hand)
    made = connect(settings_of(sandbox), board, is_production=False)
    assert made is not None
    yield made, board
    await made.close()


def state(board: Board) -> Stands:
    """Where the breaker of writes stands, and its gauge with it."""
    found = board.breakers["plaid.write"].state
    shown = REGISTRY.get_sample_value("quid_circuit_breaker_state", {"service": "plaid.write"})
    assert shown == found
    return found


def arrived(box: Sandbox) -> int:
    """How many calls the fault has met."""
    return sum(int(rule["seen"]) for rule in box.order("GET", "faults"))


async def test_row_15_so_many_are_out_three_probe_and_three_that_are_answered_close_it(
    sandbox: Sandbox, hand: Time, wire: tuple[Connected, Board]
) -> None:
    rails, board = wire[0].rails, wire[1]

    async def many() -> list[BaseException | None]:
        return await asyncio.gather(
            *(rails.ach.cancel("nothing") for _ in range(100)), return_exceptions=True
        )

    sandbox.fault("hang", match={"path": PATH}, times=1_000, seconds=60)
    began = time.monotonic()
    failed = await many()
    assert time.monotonic() - began < 10, "those that wait give up with those that hang"
    assert all(isinstance(e, ProviderError) for e in failed)
    # Sixteen at once; two more may have a place before the third failure opens the breaker.
    first = arrived(sandbox)
    assert 16 <= first <= 18
    assert state(board) is Stands.OPEN
    await many()
    assert arrived(sandbox) == first, "an open breaker lets nobody through"
    hand.seconds += 61
    await many()
    assert arrived(sandbox) == first + 3
    assert state(board) is Stands.OPEN
    sandbox.order("DELETE", "faults")
    hand.seconds += 61
    for _ in range(3):
        with pytest.raises(ProviderError):  # there is no such transfer: an answer all the same
            await rails.ach.cancel("nothing")
    assert state(board) is Stands.CLOSED


async def test_row_15_payments_from_the_balance_do_not_wait_for_it(
    teller: Teller, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    bank = await teller.bank(ana)
    teller.box.fault("hang", match={"face": "plaid"}, times=1_000, seconds=60)
    hanging = [asyncio.create_task(teller.deposit(ana, bank, 100)) for _ in range(24)]
    deadline = time.monotonic() + 20
    while arrived(teller.box) < 16 or await admin.fetchval(_ASKED) < 24:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    async with asyncio.timeout(15):
        for n in range(20):
            assert code_of(await send(teller.rt, asked(ben, ana, 100 + n))) == "COMPLETED"
    assert not any(task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    teller.box.order("DELETE", "faults")


@pytest.mark.parametrize("speed", ["standard", "instant"])
async def test_row_15_behind_an_open_breaker_a_withdrawal_waits_and_then_its_money_is_back(
    teller: Teller, ben: Someone, speed: Speed
) -> None:
    teller.fund()
    bank = await teller.bank(ben)
    board = teller.rt.part(Board)
    board.forced |= {"plaid.write": "open", "plaid.instant": "open"}
    op = await teller.withdraw(ben, bank, 4_000, speed=speed)
    assert OpState(op.state) < OpState.SUBMITTING
    assert op.unsure_since is None
    assert await teller.books(ben) == {Kind.WALLET: 6_000}
    op = await teller.drive((await teller.age(op, hours=25)).id)
    assert (OpState(op.state), op.failure_code) == (OpState.FAILED, "DEADLINE")
    assert await teller.books(ben) == {Kind.WALLET: 10_000}
    assert await teller.house() == {}
    assert await teller.counted(ben, Meter.BANK_OUT_7D) == 0
    assert teller.box.state("transfer") == []


async def test_row_15_a_charge_behind_an_open_breaker_is_not_made_when_its_time_is_over(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    """Prepared, then nobody could be asked: a quarter of an hour later nobody wants it."""
    teller, card = counter.teller, await counter.card(ana)
    teller.box.fault("status", status=429, match={"path": "/v1/payment_intents/*/confirm"})
    payment_id = made(await counter.pay(ana, ben, 5_000, Wish(card.id)))
    op = await counter.operation_of(payment_id)
    assert (OpState(op.state), op.unsure_since) == (OpState.CONFIRMING, None)
    op = await teller.drive((await teller.age(op, minutes=16)).id)
    assert OpState(op.state) in {OpState.CANCELLED, OpState.FAILED}
    await counter.work()
    assert await counter.state_of(payment_id) in {State.FAILED, State.DECLINED}
    assert teller.box.state("stripe.charge") == []
    assert await counter.books(ben) == {Kind.WALLET: 10_000}
