"""Plaid's webhooks: what its own signer makes is let in, everything that is not quite it is not."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from quid.funding.adapters.connect import connect
from quid.funding.errors import ProviderError, WebhookForged
from quid.funding.ports import Events
from quid.funding.settings import FundingSettings
from quid.funding.types import Provider
from quid.kit.breaker import Board
from quid.kit.errors import ValidationFailed
from tests.contracts.deeds import settings_of
from tests.support.sandbox import Sandbox

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
RAW = (
    b'{\n  "webhook_type": "ITEM",\n  "webhook_code": "ERROR",\n  "item_id": "it_1",\n'
    b'  "environment": "sandbox"\n}'
)


@dataclass
class KeyHouse:
    """A loopback Plaid that has keys, and counts who asks for one."""

    key: ECKey
    kid: str = field(default_factory=lambda: str(uuid4()))
    expired_at: int | None = None
    asked: list[str] = field(default_factory=list)
    is_away: bool = False
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        [size] = [
            int(x.split(b":")[1]) for x in head.split(b"\r\n") if b"content-length" in x.lower()
        ]
        wanted = json.loads(await reader.readexactly(size))["key_id"]
        self.asked.append(wanted)
        status, body = self.answer(wanted)
        raw = json.dumps(body).encode()
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(raw)}\r\n\r\n".encode() + raw)
        await writer.drain()
        writer.close()

    def answer(self, wanted: str) -> tuple[str, object]:
        if self.is_away:
            return "500 Down", {"error_type": "API_ERROR", "error_code": "INTERNAL_SERVER_ERROR"}
        if wanted != self.kid:
            return "400 No", {"error_type": "INVALID_REQUEST", "error_code": "INVALID_FIELD"}
        public = self.key.as_dict(private=False)
        whole = {
            **{name: public[name] for name in ("crv", "kty", "x", "y")},
            "alg": "ES256",
            "kid": self.kid,
            "use": "sig",
            "created_at": 1,
            "expired_at": self.expired_at,
        }
        return "200 OK", {"key": whole, "request_id": "r"}

    def token(self, raw: bytes = RAW, *, at: datetime = AT, **head: Any) -> str:
        claims = {
            "iat": int(at.timestamp()),
            "request_body_sha256": hashlib.sha256(raw).hexdigest(),
        }
        header = {"alg": "ES256", "kid": self.kid, "typ": "JWT", **head}
        return jws.serialize_compact(header, json.dumps(claims), self.key, algorithms=["ES256"])


@pytest.fixture
async def house() -> AsyncIterator[KeyHouse]:
    made = KeyHouse(ECKey.generate_key("P-256", private=True))
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made


@pytest.fixture
async def events(house: KeyHouse) -> AsyncIterator[Events]:
    settings = FundingSettings(
        plaid_url=house.url,
        plaid_client_id="c",
        plaid_secret="s",  # type: ignore[arg-type]  # read by pydantic
        stripe_url=house.url,
        stripe_key="k",  # type: ignore[arg-type]  # as above
        stripe_webhook_secrets="w",  # type: ignore[arg-type]  # as above
    )
    made = connect(settings, Board(), is_production=False)
    assert made is not None
    yield made.rails.events[Provider.PLAID]
    await made.close()


def headers(token: str) -> dict[str, str]:
    return {"Plaid-Verification": token}


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


async def test_a_signed_webhook_is_let_in_and_asks_for_its_key_once(
    events: Events, house: KeyHouse
) -> None:
    token = house.token()
    bells = await asyncio.gather(
        *(events.verify_webhook(headers(token), RAW, AT) for _ in range(20))
    )
    [bell] = set(bells)
    assert (bell.kind, bell.topic, bell.object_ref) == ("ITEM.ERROR", "item", "it_1")
    assert bell.dedupe_key == hashlib.sha256(token.encode()).hexdigest()
    assert not bell.is_live
    assert house.asked == [house.kid]


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(seconds=-60)])
async def test_five_minutes_late_and_one_ahead_is_in_time(
    events: Events, house: KeyHouse, late: timedelta
) -> None:
    assert await events.verify_webhook(headers(house.token(at=AT - late)), RAW, AT)


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), timedelta(seconds=-61)])
async def test_stale_and_future_ones_are_forged(
    events: Events, house: KeyHouse, late: timedelta
) -> None:
    with pytest.raises(WebhookForged):
        await events.verify_webhook(headers(house.token(at=AT - late)), RAW, AT)


async def test_a_body_written_anew_is_forged(events: Events, house: KeyHouse) -> None:
    anew = json.dumps(json.loads(RAW)).encode()
    with pytest.raises(WebhookForged):
        await events.verify_webhook(headers(house.token()), anew, AT)


def _none(house: KeyHouse) -> str:
    _, claims, _ = house.token().split(".")
    return f"{part({'alg': 'none', 'kid': house.kid})}.{claims}."


def _hs256(house: KeyHouse) -> str:
    _, claims, _ = house.token().split(".")
    signed = f"{part({'alg': 'HS256', 'kid': house.kid})}.{claims}"
    secret = house.key.as_pem(private=False)
    mac = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def _other_signer(house: KeyHouse) -> str:
    other = KeyHouse(ECKey.generate_key("P-256", private=True), kid=house.kid)
    return other.token()


def _changed(house: KeyHouse) -> str:
    head, claims, signature = house.token().split(".")
    return f"{head}.{claims[:-2]}AA.{signature}"


@pytest.mark.parametrize(
    "forge",
    [
        lambda _: "",
        lambda _: "not.a.token",
        lambda _: "x" * 5000,
        lambda _: "ü.ü.ü",
        _none,
        _hs256,
        _other_signer,
        _changed,
        lambda house: house.token(kid="../../etc"),
        lambda house: house.token(crit=["b64"], b64=False),
        lambda house: house.token().rsplit(".", 1)[0] + ".",
    ],
    ids=["none", "words", "long", "strange", "alg none", "public key as secret", "other signer",
         "claims changed", "kid no uuid", "crit", "unsigned"],
)  # fmt: skip
async def test_a_forged_webhook_is_refused(events: Events, house: KeyHouse, forge: Any) -> None:
    with pytest.raises(WebhookForged):
        await events.verify_webhook(headers(forge(house)), RAW, AT)


async def test_without_its_header_it_is_forged(events: Events) -> None:
    with pytest.raises(WebhookForged):
        await events.verify_webhook({}, RAW, AT)


async def test_a_flood_of_forged_keys_is_one_question_a_minute(
    events: Events, house: KeyHouse
) -> None:
    for second in range(130):
        token = KeyHouse(house.key).token(at=AT + timedelta(seconds=second))
        with pytest.raises(WebhookForged):
            await events.verify_webhook(headers(token), RAW, AT + timedelta(seconds=second))
    assert len(house.asked) == 3


async def test_a_flood_does_not_shut_out_a_key_that_is_known(
    events: Events, house: KeyHouse
) -> None:
    await events.verify_webhook(headers(house.token()), RAW, AT)
    with pytest.raises(WebhookForged):
        await events.verify_webhook(headers(KeyHouse(house.key).token()), RAW, AT)
    assert await events.verify_webhook(headers(house.token()), RAW, AT)


async def test_a_key_is_asked_for_again_after_a_day(events: Events, house: KeyHouse) -> None:
    for hours in (0, 23, 24, 25):
        at = AT + timedelta(hours=hours)
        await events.verify_webhook(headers(house.token(at=at)), RAW, at)
    assert len(house.asked) == 2


async def test_a_key_that_was_withdrawn_is_a_strangers(events: Events, house: KeyHouse) -> None:
    await events.verify_webhook(headers(house.token()), RAW, AT)
    withdrawn, house.kid = house.kid, str(uuid4())
    for second in range(130):
        at = AT + timedelta(days=1, seconds=second)
        with pytest.raises(WebhookForged):
            await events.verify_webhook(headers(house.token(at=at, kid=withdrawn)), RAW, at)
    assert house.asked == [withdrawn] * 4, "once, and once a minute after its day"


async def test_a_key_signs_nothing_after_its_end(events: Events, house: KeyHouse) -> None:
    house.expired_at = int(AT.timestamp())
    assert await events.verify_webhook(headers(house.token()), RAW, AT)
    late = AT + timedelta(seconds=1)
    with pytest.raises(WebhookForged):
        await events.verify_webhook(headers(house.token(at=late)), RAW, late)


async def test_no_key_to_be_had_is_no_forgery(events: Events, house: KeyHouse) -> None:
    house.is_away = True
    for _ in range(5):
        with pytest.raises(ProviderError):
            await events.verify_webhook(headers(house.token()), RAW, AT)
    assert len(house.asked) == 3, "one question of three tries"
    house.is_away = False
    later = AT + timedelta(minutes=1)
    assert await events.verify_webhook(headers(house.token(at=later)), RAW, later)


async def test_a_signed_one_that_cannot_be_read_is_told_apart(
    events: Events, house: KeyHouse
) -> None:
    with pytest.raises(ValidationFailed):
        await events.verify_webhook(headers(house.token(b"[1, 2")), b"[1, 2", AT)


@pytest.mark.parametrize(
    ("words", "topic", "ref"),
    [
        ({"webhook_type": "TRANSFER", "webhook_code": "TRANSFER_EVENTS_UPDATE"}, "transfers", None),
        (
            {"webhook_type": "LINK", "webhook_code": "SESSION_FINISHED", "link_token": "l"},
            *("session", "l"),
        ),
        ({"webhook_type": "AUTH", "webhook_code": "X", "item_id": "i"}, "item", "i"),
        ({"webhook_type": "NEW", "webhook_code": "X"}, "other", None),
    ],
)
async def test_a_doorbell_says_where_to_look(
    events: Events, house: KeyHouse, words: dict[str, str], topic: str, ref: str | None
) -> None:
    raw = json.dumps({**words, "environment": "production"}).encode()
    bell = await events.verify_webhook(headers(house.token(raw)), raw, AT)
    assert (bell.topic, bell.object_ref, bell.is_live) == (topic, ref, True)


async def test_the_sandbox_signs_as_plaid_does(
    sandbox: Sandbox,
) -> None:
    got: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        found = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        raw = await reader.readexactly(int(found["content-length"]))
        await got.put((found, raw))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    made = connect(settings_of(sandbox), Board(), is_production=False)
    assert made is not None
    async with server:
        await asyncio.to_thread(sandbox.get, "/sandbox/transfer/fire_webhook", webhook=address)
        found, raw = await asyncio.wait_for(got.get(), 10)
    now = datetime.now(UTC)  # noqa: TID251 - the sandbox signs by the wall clock
    bell = await made.rails.events[Provider.PLAID].verify_webhook(found, raw, now)
    await made.close()
    assert bell.topic == "transfers"
