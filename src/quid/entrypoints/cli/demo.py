"""`quid demo`: people and payments to look at, made through the services like any others."""

import json
import random
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from cyclopts import App

from quid.entrypoints import staff
from quid.entrypoints.cli import demo_banks, demo_disputes, demo_feed, demo_requests
from quid.entrypoints.cli.demo_feed import Friends, Story
from quid.entrypoints.cli.demo_requests import Asked
from quid.entrypoints.cli.session import CannotRun, operator, run, say
from quid.entrypoints.personas import PERSONAS, Persona
from quid.funding.types import OpState
from quid.identity import queries as people
from quid.identity import service as identity
from quid.identity.queries import operators
from quid.identity.types import (
    FreezePerson,
    FreezeReason,
    FreezeScope,
    Invite,
    NewPerson,
    Visibility,
)
from quid.kit import clock, db, ids, outbox
from quid.kit.config import Core, Secrets
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.kit.runtime import Runtime
from quid.notifications.consumers.inbox import INBOX
from quid.notifications.queries import inbox
from quid.notifications.service import reading as notices
from quid.notifications.types import Chosen, Topic
from quid.payments import queries as accounts
from quid.payments.service import CURRENCY, OPERATION, SendQueue, fund
from quid.payments.types import SendPayment, Sent
from quid.risk import service as risk
from quid.risk.types import SetLimit, Window

BACKGROUND: Final = 100
PAYMENTS: Final = 600  # six of each: the rule on many an hour asks nobody to wait
FRIENDS_OF_ANA: Final = 24
FRIENDS_OF_BEN: Final = 11
UNREAD: Final = 5
# The others wish none of what they are paid, or the page of mails would be full of nothing else.
WITH_MAILS: Final = ("ana", "ben")
_FIRST: Final = (
    "Maya", "Leo", "Noor", "Iris", "Owen", "Tara", "Hugo", "Lena", "Omar", "Ruth",
    "Theo", "Alma", "Ravi", "June", "Pia", "Sam", "Vera", "Milo", "Yuki", "Dana",
)  # fmt: skip
_LAST: Final = ("Berg", "Costa", "Novak", "Okafor", "Haddad")


def register(app: App) -> None:
    """Add the command."""
    app.command(demo)


def demo(*, seed: int = 1, payments: int = PAYMENTS) -> int:
    """Fill an empty local database with demo people, money and payments; safe to repeat."""
    say(run(lambda rt: fill(rt, seed=seed, payments=payments)))
    return 0


async def fill(rt: Runtime, *, seed: int, payments: int) -> str:
    """Make what is missing: an interrupted fill goes on where it stopped.

    Raises: CannotRun outside demo mode.
    """
    core, password = rt.part(Core), rt.part(Secrets).demo_password
    if core.profile != "local" or not core.demo or password is None:
        raise CannotRun("Demo people are for QUID_PROFILE=local with QUID_DEMO=1 alone.")
    hashed = await rt.part(identity.Passwords).hash(password.get_secret_value())
    personas = everybody(seed)
    found: dict[str, uuid.UUID] = {}
    for persona in personas:
        found[persona.handle] = await _person(rt, persona, hashed)
        if persona.handle in demo_banks.BANKED:
            await demo_banks.verify(rt, found[persona.handle], persona.handle, tier=persona.tier)
        if persona.funds_minor:
            await fund(
                found[persona.handle],
                persona.funds_minor,
                key="demo",
                operator="demo",
                now=clock.now(),
            )
        if persona.handle not in WITH_MAILS:
            no_mails = Chosen(Topic.MONEY_IN, "email", is_on=False)
            await notices.prefer(found[persona.handle], [no_mails], now=clock.now())
    await _operators(rt, hashed, password.get_secret_value())
    await _circumstances(rt, found)
    friends = await _friendships(personas, found)
    drawn = plan(personas, friends, seed=seed)[:payments]
    sent = await _payments(rt, drawn, found, seed=seed)
    seen = demo_feed.crowds(drawn, friends, sent)
    await demo_feed.talk(seen, drawn, sent, found, seed=seed)
    await _requests(rt, found, seed=seed)
    await demo_disputes.say(rt, found, drawn, sent)
    if await demo_banks.link(rt, found):
        await demo_banks.stock(rt, found["ben"])
        await _owe(rt, found["hal"], found["shop"])
    while await outbox.consume(rt.part(db.Database), INBOX):
        pass
    await look_through(rt, found.values())
    made = f"{len(personas)} demo people, {len(sent)} payments"
    return f"{made}. Sign in as ana, ben, cleo, dot, shop …"


