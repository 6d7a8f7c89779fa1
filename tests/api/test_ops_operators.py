"""Operators' own way: invited, a password and an app of their own, eight hours, ended at once."""

import re
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pyotp
import pytest

from quid.identity.ports import Letterbox
from quid.kit import clock
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from tests.support.api import ORIGIN, PASSWORD, client_of
from tests.support.operators import WHY, Staff
from tests.support.payers import Payer

INVITE: dict[str, Any] = {
    "handle": "op_new",
    "display_name": "Nora New",
    "email": "nora@example.org",
    "role": "support",
}
CONSOLE = {"quid-console": "1", "origin": ORIGIN}


async def latest_mail(rt: Runtime) -> str:
    letterbox = rt.part(Letterbox)  # type: ignore[type-abstract]  # a port
    [mail] = await letterbox.latest(1)
    return mail.text


async def prove_by_mail(client: httpx2.AsyncClient, rt: Runtime, password: str) -> None:
    """Step up as whoever has no app yet: by password and a code sent."""
    asked = (await client.post("/v1/auth/step-up", json={})).json()
    [code] = re.findall(r"\b\d{6}\b", await latest_mail(rt))
    proof = {
        "challenge_id": asked["challenge_id"],
        "method": "email_code",
        "proof": code,
        "password": password,
    }
    answer = await client.post("/v1/auth/step-up", json=proof)
    assert answer.status_code == 200, answer.text


async def test_from_an_invitation_to_the_console(
    staff: Staff, client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    admin = await staff.desk("admin")
    invited = await admin.press("operators", **INVITE)
    assert (invited.status_code, invited.json()["is_ready"]) == (201, False)
    [password] = re.findall(r"password is (\S+)\. ", await latest_mail(app_runtime))
    first = {"identifier": "op_new", "password": password}
    token = (await client.post("/v1/auth/token", json=first)).json()["access_token"]
    client.headers["authorization"] = f"Bearer {token}"
    assert (await client.get("/v1/ops/me")).json()["code"] == "STEP_UP_REQUIRED"

    await prove_by_mail(client, app_runtime, password)
    assert (await client.get("/v1/ops/me")).json()["code"] == "STEP_UP_REQUIRED"
    offer = (await client.post("/v1/auth/totp")).json()
    app = pyotp.TOTP(offer["secret"])
    done = await client.post("/v1/auth/totp/confirm", json={"code": app.at(clock.now())})
    assert done.status_code == 200, done.text
    asked = (await client.post("/v1/auth/step-up", json={})).json()
    proof = {"challenge_id": asked["challenge_id"], "method": "recovery_code"}
    proof["proof"] = done.json()["recovery_codes"][0]
    assert (await client.post("/v1/auth/step-up", json=proof)).status_code == 200
    refused = await client.get("/v1/ops/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")

    changed = await client.post("/v1/auth/password", json={"password": PASSWORD})
    assert changed.status_code == 204, changed.text
    me = (await client.get("/v1/ops/me")).json()
    assert (me["handle"], me["is_ready"], me["has_factor"]) == ("op_new", True, True)


async def test_an_invitation_is_good_for_a_day(staff: Staff, admin: asyncpg.Connection) -> None:
    boss = await staff.desk("admin")
    assert (await boss.press("operators", **INVITE)).status_code == 201
    await admin.execute(
        "update identity.operator set invite_until = now() - interval '1 s' "
        "where invite_until is not null"
    )
    await admin.execute("update identity.person set credentials_since = now() where is_operator")
    [new] = [o for o in (await boss.look("operators"))["items"] if o["handle"] == "op_new"]
    assert new["is_ready"] is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"handle": "op_admin"}, "DUPLICATE_ENTRY"),
        ({"email": "op_admin@example.org"}, "DUPLICATE_ENTRY"),
        ({"email": "nonsense"}, "VALIDATION_ERROR"),
        ({"role": "king"}, "VALIDATION_ERROR"),
        ({"linked_handle": "nobody"}, "NOT_FOUND"),
        ({"reason": "short"}, "VALIDATION_ERROR"),
        ({"is_ready": True}, "VALIDATION_ERROR"),
    ],
)
async def test_an_invitation_that_cannot_be(
    change: dict[str, Any], code: str, staff: Staff, admin: asyncpg.Connection
) -> None:
    boss = await staff.desk("admin")
    answer = await boss.press("operators", **{"reason": WHY, **INVITE, **change})
    assert answer.json()["code"] == code
    assert await admin.fetchval("select count(*) from identity.operator") == 1


async def test_an_ended_operator_is_out_at_once(staff: Staff, client: httpx2.AsyncClient) -> None:
    boss, support = await staff.desk("admin"), await staff.desk("support")
    ended = await boss.press(f"operators/{support.who.shown}/disable")
    assert ended.json()["disabled_at"] is not None
    assert (await support.client.get("/v1/ops/me")).status_code == 401
    first = {"identifier": "op_support", "password": PASSWORD}
    assert (await client.post("/v1/auth/token", json=first)).status_code == 403
    again = await boss.press(f"operators/{support.who.shown}/disable")
    assert again.json()["code"] == "STATE_CONFLICT"


