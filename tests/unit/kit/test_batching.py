"""Gathering: one outcome for each caller, whatever happens to the batch it travels in."""

import asyncio
from math import log2
from typing import Any

import pytest

from quid.kit.errors import DatabaseUnavailable, InternalFault, Overloaded, ValidationFailed
from tests.unit.kit.paper import (
    DEADLOCK,
    LOCKED,
    LOST,
    Item,
    PaperDesk,
    PaperLane,
    items,
    moved,
    open_counter,
)


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
