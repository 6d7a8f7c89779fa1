"""Verification: three steps around the verifier, each of which may be the last before a crash."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.identity import rules, service
from quid.identity.adapters.vault import FolderVault
from quid.identity.adapters.verifier import DocumentsOnly, SandboxVerifier
from quid.identity.errors import AlreadyDone, NotYet
from quid.identity.jobs import JOBS
from quid.identity.ports import Address, DocumentVault, Facts, Verdict, Verifier, VerifierDown
from quid.identity.queries import verification as queries
from quid.identity.types import Person
from quid.kit import db, guards, ids, runtime
from quid.kit.errors import NotFound, Refusal, ValidationFailed
from quid.kit.jobs import run_once
from quid.kit.keks import FieldUnreadable
from tests.slices.identity.conftest import Joined
from tests.support.database import in_clear

PDF = b"%PDF-1.7 passport of Ana Lindt"
SWEEP = next(job for job in JOBS if job.name == "identity.verify")


class Watched(SandboxVerifier):
    """The sandbox, with what it was asked, and a way to keep silent."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []
        self.is_silent = False

    async def verify(self, facts: Facts, *, key: UUID) -> Verdict:
        guards.forbid_in_transaction("the verifier is called")
        self.asked.append(key)
        if self.is_silent:
            raise VerifierDown("silent")
        return await super().verify(facts, key=key)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "documents")


@pytest.fixture
async def verifier(vault: FolderVault) -> Watched:
    made = Watched()
    runtime.current().put(made, kind=Verifier)
    runtime.current().put(vault, kind=DocumentVault)
    return made


@pytest.fixture
async def ana(join: Joined, verifier: Watched) -> Person:
    assert verifier is not None
    return await join("ana")


def facts(last4: str = "1234", born: date = date(1990, 5, 1)) -> Facts:
    home = Address("Main Street 14-B", "Springville", "94107-77", "US", region="CA")
    return Facts("Ana Maria Lindt-Okafor", born, home, last4)


async def view(person: Person) -> queries.VerificationView:
    async with runtime.part(db.Database).read() as conn:
        return await queries.view(conn, person.id)


async def test_facts_that_agree_are_tier_1_at_once(
    ana: Person, admin: asyncpg.Connection, now: datetime
) -> None:
    assert await view(ana) == queries.VerificationView(0, "none", queries.FACTS)
    done = await service.verify(ana.id, facts(), now=now)
    assert done == await view(ana) == queries.VerificationView(1, "verified", ("document",))
    [event] = await admin.fetch("select payload from kit.outbox where type like '%tier_changed%'")
    data = msgspec.json.decode(event[0])["data"]
    assert data == {"user_id": ids.show("usr", ana.id), "tier_before": 0, "tier": 1}
    audited = await admin.fetch("select action, details->>'state' from kit.audit")
    assert [tuple(a) for a in audited] == [("identity.verify", "VERIFIED")]
    with pytest.raises(AlreadyDone):
        await service.verify(ana.id, facts(), now=now)


async def test_no_fact_stands_in_clear(
    ana: Person, admin: asyncpg.Connection, vault: FolderVault, tmp_path: Path, now: datetime
) -> None:
    await service.verify(ana.id, facts("0001"), now=now)
    await service.add_document(ana.id, PDF, now=now)
    wanted = ("Lindt-Okafor", "1990-05-01", "Main Street", "Springville", "94107", "1234")
    assert await in_clear(admin, wanted[:-1]) == []
    [file] = (tmp_path / "documents").iterdir()
    assert b"passport" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    # An operator opens both; copied to another's place neither opens.
    async with runtime.part(db.Database).read() as conn:
        [first] = [
            r["id"]
            for r in await admin.fetch("select id from identity.verification where tier = 1")
        ]
        assert await service.facts_of(conn, first) == facts("0001")
        [waiting] = await queries.waiting(conn, limit=9)
        assert await service.facts_of(conn, waiting.id) == facts("0001")
        [document] = await queries.documents(conn, waiting.id)
        assert await service.read_document(conn, waiting.id, document.id) == PDF
        with pytest.raises(NotFound):
            await service.read_document(conn, first, document.id)
        await vault.put(document.id, b"\x01" + file.read_bytes()[1:-1] + b"x")
        with pytest.raises(FieldUnreadable):
            await service.read_document(conn, waiting.id, document.id)


