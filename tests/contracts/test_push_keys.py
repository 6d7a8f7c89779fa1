"""By which tokens push services know us: fetched once, renewed in time, replaced while it runs."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr

from quid.notifications.adapters import apns as apns_adapter
from quid.notifications.adapters import connect as channels
from quid.notifications.ports import Channel, NotDelivered
from quid.notifications.types import Address
from tests.contracts.ways import (
    APPLE_TOKEN,
    GOOGLE_TOKEN,
    KEY,
    MESSAGE,
    SEED,
    NoMailer,
    opened,
    settings_of,
)
from tests.support import push
from tests.support.certificates import Authority
from tests.support.http2 import Reply
from tests.support.push import PushServices

PHONE: Final = Address(GOOGLE_TOKEN)
APPLE: Final = Address(APPLE_TOKEN)


@pytest.fixture
async def services(trusted: Authority) -> AsyncIterator[PushServices]:
    """The push services."""
    async with push.serving(trusted) as made:
        yield made


@pytest.fixture
async def fcm(services: PushServices) -> AsyncIterator[Channel]:
    """The way to Google."""
    async with opened(services) as made:
        yield made.channels.by_name["fcm"]


@pytest.fixture
async def apns(services: PushServices) -> AsyncIterator[Channel]:
    """The way to Apple."""
    async with opened(services) as made:
        yield made.channels.by_name["apns"]


async def test_many_at_once_ask_for_one_token(fcm: Channel, services: PushServices) -> None:
    await asyncio.gather(*(fcm.send(PHONE, MESSAGE, key=KEY) for _ in range(30)))
    assert (services.tokens_given, len(services.taken)) == (1, 30)


async def test_a_token_is_renewed_before_it_ends(fcm: Channel, services: PushServices) -> None:
    services.token_life = 120  # of which the last two minutes are not used
    await fcm.send(PHONE, MESSAGE, key=KEY)
    await fcm.send(PHONE, MESSAGE, key=KEY)
    assert services.tokens_given == 2


async def test_a_token_that_is_refused_is_not_kept(fcm: Channel, services: PushServices) -> None:
    await fcm.send(PHONE, MESSAGE, key=KEY)
    services.next.append(push.google("UNAUTHENTICATED", 401, is_detailed=False))
    with pytest.raises(NotDelivered) as raised:
        await fcm.send(PHONE, MESSAGE, key=KEY)
    assert not raised.value.is_final
    await fcm.send(PHONE, MESSAGE, key=KEY)
    assert services.tokens_given == 2


@pytest.mark.parametrize(
    "answer",
    [
        Reply(400, b'{"error": "invalid_grant"}'),
        Reply(200, b"<html>"),
        Reply(200, b'{"access_token": 7}'),
        Reply(503),
    ],
)
async def test_without_a_token_nothing_is_sent_and_it_is_tried_again(
    answer: Reply, fcm: Channel, services: PushServices
) -> None:
    services.next_tokens.append(answer)
    with pytest.raises(NotDelivered) as raised:
        await fcm.send(PHONE, MESSAGE, key=KEY)
    assert not raised.value.is_final
    assert services.taken == []
    await fcm.send(PHONE, MESSAGE, key=KEY)


async def test_who_gives_up_waiting_for_a_token_leaves_it_to_the_others(
    fcm: Channel, services: PushServices
) -> None:
    services.next_tokens.append(None)
    waiting = asyncio.create_task(fcm.send(PHONE, MESSAGE, key=KEY))
    await services.hanging.wait()
    waiting.cancel()
    await fcm.send(PHONE, MESSAGE, key=KEY)
    assert services.tokens_given == 1


async def test_a_project_that_is_not_there_kills_no_device(
    fcm: Channel, services: PushServices
) -> None:
    services.next.append(push.google("NOT_FOUND", 404, is_detailed=False))
    with pytest.raises(NotDelivered):
        await fcm.send(PHONE, MESSAGE, key=KEY)


async def test_a_device_of_another_project_is_not_forgotten(
    fcm: Channel, services: PushServices
) -> None:
    services.next.append(push.google("SENDER_ID_MISMATCH", 403))
    with pytest.raises(NotDelivered, match="SENDER_ID_MISMATCH"):
        await fcm.send(PHONE, MESSAGE, key=KEY)


async def test_apple_gets_one_token_for_half_an_hour_and_more(
    apns: Channel, services: PushServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tokens() -> list[str]:
        return [a.headers["authorization"] for a in services.asked]

    await apns.send(APPLE, MESSAGE, key=KEY)
    services.next.append(push.apple("ExpiredProviderToken", 403))
    with pytest.raises(NotDelivered):
        await apns.send(APPLE, MESSAGE, key=KEY)
    await apns.send(APPLE, MESSAGE, key=KEY)
    assert len(set(tokens())) == 1, "Apple shuts out who makes them more often"
    monkeypatch.setattr(apns_adapter, "_YOUNG", 0.0)
    services.next.append(push.apple("ExpiredProviderToken", 403))
    with pytest.raises(NotDelivered):
        await apns.send(APPLE, MESSAGE, key=KEY)
    await apns.send(APPLE, MESSAGE, key=KEY)
    assert len(set(tokens())) == 2
    monkeypatch.setattr(apns_adapter, "_FRESH", 0.0)
    await apns.send(APPLE, MESSAGE, key=KEY)
    assert len(set(tokens())) == 3
    assert 1200 <= apns_adapter._FRESH + 2400 <= 3600


async def test_a_bad_token_of_a_device_is_dead_and_one_for_another_app_is_not(
    apns: Channel, services: PushServices
) -> None:
    services.next.append(push.apple("BadDeviceToken", 400))
    with pytest.raises(Exception, match=r"^$") as raised:
        await apns.send(APPLE, MESSAGE, key=KEY)
    assert type(raised.value).__name__ == "Gone"
    services.next.append(push.apple("DeviceTokenNotForTopic", 400))
    with pytest.raises(NotDelivered, match="DeviceTokenNotForTopic"):
        await apns.send(APPLE, MESSAGE, key=KEY)


async def test_processes_with_the_old_and_the_new_key_both_push(services: PushServices) -> None:
    """A key is replaced one process after the other: the new one is set, the old one revoked."""
    old = settings_of(services)
    services.apns_key = ec.generate_private_key(ec.SECP256R1())
    new = settings_of(services)
    before = channels.connect(old, NoMailer(), SEED, is_production=False)
    after = channels.connect(new, NoMailer(), SEED, is_production=False)
    try:
        with pytest.raises(NotDelivered) as raised:
            await before.channels.by_name["apns"].send(APPLE, MESSAGE, key=KEY)
        assert not (raised.value.is_final and "400" not in raised.value.code)
        await after.channels.by_name["apns"].send(APPLE, MESSAGE, key=KEY)
    finally:
        await before.close()
        await after.close()
    assert len(services.taken) == 1


def test_keys_are_in_no_text_of_their_settings(services: PushServices) -> None:
    made = settings_of(services)
    account = json.loads(services.fcm_credentials())
    said = f"{made!r} {channels.KEYS}"
    assert account["private_key"] not in said
    assert SecretStr(services.apns_pem()).get_secret_value() not in said
