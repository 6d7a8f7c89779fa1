"""The audit log: who did what to what, when, with which outcome. Appended only, kept 7 years."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from quid.kit import db, ids, telemetry

_SQL = db.sql("quid.kit", "audit")
_RECORD = _SQL.command("record")


class Entry(NamedTuple):
    """One act. `details` hold ids, amounts and choices; never names, notes, mails or tokens.

    `id` is given where a second delivery must find the first row (consumers); else it is new.
    The network address is that of the request being served.
    """

    actor: str
    actor_type: Literal["person", "operator", "system"]
    action: str
    resource_type: str
    resource_id: str
    outcome: str
    at: datetime
    request_id: str | None = None
    details: Mapping[str, str | int | bool | None] = MappingProxyType({})
    id: UUID | None = None


async def record(tx: db.Tx, entries: list[Entry]) -> None:
    """Write entries in the transaction of their acts."""
    if not entries:
        return
    await _RECORD.run(
        tx,
        [e.id or ids.new(ids.random_bucket(), e.at) for e in entries],
        [e.at for e in entries],
        [e.actor for e in entries],
        [e.actor_type for e in entries],
        [e.action for e in entries],
        [e.resource_type for e in entries],
        [e.resource_id for e in entries],
        [e.outcome for e in entries],
        [e.request_id for e in entries],
        [msgspec.json.encode(dict(e.details)).decode() for e in entries],
        telemetry.address(),
    )