@pytest.mark.parametrize(
    ("last4", "state", "needs"),
    [
        ("0000", "refused", queries.FACTS),
        ("0001", "pending", ("document",)),
        ("0002", "pending", ()),
    ],
)
async def test_the_sandbox_says_no_asks_for_more_or_keeps_silent(
    ana: Person, last4: str, state: str, needs: tuple[str, ...], now: datetime
) -> None:
    done = await service.verify(ana.id, facts(last4), now=now)
    assert (done.tier, done.state, done.needs) == (0, state, needs)


async def test_what_a_silent_verifier_left_is_asked_again_and_settled_once(
    ana: Person, verifier: Watched, admin: asyncpg.Connection, now: datetime
) -> None:
    verifier.is_silent = True
    assert (await service.verify(ana.id, facts(), now=now)).state == "pending"
    with pytest.raises(AlreadyDone):
        await service.verify(ana.id, facts(), now=now)
    verifier.is_silent = False
    database = runtime.part(db.Database)
    await run_once(database, SWEEP, now=now + timedelta(seconds=59))
    assert len(verifier.asked) == 1  # its request may still be at it
    for _ in range(2):
        await run_once(database, SWEEP, now=now + timedelta(seconds=61))
    assert (await view(ana)).tier == 1
    assert len(verifier.asked) == 2
    assert len(set(verifier.asked)) == 1
    told = await admin.fetchval("select count(*) from kit.outbox where type like '%tier_changed%'")
    assert told == await admin.fetchval("select count(*) from kit.audit") == 1


async def test_of_many_at_once_one_is_asked(
    ana: Person, verifier: Watched, admin: asyncpg.Connection, now: datetime
) -> None:
    done = await asyncio.gather(
        *(service.verify(ana.id, facts(), now=now) for _ in range(12)), return_exceptions=True
    )
    assert sum(not isinstance(d, BaseException) for d in done) == 1
    assert all(isinstance(d, Refusal) for d in done if isinstance(d, BaseException))
    assert len(verifier.asked) == 1
    assert await admin.fetchval("select count(*) from identity.verification") == 1


async def test_five_tries_a_day(ana: Person, now: datetime) -> None:
    for n in range(5):
        await service.verify(ana.id, facts("0000"), now=now + timedelta(minutes=n))
    with pytest.raises(NotYet):
        await service.verify(ana.id, facts(), now=now + timedelta(hours=23))
    assert (await service.verify(ana.id, facts(), now=now + timedelta(hours=25))).tier == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"birth_date": date(2008, 3, 3)}, "birth_date"),
        ({"birth_date": date(1890, 1, 1)}, "birth_date"),
        ({"birth_date": date(2030, 1, 1)}, "birth_date"),
        ({"legal_name": " "}, "legal_name"),
        ({"legal_name": "x" * 121}, "legal_name"),
        ({"address": Address("", "x", "1", "US")}, "address.line1"),
        ({"address": Address("x", "x\x00", "1", "US")}, "address.city"),
    ],
)
async def test_facts_that_cannot_be_are_refused_before_a_row(
    ana: Person, admin: asyncpg.Connection, wrong: dict[str, object], field: str, now: datetime
) -> None:
    with pytest.raises(ValidationFailed) as e:
        await service.verify(ana.id, msgspec.structs.replace(facts(), **wrong), now=now)
    assert e.value.field == field
    assert await admin.fetchval("select count(*) from identity.verification") == 0


