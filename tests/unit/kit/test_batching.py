"""Gathering: one outcome for each caller, whatever happens to the batch it travels in."""

import asyncio
from math import log2
from typing import Any

import pytest

from quid.kit.batching import Batcher, Limits
from quid.kit.errors import DatabaseUnavailable, InternalFault, Overloaded, ValidationFailed
from tests.unit.kit.paper import (
    DEADLOCK,
    LOCKED,
    LOST,
    Counter,
    Item,
    PaperDesk,
    PaperLane,
    answer_of,
    moved,
    open_counter,
)


class Gate:
    """Holds the handler until it is opened, so that a test knows what waits."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, _lane: PaperLane, _items: list[Item]) -> None:
        self.reached.set()
        await self.opened.wait()


def items(n: int) -> list[Item]:
    return [Item(i) for i in range(n)]


async def submitted(counter: Counter, *wanted: Item) -> "list[asyncio.Task[str]]":
    """Start callers and let each reach the queue."""
    tasks = [asyncio.create_task(counter.batcher.submit(i)) for i in wanted]
    await asyncio.sleep(0)
    return tasks


LONG = Limits(lanes=1, handler=5, give_up=5)


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


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 16, 33])
async def test_a_poisoned_item_alone_answers_500(n: int) -> None:
    for position in range(n):
        async with open_counter(desk=PaperDesk(poison={position})) as counter:
            answers = await counter.ask(*items(n))
            for i, answer in enumerate(answers):
                if i == position:
                    assert isinstance(answer, InternalFault)
                    assert moved(answer) == "no"
                else:
                    assert answer == f"{i}:"
            assert len(counter.desk.calls) <= 2 * max(1, -(-log2(n) // 1)) + 1
            assert set(counter.desk.effects.values()) <= {1}


async def test_two_poisoned_items_are_both_found() -> None:
    async with open_counter(desk=PaperDesk(poison={3, 11})) as counter:
        answers = await counter.ask(*items(16))
        assert [i for i, a in enumerate(answers) if isinstance(a, InternalFault)] == [3, 11]


async def test_a_batch_lost_before_its_commit_is_sent_again() -> None:
    async with open_counter(desk=PaperDesk(before=[LOST])) as counter:
        assert await counter.ask(*items(3)) == ["0:", "1:", "2:"]
        assert counter.desk.calls == [items(3)] * 2
        assert counter.lanes[0].connects == 2


async def test_a_batch_whose_answer_is_lost_after_its_commit_has_one_effect() -> None:
    async with open_counter(desk=PaperDesk(after=[LOST, TimeoutError(), LOST])) as counter:
        assert await counter.ask(*items(3)) == ["0:", "1:", "2:"]
        assert counter.desk.calls == [items(3)] * 4
        assert set(counter.desk.effects.values()) == {1}


async def test_without_a_database_nothing_is_said_to_have_moved_if_nothing_was_sent() -> None:
    async with open_counter() as counter:
        await counter.lanes[0].drop()
        counter.lanes[0].refusals = [ConnectionRefusedError()] * 100
        (error,) = await counter.ask(Item(1))
        assert isinstance(error, DatabaseUnavailable)
        assert moved(error) == "no"
        assert error.retry_after is not None
        assert counter.desk.calls == []


async def test_without_a_database_what_was_sent_is_unknown() -> None:
    async with open_counter(desk=PaperDesk(after=[LOST])) as counter:
        counter.lanes[0].refusals = [ConnectionRefusedError()] * 100
        (error,) = await counter.ask(Item(1))
        assert isinstance(error, DatabaseUnavailable)
        assert moved(error) == "unknown"
        counter.lanes[0].refusals = []
        assert await counter.ask(Item(1)) == ["1:"]


@pytest.mark.parametrize(
    "refusal",
    [DatabaseUnavailable("all lanes are taken"), PermissionError(), ValueError("a bad password")],
)
async def test_a_connection_refused_for_any_reason_leaves_the_outcome_unknown(
    refusal: Exception,
) -> None:
    # Once such an error was taken for the handler's, and "no money moved" was said of a batch
    # whose commit was in doubt.
    async with open_counter(desk=PaperDesk(after=[LOST])) as counter:
        counter.lanes[0].refusals = [refusal] * 100
        assert [moved(e) for e in await counter.ask(*items(3))] == ["unknown"] * 3
        assert len(counter.desk.calls) == 1


async def test_a_fault_after_the_commit_never_says_that_nothing_moved() -> None:
    bug = ValueError("a defect between the commit and the answer")
    async with open_counter(desk=PaperDesk(after=[bug] * 9)) as counter:
        answers = await counter.ask(*items(3))
        assert [moved(e) for e in answers] == ["unknown"] * 3
        assert all(isinstance(e, InternalFault) for e in answers)


async def test_a_refusal_after_a_lost_commit_never_says_that_nothing_moved() -> None:
    # The payer signed out meanwhile: "nothing was sent" would be said of money that has moved.
    class Stricter(PaperDesk):
        async def handle(self, lane: object, items: list[Item]) -> list[Any]:
            assert isinstance(lane, PaperLane)
            good = await PaperDesk.handle(self, lane, items)
            later = [ValidationFailed("no more"), *good[1:]]
            return later if len(self.calls) > 1 else good

    async with open_counter(desk=Stricter(after=[LOST])) as counter:
        refused, good = await counter.ask(*items(2))
        assert moved(refused) == "unknown"
        assert good == "1:"


@pytest.mark.parametrize("many", [0, 1, 4])
async def test_a_desk_that_answers_too_few_or_too_many_kills_no_lane(many: int) -> None:
    # Once it ended the lane's task: its callers, and all who came after them, waited for ever.
    class Miscounting(PaperDesk):
        async def handle(self, lane: object, items: list[Item]) -> list[str]:
            assert isinstance(lane, PaperLane)
            good = await PaperDesk.handle(self, lane, items)
            return ["?"] * many if len(items) == 3 else good

    async with open_counter(desk=Miscounting()) as counter:
        assert [moved(e) for e in await counter.ask(*items(3))] == ["unknown"] * 3
        assert await counter.ask(Item(9)) == ["9:"]


async def test_a_defect_in_the_lane_itself_leaves_it_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_counter() as counter:
        with monkeypatch.context() as broken:

            def explode(*_: object) -> None:
                raise OSError("no space left on device")

            broken.setattr(counter.batcher._size, "observe", explode)
            assert [moved(e) for e in await counter.ask(*items(2))] == ["unknown"] * 2
        assert await counter.ask(Item(9)) == ["9:"]


async def test_a_hung_handler_loses_its_connection_and_is_sent_again() -> None:
    async def hang(lane: PaperLane, _: list[Item]) -> None:
        await lane.dropped.wait()  # the driver raises when the transport is gone
        raise LOST

    async with open_counter(desk=PaperDesk(before=[hang])) as counter:
        assert await counter.ask(*items(3)) == ["0:", "1:", "2:"]
        assert counter.lanes[0].connects == 2


async def test_a_handler_that_hangs_on_something_else_ends_too() -> None:
    async def hang(_lane: PaperLane, _: list[Item]) -> None:
        await asyncio.Event().wait()

    async with open_counter(desk=PaperDesk(after=[hang])) as counter:
        assert await counter.ask(Item(1)) == ["1:"]
        assert counter.desk.effects == {Item(1): 1}


async def test_a_locked_row_delays_only_its_own_item() -> None:
    desk = PaperDesk(before=[LOCKED], held=[{1}])
    async with open_counter(desk=desk) as counter:
        answers = await counter.ask(*items(3))
        assert answers[0::2] == ["0:", "2:"]
        assert isinstance(answers[1], Overloaded)
        assert moved(answers[1]) == "no"
        assert desk.calls == [items(3), [Item(0), Item(2)]]


async def test_a_key_row_is_waited_for() -> None:
    desk = PaperDesk(before=[LOCKED, LOCKED, LOCKED])
    async with open_counter(desk=desk) as counter:
        assert await counter.ask(*items(2)) == ["0:", "1:"]
        assert desk.asked_for_held == 3


async def test_a_lock_is_not_waited_for_for_ever() -> None:
    async def pause(_lane: PaperLane, _: list[Item]) -> None:
        await asyncio.sleep(0.02)
        raise LOCKED

    async with open_counter(desk=PaperDesk(before=[pause] * 1000)) as counter:
        (error,) = await counter.ask(Item(1))
        assert isinstance(error, Overloaded)
        assert moved(error) == "no"


async def test_a_lock_met_on_the_second_sending_leaves_the_outcome_unknown() -> None:
    # The first sending's backend may be frozen in its commit and hold that very row.
    desk = PaperDesk(before=[LOST, LOCKED], held=[{0}])
    async with open_counter(desk=desk) as counter:
        answers = await counter.ask(*items(2))
        assert moved(answers[0]) == "unknown"
        assert answers[1] == "1:"


@pytest.mark.parametrize("error", [LOST, LOCKED, ValueError("a defect")])
async def test_asking_for_locked_rows_may_fail_too(error: Exception) -> None:
    desk = PaperDesk(before=[LOCKED], held=[error])
    async with open_counter(desk=desk) as counter:
        assert await counter.ask(*items(2)) == ["0:", "1:"]


async def test_a_deadlock_is_tried_again_three_times() -> None:
    async with open_counter(desk=PaperDesk(before=[DEADLOCK] * 3)) as counter:
        assert await counter.ask(*items(2)) == ["0:", "1:"]
        assert len(counter.desk.calls) == 4


async def test_the_fourth_deadlock_is_answered_and_nobody_is_to_blame() -> None:
    async with open_counter(desk=PaperDesk(before=[DEADLOCK] * 4)) as counter:
        answers = await counter.ask(*items(2))
        assert all(isinstance(a, Overloaded) and moved(a) == "no" for a in answers)
        assert len(counter.desk.calls) == 4


async def test_a_refusal_of_the_whole_call_is_everybodys_answer() -> None:
    refusal = ValidationFailed("clocks differ")
    async with open_counter(desk=PaperDesk(before=[refusal])) as counter:
        assert await counter.ask(*items(3)) == [refusal] * 3
        assert len(counter.desk.calls) == 1


async def test_a_refusal_after_a_lost_answer_hides_no_doubt() -> None:
    desk = PaperDesk(before=[LOST, ValidationFailed("clocks differ")])
    async with open_counter(desk=desk) as counter:
        assert [moved(e) for e in await counter.ask(*items(2))] == ["unknown"] * 2


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
