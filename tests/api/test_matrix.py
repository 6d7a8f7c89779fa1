"""Every operation x every caller: the declared answer, and no mark where it does not belong."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import httpx2
import pytest

from quid.entrypoints.api import openapi
from quid.kit import clock, ids
from quid.kit.web import Door
from tests.api import matrix
from tests.api.matrix import CALLERS, CASES, Case
from tests.support.api import PASSWORD, client_of, signed_in
from tests.support.people import People

SPEC = json.loads(openapi.document())["paths"]
OWN = {"owner": "ana", "foreign": "ana", "blocked": "dora"}
NOTE = "for the roof of the boat house"


@dataclass(frozen=True, slots=True)
class World:
    """Clients by caller; facts that paths and bodies name; marks that answers may show."""

    clients: dict[str, httpx2.AsyncClient]
    facts: dict[str, str]
    marks: dict[str, str]


async def _pay(client: httpx2.AsyncClient, payee: str, amount: int, key: str) -> httpx2.Response:
    body = {"payee_id": payee, "amount": amount, "currency": "USD", "note": NOTE}
    return await client.post("/v1/payments", json=body, headers={"idempotency-key": key})


async def _callers(app: Door, stack: AsyncExitStack) -> dict[str, httpx2.AsyncClient]:
    opened = {name: await stack.enter_async_context(client_of(app)) for name in CALLERS}
    handles = {"owner": "ana", "party": "ben", "stranger": "cleo", "blocked": "dora"}
    for name, handle in {**handles, "ended": "ana", "forged": "ana"}.items():
        await signed_in(opened[name], handle)
    assert (await opened["ended"].post("/v1/auth/sign-out")).status_code == 204
    token = opened["forged"].headers["authorization"]
    opened["forged"].headers["authorization"] = token[:-8] + token[-8:].swapcase()
    answer = await opened["foreign"].post(
        "/v1/auth/sign-in", json={"identifier": "ana", "password": PASSWORD}
    )
    assert answer.status_code == 200
    opened["foreign"].headers["origin"] = "http://elsewhere.test"
    return opened


@pytest.fixture
async def world(app: Door, people: People) -> AsyncIterator[World]:
    """Ana has paid Ben, once with success, and once more than she has; she has blocked Dora."""
    person = {name: await people.add(name) for name in ("ana", "ben", "cleo", "dora", "eve")}
    async with AsyncExitStack() as stack:
        clients = await _callers(app, stack)
        ana = clients["owner"]
        done = await _pay(ana, person["ben"].shown, 1368, "completed-key")
        refused = await _pay(ana, person["ben"].shown, 20_000, "declined-key")
        assert (done.status_code, refused.status_code) == (201, 422)
        assert (await ana.put(f"/v1/friends/{person['dora'].shown}/block")).status_code == 204
        listed = (await ana.get("/v1/payments")).json()["items"]
        found = {p["state"]: p["id"] for p in listed}
        now = clock.now()
        facts = {
            **{name: someone.shown for name, someone in person.items()},
            "email": "ana@example.org",
            "nobody": ids.show("usr", ids.new(1, now)),
            "challenge": ids.show("chl", ids.new(1, now)),
            "completed": found["COMPLETED"],
            "declined": found["DECLINED"],
            "key": "completed-key",
        }
        marks = {
            "email": facts["email"],
            "completed": facts["completed"],
            "declined": facts["declined"],
            "note": NOTE,
            "ana": facts["ana"],
            "dora": facts["dora"],
            "balance": '"available":8632',
        }
        yield World(clients, facts, marks)


def _filled(value: object, facts: dict[str, str]) -> object:
    return value.format(**facts) if isinstance(value, str) else value


async def _send(world: World, case: Case, caller: str) -> httpx2.Response:
    facts = {**world.facts, "caller": caller}
    method, template = case.operation.split(" ")
    path = template.format(**{k: _filled(v, facts) for k, v in case.path.items()})
    body = {k: _filled(v, facts) for k, v in (case.body or {}).items()}
    return await world.clients[caller].request(
        method,
        path + case.query.format(**facts),
        json=body if case.body is not None else None,
        # One key for all: the same key of another person is another key.
        headers={"idempotency-key": "one-key"} if case.operation == "POST /v1/payments" else {},
    )


def _faults(world: World, case: Case, caller: str, answer: httpx2.Response) -> list[str]:
    faults = []
    if answer.status_code != case.outcomes[caller]:
        faults.append(f"{answer.status_code}, declared {case.outcomes[caller]}: {answer.text}")
    method, path = case.operation.split(" ")
    if str(answer.status_code) not in SPEC[path][method.lower()]["responses"]:
        faults.append(f"{answer.status_code} is not in OpenAPI")
    for mark, text in world.marks.items():
        if mark == OWN.get(caller):
            continue
        if text in answer.text and caller not in case.sees.get(mark, frozenset()):
            faults.append(f"sees {mark}")
        if text not in answer.text and caller in case.sees.get(mark, frozenset()):
            faults.append(f"does not see {mark}")
    return [f"{caller}: {fault}" for fault in faults]


@pytest.mark.parametrize("case", CASES, ids=[f"{c.operation} {c.state}".strip() for c in CASES])
async def test_every_caller_gets_the_declared_answer(
    case: Case, world: World, admin: asyncpg.Connection
) -> None:
    faults = []
    paid = 0
    for caller in CALLERS:
        answer = await _send(world, case, caller)
        faults += _faults(world, case, caller, answer)
        paid += answer.status_code == 201
    assert not faults, "\n".join(faults)
    moved = await admin.fetchval("select count(*) from ledger.journal where code = 1")
    assert moved == 1 + (paid if case.operation == "POST /v1/payments" else 0)


def _undeclared(spec: dict[str, dict[str, object]], cases: tuple[Case, ...]) -> set[str]:
    operations = {f"{m.upper()} {path}" for path, methods in spec.items() for m in methods}
    return operations ^ {case.operation for case in cases}


def test_every_operation_is_declared_and_every_declared_one_exists() -> None:
    assert _undeclared(SPEC, CASES) == set()


def test_an_undeclared_operation_is_found() -> None:
    planted = {**SPEC, "/v1/ops/people": {"get": {}}}
    assert _undeclared(planted, CASES) == {"GET /v1/ops/people"}
    assert _undeclared(SPEC, CASES[:1]) != set()


@pytest.mark.parametrize(
    ("case", "caller", "fault"),
    [
        (Case("GET /v1/me", matrix.reading(404)), "stranger", "200, declared 404"),
        (Case("GET /v1/me", matrix.reading(200)), "owner", "sees email"),
        (
            Case("GET /v1/me", matrix.reading(200), sees={"email": matrix.PARTIES}),
            "party",
            "does not see email",
        ),
    ],
)
async def test_a_wrong_cell_is_found(case: Case, caller: str, fault: str, world: World) -> None:
    [found] = _faults(world, case, caller, await _send(world, case, caller))
    assert found.startswith(f"{caller}: {fault}")


async def test_somebody_elses_payment_reads_exactly_like_none_at_all(world: World) -> None:
    stranger = world.clients["stranger"]
    theirs = await stranger.get(f"/v1/payments/{world.facts['completed']}")
    none = await stranger.get(f"/v1/payments/{ids.show('pay', ids.new(1, clock.now()))}")
    bodies = [{k: v for k, v in a.json().items() if k != "request_id"} for a in (theirs, none)]
    assert bodies[0] == bodies[1]
    assert theirs.status_code == none.status_code == 404
