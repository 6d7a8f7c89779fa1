"""Every press of an operator leaves exactly one line in the audit log, refused or not."""

import asyncpg
import pytest

from tests.api.matrix import CASES
from tests.api.matrix.fixtures import kept, template, world
from tests.api.matrix.model import STAFF, Case, request_of
from tests.api.matrix.world import World

__all__ = ["kept", "template", "world"]
PRESSES = [c for c in CASES if c.operation.startswith("POST /v1/ops/")]
COUNT = "select count(*) from kit.audit where actor_type = 'operator'"


@pytest.mark.parametrize("case", PRESSES, ids=lambda c: f"{c.operation} {c.state}".strip())
async def test_each_press_is_one_line(case: Case, world: World, admin: asyncpg.Connection) -> None:
    faults = []
    for caller in STAFF:
        before = await admin.fetchval(COUNT)
        request = request_of(case, caller, world.facts)
        # A press of its own: the same key again is the first press, and leaves no second line.
        answer = await world.clients[caller].request(
            request.method,
            request.url,
            json=request.body,
            headers={**request.headers, "idempotency-key": f"of-{caller}"},
        )
        after = await admin.fetchval(COUNT)
        if after != before + 1:
            faults.append(f"{caller} {answer.status_code}: {after - before} lines")
    assert not faults, "\n".join(faults)
