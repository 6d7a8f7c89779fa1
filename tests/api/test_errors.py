"""The error language at every door: whole problem documents, no 500, nothing of our inside."""

import json
from collections.abc import Iterator
from typing import Any, Final

import asyncpg
import httpx2

from quid.entrypoints.api.app import LARGE
from quid.kit.cache import Cache
from quid.kit.crypto import CursorKey
from quid.kit.runtime import Runtime
from quid.kit.web import BODY_MAX
from quid.kit.web.door import FILE_MAX
from quid.payments.service import SendQueue
from tests.support.api import signed_in
from tests.support.contract import document, operation_of
from tests.support.payers import PAYMENTS, Payer, keyed, problem

Operation = tuple[str, str]
BODIES: Final = {
    "nothing": b"",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"1",
    "empty object": b"{}",
    "truncated": b'{"identifier":',
    "not UTF-8": b'{"identifier":"\xff"}',
    "lone surrogate": b'{"identifier":"\\ud800","password":"\\udfff"}',
    "NUL": b'{"identifier":"a\\u0000b","password":"a\\u0000b"}',
    "NaN": b'{"identifier":NaN,"amount":NaN}',
    "digits without end": b'{"identifier":' + b"9" * 5000 + b"}",
    "deep": b"[" * 30_000 + b"]" * 30_000,
    "deep member": b'{"identifier":' * 6000 + b"1" + b"}" * 6000,
    "unknown members": json.dumps({f"m{n}": n for n in range(4000)}).encode(),
    "long member": json.dumps({"m" * 60_000: 1}).encode(),
    "right members, wrong types": json.dumps(
        {name: {"a": [1]} for name in ("identifier", "password", "code", "ticket", "handle")}
    ).encode(),
    "right members, long texts": json.dumps(
        dict.fromkeys(["identifier", "password", "code", "ticket", "refresh_token"], "x" * 9000)
    ).encode(),
}
PATHS: Final = (
    "%00",
    "%ff",
    "..%2f..%2fetc%2fpasswd",
    "x" * 3000,
    "%F0%9F%8D%95",
    "a%0d%0ab",
    "'--",
)


# What is refused before its path is read: only a session that has stepped up is told of an id.
PROVEN_FIRST = {("DELETE", "/v1/me/passkeys/{passkey_id}")}


def operations() -> Iterator[Operation]:
    """List every operation of the committed document."""
    for path, methods in document()["paths"].items():
        for method in methods:
            yield method.upper(), path


def filled(path: str, part: str) -> str:
    """Fill the templates of a path."""
    return "/".join(part if p.startswith("{") else p for p in path.split("/"))


async def test_no_body_breaks_any_operation(
    ana: Payer, client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    headers = {"content-type": "application/json", **keyed()}
    for method, path in operations():
        for name, body in BODIES.items():
            for who in (ana.http, client):
                answer = await who.request(method, filled(path, "x"), content=body, headers=headers)
                if answer.status_code >= 400:
                    problem(answer, answer.status_code, answer.json()["code"])
                assert answer.status_code < 500, (method, path, name, answer.text)
                assert len(answer.content) < 16_384, (method, path, name)
        ana = await _again(ana, admin)


async def _again(ana: Payer, admin: asyncpg.Connection) -> Payer:
    """Sign in once more: one of the operations is the sign-out, one locks the account."""
    await admin.execute("update identity.freeze set lifted_at = now(), lifted_by = 'test'")
    del ana.http.headers["authorization"]
    return Payer(ana.who, await signed_in(ana.http, ana.who.handle))


async def test_no_path_breaks_any_operation(ana: Payer) -> None:
    for method, path in operations():
        if "{" not in path:
            continue
        for part in PATHS:
            answer = await ana.http.request(method, filled(path, part))
            expected = {(404, "NOT_FOUND")}
            if path.startswith("/v1/ops/"):
                expected.add((403, "FORBIDDEN"))
            if "requestBody" in document()["paths"][path][method.lower()]:
                expected.add((400, "MISSING_FIELD"))
            if (method, path) in PROVEN_FIRST:
                expected.add((401, "STEP_UP_REQUIRED"))
            assert (answer.status_code, answer.json()["code"]) in expected, (method, path)
            told = problem(answer, answer.status_code, answer.json()["code"])
            assert told["money_moved"] == "no"


async def test_path_that_is_not_there(ana: Payer, client: httpx2.AsyncClient) -> None:
    for who in (ana.http, client):
        for path in ("/v1/nothing", "/v2/payments", "/v1", "/v1/payments/", "/v1/Payments"):
            told = problem(await who.get(path), 404, "NOT_FOUND")
            assert told["money_moved"] == "no"


async def test_method_that_a_path_does_not_take(ana: Payer) -> None:
    paths: dict[str, dict[str, Any]] = document()["paths"]
    for path, methods in paths.items():
        taken = {m.upper() for m in methods}
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} - taken:
            if operation_of(method, filled(path, "x")) is not None:  # another of the same shape
                continue
            answer = await ana.http.request(method, filled(path, "x"), content=b"")
            problem(answer, 405, "METHOD_NOT_ALLOWED")
            allowed = {m.strip() for m in answer.headers["allow"].split(",")}
            assert allowed & taken, (method, path, allowed)


