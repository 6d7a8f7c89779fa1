"""The queue of a batcher: who travels together, who waits, who is shed, how it ends."""

import asyncio

import pytest

from quid.kit.batching import Batcher, Limits
from quid.kit.errors import DatabaseUnavailable, InternalFault, Overloaded
from tests.unit.kit.paper import (
    LONG,
    Gate,
    Item,
    PaperDesk,
    PaperLane,
    answer_of,
    items,
    open_counter,
    submitted,
)


async def test_one_item_is_answered_at_once() -> None:
    async with open_counter() as counter:
        assert await counter.ask(Item(1)) == ["1:"]
        assert counter.desk.calls == [[Item(1)]]
        assert counter.batcher.last_size == 1


async def test_what_arrives_while_a_batch_runs_travels_together() -> None:
    gate = Gate()
    async with open_counter(LONG, PaperDesk(before=[gate])) as counter:
        first = await submitted(counter, Item(0))
        await gate.reached.wait()
        rest = await submitted(counter, *items(50)[1:])
        assert counter.batcher.depth == 49
        gate.opened.set()
        assert [await t for t in first + rest] == [answer_of(i) for i in items(50)]
        assert [len(c) for c in counter.desk.calls] == [1, 49]


async def test_a_batch_has_a_bound() -> None:
    async with open_counter(Limits(lanes=1, batch_max=4)) as counter:
        await counter.ask(*items(10))
        assert [len(c) for c in counter.desk.calls] == [4, 4, 2]


async def test_what_does_not_fit_into_a_batch_wakes_the_next_lane() -> None:
    # Once it waited for the first lane, which may hang, while the second had nothing to do.
    gate = Gate()
    limits = Limits(lanes=2, batch_max=2, handler=5)
    async with open_counter(limits, PaperDesk(before=[gate])) as counter:
        tasks = await submitted(counter, *items(4))
        async with asyncio.timeout(2):
            assert [await t for t in tasks[2:]] == ["2:", "3:"]
        assert not tasks[0].done()
        gate.opened.set()
        assert [await t for t in tasks[:2]] == ["0:", "1:"]


async def test_a_caller_that_gives_up_cancels_nothing() -> None:
    gate = Gate()
    async with open_counter(LONG, PaperDesk(before=[gate])) as counter:
        running = await submitted(counter, Item(1))
        await gate.reached.wait()
        waiting = await submitted(counter, Item(2), Item(2), Item(3))
        running[0].cancel()
        waiting[0].cancel()
        gate.opened.set()
        assert await waiting[1] == "2:"
        assert await waiting[2] == "3:"
        assert counter.desk.effects == {Item(1): 1, Item(2): 1, Item(3): 1}
        assert running[0].cancelled()


async def test_an_equal_item_joins_the_one_that_waits_or_runs() -> None:
    gate = Gate()
    async with open_counter(LONG, PaperDesk(before=[gate])) as counter:
        running = await submitted(counter, Item(1))
        await gate.reached.wait()
        more = await submitted(counter, Item(1), Item(2), Item(2))
        gate.opened.set()
        assert [await t for t in running + more] == ["1:", "1:", "2:", "2:"]
        assert counter.desk.calls == [[Item(1)], [Item(2)]]


@pytest.mark.parametrize("is_first_poisoned", [False, True])
async def test_another_item_of_the_same_key_runs_after_the_first(is_first_poisoned: bool) -> None:
    gate = Gate()
    desk = PaperDesk(before=[gate])

    async def poison(_lane: PaperLane, _: list[Item]) -> None:
        raise ZeroDivisionError

    if is_first_poisoned:
        desk.before = [gate, None, poison]  # the gate belongs to an item of its own
    async with open_counter(LONG, desk) as counter:
        other = await submitted(counter, Item(9))
        await gate.reached.wait()
        chain = [Item(1, "a"), Item(1, "b"), Item(1, "c"), Item(1, "b"), Item(1, "a")]
        if is_first_poisoned:
            desk.before = [poison]
        tasks = await submitted(counter, *chain)
        gate.opened.set()
        await asyncio.gather(*other, *tasks, return_exceptions=True)
        if is_first_poisoned:
            assert isinstance(tasks[0].exception(), InternalFault)
            assert tasks[0].exception() is tasks[4].exception()
        else:
            assert [t.result() for t in tasks] == ["1:a", "1:b", "1:c", "1:b", "1:a"]
        assert desk.calls[1:] == [[Item(1, "a")], [Item(1, "b")], [Item(1, "c")]]
        assert await counter.ask(Item(1, "a")) == ["1:a"]
        assert counter.batcher._present == {}


