"""A desk of operators without a slice around it, and an act that writes a row."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.approvals import Act, Approval, Matter
from quid.kit.crypto import digest16
from quid.kit.errors import Forbidden, Refusal, SignInRequired
from quid.kit.once import Key
from quid.kit.operators import ALL_OPERATORS, Desk, Operator, Press, Role

NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
PERSON, FRIEND = ids.new(1, NOW), ids.new(2, NOW)
WHY: Final = "because the test says so"


def operator(role: Role) -> Operator:
    now_id = ids.new(3, NOW)
    return Operator(now_id, f"op_{role}", role, ids.new(4, NOW))


SUPPORT, FINANCE, ADMIN = operator("support"), operator("finance"), operator("admin")
SECOND: Final = replace(FINANCE, id=ids.new(5, NOW), handle="op_finance_2")


class Refused(Refusal):
    code = "STATE_CONFLICT"
    category = "conflict"


class FewFriends(Desk):
    """Everybody is a stranger to everybody, but FRIEND to all."""

    async def operator(self, **_: str | None) -> Operator:
        raise SignInRequired

    async def require_proof(self, operator: Operator) -> None:
        pass

    async def require_distance(
        self,
        conn: db.Conn,  # noqa: ARG002 - the port's
        operator: Operator,  # noqa: ARG002 - the port's
        people: Collection[UUID],
    ) -> None:
        if FRIEND in people:
            raise Forbidden


async def _write(tx: db.Tx, approval: Approval, _: datetime) -> None:
    n = approval.known()["n"]
    if n == 0:
        raise Refused
    await tx.execute("insert into public.effect values ($1, $2)", approval.act, n)


ACT: Final = Act("test.act", ("support", "finance"), ("finance", "compliance"), _write)


def press(who: Operator, key: str = "key", body: str = "body") -> Press:
    """One press of an operator."""
    once = Key(ALL_OPERATORS, "ops.test.act", digest16(key.encode()), digest16(body.encode()))
    return Press(who, once, WHY)


def matter(n: int = 1, *people: UUID) -> Matter:
    """What ACT is about."""
    return Matter("thing", "thg_1", {"n": n}, people)