async def test_head_and_options_tell_nothing(ana: Payer, client: httpx2.AsyncClient) -> None:
    for who in (ana.http, client):
        for path in (PAYMENTS, "/v1/balance"):
            for method in ("HEAD", "OPTIONS"):
                answer = await who.request(method, path)
                assert answer.status_code == 405
                assert "access-control-allow-origin" not in answer.headers


async def test_body_too_large_for_every_operation(client: httpx2.AsyncClient) -> None:
    for method, path in operations():
        if (method.upper(), path) in LARGE:  # not read before it is known who sends it
            answer = await client.request(method, path, content=b" " * (FILE_MAX + 1))
            problem(answer, 401, "SIGN_IN_REQUIRED")
            continue
        answer = await client.request(method, filled(path, "x"), content=b" " * (BODY_MAX + 1))
        told = problem(answer, 413, "BODY_TOO_LARGE")
        assert told["money_moved"] == "no"


async def test_request_id_is_echoed_or_replaced(ana: Payer) -> None:
    for path, method in (("/v1/balance", "GET"), (PAYMENTS, "POST"), ("/v1/nothing", "GET")):
        for given, is_kept in (
            ("my-request_42", True),
            ("x" * 64, True),
            ("x" * 65, False),
            ("short", False),
            ("a b c d e f g", False),
            ('"},{"forged":"', False),
            ("\u0430" * 8, False),
        ):
            answer = await ana.http.request(
                method, path, headers=[(b"x-request-id", given.encode())]
            )
            assert (answer.headers["x-request-id"] == given) is is_kept


async def test_every_answer_has_the_headers_of_its_safety(
    ana: Payer, ben: Payer, client: httpx2.AsyncClient
) -> None:
    for answer in (
        await ana.pay(ben.who, 1),
        await ana.pay(ben.who, 0),
        await client.get("/v1/balance"),
        await ana.http.get("/v1/balance"),
        await client.get("/v1/nothing"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store", answer.request.url
        assert "server" not in answer.headers


async def test_a_fault_of_ours_tells_nothing_of_our_inside(
    ana: Payer, ben: Payer, app_runtime: Runtime
) -> None:
    parts = app_runtime._parts
    queue, key = parts.pop(SendQueue), parts.pop(CursorKey)
    try:
        told = problem(await ana.pay(ben.who, 1), 500, "INTERNAL_ERROR")
        assert (told["money_moved"], told["retryable"]) == ("unknown", True)
        answer = await ana.http.get("/v1/transactions", params={"limit": 1})
        told = problem(answer, 500, "INTERNAL_ERROR")
        assert told["money_moved"] == "no"
    finally:
        parts.update({SendQueue: queue, CursorKey: key})


async def test_without_valkey_payments_go_on(
    ana: Payer, ben: Payer, app_runtime: Runtime, client: httpx2.AsyncClient
) -> None:
    away = Cache("redis://127.0.0.1:1/0")
    app_runtime.put(away)
    first = await ana.pay(ben.who, 100, key="k")
    assert first.status_code == 201
    again = await ana.pay(ben.who, 100, key="k")
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    problem(await ana.pay(ben.who, 101, key="k"), 422, "IDEMPOTENCY_KEY_REUSED")
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["checks"]["cache"] == "away; payments go on without it"
    await away.close()


async def test_clocks_apart_are_told_before_a_payment_meets_them(
    ana: Payer, ben: Payer, client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    for ahead in ("90 s", "-90 s"):
        await admin.execute(f"update ledger.calendar set clock_ahead = '{ahead}'")
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert "apart" in ready.json()["checks"]["database"]
        assert (await ana.pay(ben.who, 1)).status_code == 503
    await admin.execute("update ledger.calendar set clock_ahead = '0'")
    assert (await client.get("/readyz")).status_code == 200


async def test_health_answers_and_metrics_stay_at_home(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert b"quid_http_requests_total" in (await client.get("/metrics")).content
    elsewhere = await client.get("/metrics", headers={"x-forwarded-for": "198.51.100.9"})
    assert elsewhere.status_code == 404, "a proxy on this machine is not this machine"


async def test_document_served_is_the_document_committed(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json() == document()