async def test_a_full_queue_sheds_before_any_work() -> None:
    gate = Gate()
    limits = Limits(lanes=1, batch_max=1, queue_max=3, handler=5)
    async with open_counter(limits, PaperDesk(before=[gate])) as counter:
        tasks = await submitted(counter, Item(0))
        await gate.reached.wait()
        tasks += await submitted(counter, *items(4)[1:])
        for n in range(20):
            with pytest.raises(Overloaded) as shed:
                await counter.batcher.submit(Item(100 + n))
            assert shed.value.money_moved == "no"
            assert shed.value.retry_after in (1, 2, 3)
        assert counter.batcher.depth == 3
        joining = await submitted(counter, Item(3))  # adds nothing to the queue
        gate.opened.set()
        assert [await t for t in tasks + joining] == ["0:", "1:", "2:", "3:", "3:"]


async def test_a_queue_of_one_key_is_bounded_too() -> None:
    # Once what ran after another item of its key was in no queue, and had no bound.
    gate = Gate()
    limits = Limits(lanes=1, queue_max=3, handler=5)
    async with open_counter(limits, PaperDesk(before=[gate])) as counter:
        tasks = await submitted(counter, Item(1, "0"))
        await gate.reached.wait()
        tasks += await submitted(counter, *(Item(1, str(n)) for n in range(1, 4)))
        with pytest.raises(Overloaded):
            await counter.batcher.submit(Item(1, "4"))
        joining = await submitted(counter, Item(1, "3"))  # adds nothing to the queue
        gate.opened.set()
        assert [await t for t in tasks + joining] == ["1:0", "1:1", "1:2", "1:3", "1:3"]
        assert await counter.ask(Item(1, "4")) == ["1:4"]


async def test_an_item_past_its_deadline_is_dropped_before_any_work() -> None:
    gate = Gate()
    limits = Limits(lanes=1, deadline=0.02, handler=5)
    async with open_counter(limits, PaperDesk(before=[gate])) as counter:
        first = await submitted(counter, Item(1))
        await gate.reached.wait()
        late = await submitted(counter, Item(2))
        await asyncio.sleep(0.03)
        fresh = await submitted(counter, Item(3))
        gate.opened.set()
        with pytest.raises(Overloaded) as dropped:
            await late[0]
        assert dropped.value.money_moved == "no"
        assert [await first[0], await fresh[0]] == ["1:", "3:"]
        assert Item(2) not in counter.desk.effects


async def test_closing_answers_the_queue_and_finishes_what_runs() -> None:
    gate = Gate()
    async with open_counter(LONG, PaperDesk(before=[gate])) as counter:
        running = await submitted(counter, Item(1, "a"))
        await gate.reached.wait()
        waiting = await submitted(counter, Item(2), *(Item(1, str(n)) for n in range(1500)))
        closing = asyncio.create_task(counter.batcher.close())
        for task in waiting:
            with pytest.raises(Overloaded):
                await task
        with pytest.raises(Overloaded):
            await counter.batcher.submit(Item(3))
        assert not closing.done()
        gate.opened.set()
        await closing
        assert await running[0] == "1:a"
        assert not counter.lanes[0].is_open


async def test_closing_an_idle_batcher_is_quick_and_twice_is_once() -> None:
    async with open_counter(Limits(lanes=3)) as counter:
        async with asyncio.timeout(1):
            await counter.batcher.close()
        assert [lane.is_open for lane in counter.lanes] == [False] * 3


async def test_closing_waits_no_longer_than_it_may() -> None:
    # Once the callers of a batch that was cut off at the end waited for ever.
    gate = Gate()
    limits = Limits(lanes=1, handler=60, give_up=0.05)
    async with open_counter(limits, PaperDesk(before=[gate])) as counter:
        running = await submitted(counter, Item(1))
        await gate.reached.wait()
        await counter.batcher.close()
        with pytest.raises(DatabaseUnavailable) as cut:
            await running[0]
        assert cut.value.money_moved == "unknown"


async def test_a_start_that_fails_leaves_nothing_behind() -> None:
    opened: list[PaperLane] = []

    async def open_lane() -> PaperLane:
        if opened:
            raise DatabaseUnavailable("all lanes are taken")
        opened.append(PaperLane())
        await opened[0].connect()
        return opened[0]

    batcher = Batcher("paper", PaperDesk(), open_lane=open_lane, limits=Limits(lanes=2))
    with pytest.raises(DatabaseUnavailable):
        await batcher.start()
    assert not opened[0].is_open
