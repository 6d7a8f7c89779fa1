"""What the database itself keeps of disputes, whoever writes."""

from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.disputes.types import State
from quid.kit import clock, ids

OPEN: Final = (State.OPEN, State.NEEDS_INFO, State.UNDER_REVIEW)
ENDED: Final = tuple(set(State) - set(OPEN))
_ADD: Final = """
insert into disputes.dispute (id, opened_by, claim, payment_id, freeze_id, state, opened_at,
  answer_on, ended_at)
values ($1, $2, $3, $4, $5, $6, $7, '2026-03-16', $8)"""


def somebody() -> UUID:
    """Make an id."""
    return ids.new(1, clock.now())


async def add(
    admin: asyncpg.Connection,
    state: State = State.OPEN,
    *,
    claim: str = "scam",
    **subject: UUID | None,
) -> UUID:
    """Write a dispute of a payment (unless said otherwise) in a state."""
    made, now = somebody(), clock.now()
    payment_id = subject.get("payment", None if "freeze" in subject else somebody())
    await admin.execute(
        _ADD, made, subject.get("by") or somebody(), claim, payment_id, subject.get("freeze"),
        state, now, None if state in OPEN else now,
    )  # fmt: skip
    return made


@pytest.mark.parametrize("state", ENDED)
async def test_what_has_ended_stands(state: State, admin: asyncpg.Connection) -> None:
    dispute = await add(admin, state)
    for other in State:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(
                "update disputes.dispute set state = $2 where id = $1", dispute, other
            )


@pytest.mark.parametrize("state", State)
async def test_what_has_ended_says_when_and_nothing_else_does(
    state: State, admin: asyncpg.Connection
) -> None:
    dispute = await add(admin)
    wrong = clock.now() if state in OPEN else None
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(
            "update disputes.dispute set state = $2, ended_at = $3 where id = $1",
            dispute, state, wrong,
        )  # fmt: skip


async def test_of_a_payment_each_side_has_one_that_is_open(admin: asyncpg.Connection) -> None:
    ana, ben, payment = somebody(), somebody(), somebody()
    for state in ENDED:
        await add(admin, state, by=ana, payment=payment)
    await add(admin, by=ana, payment=payment)
    await add(admin, by=ben, payment=payment)
    for state in OPEN:
        with pytest.raises(asyncpg.UniqueViolationError):
            await add(admin, state, by=ana, payment=payment)


async def test_a_hold_has_one_that_is_open(admin: asyncpg.Connection) -> None:
    freeze = somebody()
    await add(admin, State.LOST, claim="hold", freeze=freeze)
    await add(admin, claim="hold", freeze=freeze)
    with pytest.raises(asyncpg.UniqueViolationError):
        await add(admin, State.NEEDS_INFO, claim="hold", freeze=freeze)


async def test_what_we_stopped_is_appealed_once(admin: asyncpg.Connection) -> None:
    payment = somebody()
    await add(admin, State.WITHDRAWN, claim="rejected", payment=payment)
    with pytest.raises(asyncpg.UniqueViolationError):
        await add(admin, claim="rejected", payment=payment)


async def test_it_is_about_a_payment_or_a_hold_and_says_which(admin: asyncpg.Connection) -> None:
    for claim, subject in (
        ("hold", {"payment": somebody()}),
        ("scam", {"freeze": somebody(), "payment": None}),
        ("scam", {"freeze": somebody(), "payment": somebody()}),
        ("scam", {"payment": None}),
        ("a whim", {"payment": somebody()}),
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await add(admin, claim=claim, **subject)


async def test_what_was_said_is_never_changed(admin: asyncpg.Connection) -> None:
    held = await admin.fetch(
        """select p.privilege_type from information_schema.table_privileges p
        where p.table_schema = 'disputes' and p.table_name = 'message' and p.grantee = 'quid_app'"""
    )
    assert {r[0] for r in held} == {"SELECT", "INSERT"}
