"""The door: bounded bodies, request ids, the same headers on every answer, faults told whole."""

from collections.abc import (
    AsyncIterator,
)
from typing import Any
from uuid import UUID

import httpx2
import pytest
from structlog.typing import EventDict

from quid.kit import ids
from quid.kit.errors import (
    STATUS,
    Category,
    DatabaseUnavailable,
    Forbidden,
    NotFound,
    Overloaded,
)
from quid.kit.web import (
    BODY_MAX,
    answers,
    cookie_name,
    id_from_path,
    require_same_origin,
)
from tests.unit.kit.frame import CATEGORIES, DATA, EVERYWHERE, make


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(make())
    async with httpx2.AsyncClient(transport=transport, base_url="http://quid.test") as opened:
        yield opened


def assert_problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    return body


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/orders", b'{"amount": 5}', 201),
        ("GET", "/orders", b"", 200),
        ("POST", "/orders", b"{", 400),
        ("POST", "/hot", b"x", 201),
        ("POST", "/hot", b"refuse", 503),
        ("POST", "/hot", b"fault", 500),
        ("POST", "/orders", b"x" * (BODY_MAX + 1), 413),
        ("GET", "/nowhere", b"", 404),
        ("PUT", "/orders", b"", 405),
        ("GET", "/fault", b"", 500),
        ("GET", "/lost", b"", 503),
    ],
)
async def test_every_answer_has_the_same_headers(
    client: httpx2.AsyncClient, method: str, path: str, body: bytes, status: int
) -> None:
    json_body = {"content-type": "application/json"}
    answer = await client.request(method, path, content=body, headers=json_body)
    assert answer.status_code == status
    # What a hot route or the door itself answers is data, never a page.
    is_page = path != "/hot" and status != 413
    expected = EVERYWHERE if is_page else DATA
    assert set(answer.headers) >= expected
    if is_page:
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for name in expected | {"content-type", "content-length"}:
        assert len(answer.headers.get_list(name)) == 1, name


async def test_a_request_id_is_echoed_and_reaches_the_log(
    client: httpx2.AsyncClient, logged: list[EventDict]
) -> None:
    answer = await client.get("/orders", headers={"x-request-id": "abc-DEF_12345"})
    assert answer.headers["x-request-id"] == "abc-DEF_12345"
    assert answer.json()["request_id"] == "abc-DEF_12345"
    [line] = logged
    assert (line["event"], line["route"], line["status"]) == ("http.request", "/orders", 200)


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "has space", "semi;colon-9", "new\tline-99", "é" * 9]
)
async def test_a_bad_request_id_is_replaced(client: httpx2.AsyncClient, given: str) -> None:
    headers = {b"x-request-id": given.encode("latin-1")}
    answer = await client.get("/orders", headers=headers)
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 16


