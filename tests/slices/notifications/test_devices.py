"""Devices: one row for each token, of whoever gave it last, read by nobody else."""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import pytest

from quid.kit import clock, db, fields, resealing, runtime
from quid.kit.errors import NotFound, ValidationFailed
from quid.kit.fields import Fields, number_of
from quid.kit.keks import FieldUnreadable, Keyring
from quid.kit.resealing import SealedThings
from quid.kit.runtime import Runtime
from quid.notifications.errors import TooManyDevices
from quid.notifications.ports import Channels
from quid.notifications.queries import devices as queries
from quid.notifications.queries.devices import Device, Reached
from quid.notifications.rules.push import DEVICES_MAX
from quid.notifications.service import devices as service
from quid.notifications.service.devices import Registration
from quid.notifications.store.sealed import SEALED
from tests.support.notices import Told, channels
from tests.support.people import Someone

TOKEN: Final = "a-token-of-a-phone-canary"


@pytest.fixture(autouse=True)
def _channels(house: Runtime) -> None:
    """All kinds are set up."""
    assert runtime.current() is house
    channels(web=Told(), fcm=Told(), apns=Told())


def phone(token: str = TOKEN, label: str = "") -> Registration:
    return Registration("fcm", token, token, label)


async def of(person: Someone) -> list[Device]:
    async with runtime.part(db.Database).read() as conn:
        return await queries.of_people(conn, [person.id])


async def reached(*device_ids: UUID) -> dict[UUID, Reached]:
    async with runtime.part(db.Database).read() as conn:
        return await queries.addresses(conn, device_ids)


async def test_a_device_given_twice_is_one_with_its_present_keys(ana: Someone) -> None:
    now = clock.now()
    first = await service.register(ana.id, Registration("fcm", TOKEN, "keys 1", "Old"), now=now)
    later = now + timedelta(hours=1)
    again = Registration("fcm", TOKEN, "keys 2", "New")
    second = await service.register(ana.id, again, now=later)
    assert (second.id, second.created_at) == (first.id, first.created_at)
    [listed] = await of(ana)
    assert listed == second
    assert (listed.label, listed.last_ok_at) == ("New", None)
    assert (await reached(first.id))[first.id].token == "keys 2"


