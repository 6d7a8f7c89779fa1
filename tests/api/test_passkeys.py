"""Passkeys over HTTP: made a minute after signing up, the only thing shown to sign in, a proof."""

import json
import re
from typing import Any

import asyncpg
import httpx2
import pytest

from quid.identity.ports import Letterbox
from quid.kit.config import Core
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from tests.support.api import ORIGIN, PASSWORD, client_of, signed_in
from tests.support.operators import Staff
from tests.support.passkeys import PRESENT, Device, Lie
from tests.support.payers import Payer, Town, problem
from tests.support.people import People
from tests.support.waiting import BIG, ask_for_proofs

MAKE, MADE = "/v1/auth/passkey/register/options", "/v1/auth/passkey/register/verify"
ASK, SIGNED = "/v1/auth/passkey/sign-in/options", "/v1/auth/passkey/sign-in/verify"
STEP_UP, MINE = "/v1/auth/step-up", "/v1/me/passkeys"


@pytest.fixture
def phone(app_runtime: Runtime) -> Device:
    return Device(app_runtime.part(Core).origin)


async def _code(rt: Runtime) -> str:
    box = rt.part(Letterbox)  # type: ignore[type-abstract]  # a port
    found = re.match(r"\d{6}", (await box.latest(1))[0].subject)
    assert found
    return found[0]


async def _step_up(client: httpx2.AsyncClient, rt: Runtime) -> None:
    asked = (await client.post(STEP_UP)).json()
    assert asked["passkey"] is None
    body = {"challenge_id": asked["challenge_id"], "method": "email_code", "password": PASSWORD}
    done = await client.post(STEP_UP, json={**body, "proof": await _code(rt)})
    assert done.status_code == 200, done.text


async def _add(client: httpx2.AsyncClient, device: Device, **more: str) -> dict[str, Any]:
    asked = await client.post(MAKE)
    assert asked.status_code == 200, asked.text
    offered = asked.json()
    made = device.make(offered["options"])
    body = {"challenge_id": offered["challenge_id"], "credential": made, **more}
    answer = await client.post(MADE, json=body)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def _answer(
    client: httpx2.AsyncClient, device: Device, lie: Lie | None = None
) -> dict[str, Any]:
    asked = (await client.post(ASK)).json()
    credential = device.sign(asked["options"], lie)
    return {"challenge_id": asked["challenge_id"], "credential": credential}


def _proof(options: dict[str, Any], device: Device, lie: Lie | None = None) -> dict[str, str]:
    return {"method": "passkey", "proof": json.dumps(device.sign(options, lie))}


async def test_who_has_just_signed_up_adds_one_without_a_detour(
    client: httpx2.AsyncClient, app: Door, app_runtime: Runtime, phone: Device
) -> None:
    client.headers["origin"] = ORIGIN
    started = (await client.post("/v1/auth/start", json={"identifier": "zoe@example.org"})).json()
    proven = {"challenge_id": started["challenge_id"], "code": await _code(app_runtime)}
    ticket = (await client.post("/v1/auth/code", json=proven)).json()["ticket"]
    who = {"ticket": ticket, "display_name": "Zoë", "handle": "zoe", "password": PASSWORD}
    me = (await client.post("/v1/auth/sign-up", json=who)).json()
    assert me["has_passkey"] is False
    added = await _add(client, phone, name="Zoë's phone")
    assert added["passkey"]["name"] == "Zoë's phone"
    assert added["passkey"]["id"].startswith("pky_")
    assert len(added["recovery_codes"]) == 10
    assert (await client.get("/v1/me")).json()["has_passkey"] is True
    async with client_of(app, origin=ORIGIN) as other:
        answer = await other.post(SIGNED, json=await _answer(other, phone) | {"remember": True})
        assert answer.status_code == 200, answer.text
        assert answer.json() == me | {"has_passkey": True}
        assert "Max-Age=2592000" in answer.headers["set-cookie"]
        assert (await other.get("/v1/me/sessions")).json()["items"][0]["current"]
        assert (await other.post(MAKE)).status_code == 200, "it has stepped up"


