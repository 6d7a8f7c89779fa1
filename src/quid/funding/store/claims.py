"""Claims of card networks against charges."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.ports import Chargeback
from quid.funding.types import Operation
from quid.kit import db

_SQL: Final = db.sql("quid.funding", "claims")
_OPEN: Final = _SQL.command("open")
_CLOSE: Final = _SQL.command("close")


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of `funding.chargeback`. Units: minor units. `state`: open, won or lost."""

    ref: str
    cents: int
    fee: int
    state: str
    reason: str
    due_by: datetime | None
    opened_at: datetime
    closed_at: datetime | None


_OF_OPERATION: Final = _SQL.rows("of_operation", Claim)


async def of_operation(conn: db.Conn, op_id: UUID) -> list[Claim]:
    """List the claims against a charge, the oldest first."""
    return await _OF_OPERATION.all(conn, op_id)


async def open_(tx: db.Tx, op: Operation, claim: Chargeback, *, now: datetime) -> None:
    """Write a claim down. Locks: nothing but the new row (the caller holds the operation)."""
    await _OPEN.run(
        tx,
        op.provider,
        claim.ref,
        op.id,
        op.user_id,
        claim.cents,
        claim.fee,
        claim.reason,
        claim.due_by,
        now,
    )


async def close(tx: db.Tx, op: Operation, claim: Chargeback, *, now: datetime) -> None:
    """Write down how a claim ended. Locks: funding.chargeback."""
    await _CLOSE.run(tx, op.provider, claim.ref, claim.status, now)
