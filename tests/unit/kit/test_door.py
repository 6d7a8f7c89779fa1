"""The door: bounded bodies, request ids, the same headers on every answer, faults told whole."""

import asyncio
import json
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    MutableMapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.exceptions import HTTPException
from structlog.typing import EventDict

from quid.kit import ids, runtime, telemetry
from quid.kit.errors import (
    STATUS,
    Category,
    DatabaseUnavailable,
    Forbidden,
    NotFound,
    Overloaded,
    Refusal,
)
from quid.kit.runtime import Runtime
from quid.kit.web import (
    BODY_MAX,
    Call,
    Door,
    Reply,
    Strict,
    answers,
    cookie_name,
    id_from_path,
    on_fault,
    on_http_error,
    on_invalid,
    on_refusal,
    require_same_origin,
)

Message = MutableMapping[str, Any]
router = APIRouter()
CATEGORIES: tuple[Category, ...] = tuple(STATUS)
EVERYWHERE = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "x-request-id",
    "cache-control",
}


class Order(Strict):
    amount: int = Field(ge=1, le=500_000)
    note: str = ""


@router.post("/orders", status_code=201)
async def order(body: Order) -> dict[str, int]:
    return {"amount": body.amount}


@router.get("/orders")
async def orders(limit: int = 5) -> dict[str, object]:
    return {"limit": limit, "request_id": telemetry.request_id()}


@router.get("/refused/{category}")
@router.post("/refused/{category}")
async def refused(category: Category) -> None:
    class No(Refusal):
        code = "NO"

    No.category = category
    raise No("no", retry_after=7, money_moved="no")


@router.get("/lost")
@router.post("/lost")
async def lost() -> None:
    raise DatabaseUnavailable(money_moved="unknown", retry_after=1)


@router.get("/fault")
@router.post("/fault")
async def fault() -> None:
    raise ZeroDivisionError("secret text")


@router.get("/torn")
async def torn() -> StreamingResponse:
    async def body() -> AsyncIterator[bytes]:
        yield b"half"
        raise ZeroDivisionError("secret text")

    return StreamingResponse(body())


@router.get("/teapot")
async def teapot() -> None:
    raise HTTPException(418)


@router.get("/broken")
async def broken() -> None:
    raise HTTPException(500, "secret text")


@router.post("/length")
async def length(request: Request) -> int:
    return len(await request.body())


async def hot(call: Call) -> Reply:
    match call.body:
        case b"refuse":
            raise Overloaded(retry_after=2)
        case b"fault":
            raise ZeroDivisionError("secret text")
        case _:
            return Reply(201, call.body, headers=((b"x-own", b"1"),))


def make() -> Door:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.include_router(router)
    app.add_exception_handler(Refusal, on_refusal)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_fault)
    return Door(app, Runtime(), hot={("POST", "/hot"): hot})


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
    assert set(answer.headers) >= EVERYWHERE
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    for name in EVERYWHERE | {"content-type", "content-length"}:
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
        (b"{", "VALIDATION_ERROR", ["1"]),
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


# --- bodies, as a server hands them over -------------------------------------------------------


@dataclass(slots=True)
class Server:
    """One request by hand: what the client sends, and when."""

    messages: list[Message] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    asked: int = 0

    async def receive(self) -> Message:
        self.asked += 1
        if self.messages:
            return self.messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def post(
        self, path: str, headers: Mapping[bytes, bytes] | Sequence[tuple[bytes, bytes]]
    ) -> tuple[int, bytes]:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": list(headers.items() if isinstance(headers, Mapping) else headers),
            "server": ("quid.test", 80),
            "client": ("127.0.0.1", 1),
        }
        async with asyncio.timeout(10):
            await make()(scope, self.receive, self.send)
        starts = [m for m in self.sent if m["type"] == "http.response.start"]
        assert len(starts) == 1
        return starts[0]["status"], b"".join(m.get("body", b"") for m in self.sent)


def chunks(*bodies: bytes) -> list[Message]:
    many = len(bodies)
    return [
        {"type": "http.request", "body": b, "more_body": n < many - 1} for n, b in enumerate(bodies)
    ]


