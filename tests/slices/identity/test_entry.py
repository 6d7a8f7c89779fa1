"""Codes, sign-up, passwords: what works, and what is not told."""

import asyncio
import re
from datetime import datetime, timedelta

import asyncpg
import pytest

from quid.identity import queries, service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.errors import ChallengeExpired, ChallengeFailed, DuplicateEntry, SignInFailed
from quid.identity.service import Passwords
from quid.identity.types import SignedIn, SignUp, Ticket
from quid.kit import cache as kit_cache
from quid.kit import db, ids
from quid.kit.errors import MissingField, NotFound, Overloaded, RateLimited, ValidationFailed
from quid.kit.mail import Mail, Mailer, MailFailed
from quid.kit.runtime import Runtime
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in

pytestmark = pytest.mark.usefixtures("house")
MINUTE = timedelta(minutes=1)


async def _code(mailbox: Mailbox) -> str:
    found = re.search(r"\b(\d{6})\b", (await mailbox.latest(1))[0].subject)
    assert found
    return found[1]


async def _ticket(mailbox: Mailbox, email: str, now: datetime) -> str:
    started = await service.start(email, now=now)
    assert started.challenge_id
    done = await service.check_code(started.challenge_id, await _code(mailbox), now=now)
    assert isinstance(done, Ticket)
    return done.text


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# --- codes -------------------------------------------------------------------------------------


async def test_a_stranger_signs_up_by_mail(
    mailbox: Mailbox, database: db.Database, admin: asyncpg.Connection, now: datetime
) -> None:
    ticket = await _ticket(mailbox, "  New.Person@Example.ORG ", now)
    cmd = SignUp(ticket, "  Zoë Ω ", "zoe_1", PASSWORD, "private", "de-AT", "Europe/Vienna")
    done = await service.sign_up(cmd, now=now)

    async with database.read() as conn:
        person = await queries.by_handle(conn, "zoe_1")
    assert person == done.person
    assert person
    assert (person.email, person.display_name) == ("new.person@example.org", "Zoë Ω")
    assert (person.tier, person.default_visibility, person.show_amount) == (0, "private", False)
    caller = await service.authenticate(authorization=None, cookie=done.token, now=now)
    assert (caller.user_id, caller.via) == (person.id, "cookie")
    rows = await admin.fetch("select type, key, payload from kit.outbox")
    assert [(r["type"], r["key"]) for r in rows] == [("identity.person_joined.v1", person.id.hex)]
    assert "zoe" not in rows[0]["payload"]
    assert "example" not in rows[0]["payload"]
    acts = await admin.fetch("select action, outcome from kit.audit")
    assert [tuple(a) for a in acts] == [("identity.sign_up", "ok")]


async def test_a_code_signs_a_known_person_in(
    join: Joined, mailbox: Mailbox, now: datetime
) -> None:
    ana = await join("ana")
    started = await service.start("ANA@example.org", now=now)
    assert started.challenge_id
    done = await service.check_code(started.challenge_id, await _code(mailbox), now=now)
    assert isinstance(done, SignedIn)
    assert done.person == ana


async def test_the_answer_to_an_identifier_is_the_same_for_known_and_unknown(
    join: Joined, mailbox: Mailbox, now: datetime
) -> None:
    await join("ana")
    known = await service.start("ana@example.org", now=now)
    unknown = await service.start("nobody@example.org", now=now)
    assert known.methods == unknown.methods == ("code", "password")
    assert len(await mailbox.latest(9)) == 2
    handles = {await service.start(h, now=now) for h in ("ana", "@ana", "nobody")}
    assert [(h.challenge_id, h.methods) for h in handles] == [(None, ("password",))]


@pytest.mark.parametrize(
    "typed", ["", " ", "a@b", "a b@example.org", "a@ex\nample.org", "é", "x" * 201, "a\x00b@c.de"]
)
async def test_what_can_be_nobodys_identifier_is_refused(typed: str, now: datetime) -> None:
    with pytest.raises(ValidationFailed) as e:
        await service.start(typed, now=now)
    assert e.value.field == "identifier"


