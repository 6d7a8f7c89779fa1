"""Reads of operations for those who wait for their money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.settings import FundingSettings
from quid.funding.store import operations as store
from quid.funding.types import Operation
from quid.kit import db, runtime
from quid.ledger import queries as ledger


@dataclass(frozen=True, slots=True)
class PullRecord:
    """What credit is judged by: a bank's proof, pulls that settled, the latest that came back."""

    verified_at: datetime | None
    settled: int
    returned_at: datetime | None


_RECORD_OF: Final = db.sql("quid.funding", "plan").rows("record_of", PullRecord)


async def operations(conn: db.Conn, op_ids: Sequence[UUID]) -> list[Operation]:
    """Read operations, by id; one that does not exist is left out."""
    return await store.read(conn, op_ids)


async def pull_record(conn: db.Conn, user_id: UUID, source_id: UUID) -> PullRecord:
    """Tell what a person's pulls have come to; of a source that is not theirs, nothing."""
    found = await _RECORD_OF.maybe(conn, user_id, source_id)
    return found or PullRecord(None, 0, None)


async def has_credit_left(conn: db.Conn, cents: int, *, currency: str) -> bool:
    """Say whether the house gives so much more credit, over all people, before pulls settle.

    Read without a lock: pulls begun at one moment may pass the bound by what they take together;
    each person's own bound is kept by the ledger. Units: minor units. Source: rails.md 8.
    """
    given = await ledger.advanced(conn, currency=currency)
    return given + cents <= runtime.part(FundingSettings).advance_total_minor