async def test_an_older_session_steps_up_before_it_adds_or_removes_one(
    client: httpx2.AsyncClient, app_runtime: Runtime, people: People, phone: Device
) -> None:
    await people.add("ana")
    await signed_in(client, "ana")
    problem(await client.post(MAKE), 401, "STEP_UP_REQUIRED")
    await _step_up(client, app_runtime)
    made = (await _add(client, phone))["passkey"]
    assert made["last_used_at"] is None
    [shown] = (await client.get(MINE)).json()["items"]
    assert shown == made
    where = f"{MINE}/{made['id']}"
    renamed = (await client.patch(where, json={"name": "Mine"})).json()
    assert renamed == made | {"name": "Mine"}
    assert (await client.delete(where)).status_code == 204
    problem(await client.delete(where), 404, "NOT_FOUND")
    assert (await client.get(MINE)).json()["items"] == []
    events = (await client.get("/v1/me/security-events")).json()["items"]
    assert [e["kind"] for e in events] == ["passkey_off", "passkey_on"]


async def test_nothing_is_opened_twice_or_by_a_wrong_answer(
    client: httpx2.AsyncClient, app: Door, app_runtime: Runtime, people: People, phone: Device
) -> None:
    await people.add("ana")
    await signed_in(client, "ana")
    await _step_up(client, app_runtime)
    made = await _add(client, phone)
    async with client_of(app, origin=ORIGIN) as other:
        body = await _answer(other, phone, Lie(flags=PRESENT))
        told = problem(await other.post(SIGNED, json=body), 401, "SIGN_IN_FAILED")
        problem(await other.post(SIGNED, json=body), 410, "CHALLENGE_EXPIRED")
        body = await _answer(other, phone)
        assert (await other.post(SIGNED, json=body)).status_code == 200
        problem(await other.post(SIGNED, json=body), 410, "CHALLENGE_EXPIRED")
        phone.keys[-1].handle = b"x" * 7  # of another site, so that nobody knows whose it is
        again = problem(
            await other.post(SIGNED, json=await _answer(other, phone)), 401, "SIGN_IN_FAILED"
        )
        assert again["detail"] == told["detail"]
        other.headers["origin"] = "http://elsewhere.test"
        problem(await other.post(ASK), 403, "FORBIDDEN")
    assert (await client.delete(f"{MINE}/{made['passkey']['id']}")).status_code == 204


async def test_a_password_is_not_enough_beside_a_passkey(
    client: httpx2.AsyncClient, app: Door, app_runtime: Runtime, people: People, phone: Device
) -> None:
    ana = await people.add("ana")
    await signed_in(client, "ana")
    await _step_up(client, app_runtime)
    await _add(client, phone)
    async with client_of(app, origin=ORIGIN) as other:
        body = {"identifier": "ana", "password": PASSWORD}
        asked = (await other.post("/v1/auth/sign-in", json=body)).json()["step_up"]
        assert [m["name"] for m in asked["methods"]] == ["passkey", "recovery_code"]
        proof = _proof(asked["passkey"], phone)
        shown = {"challenge_id": asked["challenge_id"], **proof}
        done = await other.post(STEP_UP, json=shown)
        assert done.json()["id"] == ana.shown, done.text
        problem(await other.post(STEP_UP, json=shown), 410, "CHALLENGE_EXPIRED")


async def test_an_operator_works_with_a_passkey(staff: Staff, phone: Device) -> None:
    desk = await staff.desk("support")
    await _add(desk.client, phone)
    desk.client.headers.pop("authorization", None)
    desk.client.headers["origin"] = ORIGIN
    answer = await desk.client.post(SIGNED, json=await _answer(desk.client, phone))
    assert answer.status_code == 200, answer.text
    assert (await desk.client.get("/v1/ops/approvals")).status_code == 200