async def test_a_code_works_once_for_ten_minutes(mailbox: Mailbox, now: datetime) -> None:
    started = await service.start("new@example.org", now=now)
    assert started.challenge_id
    code = await _code(mailbox)
    with pytest.raises(ChallengeExpired):
        await service.check_code(started.challenge_id, code, now=now + 10 * MINUTE)
    late = now + 10 * MINUTE - timedelta(microseconds=1)
    assert isinstance(await service.check_code(started.challenge_id, code, now=late), Ticket)
    with pytest.raises(ChallengeExpired):
        await service.check_code(started.challenge_id, code, now=late)


async def test_a_code_has_five_tries(mailbox: Mailbox, now: datetime) -> None:
    started = await service.start("new@example.org", now=now)
    assert started.challenge_id
    code = await _code(mailbox)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(ChallengeFailed) as e:
            await service.check_code(started.challenge_id, _wrong(code), now=now)
        assert e.value.extra["tries_left"] == left
    with pytest.raises(ChallengeExpired):
        await service.check_code(started.challenge_id, code, now=now)


async def test_a_hundred_guesses_at_once_get_five_tries(mailbox: Mailbox, now: datetime) -> None:
    started = await service.start("new@example.org", now=now)
    wrong = _wrong(await _code(mailbox))
    assert started.challenge_id
    answers = await asyncio.gather(
        *(service.check_code(started.challenge_id, wrong, now=now) for _ in range(100)),
        return_exceptions=True,
    )
    assert sum(isinstance(a, ChallengeFailed) for a in answers) == 5
    assert sum(isinstance(a, ChallengeExpired) for a in answers) == 95


async def test_a_code_of_another_challenge_does_not_work(mailbox: Mailbox, now: datetime) -> None:
    await service.start("one@example.org", now=now)
    code = await _code(mailbox)
    other = await service.start("two@example.org", now=now + MINUTE)
    assert other.challenge_id
    with pytest.raises(ChallengeFailed):
        await service.check_code(other.challenge_id, code, now=now + MINUTE)


async def test_a_challenge_that_was_never_made_is_not_there(now: datetime) -> None:
    with pytest.raises(NotFound):
        await service.check_code(ids.new(0, now), "123456", now=now)


async def test_codes_are_sent_30_s_apart_and_3_in_10_minutes(now: datetime) -> None:
    await service.start("new@example.org", now=now)
    with pytest.raises(RateLimited) as soon:
        await service.start("NEW@example.org", now=now + timedelta(seconds=10))
    assert soon.value.retry_after == 20
    for seconds in (30, 60):
        await service.start("new@example.org", now=now + timedelta(seconds=seconds))
    with pytest.raises(RateLimited) as often:
        await service.start("new@example.org", now=now + timedelta(seconds=100))
    assert often.value.retry_after == 500
    await service.start("new@example.org", now=now + 10 * MINUTE)


