"""A phone that keeps passkeys, and what is done with it here."""

import json
from datetime import datetime
from typing import Any

import pytest

from quid.identity import service
from quid.identity.types import (
    OwnPasskey,
    PasskeyAnswer,
    PasskeyAsked,
    Proof,
    SignedIn,
    SignOptions,
    Visit,
)
from quid.kit.web import Caller
from tests.slices.identity.people import ORIGIN
from tests.slices.identity.safety import HOME
from tests.support.passkeys import Device, Lie, plain, to_bytes, to_text

ELSEWHERE = Visit("Safari on iPhone", b"s" * 32, "198.51.100.9")


@pytest.fixture
def phone() -> Device:
    return Device(ORIGIN)


async def add(
    caller: Caller, device: Device, now: datetime, name: str = ""
) -> tuple[OwnPasskey, list[str] | None]:
    asked = await service.offer_passkey(caller, now=now)
    made = json.dumps(device.make(plain(asked.options)))
    answer = PasskeyAnswer(asked.challenge_id, made)
    added = await service.add_passkey(caller, answer, name, HOME, now=now)
    return added.passkey, added.recovery_codes


def answered(asked: PasskeyAsked, device: Device, lie: Lie | None = None) -> PasskeyAnswer:
    signed = device.sign(plain(asked.options), lie)
    return PasskeyAnswer(asked.challenge_id, json.dumps(signed))


async def sign_in(
    device: Device, now: datetime, lie: Lie | None = None, visit: Visit = HOME
) -> SignedIn:
    answer = answered(await service.ask_anybody(now=now), device, lie)
    return await service.sign_in_by_passkey(answer, is_remembered=False, now=now, visit=visit)


def proof_of(options: SignOptions | None, device: Device, lie: Lie | None = None) -> Proof:
    assert options is not None
    return Proof("passkey", json.dumps(device.sign(plain(options), lie)))


def renamed_to(made: dict[str, Any], credential_id: bytes) -> str:
    """Let a new key pretend to have another's id, as no device does."""
    own = to_bytes(made["id"])
    attested = to_bytes(made["response"]["attestationObject"])
    made["response"]["attestationObject"] = to_text(attested.replace(own, credential_id))
    made["id"] = made["rawId"] = to_text(credential_id)
    return json.dumps(made)