def everybody(seed: int) -> tuple[Persona, ...]:
    """Name the people one signs in as, then those who are there for the company."""
    return (*PERSONAS, *_background(seed))


def _background(seed: int) -> tuple[Persona, ...]:
    chance = random.Random(f"people:{seed}")  # noqa: S311 - demo data, the same for a seed
    names = [f"{first} {last}" for last in _LAST for first in _FIRST]
    wishes: tuple[Visibility, ...] = ("friends", "friends", "public")
    return tuple(
        Persona(
            name.lower().replace(" ", "_"),
            name,
            1,
            chance.randrange(20_000, 120_000, 500),
            chance.choice(wishes),
        )
        for name in names[:BACKGROUND]
    )


async def _person(rt: Runtime, persona: Persona, password_hash: str) -> uuid.UUID:
    database = rt.part(db.Database)
    async with database.read() as conn:
        known = await people.by_handle(conn, persona.handle)
    if known is not None:
        return known.id
    now = clock.now()
    new = NewPerson(
        id=ids.new(ids.random_bucket(), now),
        handle=persona.handle,
        display_name=persona.name,
        email=f"{persona.handle}@demo.localhost",
        password_hash=password_hash,
        tier=0 if persona.handle in demo_banks.BANKED else persona.tier,
        default_visibility=persona.visibility,
        joined_at=now - timedelta(days=persona.days),
    )
    async with database.transaction() as tx:
        return (await identity.add_person(tx, new, now=now)).id


async def _operators(rt: Runtime, password_hash: str, password: str) -> None:
    """Make an operator of each role, whose app is on."""
    database, now = rt.part(db.Database), clock.now()
    for one in staff.OPERATORS:
        async with database.read() as conn:
            known = await people.by_handle(conn, one.handle)
            row = await operators.operator(conn, known.id) if known else None
        if row is None:
            cmd = Invite(one.handle, one.name, f"{one.handle}@demo.localhost", one.role)
            made = await identity.add_operator(cmd, by="demo", now=now, own_hash=password_hash)
        if row is None or not row.has_factor:
            async with database.transaction() as tx:
                secret = staff.totp_of(password, one.handle)
                await identity.give_totp(tx, row.id if row else made, secret, now=now)


async def _circumstances(rt: Runtime, found: dict[str, uuid.UUID]) -> None:
    """Give dot her low limit and put finn on hold, once."""
    now = clock.now()
    async with rt.part(db.Database).read() as conn:
        is_done = bool(await people.freezes(conn, found["finn"]))
    if is_done:
        return
    limit = SetLimit(
        user_id=found["dot"],
        window=Window.WEEK,
        max_minor=10_000,
        max_count=None,
        currency=CURRENCY,
        expires_at=now + timedelta(days=3650),
        reason="demo: a person with a low limit",
        by=operator(),
    )
    await risk.set_limit(limit, now=now)
    for scope in (FreezeScope.SEND, FreezeScope.WITHDRAW):
        freeze = FreezePerson(
            user_id=found["finn"],
            scope=scope,
            reason_class=FreezeReason.SECURITY,
            text="We are checking a sign-in that did not look like you.",
            review_on=(now + timedelta(days=10)).date(),
            by=operator(),
            reason="demo: an account on hold",
        )
        await identity.freeze(freeze, now=now)


def ties(personas: tuple[Persona, ...]) -> list[tuple[str, str]]:
    """Name who asks whom to be a friend: ana has 24 friends and ben 11, each of them the other.

    The others ask: whoever asks, asks 20 a day at most.
    """
    background = [p.handle for p in personas[len(PERSONAS) :]]
    return [
        ("ben", "ana"),
        *((handle, "ana") for handle in background[: FRIENDS_OF_ANA - 1]),
        *((handle, "ben") for handle in background[: FRIENDS_OF_BEN - 1]),
    ]