async def test_nobody_ends_themselves_and_the_last_admin_stays(staff: Staff) -> None:
    boss, other = await staff.desk("admin"), await staff.desk("admin", "op_boss")
    own = await boss.press(f"operators/{boss.who.shown}/disable")
    assert own.json()["code"] == "FORBIDDEN"
    assert (await boss.press(f"operators/{other.who.shown}/disable")).is_success


async def test_a_session_ends_after_eight_hours_whatever_its_use(
    staff: Staff, client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    await staff.join("support")
    tokens = await staff.sign_in(client, "op_support")
    for _ in range(2):
        [row] = await admin.fetch("select ends_at, created_at from identity.session")
        assert row["ends_at"] - row["created_at"] == timedelta(hours=8)
        answer = await client.post(
            "/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
        )
        tokens = answer.json()
        client.headers["authorization"] = f"Bearer {tokens['access_token']}"
        assert (await client.get("/v1/ops/me")).status_code == 200
    await admin.execute(
        "update identity.session set ends_at = now(), expires_at = now() where is_operator"
    )
    assert (await client.get("/v1/ops/me")).status_code == 401


async def test_the_console_has_a_cookie_of_its_own(ana: Payer, staff: Staff, app: Door) -> None:
    await staff.join("support")
    async with client_of(app, origin=ORIGIN) as browser:
        first: dict[str, Any] = {"identifier": "ana", "password": PASSWORD}
        assert (await browser.post("/v1/auth/sign-in", json=first)).status_code == 200
        first = {"identifier": "op_support", "password": PASSWORD, "remember": True}
        asked = (await browser.post("/v1/auth/sign-in", json=first)).json()["step_up"]
        code = pyotp.TOTP(staff.secrets["op_support"]).at(clock.now())
        proof = {"challenge_id": asked["challenge_id"], "method": "totp", "proof": code}
        answer = await browser.post("/v1/auth/step-up", json=proof, headers=CONSOLE)
        assert answer.status_code == 200, answer.text
        [cookie] = [c for c in answer.headers.get_list("set-cookie") if "quid_ops" in c]
        assert "HttpOnly" in cookie
        assert "Max-Age" not in cookie  # it ends with the browser, remembered or not
        assert (await browser.get("/v1/me")).json()["handle"] == "ana"
        assert (await browser.get("/v1/ops/me")).json()["handle"] == "op_support"
        path = f"/v1/ops/people/{ana.who.shown}/reset-factors"
        foreign = {"origin": "http://elsewhere.test", "idempotency-key": "k"}
        answer = await browser.post(path, json={"reason": WHY}, headers=foreign)
        assert answer.json()["code"] == "FORBIDDEN"
        gone = await browser.post("/v1/auth/sign-out", headers=CONSOLE)
        assert gone.status_code == 204
        assert (await browser.get("/v1/ops/me")).status_code == 401
        assert (await browser.get("/v1/me")).status_code == 200


async def test_a_person_has_no_console(ana: Payer) -> None:
    for path in ("me", "people?query=ana", "audit", "approvals"):
        answer = await ana.http.get(f"/v1/ops/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


async def test_the_audit_log_is_searched_by_who_what_and_of_which(ana: Payer, staff: Staff) -> None:
    auditor, analyst = await staff.desk("auditor"), await staff.desk("analyst")
    await analyst.press(f"people/{ana.who.shown}/reveal")
    for query in (
        {"actor": analyst.who.shown, "action": "identity.reveal"},
        {"resource_id": ana.who.shown, "action": "identity.reveal"},
        {"action": "identity.reveal", "since": "2020-01-01T00:00:00Z"},
    ):
        [line] = (await auditor.look("audit", **query))["items"]
        assert (line["actor"], line["outcome"]) == (analyst.who.shown, "ok")
        assert line["details"] == {"role": "analyst", "reason": WHY}
    assert (await auditor.look("audit", until="2020-01-01T00:00:00Z"))["items"] == []
    found, cursor = [], ""
    while True:
        page = await auditor.look("audit", limit=2, **({"cursor": cursor} if cursor else {}))
        found += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(found) == len(set(found)) > 4
    for wrong in ("since=yesterday", "since=1772409600", "since=2026-01-01T00:00", "cursor=x"):
        answer = await auditor.client.get(f"/v1/ops/audit?{wrong}")
        assert answer.status_code == 400, wrong
    for edge in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        assert (await auditor.look("audit", since=edge)) is not None
    chain = await auditor.look("audit/chain")
    assert chain["block_no"] == 0
    assert chain["waiting"] > 0