async def test_a_hot_route_answers_by_itself(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/hot", content=b"abc")
    assert (answer.status_code, answer.text, answer.headers["x-own"]) == (201, "abc", "1")
    busy = await client.post("/hot", content=b"refuse")
    assert assert_problem(busy, 503, "OVERLOADED")["money_moved"] == "no"
    assert busy.headers["retry-after"] == "2"
    assert_problem(await client.get("/hot"), 404, "NOT_FOUND")


async def test_a_fault_of_a_hot_route_is_unknown_and_logged_once(
    client: httpx2.AsyncClient, logged: list[EventDict]
) -> None:
    answer = await client.post("/hot", content=b"fault")
    assert assert_problem(answer, 500, "INTERNAL_ERROR")["money_moved"] == "unknown"
    assert [line["event"] for line in logged] == ["http.fault", "http.request"]


@pytest.mark.parametrize(("method", "moved"), [("GET", "no"), ("POST", "unknown")])
async def test_a_fault_is_told_whole_and_logged_once(
    client: httpx2.AsyncClient, logged: list[EventDict], method: str, moved: str
) -> None:
    answer = await client.request(method, "/fault")
    assert assert_problem(answer, 500, "INTERNAL_ERROR")["money_moved"] == moved
    assert [line["event"] for line in logged] == ["http.fault", "http.request"]
    lost = await client.request(method, "/lost")
    assert assert_problem(lost, 503, "DATABASE_ERROR")["money_moved"] == moved


async def test_404_405_and_the_framework_s_own_errors_are_problems(
    client: httpx2.AsyncClient,
) -> None:
    assert_problem(await client.get("/nowhere"), 404, "NOT_FOUND")
    assert_problem(await client.get("/orders/"), 404, "NOT_FOUND")
    wrong = await client.delete("/orders")
    assert_problem(wrong, 405, "METHOD_NOT_ALLOWED")
    assert set(wrong.headers["allow"].replace(" ", "").split(",")) & {"GET", "POST"}
    assert_problem(await client.get("/teapot"), 400, "VALIDATION_ERROR")
    assert_problem(await client.get("/broken"), 500, "INTERNAL_ERROR")


@pytest.mark.parametrize("category", CATEGORIES)
async def test_a_category_has_one_status(client: httpx2.AsyncClient, category: Category) -> None:
    answer = await client.get(f"/refused/{category}")
    body = assert_problem(answer, STATUS[category], "NO")
    assert (body["detail"], body["type"]) == ("no", "urn:quid:error:NO")
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("body", "code", "fields"),
    [
        (b'{"amount": 5.0}', "VALIDATION_ERROR", ["amount"]),
        (b'{"amount": "5"}', "VALIDATION_ERROR", ["amount"]),
        (b'{"amount": true}', "VALIDATION_ERROR", ["amount"]),
        (b'{"amount": 0, "note": 1}', "VALIDATION_ERROR", ["amount", "note"]),
        (b'{"amount": 5, "tip": 1}', "VALIDATION_ERROR", ["tip"]),
        (b"{}", "MISSING_FIELD", ["amount"]),
        (b"", "MISSING_FIELD", ["body"]),
        (b"[]", "VALIDATION_ERROR", ["body"]),
        (b"{", "VALIDATION_ERROR", ["body"]),
        (b"\xff", "VALIDATION_ERROR", None),
    ],
)
async def test_a_body_that_is_wrong_names_its_fields(
    client: httpx2.AsyncClient, body: bytes, code: str, fields: list[str] | None
) -> None:
    answer = await client.post(
        "/orders", content=body, headers={"content-type": "application/json"}
    )
    problem = assert_problem(answer, 400, code)
    assert problem["money_moved"] == "no"
    if fields is not None:
        assert [e["field"] for e in problem["errors"]] == fields
        assert problem["field"] == fields[0]
    assert_problem(await client.get("/orders?limit=x"), 400, "VALIDATION_ERROR")


# --- small parts -------------------------------------------------------------------------------


def test_a_cookie_comes_from_our_own_pages() -> None:
    require_same_origin(origin="https://quid.test", scheme="https", host="quid.test")
    for origin in (None, "null", "http://quid.test", "https://quid.test.evil", "https://evil"):
        with pytest.raises(Forbidden):
            require_same_origin(origin=origin, scheme="https", host="quid.test")
    assert cookie_name("https") == "__Host-quid_session"
    assert cookie_name("http") == "quid_session"


def test_an_id_of_another_kind_is_not_there() -> None:
    value = UUID(int=7)
    assert id_from_path("pay", ids.show("pay", value)) == value
    for text in (ids.show("usr", value), "pay_", "7", ""):
        with pytest.raises(NotFound):
            id_from_path("pay", text)


def test_the_refusals_of_a_route_are_listed_by_status() -> None:
    listed = answers(NotFound, Overloaded, DatabaseUnavailable)
    assert [(s, a["description"]) for s, a in listed.items()] == [
        (404, "NOT_FOUND"),
        (503, "DATABASE_ERROR · OVERLOADED"),
    ]