async def _friendships(personas: tuple[Persona, ...], found: dict[str, uuid.UUID]) -> Friends:
    """Let them ask and accept; acts done already change nothing."""
    pairs = ties(personas)
    for asker, asked in pairs:
        for one, other in ((asker, asked), (asked, asker)):
            await identity.befriend(found[one], found[other], now=clock.now())
    return Friends(pairs)


def plan(personas: tuple[Persona, ...], friends: Friends, *, seed: int) -> list[Story]:
    """Draw what demo people pay each other, in its order."""
    able = [p.handle for p in personas if p.tier and p.handle not in ("finn", "dot")]
    turns = -(-PAYMENTS // BACKGROUND)
    named = {p.handle for p in PERSONAS}
    return demo_feed.stories(able, named, friends, turns=turns, seed=seed)


async def _payments(
    rt: Runtime, drawn: list[Story], found: dict[str, uuid.UUID], *, seed: int
) -> dict[int, uuid.UUID]:
    """Send the payments; each has its key, so a second run sends none again.

    Gives the ids of those that were sent, by their place.
    """
    queue = rt.part(SendQueue)
    sent: dict[int, uuid.UUID] = {}
    for n, story in enumerate(drawn):
        outcome = await queue.submit(
            _command(found[story.payer], found[story.payee], story, f"demo:{seed}:{n}")
        )
        if isinstance(outcome, Sent) and outcome.answer.status == 201:
            told = json.loads(outcome.answer.body)["payment"]["id"]
            if (payment_id := ids.read("pay", told)) is not None:
                sent[n] = payment_id
    return sent


async def _requests(rt: Runtime, found: dict[str, uuid.UUID], *, seed: int) -> None:
    """Let people ask each other for money, and pay some of it."""
    queue = rt.part(SendQueue)

    async def pay(request_id: uuid.UUID, asked: Asked, key: str) -> None:
        story = Story(asked.requestee, asked.requester, asked.minor, asked.note)
        command = _command(found[story.payer], found[story.payee], story, key)
        await queue.submit(replace(command, for_request=request_id))

    await demo_requests.ask(found, pay, seed=seed)


async def _owe(rt: Runtime, hal: uuid.UUID, shop: uuid.UUID) -> None:
    """Let hal take money from his bank and spend all he has; then his bank returns it, once."""
    async with rt.part(db.Database).read() as conn:
        before = await accounts.balance(conn, hal, currency=CURRENCY, now=clock.now())
    if before is None or before.owed:
        return
    pulled = await demo_banks.pull(rt, hal)
    if pulled.state == OpState.RETURNED:  # once, and he has paid it back
        return
    async with rt.part(db.Database).read() as conn:
        after = await accounts.balance(conn, hal, currency=CURRENCY, now=clock.now())
    if after is not None and after.available:
        key = f"demo:hal:{after.available}"
        story = Story("hal", "shop", after.available, "a bicycle")
        await rt.part(SendQueue).submit(_command(hal, shop, story, key))
    await demo_banks.give_back(rt, hal, pulled)


async def look_through(rt: Runtime, user_ids: Iterable[uuid.UUID]) -> None:
    """Let people have read all that they were told but the newest handful."""
    for user_id in user_ids:
        newest = inbox.Before(clock.now(), user_id)
        async with rt.part(db.Database).read() as conn:
            page = await inbox.listed(conn, user_id, "all", before=newest, limit=UNREAD + 1)
        if len(page.items) > UNREAD:
            await notices.mark_before(user_id, page.items[UNREAD].at, now=clock.now())


def _command(payer_id: uuid.UUID, payee_id: uuid.UUID, story: Story, key: str) -> SendPayment:
    now: datetime = clock.now()
    body = digest16(f"{payee_id}:{story.minor}:{story.note}".encode())
    return SendPayment(
        key=Key(payer_id, OPERATION, digest16(key.encode()), body),
        payer_id=payer_id,
        payee_id=payee_id,
        amount_minor=story.minor,
        currency=CURRENCY,
        note=story.note,
        visibility=story.visibility,
        show_amount=None,
        payment_id=ids.new(ids.bucket(payer_id), now),
        session_id=None,
        asked_at=now,
        request_id=f"demo-{secrets.token_hex(6)}",
    )
