"""Flows of payments performed: those that wait, are declined, taken back, or come from a file."""

import hashlib
import io
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.kit import clock, db
from quid.kit.runtime import Runtime
from quid.payments import service as payments
from quid.payments.service.import_rows import read_rows
from quid.payments.service.imports import Run, send_rows
from quid.payments.types import State
from tests.support.money_flows import flow
from tests.support.people import People, Someone
from tests.support.presses import answer, operator, press
from tests.support.sending import asked, code_of, send
from tests.support.waiting import make_due, state_of, waiting_payment

HELD: Final = 60_000
pytestmark = pytest.mark.shipped_rules


@pytest.fixture
async def ana(people: People) -> Someone:
    """Ana, who joined a moment ago, with $1,000.00."""
    return await people.add("ana", funded_minor=100_000, tier=2)


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with $100.00."""
    return await people.add("ben")


@pytest.fixture
def names(ana: Someone, ben: Someone) -> dict[UUID, str]:
    """The two as the pages call them."""
    return {ana.id: "Ana", ben.id: "Ben"}


async def test_declined(
    app_runtime: Runtime, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    command = asked(ben, ana, 10_001)
    async with flow(admin, "declined.md", "More than the wallet holds", names):
        for _ in range(2):
            assert code_of(await send(app_runtime, command)) == "INSUFFICIENT_FUNDS"
    states = await admin.fetchval("select states from payments.payment")
    assert states == [State.INITIATED, State.AUTHORIZED, State.DECLINED]
    assert await admin.fetchval("select count(*) from ledger.refusal") == 1
    lines = await admin.fetch("select user_id from payments.activity where kind = 1")
    assert [r[0] for r in lines] == [ben.id]


async def test_let_through(
    app_runtime: Runtime, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    async with flow(admin, "waiting.md", "Let through", names):
        payment_id = await waiting_payment(app_runtime, ana, ben, HELD)
        await payments.approve(press(operator("analyst")), payment_id, now=clock.now())
    assert await state_of(admin, payment_id) is State.COMPLETED
    codes = "select code from ledger.journal where id = $1"
    assert await admin.fetchval(codes, payment_id) == 1


async def test_cancelled(
    app_runtime: Runtime, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    async with flow(admin, "waiting.md", "Cancelled", names):
        payment_id = await waiting_payment(app_runtime, ana, ben, HELD)
        await payments.cancel(payment_id, ana.id, now=clock.now())
    assert await state_of(admin, payment_id) is State.CANCELLED


async def test_nobody_acted(
    app_runtime: Runtime, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    async with flow(admin, "waiting.md", "Nobody acted in time", names):
        payment_id = await waiting_payment(app_runtime, ana, ben, HELD)
        await make_due(admin, payment_id)
        for _ in range(2):
            async with app_runtime.part(db.Database).transaction() as tx:
                await payments.expire_due(tx, now=clock.now())
    assert await state_of(admin, payment_id) is State.EXPIRED


async def test_taken_back(
    app_runtime: Runtime, ana: Someone, ben: Someone, names: dict[UUID, str],
    admin: asyncpg.Connection,
) -> None:  # fmt: skip
    command = asked(ana, ben, 3_000)
    found = []
    async with flow(admin, "taken-back.md", "A part, then the rest", names):
        assert code_of(await send(app_runtime, command)) == "COMPLETED"
        for part in (1_200, None):
            question = await payments.ask_to_reverse(
                press(operator("finance"), f"{part}"),
                command.payment_id,
                amount_minor=part,
                reason="mistake",
                now=clock.now(),
            )
            await answer(question, operator("compliance"), key=f"yes {part}")
            found.append(await state_of(admin, command.payment_id))
    assert found == [State.COMPLETED, State.REVERSED]


async def test_a_file_sent_twice(
    app_runtime: Runtime, names: dict[UUID, str], admin: asyncpg.Connection
) -> None:
    assert app_runtime
    file = b"payer,payee,amount,note,key\nana,ben,13.68,,1\nben,ana,0.68,,2\nben,ana,400,,3\n"
    run = Run(operator("finance"), "import-test")
    found = []
    async with flow(admin, "import.md", "A file, sent twice", names):
        for _ in range(2):
            rows = read_rows(io.BytesIO(file), hashlib.sha256())
            found.append([(await send_rows([row], run))[0].what for row in rows])
    assert found == [["sent", "sent", "refused"], ["already", "already", "refused"]]