async def test_two_starts_at_once_send_one_code(mailbox: Mailbox, now: datetime) -> None:
    answers = await asyncio.gather(
        *(service.start("new@example.org", now=now) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(a, RateLimited) for a in answers) == 7
    assert len(await mailbox.latest(9)) == 1


async def test_a_lost_mail_changes_nothing_in_the_answer(house: Runtime, now: datetime) -> None:
    class Lost:
        async def send(self, mail: Mail, *, now: datetime) -> None:
            raise MailFailed(f"{mail.to} at {now}")

    house.put(Lost(), kind=Mailer)
    assert (await service.start("new@example.org", now=now)).challenge_id


# --- sign-up -----------------------------------------------------------------------------------


async def test_a_ticket_works_once_for_30_minutes(mailbox: Mailbox, now: datetime) -> None:
    ticket = await _ticket(mailbox, "new@example.org", now)
    cmd = SignUp(ticket, "New", "new_one", PASSWORD)
    with pytest.raises(ChallengeExpired):
        await service.sign_up(cmd, now=now + 30 * MINUTE)
    await service.sign_up(cmd, now=now + 29 * MINUTE)
    with pytest.raises(ChallengeExpired):
        await service.sign_up(SignUp(ticket, "New", "new_two", PASSWORD), now=now)


async def test_a_made_up_ticket_is_refused_before_any_hashing(
    passwords: Passwords, now: datetime
) -> None:
    passwords.close()  # hashing would fail
    with pytest.raises(ChallengeExpired):
        await service.sign_up(SignUp("no ticket", "New", "new_one", PASSWORD), now=now)


@pytest.mark.parametrize("handle", ["ana", "an_a", "_ana_"])
async def test_a_handle_that_looks_like_another_is_refused_and_the_ticket_stays(
    handle: str, join: Joined, mailbox: Mailbox, now: datetime
) -> None:
    await join("ana")
    ticket = await _ticket(mailbox, "new@example.org", now)
    with pytest.raises(DuplicateEntry) as e:
        await service.sign_up(SignUp(ticket, "Ana", handle, PASSWORD), now=now)
    assert e.value.field == "handle"
    await service.sign_up(SignUp(ticket, "Ana", "someone_else", PASSWORD), now=now)


async def test_an_email_has_one_person(join: Joined, mailbox: Mailbox, now: datetime) -> None:
    ticket = await _ticket(mailbox, "eve@example.org", now)
    await join("eve")
    with pytest.raises(DuplicateEntry) as e:
        await service.sign_up(SignUp(ticket, "Eve", "evelyn", PASSWORD), now=now)
    assert e.value.field == "email"


async def test_of_sign_ups_at_once_with_one_ticket_one_wins(
    mailbox: Mailbox, admin: asyncpg.Connection, now: datetime
) -> None:
    ticket = await _ticket(mailbox, "new@example.org", now)
    done = await asyncio.gather(
        *(service.sign_up(SignUp(ticket, "New", f"new_{n}", PASSWORD), now=now) for n in range(8)),
        return_exceptions=True,
    )
    assert sum(isinstance(d, SignedIn) for d in done) == 1
    assert sum(isinstance(d, ChallengeExpired) for d in done) == 7
    assert await admin.fetchval("select count(*) from identity.person") == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": "   "}, "display_name"),
        ({"display_name": "x" * 61}, "display_name"),
        ({"display_name": "a\u202eb"}, "display_name"),
        ({"display_name": "a\nb"}, "display_name"),
        ({"display_name": "a\x00b"}, "display_name"),
        ({"display_name": "Refunds: https://x.example"}, "display_name"),
        ({"display_name": "\uff37ww.x.example"}, "display_name"),
        ({"display_name": "help@x.example"}, "display_name"),
        ({"handle": "ab"}, "handle"),
        ({"handle": "Ana"}, "handle"),
        ({"handle": "a" * 31}, "handle"),
        ({"handle": "ana\n"}, "handle"),
        ({"handle": "änä"}, "handle"),
        ({"password": "x" * 11}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"locale": "english please"}, "locale"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": ""}, "timezone"),
    ],
)
async def test_each_field_of_a_sign_up_is_checked(
    change: dict[str, str], field: str, now: datetime
) -> None:
    whole = {"ticket": "t", "display_name": "Zoë", "handle": "zoe", "password": PASSWORD}
    with pytest.raises((ValidationFailed, MissingField)) as e:
        await service.sign_up(SignUp(**(whole | change)), now=now)  # type: ignore[arg-type]  # texts
    assert e.value.field == field


# --- passwords ---------------------------------------------------------------------------------


@pytest.mark.parametrize("identifier", ["ana", "@ana", "ANA", "Ana@Example.org", " ana "])
async def test_a_password_signs_in_by_handle_or_mail(
    identifier: str, join: Joined, now: datetime
) -> None:
    ana = await join("ana")
    done = signed_in(await service.sign_in(identifier, PASSWORD, is_remembered=False, now=now))
    assert done.person == ana


@pytest.mark.parametrize("identifier", ["ana", "nobody", "ana@example.org", "no@body.org", "\x00"])
async def test_known_and_unknown_cost_one_check_and_fail_alike(
    identifier: str, join: Joined, passwords: Passwords, now: datetime
) -> None:
    await join("ana")
    before = passwords.checks
    with pytest.raises(SignInFailed) as e:
        await service.sign_in(identifier, "wrong password", is_remembered=False, now=now)
    assert passwords.checks == before + 1
    assert (e.value.detail, e.value.field, dict(e.value.extra)) == (SignInFailed.text, None, {})


