"""Activity adds up: whatever happened, in whatever company, every line leads to the next."""

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quid.kit import clock, db, ids
from quid.kit.runtime import Runtime
from quid.ledger import queries as books
from quid.ledger.queries.statement import Span
from quid.payments import queries
from quid.payments.errors import AlreadySpent
from quid.payments.queries import NEWEST, ActivityFilter, Position
from quid.payments.service import CURRENCY, ask_to_reverse, fund
from quid.payments.service.waiting import cancel
from quid.payments.service.wallets import find_wallets
from quid.payments.types import ActivityRow, Outcome, State
from tests.support.people import People, Someone
from tests.support.presses import answer, operator, press
from tests.support.sending import answer_of, asked, code_of, send

EVER: Final = Span(datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))

# Who pays whom how much: more than anybody has in one payment of ten. Acts of one list are sent at
# once; then the next list.
_act = st.tuples(
    st.integers(0, 2),
    st.integers(1, 2),
    st.integers(1, 400) | st.sampled_from([1, 2, 3, 199_999]),
)
_histories = st.lists(st.lists(_act, min_size=1, max_size=25), min_size=1, max_size=4)


async def lines_of(house: Runtime, who: Someone, *, page: int = 100) -> list[ActivityRow]:
    """Walk all pages; give the lines, oldest first."""
    found: list[ActivityRow] = []
    before = NEWEST
    async with house.part(db.Database).read() as conn:
        while True:
            rows = await queries.activity(
                conn, who.id, ActivityFilter(), before=before, page=(page, 0)
            )
            found += rows
            if len(rows) < page:
                return found[::-1]
            before = Position(rows[-1].at, rows[-1].id)


def signed(line: ActivityRow) -> int:
    return line.amount_minor if line.is_incoming else -line.amount_minor


async def check(house: Runtime, who: Someone, *, page: int) -> None:
    """Opening (nothing) + Σ lines = closing, line by line, and as the ledger states it.

    A line with a balance has moved the wallet: what waits has left it, what comes back is a line.
    """
    lines = await lines_of(house, who, page=page)
    held = 0
    moved = [line for line in lines if line.balance_after_minor is not None]
    for line in moved:
        held += signed(line)
        assert line.balance_after_minor == held, line
    assert {x.state for x in lines if x.balance_after_minor is None} <= {State.DECLINED}
    async with house.part(db.Database).read() as conn:
        balance = await queries.balance(conn, who.id, currency=CURRENCY, now=clock.now())
        wallet = (await find_wallets(conn, [who.id]))[who.id]
        stated = await books.statement(conn, wallet, EVER, limit=10_000)
    assert balance is not None
    assert held == balance.available == stated.closing
    waiting = [-signed(x) for x in lines if x.state in (State.CHALLENGED, State.IN_REVIEW)]
    assert sum(waiting) == balance.on_hold
    legs = [x.amount if x.side == "credit" else -x.amount for x in stated.lines]
    assert [signed(x) for x in moved] == legs


@pytest.mark.shipped_rules
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=_histories, page=st.integers(1, 7))
async def test_opening_and_lines_are_the_closing(
    house: Runtime, people: People, history: list[list[tuple[int, int, int]]], page: int
) -> None:
    now = clock.now()
    three = [await people.add(f"p{now:%H%M%S%f}_{n}") for n in range(3)]
    for together in history:
        sent = (send(house, asked(three[a], three[(a + b) % 3], m)) for a, b, m in together)
        outcomes = await asyncio.gather(*sent)
        codes = {code_of(o) for o in outcomes}
        assert codes <= {"COMPLETED", "IN_REVIEW", "INSUFFICIENT_FUNDS", "DAILY_LIMIT_EXCEEDED"}
        await _change_minds([told for o in outcomes if (told := _made(o))])
        await fund(three[0].id, 77, key=f"{len(codes)}", operator="test", now=clock.now())
    for who in three:
        await check(house, who, page=page)


def _made(outcome: Outcome) -> tuple[UUID, UUID, str] | None:
    """Give a payment that left its payer's wallet: its id, its payer, where it stands."""
    told = answer_of(outcome).get("payment")
    if told is None:
        return None
    payment_id, payer_id = ids.read("pay", told["id"]), ids.read("usr", told["payer"]["id"])
    assert payment_id is not None
    assert payer_id is not None
    return payment_id, payer_id, told["state"]


async def _change_minds(made: list[tuple[UUID, UUID, str]]) -> None:
    """Cancel every other payment that waits; take every fourth back, in part or whole."""
    for n, (payment_id, payer_id, state) in enumerate(made):
        if state == "IN_REVIEW" and n % 2:
            await cancel(payment_id, payer_id, now=clock.now())
        elif state == "COMPLETED" and n % 4 == 0:
            asking = press(operator("finance"), f"ask {payment_id}")
            question = await ask_to_reverse(
                asking,
                payment_id,
                amount_minor=1 if n % 8 else None,
                reason="mistake",
                now=clock.now(),
            )
            with contextlib.suppress(AlreadySpent):
                await answer(question, operator("compliance"), key=f"yes {payment_id}")


async def test_lines_of_one_commit_are_listed_as_they_were_posted(
    house: Runtime, people: People, ana: Someone, ben: Someone
) -> None:
    # They share their time, so their ids decide: without the same order at the posting, a balance
    # would jump from line to line.
    eve = await people.add("eve")
    around = [(ana, ben), (ben, eve), (eve, ana), (ben, ana)]
    commands = [asked(*around[n % 4], n + 1) for n in range(80)]
    await asyncio.gather(*(send(house, c) for c in reversed(commands)))
    for who in (ana, ben, eve):
        await check(house, who, page=100)


async def test_words_find_the_note_and_whom_it_was_with(
    house: Runtime, people: People, ana: Someone, ben: Someone
) -> None:
    eve = await people.add("eve_miller")
    await send(house, asked(ana, ben, 1, note="rent for eve"))
    await send(house, asked(ana, eve, 2, note="PIZZA"))
    await send(house, asked(ben, eve, 3, note="pizza of others"))

    async def found(words: str, since: datetime | None = None) -> list[int]:
        async with house.part(db.Database).read() as conn:
            wanted = ActivityFilter(words=words, since=since)
            rows = await queries.activity(conn, ana.id, wanted, before=NEWEST, page=(50, 0))
            return [r.amount_minor for r in rows]

    assert await found("eve") == [2, 1]
    assert await found("EVE_m") == [2]
    assert await found("@eve") == [2]
    assert await found("@ben") == [1]
    assert await found("Eve_Miller") == [2]
    assert await found("pizza") == [2]
    assert await found("%") == []
    assert await found("ana") == []
    assert await found("eve", since=clock.now()) == []
