"""Passkeys as a proof among others: at a sign-in, a step-up, a recovery, for a floor above."""

import json
from datetime import datetime

import msgspec
import pytest

from quid.identity import service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import ChallengeExpired, ChallengeFailed
from quid.identity.types import NOWHERE, Person, Proof, Recovery, SignedIn, SignOptions, StepUp
from quid.kit import db
from quid.kit.errors import StepUpRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.keys import add, phone, proof_of, sign_in
from tests.slices.identity.people import ORIGIN, PASSWORD, signed_in
from tests.slices.identity.safety import DAY, HOME, ana, browser, caller, code_in, kinds
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
    await add(caller, fresh, late)
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