async def test_a_password_is_equal_however_the_keyboard_composes_it(
    mailbox: Mailbox, now: datetime
) -> None:
    ticket = await _ticket(mailbox, "new@example.org", now)
    await service.sign_up(SignUp(ticket, "New", "newcomer", "pass-wörd-ñandú"), now=now)
    typed = "pass-wo\u0308rd-n\u0303andu\u0301"
    done = signed_in(await service.sign_in("newcomer", typed, is_remembered=False, now=now))
    assert done.person.handle == "newcomer"


async def test_from_the_fifth_failure_the_wait_doubles(
    join: Joined, cache: kit_cache.Cache, now: datetime
) -> None:
    await join("ana")
    for _ in range(5):
        with pytest.raises(SignInFailed):
            await service.issue_token("ana", "wrong password", now=now)
    with pytest.raises(RateLimited) as first:
        await service.issue_token("ana", PASSWORD, now=now)
    assert first.value.retry_after == 1
    # Two more failures on the counter: what the wait has grown to.
    script = kit_cache.script("quid.identity", "slow_down")
    key = "signin:{" + "x" * 32 + "}"
    waits = [await cache.call(script, key=key, args=("fail", 5, 900, 60)) for _ in range(18)]
    assert waits == [0, 0, 0, 0] + [min(1000 * 2**n, 900_000) for n in range(14)]


async def test_an_unknown_identifier_is_slowed_down_too(now: datetime) -> None:
    for _ in range(5):
        with pytest.raises(SignInFailed):
            await service.issue_token("nobody", "wrong password", now=now)
    with pytest.raises(RateLimited):
        await service.issue_token("nobody", "wrong password", now=now)


async def test_of_many_guesses_at_once_the_right_one_is_not_told(
    house: Runtime, join: Joined, now: datetime
) -> None:
    # Once each guess that had begun before the fifth failure was answered: sixty at a time.
    await join("ana")
    guessed = asyncio.Event()

    class Slow(Passwords):
        async def matches(self, phc: str | None, password: str) -> bool:
            found = await super().matches(phc, password)
            if found:
                await guessed.wait()
            return found

    house.put(Slow(memory_kib=8, time_cost=1), kind=Passwords)
    right = asyncio.create_task(service.issue_token("ana", PASSWORD, now=now))
    for _ in range(5):
        with pytest.raises(SignInFailed):
            await service.issue_token("ana", "wrong password", now=now)
    guessed.set()
    with pytest.raises(RateLimited):
        await right


async def test_a_right_password_forgives(join: Joined, now: datetime) -> None:
    await join("ana")
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInFailed):
                await service.issue_token("ana", "wrong password", now=now)
        await service.issue_token("ana", PASSWORD, now=now)


async def test_without_valkey_nobody_signs_in(
    house: Runtime, join: Joined, passwords: Passwords, now: datetime
) -> None:
    await join("ana")
    house.put(kit_cache.Cache("unix:///nowhere/valkey.sock"))
    before = passwords.checks
    with pytest.raises(RateLimited) as e:
        await service.issue_token("ana", PASSWORD, now=now)
    assert (e.value.retry_after, passwords.checks) == (5, before)
    await house.part(kit_cache.Cache).close()


async def test_a_dearer_hash_replaces_a_cheap_one_at_the_next_sign_in(
    house: Runtime, join: Joined, admin: asyncpg.Connection, now: datetime
) -> None:
    await join("ana")
    house.put(Passwords(memory_kib=16, time_cost=2))
    await service.issue_token("ana", PASSWORD, now=now)
    stored = await admin.fetchval("select password_hash from identity.person")
    assert stored.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    await service.issue_token("ana", PASSWORD, now=now)


async def test_a_full_queue_refuses_and_then_has_room_again(
    house: Runtime, join: Joined, now: datetime
) -> None:
    await join("ana")
    house.put(Passwords(memory_kib=8, time_cost=1, queue_max=0))
    tries = [service.issue_token("ana", PASSWORD, now=now) for _ in range(40)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    refused = [a for a in answers if isinstance(a, BaseException)]
    assert all(isinstance(a, Overloaded) and a.retry_after for a in refused)
    assert len(refused) < 40
    await service.issue_token("ana", PASSWORD, now=now)
