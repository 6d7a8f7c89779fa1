"""Passkeys of people: added after a proof, enough to sign in, good for each challenge once."""

import asyncio
import json
import ssl
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import cbor2
import pytest
import redis.asyncio as redis

from quid.identity import service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import (
    AccountLocked,
    ChallengeExpired,
    ChallengeFailed,
    DuplicateEntry,
    FactorMissing,
    NotYet,
    SignInFailed,
)
from quid.identity.queries import access
from quid.identity.queries import passkeys as rows
from quid.identity.types import PasskeyAnswer, Person, SignedIn
from quid.kit import db
from quid.kit.cache import Cache
from quid.kit.errors import NotFound, RateLimited, ValidationFailed
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.keys import ELSEWHERE, add, answered, phone, renamed_to, sign_in
from tests.slices.identity.people import ORIGIN, PASSWORD, signed_in
from tests.slices.identity.safety import DAY, HOME, MINUTE, ana, browser, caller, kinds, told
from tests.support.certificates import authority
from tests.support.passkeys import PRESENT, Device, Lie, plain, to_bytes, to_text

__all__ = ["ana", "browser", "caller", "phone"]
pytestmark = pytest.mark.usefixtures("house")
NEVER = UUID(int=7)
EC_KEY = bytes.fromhex("06072a8648ce3d0201")  # what kind of key a certificate is of
NO_KEY = bytes.fromhex("06072a8648ce3d027f")


# --- a person's own ----------------------------------------------------------------------------


async def test_the_first_comes_with_recovery_codes_and_is_told(
    *,
    ana: Person,
    caller: Caller,
    phone: Device,
    house: Runtime,
    mailbox: Mailbox,
    now: datetime,
) -> None:
    made, codes = await add(caller, phone, now, "Ana's phone")
    assert codes is not None
    assert len(codes) == 10
    assert (made.name, made.transports) == ("Ana's phone", ["internal", "hybrid"])
    second, none = await add(caller, Device(ORIGIN), now + MINUTE)
    assert none is None
    assert second.name == "Firefox on Linux"
    database = house.part(db.Database)
    async with database.read() as conn:
        assert await rows.passkeys(conn, ana.id) == [made, second]
        methods = await access.methods_of(conn, ana.id, now=now)
    assert [(m.name, m.enrolled_at) for m in methods] == [("passkey", now), ("recovery_code", now)]
    assert await kinds(database, ana, now) == ["passkey_on", "passkey_on"]
    said = "A passkey was added to your account"
    assert await told(house, mailbox) == [(ana.email, said), (ana.email, said)]


