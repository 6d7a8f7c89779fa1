"""Devices over HTTP: what a browser or an app sends, and what is refused by name."""

from contextlib import AsyncExitStack
from typing import Any, Final

import httpx2
import pytest

from quid.entrypoints import wiring
from quid.kit.config import BadSettings, Core, Secrets
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from quid.notifications.ports import Channels
from tests.support.api import client_of, signed_in
from tests.support.notices import Told
from tests.support.people import People
from tests.support.push import unpacked
from tests.support.subscriptions import Browser

PATH: Final = "/v1/notifications/devices"
ENDPOINT: Final = "https://updates.push.services.mozilla.com/wpush/v2/canary-of-a-browser"
PHONE: Final = "canary-of-a-phone:token_of-it"
APPLE: Final = "AB" * 32


@pytest.fixture
async def as_ana(client: httpx2.AsyncClient, people: People) -> httpx2.AsyncClient:
    """Ana's browser."""
    await people.add("ana")
    return await signed_in(client, "ana")


@pytest.fixture
def all_kinds(app_runtime: Runtime) -> None:
    """An installation that pushes to whatever there is."""
    app_runtime.put(Channels({"web": Told(), "fcm": Told(), "apns": Told()}))


def browser(**changed: Any) -> dict[str, Any]:
    return {"kind": "web", "subscription": Browser(ENDPOINT).subscription() | changed}


async def test_a_browser_subscribes_with_our_key_and_is_listed(
    as_ana: httpx2.AsyncClient,
) -> None:
    key = (await as_ana.get("/v1/notifications/push-key")).json()["key"]
    assert (len(unpacked(key)), unpacked(key)[0]) == (65, 4)
    made = await as_ana.post(PATH, json={**browser(), "label": "  My fox "})
    assert made.status_code == 201, made.text
    [listed] = (await as_ana.get(PATH)).json()["items"]
    assert listed == made.json()
    assert listed.keys() == {"id", "kind", "label", "created_at", "last_ok_at"}
    assert (listed["kind"], listed["label"]) == ("web", "My fox")
    again = await as_ana.post(PATH, json=browser())
    assert again.json()["id"] == listed["id"]
    gone = await as_ana.delete(f"{PATH}/{listed['id']}")
    assert gone.status_code == 204
    assert (await as_ana.delete(f"{PATH}/{listed['id']}")).status_code == 404
    assert (await as_ana.get(PATH)).json() == {"items": []}


@pytest.mark.usefixtures("all_kinds")
async def test_phones_give_their_tokens(as_ana: httpx2.AsyncClient) -> None:
    for kind, token in (("fcm", PHONE), ("apns", APPLE), ("apns", APPLE.lower())):
        made = await as_ana.post(PATH, json={"kind": kind, "token": token})
        assert made.status_code == 201, made.text
        assert "canary" not in made.text
    assert len((await as_ana.get(PATH)).json()["items"]) == 2


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no kind": ({"token": PHONE}, "kind"),
    "another kind": ({"kind": "sms", "token": PHONE}, "kind"),
    "no token": ({"kind": "fcm"}, "token"),
    "a token with spaces": ({"kind": "fcm", "token": "canary " * 5}, "token"),
    "a token of a megabyte": ({"kind": "fcm", "token": "a" * 5000}, "token"),
    "a path as a token": ({"kind": "apns", "token": "../../3/device/canary"}, "token"),
    "letters for Apple": ({"kind": "apns", "token": "canary-z" * 8}, "token"),
    "half a byte for Apple": ({"kind": "apns", "token": "a" * 65}, "token"),
    "a browser with a token": ({**browser(), "token": PHONE}, "subscription"),
    "a phone with a subscription": ({**browser(), "kind": "fcm", "token": PHONE}, "token"),
    "a browser without": ({"kind": "web"}, "subscription"),
    "an address of our own": (browser(endpoint="https://127.0.0.1/canary"), "subscription"),
    "an address of the cloud": (browser(endpoint="https://169.254.169.254/x"), "subscription"),
    "an address in the open": (browser(endpoint="http://fcm.googleapis.com/x"), "subscription"),
    "an address with a name": (
        browser(endpoint="https://canary@fcm.googleapis.com/x"),
        "subscription",
    ),
    "a key that is none": (
        browser(keys={"p256dh": "A" * 88, "auth": "A" * 22}),
        "subscription.keys.p256dh",
    ),
    "a secret that is none": (
        browser(keys={**browser()["subscription"]["keys"], "auth": "!" * 22}),
        "subscription.keys.auth",
    ),
    "more than was asked": ({"kind": "fcm", "token": PHONE, "user_id": "usr_1"}, "user_id"),
    "a label that turns around": (
        {"kind": "fcm", "token": PHONE, "label": "a\u202eb"},
        "label",
    ),
    "a label too long": ({"kind": "fcm", "token": PHONE, "label": "a" * 61}, "label"),
}


@pytest.mark.usefixtures("all_kinds")
@pytest.mark.parametrize("case", BAD)
async def test_what_cannot_be_pushed_to_is_refused_by_name(
    case: str, as_ana: httpx2.AsyncClient
) -> None:
    body, field = BAD[case]
    refused = await as_ana.post(PATH, json=body)
    assert refused.status_code == 400, refused.text
    problem = refused.json()
    assert field.startswith(problem.get("field", "")), problem
    assert problem.get("field"), problem
    assert "canary" not in refused.text
    assert (await as_ana.get(PATH)).json() == {"items": []}


async def test_an_installation_that_pushes_nowhere_says_so(
    as_ana: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    app_runtime.put(Channels({}))
    refused = await as_ana.post(PATH, json=browser())
    assert (refused.status_code, refused.json()["field"]) == (400, "kind")


async def test_addresses_of_devices_are_in_no_log(
    as_ana: httpx2.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for body in (browser(), browser(endpoint="https://evil.example/canary")):
        await as_ana.post(PATH, json=body)
    assert "canary" not in "".join(capsys.readouterr())


async def test_another_person_takes_a_shared_browser_over(
    as_ana: httpx2.AsyncClient, app: Door, people: People
) -> None:
    mine = (await as_ana.post(PATH, json=browser())).json()["id"]
    await people.add("ben")
    async with client_of(app) as other:
        as_ben = await signed_in(other, "ben")
        theirs = (await as_ben.post(PATH, json=browser())).json()["id"]
        assert theirs != mine
        assert (await as_ben.delete(f"{PATH}/{mine}")).status_code == 404
        assert (await as_ana.delete(f"{PATH}/{theirs}")).status_code == 404
        assert (await as_ana.get(PATH)).json() == {"items": []}
        assert len((await as_ben.get(PATH)).json()["items"]) == 1


async def test_production_does_not_start_without_a_mail_server(
    app: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    monkeypatch.setenv("QUID_MAIL_FROM", "Quid <no-reply@quid.example>")
    core = app._runtime.part(Core).model_copy(update={"profile": "production"})
    secrets = app._runtime.part(Secrets)
    async with AsyncExitStack() as stack:
        with pytest.raises(BadSettings, match="QUID_SMTP_URL"):
            wiring._open_channels(Runtime(), core, secrets, stack)
        monkeypatch.setenv("QUID_SMTP_URL", "smtps://mail.example.org")
        wiring._open_channels(Runtime(), core, secrets, stack)
