"""The provider's list is the truth: read by one, kept with its cursor, applied once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from quid.funding.service import applying, calling, orphans
from quid.funding.service.pulling import is_due, pause_after
from quid.funding.store.intake import Look
from quid.funding.types import EventState, OpState, Provider
from quid.kit import clock
from tests.support.crossing import POLL, STEPS, Crossing


async def test_all_webhooks_lost_and_it_converges_within_two_polls(crossing: Crossing) -> None:
    made = [await crossing.deposit(1_000 + n) for n in range(3)]
    for _, ref in made:
        crossing.happens(ref, *STEPS)
    now = clock.now()
    await crossing.pull(now=now)
    await crossing.pull(now=now + POLL)
    assert [await crossing.state(op) for op, _ in made] == [OpState.AVAILABLE] * 3
    assert await crossing.wallet() == 3_003
    assert await crossing.events(EventState.PENDING) == []


async def test_a_list_that_was_read_is_left_alone_until_the_clock_or_a_bell(
    crossing: Crossing,
) -> None:
    now = clock.now()
    assert await crossing.pull(now=now) is not None
    assert await crossing.pull(now=now + timedelta(seconds=5)) is None
    assert await crossing.pull(now=now + POLL) is not None


async def test_an_event_before_our_row_is_an_orphan_and_then_applied(crossing: Crossing) -> None:
    op = await crossing.started()
    ref = await crossing.submitted(op)
    crossing.happens(ref, "posted")
    now = clock.now()
    await crossing.pull(now=now)
    assert await crossing.events(EventState.ORPHAN) == ["pending", "posted"]
    await crossing.known(op, ref)
    await crossing.pull(now=now + timedelta(seconds=1))  # what was found is due at once
    assert await crossing.state(op) == OpState.POSTED
    assert await crossing.events(EventState.ORPHAN) == []


async def test_what_nobody_claims_for_an_hour_is_asked_about_and_adopted_by_its_own_id(
    crossing: Crossing,
) -> None:
    op = await crossing.started()
    await crossing.submitted(op)
    await crossing.pull()
    await crossing.age(timedelta(minutes=59))
    assert await orphans.look_up(Provider.PLAID, now=clock.now()) == 0
    assert await crossing.state(op) == OpState.SUBMITTING
    await crossing.age(timedelta(minutes=2))
    assert await orphans.look_up(Provider.PLAID, now=clock.now()) == 0
    assert await crossing.state(op) == OpState.PENDING


async def test_a_movement_of_nobody_becomes_a_break_once_and_calls_somebody(
    crossing: Crossing,
) -> None:
    op = await crossing.started()
    await crossing.submitted(op)
    await crossing.admin.execute("delete from funding.operation_event")
    await crossing.admin.execute("delete from funding.operation")
    now = clock.now()
    await crossing.pull(now=now)
    later = now + timedelta(hours=2)
    assert await orphans.look_up(Provider.PLAID, now=later) == 1
    assert await orphans.look_up(Provider.PLAID, now=later + timedelta(hours=1)) == 0
    await calling.call(now=later)
    await calling.call(now=later)
    [page] = crossing.called.pages
    assert page.name == "rails.break"
    assert "$13.68" in page.details[0]
    assert await crossing.events(EventState.ORPHAN) == ["pending"]


async def test_a_poisoned_event_is_set_aside_alone(crossing: Crossing) -> None:
    (good, good_ref), (bad, bad_ref) = await crossing.deposit(1_000), await crossing.deposit(2_000)
    crossing.happens(good_ref, *STEPS)
    crossing.happens(bad_ref, *STEPS)
    await crossing.pull()
    await crossing.admin.execute(
        "update funding.event set state = 10, done_at = null, operation_id = null"
    )
    await crossing.admin.execute(
        "update funding.event set cents = 9 where object_ref = $1 and kind = 'settled'", bad_ref
    )
    done = await applying.apply_pending(Provider.PLAID, now=clock.now())
    assert done.quarantined == 1
    assert await crossing.events(EventState.QUARANTINED) == ["settled"]
    assert await crossing.state(good) == await crossing.state(bad) == OpState.AVAILABLE
    await calling.call(now=clock.now())
    assert [p.name for p in crossing.called.pages] == ["rails.quarantined"]


@pytest.mark.parametrize(
    ("field", "to", "kept"),
    [("event_type", "unknown", "unknown"), ("timestamp", "missing", "unreadable")],
)
async def test_what_cannot_be_read_waits_for_a_person_and_the_list_goes_on(
    crossing: Crossing, field: str, to: str, kept: str
) -> None:
    op, ref = await crossing.deposit()
    crossing.happens(ref, "posted")
    how: dict[str, Any] = {} if to == "missing" else {"to": to}
    crossing.sandbox.fault(
        "field",
        match={"path": "/transfer/event/sync"},
        field=f"transfer_events.*.{field}",
        **how,
    )
    await crossing.pull()
    assert len(await crossing.events(EventState.QUARANTINED)) == 2, kept
    crossing.happens(ref, "settled")
    await crossing.pull_again()
    assert await crossing.state(op) == OpState.SETTLED


async def test_two_readers_are_one(crossing: Crossing) -> None:
    op, ref = await crossing.deposit()
    crossing.happens(ref, *STEPS)
    done = await asyncio.gather(*(crossing.pull() for _ in range(6)))
    assert len([d for d in done if d is not None]) == 1
    assert await crossing.wallet() == 1_368
    assert await crossing.state(op) == OpState.AVAILABLE


async def test_a_provider_that_is_down_is_asked_ever_more_rarely(crossing: Crossing) -> None:
    crossing.sandbox.fault("status", times=500, match={"path": "/transfer/event/sync"}, status=500)
    now, asked = clock.now(), 0
    for second in range(120):
        at = now + timedelta(seconds=second)
        asked += await crossing.pull(now=at) is not None
    assert 3 <= asked <= 9
    later = now + timedelta(minutes=6)
    await calling.call(now=later)
    await calling.call(now=later)
    assert [p.name for p in crossing.called.pages] == ["rails.silent"]


def look(**changed: object) -> Look:
    """Nothing to do, but for what is given."""
    at = clock.now()
    values: dict[str, object] = {
        "pulled_at": at,
        "retry_at": None,
        "failures": 0,
        "silent_at": None,
        "is_leased": False,
        "is_rung": False,
        "is_hot": False,
        "is_pending": False,
        "is_found": False,
    }
    return Look(**{**values, **changed})  # type: ignore[arg-type]  # as the class has them


def test_when_it_is_time() -> None:
    now = clock.now()
    ago = now - timedelta(seconds=11)
    assert not is_due(look(), poll=POLL, now=now)
    assert is_due(look(pulled_at=None), poll=POLL, now=now)
    assert is_due(look(is_rung=True), poll=POLL, now=now)
    assert is_due(look(pulled_at=ago, is_hot=True), poll=POLL, now=now)
    assert not is_due(look(pulled_at=ago), poll=POLL, now=now)
    held = now + timedelta(seconds=1)
    assert not is_due(look(is_rung=True, retry_at=held), poll=POLL, now=now)
    assert not is_due(look(is_rung=True, is_leased=True), poll=POLL, now=now)


def test_a_wait_doubles_to_five_minutes() -> None:
    waits = [pause_after(n).total_seconds() for n in range(12)]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 300
