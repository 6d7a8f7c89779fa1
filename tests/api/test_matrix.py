"""Every operation x every caller: the declared answer, and no mark where it does not belong."""

import json

import asyncpg
import httpx2
import pytest

from quid.entrypoints.api import openapi
from quid.kit import clock, ids
from tests.api.matrix import CASES
from tests.api.matrix.fixtures import kept, template, world
from tests.api.matrix.model import CALLERS, PARTIES, Case, reading, request_of
from tests.api.matrix.world import OWN, World

__all__ = ["kept", "template", "world"]

SPEC = json.loads(openapi.document())["paths"]
MOVED = "select count(*) from ledger.journal where code = 1"


async def _send(world: World, case: Case, caller: str) -> httpx2.Response:
    asked = request_of(case, caller, world.facts)
    return await world.clients[caller].request(
        asked.method, asked.url, json=asked.body, headers=asked.headers
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


def _name(case: Case) -> str:
    return f"{case.operation} {case.state}".strip()


@pytest.mark.parametrize("case", CASES, ids=_name)
async def test_every_caller_gets_the_declared_answer(
    case: Case, world: World, admin: asyncpg.Connection
) -> None:
    before = await admin.fetchval(MOVED)
    faults = []
    moved = case.moved
    for caller in world.clients:
        answer = await _send(world, case, caller)
        faults += _faults(world, case, caller, answer)
        moved += case.moves and answer.status_code == 201
    assert not faults, "\n".join(faults)
    assert await admin.fetchval(MOVED) == before + moved


def _undeclared(spec: dict[str, dict[str, object]], cases: tuple[Case, ...]) -> set[str]:
    operations = {f"{m.upper()} {path}" for path, methods in spec.items() for m in methods}
    return operations ^ {case.operation for case in cases}


def test_every_operation_is_declared_and_every_declared_one_exists() -> None:
    assert _undeclared(SPEC, CASES) == set()


def test_an_undeclared_operation_is_found() -> None:
    planted = {**SPEC, "/v1/planted": {"get": {}}}
    assert _undeclared(planted, CASES) - _undeclared(SPEC, CASES) == {"GET /v1/planted"}
    assert _undeclared(SPEC, CASES[:1]) != set()


@pytest.mark.parametrize(
    ("case", "caller", "fault"),
    [
        (Case("GET /v1/me", reading(404)), "stranger", "200, declared 404"),
        (Case("GET /v1/me", reading(200)), "owner", "sees email"),
        (
            Case("GET /v1/me", reading(200), sees={"email": PARTIES}),
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


def test_no_two_cases_are_one() -> None:
    names = [_name(case) for case in CASES]
    assert len(set(names)) == len(names)


def test_every_case_says_what_each_caller_gets() -> None:
    assert [_name(c) for c in CASES if set(c.outcomes) != set(CALLERS)] == []
