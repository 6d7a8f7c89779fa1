"""What the server alone decides cannot be sent: refused by its name, and nothing has changed.

Each operation with a body, as the document lists them, is sent what the matrix says is right, and
beside it one member that nobody but the server may write.
"""

import json
import re
from typing import Any, Final

import pytest

from tests.api.matrix import CASES
from tests.api.matrix.fixtures import kept, template, world
from tests.api.matrix.model import CALLERS, Case, request_of
from tests.api.matrix.world import World
from tests.support.contract import document
from tests.support.digest import differences, digest

__all__ = ["kept", "template", "world"]

OWNED: Final[dict[str, object]] = {
    "id": "usr_00000000000000000000000000",
    "user_id": "usr_00000000000000000000000000",
    "payer_id": "usr_00000000000000000000000000",
    "owner": "usr_00000000000000000000000000",
    "balance": 1_000_000,
    "available": 1_000_000,
    "fee": 0,
    "tier": 2,
    "role": "admin",
    "is_admin": True,
    "state": "COMPLETED",
    "status": "COMPLETED",
    "states": ["COMPLETED"],
    "created_at": "2020-01-01T00:00:00Z",
    "completed_at": "2020-01-01T00:00:00Z",
    "expires_at": "2099-01-01T00:00:00Z",
    "approved_by": "usr_00000000000000000000000000",
    "password_hash": "x",
    "proved_at": "2099-01-01T00:00:00Z",
    "__proto__": {},
}
# What a bank or card processor sends is in its own words: signed, kept as it came, and whatever
# it says writes nothing, for the state is read from the provider itself (tests/api/test_webhooks).
NOT_OURS: Final = {"POST /v1/webhooks/{provider}"}
# Not there outside a demo; what it takes is tried in one (tests/api/test_before_sign_in).
OF_A_DEMO: Final = {"POST /demo/sign-in"}


def schema_of(operation: str) -> dict[str, Any] | None:
    """Find the model of an operation's body."""
    method, path = operation.split(" ")
    body = document()["paths"][path][method.lower()].get("requestBody", {"content": {}})
    if "application/json" not in body["content"]:  # none, or a file
        return None
    found: dict[str, Any] = body["content"]["application/json"]["schema"]
    for one in found.get("anyOf", [found]):
        if "$ref" in one:
            name = one["$ref"].rpartition("/")[2]
            found = document()["components"]["schemas"][name]
    return found


def with_body() -> dict[str, Case]:
    """Choose a case for each operation that takes a body, one that somebody is allowed if any."""
    cases: dict[str, Case] = {}
    for case in CASES:
        if case.operation in NOT_OURS | OF_A_DEMO:
            continue
        if schema_of(case.operation) is not None and case.body is not None:
            first = cases.setdefault(case.operation, case)
            if min(case.outcomes.values()) < 300 <= min(first.outcomes.values()):
                cases[case.operation] = case
    return cases


BODIES: Final = with_body()


def test_every_operation_with_a_body_is_tried() -> None:
    schemas = {
        operation: schema
        for path, methods in document()["paths"].items()
        for method in methods
        if (schema := schema_of(operation := f"{method.upper()} {path}")) is not None
    }
    assert set(schemas) == set(BODIES) | NOT_OURS | OF_A_DEMO
    assert {o for o, schema in schemas.items() if "properties" not in schema} == NOT_OURS


@pytest.mark.parametrize("operation", BODIES)
async def test_what_the_server_owns_is_refused_by_its_name(
    operation: str, world: World, db_url: str
) -> None:
    case = BODIES[operation]
    heard = [c for c in CALLERS if case.outcomes[c] not in (401, 403) and c != "foreign"]
    caller = min(reversed(heard), key=lambda c: case.outcomes[c], default="nobody")
    asked = request_of(case, caller, world.facts)
    known = (schema_of(operation) or {})["properties"]
    before = await digest(db_url)
    for name, value in OWNED.items():
        if name in known:
            continue
        body = {**(asked.body or {}), name: value}
        answer = await world.clients[caller].request(
            asked.method, asked.url, json=body, headers=asked.headers
        )
        told = answer.json()
        assert (answer.status_code, told["field"]) == (400, name), (name, told)
    assert [d for d in differences(before, await digest(db_url)) if "kit.audit" not in d] == []


def test_no_request_model_lets_unknown_members_in() -> None:
    for operation in BODIES:
        assert (schema_of(operation) or {})["additionalProperties"] is False, operation


SECRET: Final = re.compile(r"hash|secret|selector|verifier|password|totp_seed|_key$|sealed|blind")


def test_no_answer_has_a_member_for_a_secret() -> None:
    found = {
        f"{model}.{name}"
        for model, schema in document()["components"]["schemas"].items()
        for name in schema.get("properties", {})
        if SECRET.search(name) and f'/{model}"' in json.dumps(_answers())
    }
    assert found == SHOWN


# A new factor is shown to its owner, once; the head of the audit chain is there to be compared.
SHOWN: Final = {"TotpView.secret", "ChainView.hash"}


def _answers() -> list[Any]:
    return [
        operation["responses"]
        for operations in document()["paths"].values()
        for operation in operations.values()
    ]
