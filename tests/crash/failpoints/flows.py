"""The flows: every operation that changes something, as the matrix declares it, and what happens
without a request.
"""

import json
from typing import Final

from tests.api.matrix import CASES
from tests.api.matrix.model import CALLERS, Case, request_of
from tests.api.matrix.world import Kept
from tests.crash.failpoints.acts import ACTS
from tests.crash.failpoints.engine import Flow
from tests.crash.failpoints.orders import Step
from tests.support.contract import document

# Pressed twice, these are meant to happen twice: another session, code or try, a wish told again.
NEW_EACH_TIME: Final = frozenset(
    {
        "POST /v1/auth/start",
        "POST /v1/auth/sign-in",
        "POST /v1/auth/token",
        "POST /v1/auth/step-up",
        "POST /v1/auth/password",
        "POST /v1/auth/recovery-codes",
        "PUT /v1/payments/{payment_id}/visibility",
    }
)
PLANTED: Final = Flow("forget", (Step(act="forget"),))
TWICE: Final = "POST /v1/payments, twice"


def names() -> list[str]:
    """Name every flow: each operation that changes something, each act, and a replay."""
    operations = [c.operation for c in CASES if _allowed(c) and not c.operation.startswith("GET ")]
    return [*dict.fromkeys(operations), TWICE, *(a for a in ACTS if a != PLANTED.name)]


def flow(name: str, kept: Kept) -> Flow:
    """Write a flow down: of an operation its first case that somebody is allowed."""
    if name in ACTS:
        return Flow(name, (Step(act=name),))
    if name == TWICE:
        sent = flow("POST /v1/payments", kept)
        return Flow(name, sent.steps * 2, is_keyed=True)
    case = next(c for c in CASES if c.operation == name and _allowed(c))
    caller = _allowed(case)
    assert caller is not None
    return _of_case(case, caller, kept)


def _allowed(case: Case) -> str | None:
    """Choose who makes it happen: its owner if they may, else the first who may."""
    may = [c for c in reversed(CALLERS) if 200 <= case.outcomes[c] < 300 and c != "foreign"]
    return "owner" if "owner" in may else (may[0] if may else None)


def _of_case(case: Case, caller: str, kept: Kept) -> Flow:
    asked = request_of(case, caller, kept.facts)
    step = Step(caller, asked.method, asked.url, asked.body, asked.headers)
    return Flow(
        case.operation,
        (step,),
        is_new_each_time=case.operation in NEW_EACH_TIME,
        is_keyed=_takes_key(case.operation),
    )


def _takes_key(operation: str) -> bool:
    """Whether a second press is the first; of what operators reveal each look is on record."""
    if operation.endswith("/reveal"):
        return False
    method, path = operation.split(" ")
    told = document()["paths"][path][method.lower()]
    return "Idempotency-Key" in json.dumps(told.get("parameters", []))
