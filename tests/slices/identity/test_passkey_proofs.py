"""Passkeys as a proof among others: at a sign-in, a step-up, a recovery, for a floor above."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
import pyotp
import pytest

from quid.identity import queries, service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import ChallengeExpired, ChallengeFailed, SignInFailed
from quid.identity.queries import access
from quid.identity.store import access as store
from quid.identity.types import (
    NOWHERE,
    MethodName,
    Person,
    Proof,
    Recovery,
    SignedIn,
    SignOptions,
    StepUp,
)
from quid.kit import db
from quid.kit.errors import SignInRequired, StepUpRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.keys import add, phone, proof_of, sign_in
from tests.slices.identity.people import ORIGIN, PASSWORD, signed_in
from tests.slices.identity.safety import DAY, HOME, MINUTE, ana, browser, caller, code_in, kinds
from tests.support.passkeys import PRESENT, Device, Lie, plain

__all__ = ["ana", "browser", "caller", "phone"]
pytestmark = pytest.mark.usefixtures("house")


async def test_beside_a_password_it_is_the_second_factor(
    ana: Person, caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    asked = await service.sign_in("ana", PASSWORD, is_remembered=False, now=now)
    assert isinstance(asked, StepUp)
    assert [m.name for m in asked.methods] == ["passkey", "recovery_code"]
    proof = proof_of(asked.passkey, phone)
    opened = await service.finish_sign_in(asked.challenge_id, proof, HOME, now=now)
    assert isinstance(opened, SignedIn)
    assert opened.person == ana
    with pytest.raises(ChallengeExpired):
        await service.finish_sign_in(asked.challenge_id, proof, HOME, now=now)


async def test_a_step_up_takes_it_once(caller: Caller, phone: Device, now: datetime) -> None:
    await add(caller, phone, now)
    asked = await service.begin(caller, now=now)
    lie = proof_of(asked.passkey, phone, Lie(flags=PRESENT))
    with pytest.raises(ChallengeFailed) as failed:
        await service.finish(caller, asked.challenge_id, lie, NOWHERE, now=now)
    assert failed.value.extra == {"tries_left": 4}
    with pytest.raises(ChallengeFailed):  # the first answer has used what was asked
        await service.finish(
            caller, asked.challenge_id, proof_of(asked.passkey, phone), NOWHERE, now=now
        )
    with pytest.raises(StepUpRequired):
        await service.require_step_up(caller, now=now)
    asked = await service.begin(caller, now=now)
    await service.finish(
        caller, asked.challenge_id, proof_of(asked.passkey, phone), NOWHERE, now=now
    )
    await service.require_step_up(caller, now=now)


async def test_a_step_up_is_not_proven_by_anothers_key(
    caller: Caller, phone: Device, join: Joined, now: datetime
) -> None:
    await add(caller, phone, now)
    await join("eve")
    eve = signed_in(await service.sign_in("eve", PASSWORD, is_remembered=False, now=now))
    hers = Device(ORIGIN)
    await add(Caller(eve.person.id, eve.session_id, "cookie"), hers, now)
    asked = await service.begin(caller, now=now)
    assert asked.passkey is not None
    free = plain(asked.passkey) | {"allowCredentials": []}
    for lie in (None, Lie(handle=caller.user_id.bytes)):
        proof = Proof("passkey", json.dumps(hers.sign(free, lie)))
        with pytest.raises((ChallengeFailed, ChallengeExpired)):
            await service.finish(caller, asked.challenge_id, proof, NOWHERE, now=now)


async def test_a_copy_shown_at_a_step_up_is_told_too(
    ana: Person, caller: Caller, phone: Device, house: Runtime, now: datetime
) -> None:
    await add(caller, phone, now)
    await sign_in(phone, now)
    asked = await service.begin(caller, now=now)
    proof = proof_of(asked.passkey, phone, Lie(count=1))
    with pytest.raises(ChallengeFailed):
        await service.finish(caller, asked.challenge_id, proof, HOME, now=now)
    assert "passkey_suspect" in await kinds(house.part(db.Database), ana, now)


async def test_a_purpose_is_proven_by_keys_that_were_there_by_then(
    ana: Person, caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    late = now + 3 * DAY
    fresh = Device(ORIGIN)
    opened = await sign_in(phone, late)
    await add(Caller(ana.id, opened.session_id, "cookie"), fresh, late)
    options = await service.ask_passkey(ana.id, purpose="pay 1 to ben", made_by=late - DAY)
    asked = plain(options)
    assert len(asked["allowCredentials"]) == 1
    forced = Proof("passkey", json.dumps(fresh.sign(asked | {"allowCredentials": []})))
    with pytest.raises(ChallengeFailed):
        await service.prove(ana.id, "passkey", forced.text, purpose="pay 1 to ben", now=late)
    options = await service.ask_passkey(ana.id, purpose="pay 1 to ben", made_by=late - DAY)
    proof = proof_of(options, phone).text
    with pytest.raises(ChallengeFailed):  # of another purpose it proves nothing
        await service.prove(ana.id, "passkey", proof, purpose="pay 2 to eve", now=late)
    await service.prove(ana.id, "passkey", proof, purpose="pay 1 to ben", now=late)
    young = await service.ask_passkey(ana.id, purpose="pay 3", made_by=now - DAY)
    assert len(plain(young)["allowCredentials"]) == 2, "who came later has none that is older"


async def test_recovery_takes_it_beside_the_code(
    caller: Caller, phone: Device, mailbox: Mailbox, now: datetime
) -> None:
    await add(caller, phone, now)
    await service.lock(caller, HOME, now=now)
    started = await service.start("ana@example.org", now=now)
    assert started.challenge_id is not None
    lost = Recovery(started.challenge_id, await code_in(mailbox), "another good password")
    with pytest.raises(StepUpRequired) as wanted:
        await service.recover(lost, HOME, now=now)
    options = wanted.value.extra["passkey"]
    assert isinstance(options, str)
    asked = msgspec.json.decode(options, type=SignOptions)
    whole = Recovery(lost.challenge_id, lost.code, lost.password, proof_of(asked, phone))
    opened = await service.recover(whole, HOME, now=now)
    assert opened.person.handle == "ana"


@pytest.mark.parametrize("proof", ["passkey", "recovery_code", "totp"])
async def test_recovery_leaves_no_key_that_did_not_prove_it(
    *,
    proof: MethodName,
    caller: Caller,
    phone: Device,
    mailbox: Mailbox,
    database: db.Database,
    now: datetime,
) -> None:
    """Somebody who had got in has added a key; the owner locks the account and recovers it."""
    _, codes = await add(caller, phone, now)
    thief = Device(ORIGIN)
    await add(caller, thief, now, "a thief's")
    app = pyotp.TOTP("JBSWY3DPEHPK3PXP" * 2)
    if proof == "totp":
        async with database.transaction() as tx:
            await service.give_totp(tx, caller.user_id, app.secret, now=now)
    await service.lock(caller, HOME, now=now)
    later = now + MINUTE
    started = await service.start("ana@example.org", now=later)
    assert started.challenge_id is not None
    assert codes is not None
    lost = Recovery(started.challenge_id, await code_in(mailbox), "another good password")
    with pytest.raises(StepUpRequired) as wanted:
        await service.recover(lost, HOME, now=later)
    shown = wanted.value.extra["passkey"]
    assert isinstance(shown, str)
    asked = msgspec.json.decode(shown, type=SignOptions)
    given = {
        "passkey": proof_of(asked, phone),
        "recovery_code": Proof("recovery_code", codes[0]),
        "totp": Proof("totp", app.at(later)),
    }
    opened = await service.recover(replace(lost, proof=given[proof]), HOME, now=later)
    with pytest.raises(SignInFailed):
        await sign_in(thief, later + MINUTE)
    async with database.read() as conn:
        methods = await access.methods_of(conn, caller.user_id, now=later + MINUTE)
    names = [m.name for m in methods]
    if proof == "passkey":
        assert (await sign_in(phone, later + MINUTE)).person == opened.person
        assert names == ["passkey", "recovery_code"]
    else:
        with pytest.raises(SignInFailed):
            await sign_in(phone, later + MINUTE)
        assert names == (["totp", "recovery_code"] if proof == "totp" else ["email_code"])
    assert "passkey_off" in await kinds(database, opened.person, now)


@pytest.mark.parametrize("act", ["passkey", "totp_offer", "totp", "password", "lock", "email"])
async def test_what_waits_behind_the_end_of_all_sessions_changes_nothing(
    *,
    act: str,
    caller: Caller,
    phone: Device,
    database: db.Database,
    admin: asyncpg.Connection,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An act that was let in waits for the lock, and meanwhile its session is ended."""
    offer = await service.offer_totp(caller, now=now)
    lock_person = store.lock_person

    async def late(tx: db.Tx, user_id: UUID) -> None:
        await admin.execute(
            "update identity.session set revoked_at = $1, revoked_why = 'reset'", now
        )
        await lock_person(tx, user_id)

    monkeypatch.setattr(store, "lock_person", late)
    acts: dict[str, Callable[[], Awaitable[object]]] = {
        "passkey": lambda: add(caller, phone, now),
        "totp_offer": lambda: service.offer_totp(caller, now=now),
        "totp": lambda: service.confirm_totp(
            caller, pyotp.TOTP(offer.secret).at(now), HOME, now=now
        ),
        "password": lambda: service.change_password(caller, "a thief's password", HOME, now=now),
        "lock": lambda: service.lock(caller, HOME, now=now),
        "email": lambda: service.begin_email(caller, "thief@example.org", now=now),
    }
    with pytest.raises(SignInRequired):
        await acts[act]()
    monkeypatch.undo()
    async with database.read() as conn:
        methods = await access.methods_of(conn, caller.user_id, now=now)
        assert [m.name for m in methods] == ["email_code"]
        assert await queries.freezes(conn, caller.user_id) == []
    signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))