async def test_documents_lead_to_tier_2_by_an_operator(
    ana: Person, admin: asyncpg.Connection, now: datetime
) -> None:
    with pytest.raises(NotYet):
        await service.add_document(ana.id, PDF, now=now)
    await service.verify(ana.id, facts(), now=now)
    for content in (b"", b"hello", b"<html>", b"GIF89a"):
        with pytest.raises(ValidationFailed):
            await service.add_document(ana.id, content, now=now)
    sent = (PDF, b"\xff\xd8\xff\xe0 photo", b"\x89PNG\r\n\x1a\n scan")
    for n, content in enumerate(sent):
        done = await service.add_document(ana.id, content, now=now + timedelta(seconds=1 + n))
        assert done == queries.VerificationView(1, "pending", ())
    database = runtime.part(db.Database)
    async with database.read() as conn:
        [waiting] = await queries.waiting(conn, limit=9)
        kinds = [d.media_type for d in await queries.documents(conn, waiting.id)]
    assert kinds == ["application/pdf", "image/jpeg", "image/png"]
    later = now + timedelta(hours=1)

    async def decide() -> UUID:
        async with database.transaction() as tx:
            return await service.decide_verification(
                tx, waiting.id, is_verified=True, by="op", now=later
            )

    done_all = await asyncio.gather(*(decide() for _ in range(4)), return_exceptions=True)
    assert done_all.count(ana.id) == 1
    assert sum(isinstance(d, AlreadyDone) for d in done_all) == 3
    assert await view(ana) == queries.VerificationView(2, "verified", ())
    tiers = await admin.fetch("select payload from kit.outbox where type like '%tier_changed%'")
    assert [msgspec.json.decode(t[0])["data"]["tier"] for t in tiers] == [1, 2]
    with pytest.raises(AlreadyDone):
        await service.add_document(ana.id, PDF, now=later)


async def test_of_many_documents_at_once_ten_are_kept_and_no_more_files(
    ana: Person, tmp_path: Path, now: datetime
) -> None:
    await service.verify(ana.id, facts(), now=now)
    sent = await asyncio.gather(
        *(service.add_document(ana.id, PDF, now=now) for _ in range(16)), return_exceptions=True
    )
    refused = [s for s in sent if isinstance(s, BaseException)]
    assert all(isinstance(r, NotYet | ValidationFailed | AlreadyDone) for r in refused), refused
    assert len(sent) - len(refused) == 10
    assert len(list((tmp_path / "documents").iterdir())) == 10


async def test_a_refused_document_leaves_the_tier_and_may_be_followed_by_another(
    ana: Person, now: datetime
) -> None:
    runtime.current().put(DocumentsOnly(), kind=Verifier)
    assert (await service.verify(ana.id, facts(), now=now)).needs == ("document",)
    database = runtime.part(db.Database)
    for n, is_verified in enumerate((False, True)):
        at = now + timedelta(minutes=1 + n)
        if not is_verified:
            await service.add_document(ana.id, PDF, now=at)
        else:
            with pytest.raises(NotYet):
                await service.add_document(ana.id, PDF, now=at)
            assert (await service.verify(ana.id, facts(), now=at)).state == "pending"
            await service.add_document(ana.id, PDF, now=at + timedelta(seconds=1))
        async with database.read() as conn:
            [waiting] = await queries.waiting(conn, limit=9)
        async with database.transaction() as tx:
            await service.decide_verification(
                tx, waiting.id, is_verified=is_verified, by="op", now=at + timedelta(seconds=2)
            )
        assert (await view(ana)).tier == (2 if is_verified else 0)


async def test_ten_documents_are_enough(ana: Person, now: datetime) -> None:
    await service.verify(ana.id, facts(), now=now)
    for n in range(10):
        await service.add_document(ana.id, PDF, now=now + timedelta(seconds=1 + n))
    with pytest.raises(NotYet, match="10 documents"):
        await service.add_document(ana.id, PDF, now=now + timedelta(minutes=1))


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(0, 40_000))
def test_of_age_is_the_eighteenth_birthday_and_after(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    eighteenth = (
        date(born.year + 18, 3, 1)
        if (born.month, born.day) == (2, 29) and (born.year + 18) % 4
        else born.replace(year=born.year + 18)
    )
    assert rules.is_of_age(born, on=on) == (on >= eighteenth)
