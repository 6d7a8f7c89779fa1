"""Each named place of the readers is met by a death, and what is left is whole."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from quid.funding.service import pulling
from quid.funding.service.intake import Intake
from quid.funding.service.reconcile import reconcile
from quid.funding.types import OpState, Provider
from quid.kit import clock, failpoints
from tests.crash.failpoints.test_failpoints import points
from tests.support.crossing import STEPS, Crossing
from tests.support.doorstep import Doorstep

OURS = ("pull.", "event.", "rails.", "webhooks.")
# At the second time where there is one: something was done before it.
READING = {"pull.page": 2, "pull.kept": 2, "pull.read": 1, "event.apply": 1, "event.applied": 1}
OTHERS = {"rails.compared", "webhooks.stored"}


class Died(BaseException):
    """The process ends here."""


@contextmanager
def dying(at: str, monkeypatch: pytest.MonkeyPatch, *, time: int = 1) -> Iterator[None]:
    """Die at a place, when it is met for so many times."""
    passed = 0

    def reach(name: str) -> None:
        nonlocal passed
        passed += name == at
        if name == at and passed == time:
            raise Died

    with monkeypatch.context() as patch:
        patch.setattr(failpoints, "reach", reach)
        with pytest.raises(Died):
            yield


def test_no_place_is_left_out() -> None:
    assert {p for p in points() if p.startswith(OURS)} == READING.keys() | OTHERS


@pytest.mark.parametrize("point", READING)
async def test_a_death_inside_the_reading_loses_nothing_and_does_nothing_twice(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setattr(pulling, "_PAGE", 2)
    op, ref = await crossing.deposit(2_500)
    crossing.happens(ref, *STEPS)
    with dying(point, monkeypatch, time=READING[point]):
        await crossing.pull()
    assert await crossing.pull() is None  # the lease of the dead
    await crossing.admin.execute("update funding.cursor set lease_until = now()")
    await crossing.pull()
    assert await crossing.state(op) == OpState.AVAILABLE
    assert await crossing.wallet() == 2_500
    assert await crossing.events() == ["pending", *STEPS]


async def test_a_webhook_whose_storing_died_is_sent_again_and_stored_once(
    crossing: Crossing, step: Doorstep, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ref = await crossing.deposit()
    crossing.happens(ref, "posted")
    crossing.sandbox.get("/sandbox/transfer/fire_webhook", webhook="http://127.0.0.1:9/unused")
    bell = await asyncio.to_thread(step.wait, b"TRANSFER_EVENTS_UPDATE")
    for take in range(2):
        door = Intake(crossing.database, crossing.rails, is_live=False)
        taking = door.take(Provider.PLAID, bell.headers, bell.raw, now=clock.now())
        if take:
            assert await taking == "stored"
            continue

        def reach(name: str) -> None:
            if name == "webhooks.stored":
                raise RuntimeError("the connection ends here")

        with monkeypatch.context() as patch:
            patch.setattr(failpoints, "reach", reach)
            with pytest.raises(RuntimeError):
                await taking
        assert await crossing.admin.fetchval("select count(*) from funding.inbox") == 0


async def test_a_comparison_that_died_has_no_end_and_the_next_one_judges(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ref = await crossing.deposit()
    crossing.happens(ref, "posted")
    with dying("rails.compared", monkeypatch):
        await reconcile(Provider.PLAID, now=clock.now())
    count = "select count(*) from funding.break"
    assert await crossing.admin.fetchval(count) == 0
    await reconcile(Provider.PLAID, now=clock.now())
    assert await crossing.admin.fetchval(count) == 1
    ended = "select count(*) filter (where ended_at is null) from funding.recon_run"
    assert await crossing.admin.fetchval(ended) == 1
