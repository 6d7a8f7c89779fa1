"""Blocks, freezes, and the row of standing that a payment reads."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.identity import queries, service
from quid.identity.errors import AlreadyDone, DuplicateEntry, PersonNotFound
from quid.identity.queries import people
from quid.identity.types import (
    ApiTokens,
    FreezePerson,
    FreezeReason,
    FreezeScope,
    Person,
    Standing,
)
from quid.kit import db, ids
from quid.kit.errors import MissingField, ValidationFailed
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, new_person

LAST = people.Before(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
async def ana(join: Joined) -> Person:
    """The payer."""
    return await join("ana")


@pytest.fixture
async def ben(join: Joined) -> Person:
    """The payee."""
    return await join("ben")


@pytest.fixture
async def tokens(ana: Person, now: datetime) -> ApiTokens:
    """The payer's session."""
    issued = await service.issue_token(ana.handle, PASSWORD, now=now)
    assert isinstance(issued, ApiTokens)
    return issued


def _freeze(
    user_id: UUID, scope: FreezeScope, reason: FreezeReason = FreezeReason.SECURITY
) -> FreezePerson:
    return FreezePerson(
        user_id,
        scope,
        reason,
        "We are checking your account.",
        date(2026, 4, 1),
        "op",
        "case 7: phished",
    )


async def _standing(
    database: db.Database, payer: UUID, session: UUID | None, payee: UUID, now: datetime
) -> Standing:
    async with database.read() as conn:
        (found,) = await queries.standings(
            conn, payer_ids=[payer], session_ids=[session], payee_ids=[payee], now=now
        )
    return found


# --- standing ----------------------------------------------------------------------------------


async def test_a_standing_holds_all_that_a_payment_asks(
    ana: Person, ben: Person, tokens: ApiTokens, database: db.Database, now: datetime
) -> None:
    found = await _standing(database, ana.id, tokens.session_id, ben.id, now)
    assert found == Standing(
        is_session_live=True,
        is_payer_known=True,
        payer_tier=0,
        payer_handle="ana",
        payer_display_name="Ana",
        payer_default_visibility="friends",
        payer_show_amount=False,
        payer_freeze_scope=None,
        payer_freeze_reason=None,
        is_payee_open=True,
        payee_handle="ben",
        payee_display_name="Ben",
        payee_default_visibility="friends",
        payee_show_amount=False,
        is_blocked=False,
        payer_since=ana.created_at,
    )


async def test_standings_keep_the_order_of_the_batch_and_repeat(
    ana: Person, ben: Person, tokens: ApiTokens, database: db.Database, now: datetime
) -> None:
    nobody = ids.new(3, now)
    payers = [ben.id, ana.id, nobody, ana.id, ana.id]
    payees = [ana.id, nobody, ana.id, ben.id, ben.id]
    sessions = [tokens.session_id, tokens.session_id, tokens.session_id, None, tokens.session_id]
    async with database.read() as conn:
        found = await queries.standings(
            conn, payer_ids=payers, session_ids=sessions, payee_ids=payees, now=now
        )
    told = [
        (f.payer_handle, f.payee_handle, f.is_session_live, f.is_payer_known, f.is_payee_open)
        for f in found
    ]
    assert told == [
        ("ben", "ana", False, True, True),  # a session of somebody else
        ("ana", "", True, True, False),
        ("", "ana", False, False, True),
        ("ana", "ben", False, True, True),
        ("ana", "ben", True, True, True),
    ]


async def test_an_ended_session_is_not_live(
    ana: Person, ben: Person, tokens: ApiTokens, database: db.Database, now: datetime
) -> None:
    late = now + timedelta(days=30)
    assert not (await _standing(database, ana.id, tokens.session_id, ben.id, late)).is_session_live
    caller = service.read_token(f"Bearer {tokens.access_token}", now=now)
    await service.sign_out(caller, now=now)
    assert not (await _standing(database, ana.id, tokens.session_id, ben.id, now)).is_session_live


