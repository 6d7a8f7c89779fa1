"""Hooks of the bank network: signed, lost, doubled, late, refused, with keys that end."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey

from quid.kit import clock
from tests.support.bank import link
from tests.support.sandbox import Ear, Sandbox, listening, running


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    with listening() as ear:
        yield ear


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, ear: Ear) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox") / "home", hook_plaid=ear.url) as box:
        yield box


@pytest.fixture
def box(process: Sandbox, ear: Ear) -> Sandbox:
    process.reset()
    ear.heard.clear()
    ear.say.clear()
    return process


def checked(box: Sandbox, headers: dict[str, str], raw: bytes) -> dict[str, Any]:
    """Verify as the provider says."""
    token = headers["plaid-verification"]
    kid = json.loads(_unpadded(token.partition(".")[0]))["kid"]
    key = box.get("/webhook_verification_key/get", key_id=kid)["key"]
    times = {"created_at", "expired_at"}
    public = ECKey.import_key({k: v for k, v in key.items() if k not in times})
    claims = jwt.decode(token, public, algorithms=["ES256"]).claims
    assert claims["request_body_sha256"] == hashlib.sha256(raw).hexdigest()
    return dict(claims)


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_hook_is_signed_at_wall_time(box: Sandbox, ear: Ear) -> None:
    link(box).move("5.00")
    (heard,) = ear.wait(1)
    assert (heard["webhook_type"], heard["webhook_code"]) == (
        "TRANSFER",
        "TRANSFER_EVENTS_UPDATE",
    )
    claims = checked(box, *ear.heard[0])
    assert abs(claims["iat"] - clock.now().timestamp()) < 10


@pytest.mark.parametrize(("kind", "shift"), [("stale", -3600), ("future", 3600)])
def test_a_signature_of_another_time(box: Sandbox, ear: Ear, kind: str, shift: int) -> None:
    box.fault(kind)
    link(box).move("5.00")
    ear.wait(1)
    claims = checked(box, *ear.heard[0])
    assert abs(claims["iat"] - clock.now().timestamp() - shift) < 10


def test_a_bad_signature_a_foreign_key_and_other_bytes(box: Sandbox, ear: Ear) -> None:
    ana = link(box)
    for kind in ("bad_signature", "other_kid", "reserialised"):
        box.fault(kind)
        ana.move("5.00")
        ear.wait(1)
        (headers, raw), *_ = ear.heard
        ear.heard.clear()
        with pytest.raises((BadSignatureError, AssertionError)):
            checked(box, headers, raw)


def test_a_hook_is_lost_or_comes_many_times(box: Sandbox, ear: Ear) -> None:
    ana = link(box)
    box.fault("lost")
    ana.move("5.00")
    box.fault("copies", copies=5)
    ana.move("5.00")
    ear.wait(5)
    states = [hook["state"] for hook in box.hooks()]
    assert states.count("lost") == 1
    assert len(ear.heard) == 5


def test_a_delayed_hook_is_overtaken(box: Sandbox, ear: Ear) -> None:
    ana = link(box)
    box.fault("delayed", seconds=1.0)
    ana.move("5.00")
    while box.hooks()[0]["state"] == "new":
        time.sleep(0.02)
    box.get("/sandbox/transfer/fire_webhook", webhook=f"{ear.url}/second")
    ear.wait(2)
    said = [hook["id"] for hook in box.hooks()]
    told = [int(m["key"]) for m in box.journal() if m["direction"] == "out"]
    assert told == said[::-1]


def test_a_refused_hook_is_tried_again_and_can_be_sent_again(box: Sandbox, ear: Ear) -> None:
    ear.say = [500]
    link(box).move("5.00")
    ear.wait(2)
    hook = _when_sent(box)
    assert (hook["state"], hook["tries"]) == ("sent", 2)
    box.order("POST", f"hooks/{hook['id']}")
    ear.wait(3)


def _when_sent(box: Sandbox) -> Any:
    while box.hooks()[0]["state"] != "sent":
        time.sleep(0.02)
    return box.hooks()[0]


def test_a_new_key_signs_and_the_old_one_says_that_it_is_over(box: Sandbox, ear: Ear) -> None:
    ana = link(box)
    ana.move("5.00")
    ear.wait(1)
    (old,) = box.state("signing_key")
    change = {"expired_at": int(clock.now().timestamp())}
    order = {"type": "signing_key", "id": old["id"], "do": "alter", "change": change}
    box.order("POST", "books", order)
    ana.move("5.00")
    ear.wait(2)
    checked(box, *ear.heard[1])
    assert len(box.state("signing_key")) == 2
    assert box.get("/webhook_verification_key/get", key_id=old["id"])["key"]["expired_at"]


def test_nobody_but_this_machine_is_called(box: Sandbox) -> None:
    box.get("/sandbox/transfer/fire_webhook", webhook="https://example.com/hook")
    while not (hook := box.hooks()[0])["answer"]:
        time.sleep(0.02)
    assert "nobody but this machine" in hook["answer"]
