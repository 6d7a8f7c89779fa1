"""What the database itself keeps of requests, whoever writes."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.collect.rules import MOVES
from quid.collect.types import State
from quid.kit import clock, ids

_ADD: Final = """
insert into collect.request (id, requester_id, requestee_id, amount_minor, currency, note, is_known,
  state, created_at, expires_at, ended_at, payment_id, is_told_expiring, due_at)
values ($1, $2, $3, $4, 'USD', 'rent', true, $5, $6, $7, $8, $9, false, $7)"""
_MOVE: Final = "update collect.request set state = $2, ended_at = $3, payment_id = $4 where id = $1"


def somebody() -> UUID:
    """Make an id."""
    return ids.new(1, clock.now())


async def add(
    admin: asyncpg.Connection, state: State = State.PENDING, *, amount: int = 1, **changed: UUID
) -> UUID:
    """Write a request in a state."""
    made, now, is_open = somebody(), clock.now(), state is State.PENDING
    people = {"requester": somebody(), "requestee": somebody(), **changed}
    await admin.execute(
        _ADD, made, people["requester"], people["requestee"], amount, state, now,
        now + timedelta(days=1), None if is_open else now,
        changed.get("payment") or (somebody() if state is State.PAID else None),
    )  # fmt: skip
    return made


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
async def test_no_move_is_made_but_those_of_the_table(
    before: State, after: State, admin: asyncpg.Connection
) -> None:
    request = await add(admin, before)
    is_open = after is State.PENDING
    values = (after, None if is_open else clock.now(), somebody() if after is State.PAID else None)
    if after in MOVES[before] or before is after is State.PENDING:
        await admin.execute(_MOVE, request, *values)
        assert await admin.fetchval("select state from collect.request") == after
    else:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(_MOVE, request, *values)


@pytest.mark.parametrize("state", set(State) - {State.PENDING})
async def test_what_has_ended_says_when_and_only_what_is_paid_what_paid_it(
    state: State, admin: asyncpg.Connection
) -> None:
    request = await add(admin)
    payment = None if state is State.PAID else somebody()
    for values in ((state, None, somebody()), (state, clock.now(), payment)):
        with pytest.raises(asyncpg.CheckViolationError):
            await admin.execute(_MOVE, request, *values)


async def test_no_two_requests_have_one_payment(admin: asyncpg.Connection) -> None:
    payment = somebody()
    await add(admin, payment=payment)
    with pytest.raises(asyncpg.UniqueViolationError):
        await add(admin, State.PAID, payment=payment)


async def test_nobody_asks_themselves_or_for_what_cannot_be_paid(
    admin: asyncpg.Connection,
) -> None:
    one = somebody()
    with pytest.raises(asyncpg.CheckViolationError):
        await add(admin, requester=one, requestee=one)
    for amount in (0, -1, 500_001):
        with pytest.raises(asyncpg.CheckViolationError):
            await add(admin, amount=amount)


@pytest.mark.parametrize("verb", ["delete from", "truncate"])
async def test_the_application_takes_no_request_away(verb: str, admin: asyncpg.Connection) -> None:
    await add(admin)
    await admin.execute("set role quid_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await admin.execute(f"{verb} collect.request")
    for column in ("amount_minor", "requester_id", "requestee_id", "note", "is_known"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(f"update collect.request set {column} = {column}")