# --- blocks ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ana_blocks", [True, False])
async def test_a_block_holds_in_both_directions_until_it_is_lifted(
    ana_blocks: bool, ana: Person, ben: Person, database: db.Database, now: datetime
) -> None:
    one, other = (ana, ben) if ana_blocks else (ben, ana)
    await service.block(one.id, other.id, now=now)
    await service.block(one.id, other.id, now=now)
    assert (await _standing(database, ana.id, None, ben.id, now)).is_blocked
    async with database.read() as conn:
        assert await people.card_seen_by(conn, "ben", viewer=ana.id) is None
        assert await people.card_seen_by(conn, "ana", viewer=ben.id) is None
        mine = await people.friends(conn, one.id, state="BLOCKED", before=LAST, limit=9)
        assert [(b.handle, b.since) for b in mine] == [(other.handle, now)]
        theirs = await people.friends(conn, other.id, state="BLOCKED", before=LAST, limit=9)
        assert theirs == []
    await service.unblock(other.id, one.id, now=now)  # not theirs to lift
    assert (await _standing(database, ana.id, None, ben.id, now)).is_blocked
    await service.unblock(one.id, other.id, now=now)
    assert not (await _standing(database, ana.id, None, ben.id, now)).is_blocked
    async with database.read() as conn:
        assert await people.card_seen_by(conn, "ben", viewer=ana.id)


async def test_people_who_block_each_other_both_stand(
    ana: Person, ben: Person, database: db.Database, now: datetime
) -> None:
    pairs = [(ana.id, ben.id), (ben.id, ana.id)] * 10
    await asyncio.gather(*(service.block(a, b, now=now) for a, b in pairs))
    await service.unblock(ana.id, ben.id, now=now)
    assert (await _standing(database, ana.id, None, ben.id, now)).is_blocked
    await service.unblock(ben.id, ana.id, now=now)
    assert not (await _standing(database, ana.id, None, ben.id, now)).is_blocked


async def test_a_block_ends_a_friendship_and_restores_nothing(
    ana: Person, ben: Person, admin: asyncpg.Connection, now: datetime
) -> None:
    await admin.execute(
        "insert into identity.edge values ($1, $2, 'ACCEPTED', $1, $3), "
        "($2, $1, 'ACCEPTED', $1, $3)",
        ana.id, ben.id, now,
    )  # fmt: skip
    await service.block(ben.id, ana.id, now=now)
    rows = await admin.fetch("select user_id, friend_id, state from identity.edge")
    assert [tuple(r) for r in rows] == [(ben.id, ana.id, "BLOCKED")]
    await service.unblock(ben.id, ana.id, now=now)
    assert await admin.fetchval("select count(*) from identity.edge") == 0


async def test_blocks_are_in_the_audit_log_once(
    ana: Person, ben: Person, admin: asyncpg.Connection, now: datetime
) -> None:
    for _ in range(2):
        await service.block(ana.id, ben.id, now=now)
    for _ in range(2):
        await service.unblock(ana.id, ben.id, now=now)
    rows = await admin.fetch("select actor, action, resource_id from kit.audit order by action")
    shown = [ids.show("usr", p.id) for p in (ana, ben)]
    assert [tuple(r) for r in rows] == [
        (shown[0], "identity.block", shown[1]),
        (shown[0], "identity.unblock", shown[1]),
    ]


async def test_nobody_blocks_themselves_or_a_stranger_to_the_system(
    ana: Person, now: datetime
) -> None:
    for act in (service.block, service.unblock):
        with pytest.raises(ValidationFailed):
            await act(ana.id, ana.id, now=now)
        with pytest.raises(PersonNotFound):
            await act(ana.id, ids.new(0, now), now=now)


# --- freezes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", list(FreezeScope))
async def test_a_freeze_holds_at_once_for_its_scope(
    scope: FreezeScope, ana: Person, ben: Person, database: db.Database, now: datetime
) -> None:
    for person in (ana, ben):
        await service.freeze(_freeze(person.id, scope, FreezeReason.OWED), now=now)
    found = await _standing(database, ana.id, None, ben.id, now)
    told = None if scope is FreezeScope.WITHDRAW else scope.value
    assert found.payer_freeze_scope == told
    assert found.payer_freeze_reason == (told and "owed")
    assert found.is_payee_open is (scope is not FreezeScope.ALL)
    await service.unfreeze(ana.id, scope, by="op", reason="all is settled", now=now)
    assert (await _standing(database, ana.id, None, ben.id, now)).payer_freeze_scope is None


