"""Webhooks come in: whoever is not the provider stays outside, equal ones are one, none moves."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from quid.funding.errors import HookNotChecked, WebhookForged
from quid.funding.service import operating
from quid.funding.service.intake import Intake
from quid.funding.types import OpState, Provider
from quid.kit import clock, ids
from quid.kit.errors import NotFound, ValidationFailed
from tests.support.crossing import STEPS, Crossing
from tests.support.doorstep import Doorstep, Rung

HOOK = b"TRANSFER_EVENTS_UPDATE"
Headers = dict[str, str]


async def rung(crossing: Crossing, step: Doorstep) -> Rung:
    """A webhook as the bank network signs it."""
    _, ref = await crossing.deposit()
    crossing.happens(ref, "posted")
    crossing.sandbox.get("/sandbox/transfer/fire_webhook", webhook="http://127.0.0.1:9/unused")
    return await asyncio.to_thread(step.wait, HOOK)


async def stored(crossing: Crossing) -> int:
    found: int = await crossing.admin.fetchval("select count(*) from funding.inbox")
    return found


def intake(crossing: Crossing) -> Intake:
    return crossing.runtime.part(Intake)


async def test_fifty_equal_copies_are_stored_once_and_act_once(
    crossing: Crossing, step: Doorstep
) -> None:
    bell, door = await rung(crossing, step), intake(crossing)
    taken = await asyncio.gather(
        *(door.take(Provider.PLAID, bell.headers, bell.raw, now=clock.now()) for _ in range(50))
    )
    assert taken.count("stored") == 1
    assert await stored(crossing) == 1
    # What another process has stored is a duplicate here too.
    other = Intake(crossing.database, crossing.rails, is_live=False)
    assert await other.take(Provider.PLAID, bell.headers, bell.raw, now=clock.now()) == "duplicate"
    assert await stored(crossing) == 1


async def test_a_bell_is_answered_by_looking_at_the_list(
    crossing: Crossing, step: Doorstep
) -> None:
    await crossing.pull()
    bell = await rung(crossing, step)
    op_id = await crossing.admin.fetchval("select id from funding.operation")
    assert await crossing.pull() is None  # nobody has rung, the clock says wait
    await intake(crossing).take(Provider.PLAID, bell.headers, bell.raw, now=clock.now())
    assert await crossing.pull() is not None
    state = await crossing.admin.fetchval(
        "select state from funding.operation where id = $1", op_id
    )
    assert state == OpState.POSTED
    waiting = await crossing.admin.fetchval(
        "select count(*) from funding.inbox where answered_at is null"
    )
    assert waiting == 0


async def test_ten_thousand_bells_are_one_reading(crossing: Crossing) -> None:
    op, ref = await crossing.deposit()
    crossing.happens(ref, *STEPS)
    await crossing.admin.execute(
        "insert into funding.inbox (id, provider, dedupe_key, kind, topic, is_live, raw,"
        " received_at, next_at) select gen_random_uuid(), 1, g::text, 'bell', 'transfers', false,"
        " '', now(), now() from generate_series(1, 10000) g"
    )
    assert await crossing.pull() is not None
    assert await crossing.pull() is None
    asked = [m for m in crossing.sandbox.journal() if m["path"] == "/transfer/event/sync"]
    assert len(asked) == 1
    assert await crossing.state(op) == OpState.AVAILABLE


async def test_its_words_move_nothing(crossing: Crossing, step: Doorstep) -> None:
    op, ref = await crossing.deposit()
    crossing.happens(ref, *STEPS)
    bell = await asyncio.to_thread(step.wait, HOOK)
    await intake(crossing).take(Provider.PLAID, bell.headers, bell.raw, now=clock.now())
    assert await crossing.state(op) == OpState.PENDING
    assert await crossing.wallet() == 0


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _head(token: str, **change: object) -> str:
    head, claims, signature = token.split(".")
    known = json.loads(base64.urlsafe_b64decode(head + "=="))
    return ".".join([_part(json.dumps({**known, **change})), claims, signature])


def _none(token: str) -> str:
    head, claims, _ = _head(token, alg="none").split(".")
    return f"{head}.{claims}."


def _hs256(token: str) -> str:
    """Signed with what everybody can read: the public key's own text."""
    head, claims, _ = _head(token, alg="HS256").split(".")
    digest = hmac.new(b"the public key", f"{head}.{claims}".encode(), hashlib.sha256).digest()
    return f"{head}.{claims}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


FORGERIES: dict[str, Callable[[str], str | None]] = {
    "no signature": lambda _: None,
    "empty": lambda _: "",
    "no token": lambda _: "x.y",
    "alg none": _none,
    "HS256 by the public key": _hs256,
    "a kid that is no UUID": lambda t: _head(t, kid="../../etc/passwd"),
    "another kid": lambda t: _head(t, kid="11111111-1111-4111-8111-111111111111"),
    "another signature": lambda t: t[:-8] + "AAAAAAAA",
}


@pytest.mark.parametrize("how", FORGERIES)
async def test_a_forged_one_is_refused_and_not_kept(
    crossing: Crossing, step: Doorstep, how: str
) -> None:
    bell = await rung(crossing, step)
    forged = FORGERIES[how](bell.headers["plaid-verification"])
    headers: Headers = {**bell.headers}
    del headers["plaid-verification"]
    if forged is not None:
        headers["plaid-verification"] = forged
    with pytest.raises(WebhookForged):
        await intake(crossing).take(Provider.PLAID, headers, bell.raw, now=clock.now())
    assert await stored(crossing) == 0


