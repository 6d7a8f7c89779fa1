"""One press of an operator: one effect, one line of audit, whoever presses again."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from quid.kit import ids
from quid.kit.errors import Forbidden
from quid.kit.idempotency import IdempotencyKeyReused
from quid.kit.operators import Deed, Desk, Press, pressed
from quid.kit.runtime import Runtime
from tests.slices.kit.desk import ADMIN, FRIEND, NOW, PERSON, SUPPORT, WHY, FewFriends, press

LINES = "select actor, action, resource_id, outcome, details ->> 'reason' as reason from kit.audit"


pytestmark = pytest.mark.usefixtures("effects")


@pytest.fixture(autouse=True)
def desk(runtime: Runtime) -> None:
    runtime.put(FewFriends(), kind=Desk)


async def act(one: Press, *people: UUID) -> UUID:
    async with pressed(one, people=people, now=NOW) as once:
        if once.done is not None:
            return once.done
        await once.tx.execute("insert into public.effect values ('act', 1)")
        return once.finish(ids.new(7, NOW), Deed("test.act", "person", ids.show("usr", PERSON)))


async def count(admin: asyncpg.Connection) -> tuple[int, int]:
    """How many effects there are, and how many lines of audit."""
    [row] = await admin.fetch(
        "select (select count(*) from public.effect), (select count(*) from kit.audit)"
    )
    return (row[0], row[1])


async def test_a_press_is_on_record_with_its_reason(admin: asyncpg.Connection) -> None:
    await act(press(SUPPORT), PERSON)
    [line] = await admin.fetch(LINES)
    assert tuple(line) == (SUPPORT.name, "test.act", ids.show("usr", PERSON), "ok", WHY)


async def test_a_second_press_by_anybody_gets_the_first_result(admin: asyncpg.Connection) -> None:
    first = await act(press(SUPPORT))
    assert [await act(press(who)) for who in (SUPPORT, ADMIN)] == [first, first]
    assert await count(admin) == (1, 1)


async def test_presses_at_once_have_one_effect(admin: asyncpg.Connection) -> None:
    made = await asyncio.gather(*(act(press(who)) for who in (SUPPORT, ADMIN) * 4))
    assert len(set(made)) == 1
    assert await count(admin) == (1, 1)


async def test_the_same_key_for_another_act_is_refused(admin: asyncpg.Connection) -> None:
    await act(press(SUPPORT))
    with pytest.raises(IdempotencyKeyReused):
        await act(press(SUPPORT, body="another"))
    assert await count(admin) == (1, 1)


async def test_nobody_acts_on_a_friend(admin: asyncpg.Connection) -> None:
    with pytest.raises(Forbidden):
        await act(press(SUPPORT), PERSON, FRIEND)
    assert await count(admin) == (0, 0)


async def test_an_act_that_forgets_its_line_of_audit_does_not_happen(
    admin: asyncpg.Connection,
) -> None:
    with pytest.raises(RuntimeError, match="without `finish`"):
        async with pressed(press(SUPPORT), now=NOW) as once:
            await once.tx.execute("insert into public.effect values ('act', 1)")
    assert await count(admin) == (0, 0)


async def test_a_second_press_cannot_act() -> None:
    await act(press(SUPPORT))
    async with pressed(press(SUPPORT), now=NOW) as once:
        with pytest.raises(RuntimeError, match="must not act"):
            _ = once.tx