async def test_an_operator_takes_lost_passkeys_off(
    town: Town, staff: Staff, app_runtime: Runtime, phone: Device
) -> None:
    ana = await town.payer("ana")
    await _step_up(ana.http, app_runtime)
    await _add(ana.http, phone)
    desk = await staff.desk("support")
    done = await desk.press(f"people/{ana.who.shown}/reset-factors")
    assert done.status_code == 204, done.text
    async with client_of(town.door, origin=ORIGIN) as other:
        body = await _answer(other, phone)
        problem(await other.post(SIGNED, json=body), 401, "SIGN_IN_FAILED")
        entered = await other.post(
            "/v1/auth/sign-in", json={"identifier": "ana", "password": PASSWORD}
        )
        assert entered.json()["has_passkey"] is False, entered.text
        events = (await other.get("/v1/me/security-events")).json()["items"]
    assert "passkey_off" in [e["kind"] for e in events]


@pytest.mark.shipped_rules
async def test_a_payment_is_proved_by_a_passkey_that_was_asked_for_it(
    town: Town, ben: Payer, app_runtime: Runtime, phone: Device, admin: asyncpg.Connection
) -> None:
    rich = await town.payer("rich", funded_minor=300_000, tier=2)
    await ask_for_proofs(admin)
    await _step_up(rich.http, app_runtime)
    await _add(rich.http, phone)
    payments = [(await rich.pay(ben.who, amount)).json()["payment"] for amount in (BIG, BIG + 1)]
    assert [p["challenge"]["methods"] for p in payments] == [["passkey"], ["passkey"]]
    first, second = (f"/v1/payments/{p['id']}" for p in payments)
    problem(await ben.http.post(f"{first}/passkey"), 404, "NOT_FOUND")
    asked = (await rich.http.post(f"{first}/passkey")).json()
    assert asked["challenge_id"] == payments[0]["challenge"]["id"]
    proof = _proof(asked["options"], phone)
    elsewhere = {"challenge_id": payments[1]["challenge"]["id"], **proof}
    told = problem(
        await rich.http.post(f"{second}/verify", json=elsewhere), 422, "CHALLENGE_FAILED"
    )
    assert told["tries_left"] == 4
    right = {"challenge_id": asked["challenge_id"], **proof}
    done = await rich.http.post(f"{first}/verify", json=right)
    assert done.json()["state"] == "COMPLETED", done.text
    problem(await rich.http.post(f"{first}/verify", json=right), 409, "STATE_CONFLICT")
    problem(await rich.http.post(f"{first}/passkey"), 409, "STATE_CONFLICT")


@pytest.mark.shipped_rules
async def test_a_key_of_today_proves_no_payment_of_an_older_account(
    town: Town, ben: Payer, app_runtime: Runtime, phone: Device, admin: asyncpg.Connection
) -> None:
    rich = await town.payer("rich", funded_minor=300_000, tier=2)
    await ask_for_proofs(admin)
    await _step_up(rich.http, app_runtime)
    old = Device(phone.origin)
    await _add(rich.http, old)
    aged = "now() - interval '25 hours'"
    await admin.execute(f"update identity.passkey set created_at = {aged}")
    await admin.execute(f"update identity.person set created_at = {aged} - interval '1 hour'")
    await _add(rich.http, phone)
    payment = (await rich.pay(ben.who, BIG)).json()["payment"]
    where = f"/v1/payments/{payment['id']}"
    for device, status in ((phone, 422), (old, 200)):
        asked = (await rich.http.post(f"{where}/passkey")).json()
        assert len(asked["options"]["allowCredentials"]) == 1
        free = asked["options"] | {"allowCredentials": []}
        body = {"challenge_id": asked["challenge_id"], **_proof(free, device)}
        assert (await rich.http.post(f"{where}/verify", json=body)).status_code == status
