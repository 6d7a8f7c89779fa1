"""Contacts: sealed where they stand, found by their exact value, changed for one person alone."""

import asyncio

import asyncpg
import pytest

from quid.identity import queries, service, store
from quid.identity.types import Person
from quid.kit import db, ids, runtime
from quid.kit.fields import Fields, number_of
from quid.kit.keks import FieldUnreadable
from tests.slices.identity.conftest import Joined
from tests.support.database import in_clear


@pytest.fixture
async def ana(join: Joined) -> Person:
    return await join("ana")


@pytest.fixture
async def ben(join: Joined) -> Person:
    return await join("ben")


async def test_no_table_holds_a_contact_in_clear(
    ana: Person, database: db.Database, admin: asyncpg.Connection
) -> None:
    async with database.transaction() as tx:
        assert await store.set_phone(tx, ana.id, "+436641234567")
    await service.start("stranger@example.org", now=ana.created_at)
    wanted = ("ana@example.org", "stranger@example.org", "6641234567")
    assert await in_clear(admin, wanted) == []
    async with database.read() as conn:
        found = await queries.person(conn, ana.id)
        assert found is not None
        assert (found.email, found.phone) == ("ana@example.org", "+436641234567")
    # The search itself finds what stands in clear.
    await admin.execute("update identity.person set display_name = 'ana@example.org'")
    assert await in_clear(admin, wanted) == ["identity.person: ana@example.org"]


async def test_a_contact_copied_to_another_row_does_not_open(
    ana: Person, ben: Person, database: db.Database, admin: asyncpg.Connection
) -> None:
    await admin.execute(
        "update identity.person p set email_sealed = o.email_sealed from identity.person o "
        "where p.id = $1 and o.id = $2",
        ana.id,
        ben.id,
    )
    async with database.read() as conn:
        with pytest.raises(FieldUnreadable):
            await queries.person(conn, ana.id)
        assert (await queries.person(conn, ben.id)) == ben


async def test_an_email_is_given_to_one_of_all_who_ask(join: Joined, database: db.Database) -> None:
    people = [await join(f"person_{n}") for n in range(8)]

    async def change(person: Person) -> bool:
        async with database.transaction() as tx:
            return await store.set_email(tx, person.id, "wanted@example.org")

    done = await asyncio.gather(*(change(p) for p in people))
    assert sum(done) == 1
    async with database.read() as conn:
        owner = await queries.by_email(conn, "wanted@example.org")
        assert owner is not None
        assert owner.id == people[done.index(True)].id
        assert await queries.by_email(conn, people[done.index(True)].email) is None


async def test_a_phone_is_one_persons_and_can_be_given_up(
    ana: Person, ben: Person, database: db.Database
) -> None:
    async with database.transaction() as tx:
        assert await store.set_phone(tx, ana.id, "+436641234567")
        assert not await store.set_phone(tx, ben.id, "+436641234567")
        assert await store.set_phone(tx, ana.id, "+436641234567")
        assert await store.set_phone(tx, ana.id, None)
        assert await store.set_phone(tx, ben.id, "+436641234567")
        assert not await store.set_phone(tx, ids.new(0, ana.created_at), "+43664")


async def test_contacts_from_before_are_sealed_once(
    join: Joined, database: db.Database, admin: asyncpg.Connection
) -> None:
    people = [await join(f"person_{n:03}") for n in range(5)]
    await admin.execute(
        "update identity.person set email_sealed = null, email_index = null, "
        "email = handle || '@example.org' where handle <> 'person_004'"
    )
    before = await admin.fetchval("select email_sealed from identity.person where email is null")
    assert await service.complete_older() == 4
    assert await service.complete_older() == 0
    async with database.read() as conn:
        for person in people:
            assert await queries.person(conn, person.id) == person
            assert await queries.by_email(conn, person.email) == person
    kept = await admin.fetchval(
        "select email_sealed from identity.person where id = $1", people[4].id
    )
    assert kept == before
    assert await in_clear(admin, [p.email for p in people]) == []


async def test_two_who_seal_at_once_do_each_row_once(
    join: Joined, admin: asyncpg.Connection
) -> None:
    for n in range(6):
        await join(f"person_{n}")
    await admin.execute(
        "update identity.person set email_sealed = null, email_index = null, "
        "email = handle || '@example.org'"
    )
    done = await asyncio.gather(service.complete_older(), service.complete_older())
    assert sum(done) == 6
    sealed = await admin.fetch("select email_sealed from identity.person")
    assert {number_of(row[0]) for row in sealed} == {runtime.part(Fields).primary}