async def test_the_widest_of_several_freezes_is_told(
    ana: Person, ben: Person, database: db.Database, now: datetime
) -> None:
    await service.freeze(_freeze(ana.id, FreezeScope.SEND, FreezeReason.OWED), now=now)
    await service.freeze(_freeze(ana.id, FreezeScope.ALL, FreezeReason.LEGAL), now=now)
    found = await _standing(database, ana.id, None, ben.id, now)
    assert (found.payer_freeze_scope, found.payer_freeze_reason) == ("all", "legal")
    async with database.read() as conn:
        assert {f.scope for f in await queries.freezes(conn, ana.id)} == {"send", "all"}


async def test_a_freeze_is_audited_with_its_reason_and_stays_as_history(
    ana: Person, admin: asyncpg.Connection, now: datetime
) -> None:
    await service.freeze(_freeze(ana.id, FreezeScope.SEND), now=now)
    with pytest.raises(AlreadyDone):
        await service.freeze(_freeze(ana.id, FreezeScope.SEND), now=now)
    await service.unfreeze(
        ana.id, FreezeScope.SEND, by="op_2", reason="the case is cleared", now=now
    )
    with pytest.raises(AlreadyDone):
        await service.unfreeze(
            ana.id, FreezeScope.SEND, by="op_2", reason="the case is cleared", now=now
        )
    acts = await admin.fetch(
        "select actor, actor_type, action, details->>'reason' from kit.audit order by action"
    )
    assert [tuple(a) for a in acts] == [
        ("op", "operator", "identity.freeze", "case 7: phished"),
        ("op_2", "operator", "identity.unfreeze", "the case is cleared"),
    ]
    rows = await admin.fetch("select frozen_by, lifted_by, lifted_at from identity.freeze")
    assert [tuple(r) for r in rows] == [("op", "op_2", now)]


async def test_operators_name_a_person_and_a_reason(ana: Person, now: datetime) -> None:
    unknown = ids.new(0, now)
    with pytest.raises(PersonNotFound):
        await service.freeze(_freeze(unknown, FreezeScope.ALL), now=now)
    with pytest.raises(PersonNotFound):
        await service.unfreeze(unknown, FreezeScope.ALL, by="op", reason="nobody there", now=now)
    with pytest.raises(MissingField):
        await service.unfreeze(ana.id, FreezeScope.ALL, by="op", reason=" ", now=now)
    for wrong in ("too short", "x" * 501, f"{' ' * 9}x"):
        with pytest.raises(ValidationFailed) as short:
            await service.unfreeze(ana.id, FreezeScope.ALL, by="op", reason=wrong, now=now)
        assert short.value.field == "reason"
        cmd = replace(_freeze(ana.id, FreezeScope.SEND), reason=wrong)
        with pytest.raises(ValidationFailed):
            await service.freeze(cmd, now=now)


# --- joining -----------------------------------------------------------------------------------


async def test_a_person_may_be_added_with_a_given_id_tier_and_time(
    database: db.Database, admin: asyncpg.Connection, now: datetime
) -> None:
    new = new_person("dot", "hash", now)
    async with database.transaction() as tx:
        person = await service.add_person(tx, new, now=now - timedelta(days=90))
    assert (person.id, person.created_at) == (new.id, now - timedelta(days=90))
    async with database.read() as conn:
        assert await queries.person(conn, new.id) == person
        assert await queries.by_email(conn, "dot@example.org") == person
        cards = await queries.cards(conn, [new.id, ids.new(0, now)])
    assert list(cards) == [new.id]
    assert await admin.fetchval("select count(*) from kit.outbox") == 1


async def test_of_two_who_join_at_once_with_one_name_one_wins(
    join: Joined, admin: asyncpg.Connection
) -> None:
    done = await asyncio.gather(
        *(join(h) for h in ("mill", "rnill", "mi11", "m_ill")), return_exceptions=True
    )
    assert sum(isinstance(d, Person) for d in done) == 1
    assert {d.field for d in done if isinstance(d, DuplicateEntry)} == {"handle"}
    assert await admin.fetchval("select count(*) from kit.outbox") == 1


async def test_the_application_cannot_erase_a_person_or_a_freeze(
    ana: Person, database: db.Database
) -> None:
    for table in ("person", "freeze"):
        async with database.read() as conn:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(
                    f"delete from identity.{table} where $1::uuid is not null", ana.id
                )
