"""A data key is replaced under load: every sealed thing of people opens, before and after."""

import asyncio
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from quid.identity import queries, service, store
from quid.identity.adapters.vault import FolderVault
from quid.identity.ports import DocumentVault
from quid.identity.store import verification
from quid.identity.store.sealed import SEALED
from quid.identity.types import Person
from quid.kit import db, fields, ids, resealing, runtime
from quid.kit.errors import NotFound
from quid.kit.fields import Fields, number_of
from quid.kit.keks import Keyring, LocalKek
from quid.kit.resealing import SealedThings
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in

SEALED_COLUMNS = """
  select table_schema || '.' || table_name || '.' || column_name
  from information_schema.columns
  where table_schema = 'identity' and column_name like '%sealed%' and data_type = 'bytea'
"""


@pytest.fixture
async def ana(join: Joined) -> Person:
    return await join("ana")


@pytest.fixture(autouse=True)
def vault(house: Runtime, tmp_path: Path) -> FolderVault:
    made = FolderVault(tmp_path / "documents")
    house.put(made, kind=DocumentVault)
    house.put(SealedThings(SEALED))
    return made


async def numbers(admin: asyncpg.Connection) -> dict[str, set[int]]:
    """Under which keys the fields of each sealed column lie."""
    found = {}
    for name in [r[0] for r in await admin.fetch(SEALED_COLUMNS)]:
        table, _, column = name.rpartition(".")
        rows = await admin.fetch(f"select {column} from {table} where {column} is not null")
        found[name] = {number_of(r[0]) for r in rows}
    return found


async def work(now: datetime) -> int:
    total = 0
    while taken := await resealing.reseal(now=now, limit=3):
        total += taken
    return total


async def test_all_that_is_sealed_is_sealed_anew(
    ana: Person, join: Joined, database: db.Database, admin: asyncpg.Connection
) -> None:
    people = [ana, *[await join(f"person_{n}") for n in range(4)]]
    async with database.transaction() as tx:
        assert await store.set_phone(tx, ana.id, "+436641234567")
    await service.start("stranger@example.org", now=ana.created_at)
    entered = await service.sign_in("ana", PASSWORD, is_remembered=False, now=ana.created_at)
    caller = Caller(ana.id, signed_in(entered).session_id, "cookie")
    await service.offer_totp(caller, now=ana.created_at)
    made = runtime.part(Fields)
    made.learn({3: b"n" * 32}, primary=3, gone=frozenset())
    before = await numbers(admin)
    assert before["identity.person.email_sealed"] == {1}
    taken = await work(ana.created_at)
    assert taken >= len(people) + 3
    after = await numbers(admin)
    assert {n for ns in after.values() for n in ns} == {3}
    assert {k for k, ns in after.items() if ns} == {k for k, ns in before.items() if ns}
    async with database.read() as conn:
        assert [await queries.person(conn, p.id) for p in people[1:]] == people[1:]


async def test_a_row_that_changes_meanwhile_keeps_its_own_newer_seal(
    ana: Person, database: db.Database
) -> None:
    made = runtime.part(Fields)
    made.learn({3: b"n" * 32}, primary=3, gone=frozenset())

    async def change(n: int) -> None:
        async with database.transaction() as tx:
            await store.set_email(tx, ana.id, f"ana{n}@example.org")

    for n in range(10):
        await asyncio.gather(change(n), work(ana.created_at))
        async with database.read() as conn:
            found = await queries.person(conn, ana.id)
        assert found is not None
        assert found.email == f"ana{n}@example.org"


async def test_documents_are_sealed_anew_with_their_row(
    ana: Person, vault: FolderVault, admin: asyncpg.Connection
) -> None:
    document_id, gone = (ids.new(ids.bucket(ana.id), ana.created_at) for _ in range(2))
    await vault.put(document_id, verification.seal_file(document_id, ana.id, b"%PDF-1"))
    case = ids.new(ids.bucket(ana.id), ana.created_at)
    await admin.execute(
        "insert into identity.verification (id, user_id, tier, state, asked_at) "
        "values ($1, $2, 2, 'PENDING', now())",
        case,
        ana.id,
    )
    await admin.executemany(
        "insert into identity.document values ($1, $2, $3, 'application/pdf', 6, now(), 1)",
        [(document_id, case, ana.id), (gone, case, ana.id)],
    )
    made = runtime.part(Fields)
    made.learn({3: b"n" * 32}, primary=3, gone=frozenset())
    await work(ana.created_at)
    sealed = await vault.get(document_id)
    assert number_of(sealed) == 3
    assert verification.unseal_file(document_id, ana.id, sealed) == b"%PDF-1"
    assert await admin.fetchval("select array_agg(distinct sealed_by) from identity.document") == [
        3
    ]
    with pytest.raises(NotFound):
        await vault.get(gone)


async def test_every_sealed_column_of_people_is_on_the_list(admin: asyncpg.Connection) -> None:
    known = {r[0] for r in await admin.fetch(SEALED_COLUMNS)}
    listed = {s.name for s in SEALED} - {"identity.document.file"}
    assert len(known | {"identity.totp.sealed"}) == len(listed)


async def test_old_keys_end_when_nothing_lies_under_them(
    ana: Person, database: db.Database, admin: asyncpg.Connection
) -> None:
    keys = Keyring(LocalKek(b"k" * 32))
    now = ana.created_at
    made = await fields.load(database, keys, now=now)
    runtime.current().put(made)
    runtime.current().put(SealedThings(SEALED[:1]))
    await admin.execute("update identity.person set email_sealed = null")
    async with database.transaction() as tx:
        assert await store.set_email(tx, ana.id, "ana@example.org")
    await fields.add_key(database, keys, now=now)
    later = now.replace(year=now.year + 1)
    await fields.refresh(made, database, keys, now=later)
    assert await resealing.reseal(now=later) == 1
    assert await resealing.reseal(now=later) == 0
    await fields.refresh(made, database, keys, now=later)
    assert made.numbers == {3}
    assert await admin.fetchval("select wrapped from kit.data_key where number = 1") == b""
