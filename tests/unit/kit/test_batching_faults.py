"""Any sequence of faults: each caller has exactly one outcome, and it is true."""

import asyncio
from dataclasses import dataclass
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from quid.kit.batching import Limits
from quid.kit.errors import Refusal, ValidationFailed
from tests.unit.kit import leap
from tests.unit.kit.paper import (
    DEADLOCK,
    LOCKED,
    LOST,
    Item,
    PaperDesk,
    PaperLane,
    Step,
    answer_of,
    open_counter,
)

LIMITS: Final = Limits(lanes=2, batch_max=4, queue_max=8)


async def hang(lane: PaperLane, _: list[Item]) -> None:
    await lane.dropped.wait()
    raise LOST


FAULTS: Final[dict[str, Exception | Step | None]] = {
    "lost": LOST,
    "locked": LOCKED,
    "deadlock": DEADLOCK,
    "defect": ValueError("a defect"),
    "refusal": ValidationFailed("the whole call"),
    "hang": hang,
    "nothing": None,
}


@dataclass(frozen=True, slots=True)
class Life:
    """What callers want, who gives up, and what happens to their batches."""

    wanted: list[tuple[int, str]]
    gone: set[int]
    before: list[str]
    after: list[str]
    poison: set[int]
    held: list[set[int]]
    refused: int


LIVES: Final = st.builds(
    Life,
    wanted=st.lists(st.tuples(st.integers(0, 5), st.sampled_from("ab")), min_size=1, max_size=12),
    gone=st.sets(st.integers(0, 11), max_size=4),
    before=st.lists(st.sampled_from(sorted(FAULTS)), max_size=6),
    after=st.lists(st.sampled_from(sorted(FAULTS)), max_size=6),
    poison=st.sets(st.integers(0, 5), max_size=2),
    held=st.lists(st.sets(st.integers(0, 0)), max_size=3),
    refused=st.sampled_from([0, 3, 100]),
)


async def live(life: Life) -> None:
    desk = PaperDesk(
        before=[FAULTS[b] for b in life.before],
        after=[FAULTS[a] for a in life.after],
        poison=life.poison,
        held=list(life.held),
    )
    items = [Item(*w) for w in life.wanted]
    async with open_counter(LIMITS, desk) as counter:
        counter.lanes[0].refusals = [ConnectionRefusedError()] * life.refused
        tasks = [asyncio.create_task(counter.batcher.submit(i)) for i in items]
        await asyncio.sleep(0)
        for n, task in enumerate(tasks):
            if n in life.gone:
                task.cancel()
        async with asyncio.timeout(120):
            answers = await asyncio.gather(*tasks, return_exceptions=True)
        for n, (item, answer) in enumerate(zip(items, answers, strict=True)):
            if isinstance(answer, asyncio.CancelledError):
                assert n in life.gone
            elif isinstance(answer, BaseException):
                assert isinstance(answer, Refusal), answer
                if answer.money_moved == "no":
                    assert item not in desk.effects
            else:
                assert answer == answer_of(item)
                assert desk.effects[item] == 1
        counter.lanes[0].refusals = []
        desk.before, desk.after, desk.poison, desk.held = [], [], set(), []
        assert await counter.ask(Item(99)) == ["99:"], "every lane still serves"
        async with asyncio.timeout(120):  # what nobody waits for any more comes to its end too
            while counter.batcher._present:  # noqa: ASYNC110 - a test looks from outside
                await asyncio.sleep(1)
        assert (counter.batcher.depth, counter.batcher._following) == (0, 0)


@given(LIVES)
@settings(max_examples=300, deadline=None)
def test_each_caller_has_one_true_outcome_whatever_happens(life: Life) -> None:
    leap.run(live(life))
