"""What two operators decide: one asks, another one answers within a day, and it happens once."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.kit import approvals, db, ids
from quid.kit.approvals import Acts, Decided, Matter
from quid.kit.errors import Forbidden, NotFound
from quid.kit.operators import Desk, Operator, pressed
from quid.kit.runtime import Runtime
from tests.slices.kit.desk import (
    ACT,
    ADMIN,
    FINANCE,
    FRIEND,
    NOW,
    PERSON,
    SECOND,
    SUPPORT,
    FewFriends,
    Refused,
    matter,
    press,
)

LINES = "select actor, outcome from kit.audit order by id"
LATER = NOW + timedelta(hours=1)


pytestmark = pytest.mark.usefixtures("effects")


@pytest.fixture(autouse=True)
def desk(runtime: Runtime) -> None:
    runtime.put(FewFriends(), kind=Desk)
    runtime.put(Acts([ACT]))


async def ask(who: Operator = SUPPORT, about: Matter | None = None) -> UUID:
    about = about or matter(1, PERSON)
    async with pressed(press(who, "ask"), people=about.people, now=NOW) as once:
        return await approvals.ask(once, ACT, about)


async def decide(
    question: UUID, who: Operator, *, yes: bool = True, key: str = "", at: datetime = LATER
) -> None:
    await approvals.decide(
        question, press(who, key or f"{who.id}{yes}", str(yes)), is_approved=yes, now=at
    )


async def effects_of(admin: asyncpg.Connection) -> int:
    found: int = await admin.fetchval("select count(*) from public.effect")
    return found


async def state(database: db.Database, question: UUID, at: datetime = LATER) -> str:
    async with database.read() as conn:
        return (await approvals.one(conn, question)).state(at)


async def test_another_operator_approves_and_it_happens(
    admin: asyncpg.Connection, database: db.Database
) -> None:
    question = await ask()
    assert (await effects_of(admin), await state(database, question)) == (0, "PENDING")
    await decide(question, FINANCE)
    assert (await effects_of(admin), await state(database, question)) == (1, "APPROVED")
    lines = [tuple(line) for line in await admin.fetch(LINES)]
    assert lines == [(SUPPORT.name, "asked"), (FINANCE.name, "approved")]


async def test_refused_it_never_happens(admin: asyncpg.Connection, database: db.Database) -> None:
    question = await ask()
    await decide(question, FINANCE, yes=False)
    with pytest.raises(Decided, match="refused on 2026-03-02"):
        await decide(question, SECOND)
    assert (await effects_of(admin), await state(database, question)) == (0, "REFUSED")


async def test_who_asks_does_not_decide(admin: asyncpg.Connection) -> None:
    question = await ask(FINANCE)
    for yes in (True, False):
        with pytest.raises(Forbidden, match="Another operator"):
            await decide(question, FINANCE, yes=yes)
    assert await effects_of(admin) == 0


@pytest.mark.parametrize("who", [ADMIN, SUPPORT])
async def test_only_the_roles_of_an_act_decide_it(who: Operator, admin: asyncpg.Connection) -> None:
    question = await ask(FINANCE)
    with pytest.raises(Forbidden, match="role"):
        await decide(question, who)
    assert await effects_of(admin) == 0


async def test_only_the_roles_of_an_act_ask_for_it(admin: asyncpg.Connection) -> None:
    with pytest.raises(Forbidden, match="role"):
        await ask(ADMIN)
    assert await admin.fetchval("select count(*) from kit.approval") == 0


async def test_nobody_asks_or_decides_for_a_friend(
    admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Forbidden):
        await ask(about=matter(1, FRIEND))
    question = await ask(about=matter(1, PERSON))
    monkeypatch.setattr("tests.slices.kit.desk.FRIEND", PERSON)  # they become friends meanwhile
    with pytest.raises(Forbidden):
        await decide(question, FINANCE)
    assert await effects_of(admin) == 0


@pytest.mark.parametrize("yes", [True, False])
async def test_after_a_day_nobody_decides(
    *, yes: bool, admin: asyncpg.Connection, database: db.Database
) -> None:
    question = await ask()
    late = NOW + timedelta(hours=24)
    with pytest.raises(Decided, match="within 24 hours"):
        await decide(question, FINANCE, yes=yes, at=late)
    assert (await effects_of(admin), await state(database, question, late)) == (0, "EXPIRED")
    await decide(question, FINANCE, yes=yes, at=late - timedelta(microseconds=1))


async def test_the_same_answer_again_is_the_first_one(admin: asyncpg.Connection) -> None:
    question = await ask()
    await decide(question, FINANCE)
    await decide(question, FINANCE)
    await decide(question, SECOND)
    assert await effects_of(admin) == 1


async def test_two_operators_at_once_have_one_effect(admin: asyncpg.Connection) -> None:
    question = await ask()
    await asyncio.gather(*(decide(question, who) for who in (FINANCE, SECOND) * 3))
    assert await effects_of(admin) == 1


async def test_yes_and_no_at_once_end_as_one_of_them(
    admin: asyncpg.Connection, database: db.Database
) -> None:
    question = await ask()
    found = await asyncio.gather(
        decide(question, FINANCE), decide(question, SECOND, yes=False), return_exceptions=True
    )
    assert sorted(type(f).__name__ for f in found) == ["Decided", "NoneType"]
    is_approved = await state(database, question) == "APPROVED"
    assert await effects_of(admin) == is_approved


async def test_what_the_act_refuses_leaves_the_question_open(
    admin: asyncpg.Connection, database: db.Database
) -> None:
    question = await ask(about=matter(0))
    with pytest.raises(Refused):
        await decide(question, FINANCE)
    assert (await effects_of(admin), await state(database, question)) == (0, "PENDING")


async def test_an_act_or_question_that_nobody_knows(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        await decide(ids.new(0, NOW), FINANCE)
    question = await ask()
    runtime.put(Acts([]))
    with pytest.raises(NotFound):
        await decide(question, FINANCE)


@pytest.mark.parametrize(
    "change",
    [
        (
            "update kit.approval set decision = 'APPROVED', decided_by = asked_by, "
            "decided_at = asked_at, decided_reason = 'a reason of ten'"
        ),
        "update kit.approval set payload = '{}'",
        "delete from kit.approval",
    ],
)
async def test_the_database_keeps_questions_and_answers(
    change: str, admin: asyncpg.Connection
) -> None:
    await ask()
    with pytest.raises((asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError)):
        await admin.execute(change)


async def test_a_decision_stands(admin: asyncpg.Connection) -> None:
    await decide(await ask(), FINANCE)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="a decision stands"):
        await admin.execute("update kit.approval set decision = 'REFUSED'")


async def test_open_questions_are_listed_newest_first(database: db.Database) -> None:
    open_, done = await ask(), await ask()
    assert open_ == done  # one key, one question
    async with database.read() as conn:
        found = await approvals.page(conn, pending_at=LATER, before=None, many=10)
        assert [a.id for a in found] == [open_]
        late = NOW + approvals.LIFE
        assert await approvals.page(conn, pending_at=late, before=None, many=10) == []
        assert await approvals.page(conn, pending_at=None, before=open_, many=10) == []