@pytest.mark.parametrize(
    ("minutes", "change"),
    [(6, b""), (-2, b""), (0, b" ")],
    ids=["stale", "from the future", "other bytes"],
)
async def test_a_true_one_at_another_time_or_with_other_bytes_is_refused(
    crossing: Crossing, step: Doorstep, minutes: int, change: bytes
) -> None:
    bell = await rung(crossing, step)
    at = clock.now() + timedelta(minutes=minutes)
    with pytest.raises(WebhookForged):
        await intake(crossing).take(Provider.PLAID, bell.headers, bell.raw + change, now=at)
    assert await stored(crossing) == 0


async def test_a_flood_of_unknown_keys_is_one_question_a_minute(
    crossing: Crossing, step: Doorstep
) -> None:
    bell, door = await rung(crossing, step), intake(crossing)
    token = bell.headers["plaid-verification"]
    for n in range(40):
        kid = f"11111111-1111-4111-8111-{n:012d}"
        headers = {**bell.headers, "plaid-verification": _head(token, kid=kid)}
        with pytest.raises((WebhookForged, HookNotChecked)):
            await door.take(Provider.PLAID, headers, bell.raw, now=clock.now())
    asked = [m for m in crossing.sandbox.journal() if m["path"] == "/webhook_verification_key/get"]
    assert len(asked) <= 1


async def test_no_keys_to_check_with_is_a_no_for_now(crossing: Crossing, step: Doorstep) -> None:
    bell = await rung(crossing, step)
    path = "/webhook_verification_key/get"
    crossing.sandbox.fault("status", times=100, match={"path": path}, status=500)
    with pytest.raises(HookNotChecked):
        await intake(crossing).take(Provider.PLAID, bell.headers, bell.raw, now=clock.now())
    assert await stored(crossing) == 0
    crossing.sandbox.order("DELETE", "faults")


def _stripe(crossing: Crossing, body: object, *, at: int, key: str = "") -> tuple[Headers, bytes]:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    secret = (key or crossing.sandbox.stripe_webhook_secret).encode()
    digest = hmac.new(secret, f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={at},v1={digest}"}, raw


EVENT: dict[str, object] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": 1_700_000_000,
    "livemode": False,
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "status": "succeeded"}},
}


async def test_a_card_processors_event_is_one_whenever_it_is_sent(crossing: Crossing) -> None:
    now, door = clock.now(), intake(crossing)
    second = int(now.timestamp())
    for at in (second, second - 100, second + 100):
        headers, raw = _stripe(crossing, EVENT, at=at)
        await door.take(Provider.STRIPE, headers, raw, now=now)
    assert await stored(crossing) == 1
    for at in (second - 301, second + 301):
        headers, raw = _stripe(crossing, {**EVENT, "id": "evt_2"}, at=at)
        with pytest.raises(WebhookForged):
            await door.take(Provider.STRIPE, headers, raw, now=now)
    headers, raw = _stripe(crossing, EVENT, at=second, key="whsec_of_somebody_else")
    with pytest.raises(WebhookForged):
        await door.take(Provider.STRIPE, headers, raw, now=now)
    headers, raw = _stripe(crossing, b'{"id": 1', at=second)
    with pytest.raises(ValidationFailed):
        await door.take(Provider.STRIPE, headers, raw, now=now)


async def test_one_of_another_environment_is_kept_and_left_alone(crossing: Crossing) -> None:
    now = clock.now()
    headers, raw = _stripe(crossing, {**EVENT, "livemode": True}, at=int(now.timestamp()))
    await intake(crossing).take(Provider.STRIPE, headers, raw, now=now)
    row = await crossing.admin.fetchrow("select answered_at, reason from funding.inbox")
    assert row is not None
    assert row["answered_at"] is not None
    assert "another environment" in row["reason"]


async def test_words_that_the_database_cannot_keep_hurt_nobody_else(crossing: Crossing) -> None:
    now, door = clock.now(), intake(crossing)
    second = int(now.timestamp())
    strange = {**EVENT, "id": "evt_strange", "type": "payment_intent.\x00" + "x" * 500}
    sent = [_stripe(crossing, e, at=second) for e in (strange, {**EVENT, "id": "evt_good"})]
    done = await asyncio.gather(
        *(door.take(Provider.STRIPE, headers, raw, now=now) for headers, raw in sent),
        return_exceptions=True,
    )
    assert done[1] == "stored"
    assert not [d for d in done if isinstance(d, Exception) and not isinstance(d, ValidationFailed)]


async def test_what_came_can_be_looked_at_and_that_is_on_record(
    crossing: Crossing, step: Doorstep
) -> None:
    bell = await rung(crossing, step)
    await intake(crossing).take(Provider.PLAID, bell.headers, bell.raw, now=clock.now())
    await crossing.pull()
    hook = await crossing.admin.fetchval("select id from funding.inbox")
    event = await crossing.admin.fetchval("select id from funding.event limit 1")
    shown = [ids.show("hook", hook), ids.show("rev", event)]
    raw, line = [await operating.reveal(i, "cli:test", now=clock.now()) for i in shown]
    assert raw == bell.raw
    assert json.loads(line)["transfer_id"]
    rows = await crossing.admin.fetch(
        "select resource_id from kit.audit where action = 'rails.reveal' order by at"
    )
    assert [row["resource_id"] for row in rows] == shown
    with pytest.raises(NotFound):
        await operating.reveal(ids.show("rev", hook), "cli:test", now=clock.now())