async def test_who_gets_a_new_device_hears_of_it_once(
    ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    for who in (ana, ana, ben, ben):
        await service.register(who.id, phone(), now=now)
    rows = await admin.fetch("select user_id, kind from identity.security_event order by id")
    assert sorted(tuple(r) for r in rows) == sorted((p.id, "device_added") for p in (ana, ben))


async def test_one_token_at_two_services_is_two_devices(ana: Someone) -> None:
    now = clock.now()
    await service.register(ana.id, phone(), now=now)
    await service.register(ana.id, Registration("apns", TOKEN, TOKEN), now=now)
    assert len(await of(ana)) == 2


async def test_a_phone_that_is_passed_on_is_the_next_persons(ana: Someone, ben: Someone) -> None:
    now = clock.now()
    before = await service.register(ana.id, phone(), now=now)
    after = await service.register(ben.id, phone(), now=now)
    assert before.id != after.id
    assert await of(ana) == []
    assert [d.id for d in await of(ben)] == [after.id]
    assert list(await reached(before.id, after.id)) == [after.id]


async def test_two_who_give_one_token_at_once_leave_one_row(
    ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    for n in range(8):
        who = [ana, ben] * 4
        token = f"{TOKEN}-{n}"
        await asyncio.gather(*(service.register(p.id, phone(token), now=now) for p in who))
    assert await admin.fetchval("select count(*) from notifications.device") == 8


async def test_people_who_pass_on_two_phones_at_once_do_not_wait_in_a_circle(
    ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    for n in range(8):
        pairs = [(ana, 0), (ben, 1), (ana, 1), (ben, 0)]
        pairs = pairs if n % 2 else pairs[::-1]
        acts = (service.register(p.id, phone(f"{TOKEN}-{k}"), now=now) for p, k in pairs)
        await asyncio.gather(*acts)
    assert await admin.fetchval("select count(*) from notifications.device") == 2


async def test_there_are_twenty_at_most_however_many_come_at_once(ana: Someone) -> None:
    now = clock.now()
    acts = (service.register(ana.id, phone(f"{TOKEN}-{n}"), now=now) for n in range(26))
    done = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(d, TooManyDevices) for d in done) == 6
    assert len(await of(ana)) == DEVICES_MAX
    [one, *_] = [n for n, d in enumerate(done) if isinstance(d, Device)]
    await service.register(ana.id, phone(f"{TOKEN}-{one}", "again"), now=now)
    made = await of(ana)
    await service.forget(ana.id, made[0].id, now=now)
    await service.register(ana.id, phone(f"{TOKEN}-new"), now=now)


async def test_nobody_takes_back_anothers(ana: Someone, ben: Someone) -> None:
    now = clock.now()
    made = await service.register(ana.id, phone(), now=now)
    with pytest.raises(NotFound):
        await service.forget(ben.id, made.id, now=now)
    await service.forget(ana.id, made.id, now=now)
    with pytest.raises(NotFound):
        await service.forget(ana.id, made.id, now=now)
    assert await of(ana) == []


async def test_each_act_is_on_record_without_the_token(
    ana: Someone, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    made = await service.register(ana.id, phone(), now=now)
    await service.forget(ana.id, made.id, now=now)
    rows = await admin.fetch(
        "select action, a::text as whole from kit.audit a where action like 'notifications.%' "
        "order by at, id"
    )
    names = [r["action"] for r in rows]
    assert sorted(names) == ["notifications.device_added", "notifications.device_removed"]
    assert all(TOKEN not in r["whole"] for r in rows)


async def test_the_database_does_not_know_a_token(ana: Someone, admin: asyncpg.Connection) -> None:
    await service.register(ana.id, phone(), now=clock.now())
    whole = await admin.fetchval(
        "select d::text || encode(token, 'escape') from notifications.device d"
    )
    assert TOKEN not in whole


async def test_a_sealed_token_opens_in_its_own_row_alone(
    ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    now = clock.now()
    made = [await service.register(p.id, phone(f"{TOKEN}-{p.handle}"), now=now) for p in (ana, ben)]
    token = await admin.fetchval("select token from notifications.device where id = $1", made[0].id)
    await admin.execute(
        "update notifications.device set token = $1 where id = $2", token, made[1].id
    )
    with pytest.raises(FieldUnreadable):
        await reached(made[1].id)


async def test_a_data_key_is_replaced_while_devices_are_pushed_to(
    ana: Someone, ben: Someone, admin: asyncpg.Connection, house: Runtime
) -> None:
    now = clock.now()
    made = [await service.register(ana.id, phone(f"{TOKEN}-{n}"), now=now) for n in range(5)]
    database, keks = house.part(db.Database), house.part(Keyring)
    number = await fields.add_key(database, keks, now=now)
    later = now + fields.KNOWN_AFTER + timedelta(seconds=1)
    await fields.refresh(house.part(Fields), database, keks, now=later)
    house.put(SealedThings(SEALED))
    await service.register(ben.id, phone(f"{TOKEN}-4"), now=later)
    await resealing.reseal(now=later, limit=3)
    assert len(await reached(*(d.id for d in made))) == 4, "half of it done, all of it opens"
    while await resealing.reseal(now=later, limit=3):
        pass
    rows = await admin.fetch("select token from notifications.device")
    assert {number_of(r[0]) for r in rows} == {number}
    assert len(await reached(*(d.id for d in made))) == 4


@pytest.mark.parametrize(
    "endpoint", ["https://evil.example/x", "https://127.0.0.1/x", "http://fcm.googleapis.com/x"]
)
async def test_a_browser_with_a_strange_push_service_is_not_taken(
    endpoint: str, ana: Someone
) -> None:
    with pytest.raises(ValidationFailed, match="push service") as raised:
        await service.register(ana.id, Registration("web", endpoint, "{}"), now=clock.now())
    assert "evil" not in str(raised.value)
    assert await of(ana) == []


async def test_a_kind_that_is_not_set_up_is_not_taken(ana: Someone, house: Runtime) -> None:
    house.put(Channels({}))
    with pytest.raises(ValidationFailed, match="kind"):
        await service.register(ana.id, phone(), now=clock.now())