async def test_the_device_keeps_no_two_keys_of_one_person(
    caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    asked = await service.offer_passkey(caller, now=now)
    with pytest.raises(AssertionError, match="keeps one already"):
        phone.make(plain(asked.options))


async def test_a_key_is_added_by_the_session_that_asked_and_once(
    caller: Caller, phone: Device, now: datetime
) -> None:
    asked = await service.offer_passkey(caller, now=now)
    made = json.dumps(phone.make(plain(asked.options)))
    answer = PasskeyAnswer(asked.challenge_id, made)
    other = signed_in(await service.sign_in("ana", PASSWORD, is_remembered=False, now=now))
    elsewhere = Caller(caller.user_id, other.session_id, "cookie")
    with pytest.raises(ChallengeExpired):
        await service.add_passkey(elsewhere, answer, "", HOME, now=now)
    with pytest.raises(ChallengeExpired):  # which that answer has used up
        await service.add_passkey(caller, answer, "", HOME, now=now)
    asked = await service.offer_passkey(caller, now=now)
    made = json.dumps(phone.make(plain(asked.options)))
    answer = PasskeyAnswer(asked.challenge_id, made)
    done = await asyncio.gather(
        *(service.add_passkey(caller, answer, "", HOME, now=now) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(d, ChallengeExpired) for d in done) == 4


async def test_a_made_key_of_another_site_is_not_added(
    caller: Caller, phone: Device, now: datetime
) -> None:
    asked = await service.offer_passkey(caller, now=now)
    made = phone.make(plain(asked.options), Lie(origin="https://pay.example.org.evil.test"))
    answer = PasskeyAnswer(asked.challenge_id, json.dumps(made))
    with pytest.raises(ChallengeFailed):
        await service.add_passkey(caller, answer, "", HOME, now=now)


async def test_a_key_opens_one_account(
    caller: Caller, phone: Device, join: Joined, now: datetime
) -> None:
    await add(caller, phone, now)
    await join("eve")
    eve = signed_in(await service.sign_in("eve", PASSWORD, is_remembered=False, now=now))
    thief = Caller(eve.person.id, eve.session_id, "cookie")
    asked = await service.offer_passkey(thief, now=now)
    made = Device(ORIGIN).make(plain(asked.options))
    answer = PasskeyAnswer(asked.challenge_id, renamed_to(made, phone.keys[-1].credential_id))
    with pytest.raises(DuplicateEntry):
        await service.add_passkey(thief, answer, "", HOME, now=now)
    assert (await sign_in(phone, now)).person.handle == "ana"


async def test_ten_are_enough(caller: Caller, now: datetime) -> None:
    waiting = Device(ORIGIN)
    asked = await service.offer_passkey(caller, now=now)
    made = json.dumps(waiting.make(plain(asked.options)))
    added = [(await add(caller, Device(ORIGIN), now))[0] for _ in range(10)]
    with pytest.raises(NotYet):
        await service.offer_passkey(caller, now=now)
    answer = PasskeyAnswer(asked.challenge_id, made)
    with pytest.raises(NotYet):
        await service.add_passkey(caller, answer, "", HOME, now=now)
    await service.remove_passkey(caller, added[0].id, HOME, now=now)
    await add(caller, Device(ORIGIN), now)


async def test_names_are_cleaned_and_are_the_persons_to_change(
    caller: Caller, phone: Device, join: Joined, now: datetime
) -> None:
    made, _ = await add(caller, phone, now, "  key 4111 1111 1111 1111 ")
    assert made.name == "key •••• •••• •••• 1111"
    renamed = await service.rename_passkey(caller, made.id, "Mine", now=now)
    assert (renamed.id, renamed.name) == (made.id, "Mine")
    with pytest.raises(ValidationFailed):
        await service.rename_passkey(caller, made.id, "x" * 61, now=now)
    eve = await join("eve")
    entered = await service.sign_in(eve.handle, PASSWORD, is_remembered=False, now=now)
    stranger = Caller(eve.id, signed_in(entered).session_id, "cookie")
    with pytest.raises(NotFound):
        await service.rename_passkey(stranger, made.id, "Hers", now=now)
    with pytest.raises(NotFound):
        await service.remove_passkey(stranger, made.id, HOME, now=now)


async def test_with_the_last_factor_the_recovery_codes_go(
    *,
    ana: Person,
    caller: Caller,
    phone: Device,
    house: Runtime,
    mailbox: Mailbox,
    now: datetime,
    admin: asyncpg.Connection,
) -> None:
    count = "select count(*) from identity.recovery_code"
    first, _ = await add(caller, phone, now)
    second, _ = await add(caller, Device(ORIGIN), now)
    await service.remove_passkey(caller, first.id, HOME, now=now)
    assert await admin.fetchval(count) == 10
    async with house.part(db.Database).transaction() as tx:
        await service.give_totp(tx, ana.id, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", now=now)
    await service.turn_totp_off(caller, HOME, now=now)
    assert await admin.fetchval(count) == 10, "they stand for the passkey too"
    assert len(await service.renew_recovery_codes(caller, HOME, now=now)) == 10
    await service.remove_passkey(caller, second.id, HOME, now=now)
    assert await admin.fetchval(count) == 0
    with pytest.raises(FactorMissing):
        await service.renew_recovery_codes(caller, HOME, now=now)
    with pytest.raises(NotFound):
        await service.remove_passkey(caller, second.id, HOME, now=now)
    assert (ana.email, "A passkey was removed from your account") in await told(house, mailbox)
    again = await service.sign_in("ana", PASSWORD, is_remembered=False, now=now)
    assert isinstance(again, SignedIn), "the password is the way in that is left"


# --- signing in --------------------------------------------------------------------------------


async def test_a_passkey_alone_signs_in_and_has_stepped_up(
    ana: Person, caller: Caller, phone: Device, house: Runtime, now: datetime
) -> None:
    made, _ = await add(caller, phone, now)
    opened = await sign_in(phone, now + DAY, visit=ELSEWHERE)
    assert opened.person == ana
    async with house.part(db.Database).read() as conn:
        [own] = await rows.passkeys(conn, ana.id)
        assert (await access.proven(conn, opened.session_id)) is not None
    assert (own.id, own.last_used_at) == (made.id, now + DAY)
    await service.require_step_up(Caller(ana.id, opened.session_id, "cookie"), now=now + DAY)
    assert await kinds(house.part(db.Database), ana, now) == ["new_device", "passkey_on"]
    answer = answered(await service.ask_anybody(now=now), phone)
    kept = await service.sign_in_by_passkey(answer, is_remembered=True, now=now)
    assert kept.life_seconds == 30 * 24 * 3600


async def test_what_a_browser_is_asked_tells_nobody_apart(
    caller: Caller, phone: Device, now: datetime
) -> None:
    before = plain((await service.ask_anybody(now=now)).options)
    await add(caller, phone, now)
    after = plain((await service.ask_anybody(now=now)).options)
    assert before.pop("challenge") != after.pop("challenge")
    assert before == after


async def test_a_challenge_opens_one_session(
    caller: Caller, phone: Device, now: datetime, admin: asyncpg.Connection
) -> None:
    await add(caller, phone, now)
    before = await admin.fetchval("select count(*) from identity.session")
    answer = answered(await service.ask_anybody(now=now), phone)
    done = await asyncio.gather(
        *(service.sign_in_by_passkey(answer, is_remembered=False, now=now) for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(d, SignedIn) for d in done) == 1
    assert sum(isinstance(d, ChallengeExpired) for d in done) == 9
    assert await admin.fetchval("select count(*) from identity.session") == before + 1
    fresh = await service.ask_anybody(now=now)
    with pytest.raises(SignInFailed):  # the answer is of another challenge
        await service.sign_in_by_passkey(
            PasskeyAnswer(fresh.challenge_id, answer.text), is_remembered=False, now=now
        )


async def test_a_challenge_lives_for_five_minutes(
    caller: Caller, phone: Device, valkey_url: str, now: datetime
) -> None:
    await add(caller, phone, now)
    asked = await service.ask_anybody(now=now)
    async with redis.Redis.from_url(valkey_url) as valkey:
        [name] = [n async for n in valkey.scan_iter(f"*{asked.challenge_id.hex}*")]
        assert 295_000 < await valkey.pttl(name) <= 300_000
        await valkey.pexpire(name, 0)
    with pytest.raises(ChallengeExpired):
        await service.sign_in_by_passkey(answered(asked, phone), is_remembered=False, now=now)


async def test_a_challenge_to_make_a_key_signs_nobody_in(
    caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    asked = await service.offer_passkey(caller, now=now)
    options = plain(asked.options) | {"allowCredentials": []}
    answer = PasskeyAnswer(asked.challenge_id, json.dumps(phone.sign(options)))
    with pytest.raises(ChallengeExpired):
        await service.sign_in_by_passkey(answer, is_remembered=False, now=now)


WRONG = {
    "another origin": Lie(origin="https://pay.example.org.evil.test"),
    "another site": Lie(rp_id="evil.test"),
    "nobody looked at": Lie(flags=PRESENT),
    "somebody else's handle": Lie(handle=NEVER.bytes),
}


@pytest.mark.parametrize("lie", WRONG.values(), ids=WRONG)
async def test_a_wrong_answer_opens_nothing(
    lie: Lie, caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    with pytest.raises(SignInFailed):
        await sign_in(phone, now, lie)
    await sign_in(phone, now)


async def test_a_certificate_nobody_can_read_is_refused(
    caller: Caller, phone: Device, now: datetime, tmp_path: Path
) -> None:
    asked = await service.offer_passkey(caller, now=now)
    made = phone.make(plain(asked.options))
    whole = cbor2.loads(to_bytes(made["response"]["attestationObject"]))
    shown = ssl.PEM_cert_to_DER_cert(authority(tmp_path).trust.read_text())
    said = {"alg": -7, "sig": b"signed", "x5c": [shown.replace(EC_KEY, NO_KEY)]}
    whole |= {"fmt": "packed", "attStmt": said}
    made["response"]["attestationObject"] = to_text(cbor2.dumps(whole))
    answer = PasskeyAnswer(asked.challenge_id, json.dumps(made))
    with pytest.raises(ChallengeFailed):
        await service.add_passkey(caller, answer, "", HOME, now=now)


async def test_a_removed_and_an_unknown_key_open_nothing(
    caller: Caller, phone: Device, now: datetime
) -> None:
    made, _ = await add(caller, phone, now)
    await add(caller, Device(ORIGIN), now)
    await service.remove_passkey(caller, made.id, HOME, now=now)
    stranger = Device(ORIGIN)
    asked = await service.offer_passkey(caller, now=now)
    stranger.make(plain(asked.options))
    said = set()
    for device in (phone, stranger):
        with pytest.raises(SignInFailed) as refused:
            await sign_in(device, now)
        said.add(str(refused.value))
    assert len(said) == 1, "which of the two it is, nobody is told"


async def test_a_copied_key_is_refused_and_its_person_hears_of_it(
    *,
    ana: Person,
    caller: Caller,
    phone: Device,
    house: Runtime,
    mailbox: Mailbox,
    now: datetime,
) -> None:
    await add(caller, phone, now)
    for _ in range(3):
        await sign_in(phone, now)
    for count in (4, 3, 0):
        with pytest.raises(SignInFailed):
            await sign_in(phone, now, Lie(count=count), ELSEWHERE)
    found = await kinds(house.part(db.Database), ana, now)
    assert found.count("passkey_suspect") == 3
    said = "A passkey of your account may have been copied: we refused it"
    assert (ana.email, said) in await told(house, mailbox)
    phone.keys[-1].count = 4
    await sign_in(phone, now)


async def test_a_key_that_does_not_count_is_used_again_and_again(
    caller: Caller, house: Runtime, ana: Person, now: datetime
) -> None:
    cloud = Device(ORIGIN, counts=False)
    await add(caller, cloud, now)
    for _ in range(3):
        await sign_in(cloud, now)
    assert "passkey_suspect" not in await kinds(house.part(db.Database), ana, now)


async def test_a_locked_account_opens_to_no_key(
    caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    await service.lock(caller, HOME, now=now)
    with pytest.raises(AccountLocked):
        await sign_in(phone, now)


async def test_it_is_the_way_around_who_fails_on_purpose(
    caller: Caller, phone: Device, now: datetime
) -> None:
    await add(caller, phone, now)
    for _ in range(6):
        with pytest.raises((SignInFailed, RateLimited)) as refused:
            await service.sign_in("ana", "another password", is_remembered=False, now=now)
    assert isinstance(refused.value, RateLimited)
    await sign_in(phone, now)


async def test_without_valkey_nobody_is_asked(
    caller: Caller, phone: Device, house: Runtime, now: datetime
) -> None:
    await add(caller, phone, now)
    asked = await service.ask_anybody(now=now)
    house.put(Cache("redis://127.0.0.1:1"))
    with pytest.raises(RateLimited):
        await service.ask_anybody(now=now)
    with pytest.raises(RateLimited):
        await service.sign_in_by_passkey(answered(asked, phone), is_remembered=False, now=now)
