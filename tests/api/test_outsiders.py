"""Those who are nobody here any more, or not what they say: what they still reach."""

import re
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
from tests.support.operators import Staff
from tests.support.payers import Payer, keyed

CONSOLE = {"quid-console": "1", "origin": ORIGIN}


async def test_an_operators_cookie_pays_nothing_under_a_persons_name(
    ana: Payer, staff: Staff, app: Door, admin: asyncpg.Connection
) -> None:
    who = await staff.join("support")
    async with client_of(app, origin=ORIGIN) as browser:
        first = {"identifier": "op_support", "password": PASSWORD}
        asked = (await browser.post("/v1/auth/sign-in", json=first)).json()["step_up"]
        code = pyotp.TOTP(staff.secrets["op_support"]).at(clock.now())
        proof = {"challenge_id": asked["challenge_id"], "method": "totp", "proof": code}
        await browser.post("/v1/auth/step-up", json=proof, headers=CONSOLE)
        cookie = {"cookie": f"quid_session={browser.cookies['quid_ops']}"}
        body = {"payee_id": ana.who.shown, "amount": 100, "currency": "USD"}
        answer = await browser.post("/v1/payments", json=body, headers=cookie | keyed())
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), answer.text
    assert await admin.fetchval("select count(*) from ledger.account where owner = $1", who.id) == 0


async def test_an_ended_operator_recovers_nothing(
    staff: Staff, client: httpx2.AsyncClient, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    boss, support = await staff.desk("admin"), await staff.desk("support")
    await boss.press(f"operators/{support.who.shown}/disable")
    started = await client.post(
        "/v1/auth/start", json={"identifier": f"{support.who.handle}@example.org"}
    )
    mails = await app_runtime.part(Letterbox).latest(9)  # type: ignore[type-abstract]  # a port
    [code] = [c for m in mails for c in re.findall(r"^(\d{6}) is your", m.subject)]
    secret = pyotp.TOTP(staff.secrets["op_support"])
    answer = await client.post(
        "/v1/auth/recover",
        json={
            "challenge_id": started.json()["challenge_id"],
            "code": code,
            "password": "another long password",
            "method": "totp",
            "proof": secret.at(clock.now(), 1),
        },
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN"), answer.text
    standing = await admin.fetchval(
        "select count(*) from identity.session where user_id = $1 and revoked_at is null",
        support.who.id,
    )
    assert standing == 0


@pytest.mark.parametrize("path", ["audit?actor=a%00b", "people?query=a%00b", "audit?action=%00"])
async def test_a_zero_byte_is_found_nowhere(staff: Staff, path: str) -> None:
    boss = await staff.desk("admin")
    answer = await boss.client.get(f"/v1/ops/{path}")
    assert answer.status_code in {200, 400}, answer.text


@pytest.mark.parametrize(
    "path",
    [
        "users?query=a%00b",
        "users?query=@a%00b",
        "users/a%00b",
        "transactions?query=a%00b",
        "transactions?q=a%00b",
        "payments?idempotency_key=a%00b",
        "friends?state=accepted&cursor=%00",
    ],
)
async def test_a_zero_byte_is_no_fault_of_ours(ana: Payer, path: str) -> None:
    assert (await ana.http.get(f"/v1/{path}")).status_code < 500


async def test_nothing_of_a_large_body_is_read_of_a_stranger(app: Door) -> None:
    """10 MiB in memory for whoever asks would be the memory of the process."""
    read, sent = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": read < 160}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/me/verification/documents",
        "raw_path": b"/v1/me/verification/documents",
        "query_string": b"",
        "headers": [(b"host", b"quid.test"), (b"content-length", b"%d" % (160 * 65_536))],
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 401
    assert read == 0