CHUNKED = {b"transfer-encoding": b"chunked"}


@pytest.mark.parametrize("path", ["/hot", "/length"])
async def test_a_body_in_pieces_is_put_together(path: str) -> None:
    status, body = await Server(chunks(b"a" * 30_000, b"", b"b" * 30_000)).post(path, CHUNKED)
    assert (status, len(body) if path == "/hot" else body) in ((201, 60_000), (200, b"60000"))


@pytest.mark.parametrize("path", ["/hot", "/length"])
async def test_the_largest_body_passes_and_one_byte_more_does_not(path: str) -> None:
    full = str(BODY_MAX).encode()
    status, _ = await Server(chunks(b"x" * BODY_MAX)).post(path, {b"content-length": full})
    assert status in (200, 201)
    for headers in (CHUNKED, {b"content-length": full}):  # who lies about it is counted too
        server = Server(chunks(b"x" * BODY_MAX, b"x", b"never read"))
        status, body = await server.post(path, headers)
        assert (status, json.loads(body)["code"]) == (413, "BODY_TOO_LARGE")
        assert server.asked == 2


@pytest.mark.parametrize("announced", [str(BODY_MAX + 1).encode(), b"9" * 30])
async def test_an_announced_giant_is_refused_unread(announced: bytes) -> None:
    server = Server(chunks(b"x"))
    status, _ = await server.post("/hot", {b"content-length": announced})
    assert (status, server.asked) == (413, 0)


async def test_a_body_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quid.kit.web.door.BODY_SECONDS", 0.02)
    started: list[Message] = [{"type": "http.request", "body": b"ha", "more_body": True}]
    status, body = await Server(started).post("/hot", {b"content-length": b"4"})
    assert (status, json.loads(body)["money_moved"]) == (400, "no")
    gone: list[Message] = [*started, {"type": "http.disconnect"}]
    status, _ = await Server(gone).post("/hot", CHUNKED)
    assert status == 400


@pytest.mark.parametrize("path", ["/hot", "/length"])
async def test_a_header_that_decides_is_given_once(path: str) -> None:
    # Which of two keys counts? A proxy may have looked at the other.
    for name in (b"idempotency-key", b"authorization", b"host", b"origin", b"content-type"):
        twice = [(name, b"a"), (b"x-other", b"a"), (name, b"b")]
        status, body = await Server(chunks(b"x")).post(path, twice)
        assert (status, json.loads(body)["code"]) == (400, "VALIDATION_ERROR")
    assert (await Server().post(path, [(b"accept", b"a"), (b"accept", b"b")]))[0] < 300


async def test_no_body_is_not_waited_for() -> None:
    server = Server()
    assert (await server.post("/hot", {}))[0] == 201
    assert server.asked == 0


async def test_a_fault_after_the_answer_began_is_logged_and_not_answered_twice(
    logged: list[EventDict],
) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/torn",
        "query_string": b"",
        "headers": [],
    }
    async with asyncio.timeout(10):
        await make()(scope, receive, send)
    assert [m["type"] for m in sent].count("http.response.start") == 1
    assert not any(b"INTERNAL" in m.get("body", b"") for m in sent)
    assert [line["event"] for line in logged] == ["http.fault", "http.request"]


async def test_a_caller_that_leaves_cancels_and_is_not_a_fault(logged: list[EventDict]) -> None:
    async def slow(_scope: object, _receive: object, _send: object) -> None:
        await asyncio.Event().wait()

    async def run(app: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        scope = {"type": "http", "method": "GET", "scheme": "http", "path": "/", "headers": []}
        await Door(app, Runtime())(scope, Server().receive, Server().send)

    task = asyncio.create_task(run(slow))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert logged == []


async def test_other_connections_pass_with_the_runtime() -> None:
    seen: list[object] = []
    rt = Runtime()

    async def app(scope: Any, _receive: object, _send: object) -> None:
        seen.append((scope["type"], runtime.current() is rt))

    await Door(app, rt)({"type": "lifespan"}, Server().receive, Server().send)
    assert seen == [("lifespan", True)]


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
