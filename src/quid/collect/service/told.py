"""What is written down of an act: a line of the audit log."""

from datetime import datetime
from typing import Literal

from quid.collect.types import RequestRow
from quid.kit import audit, ids, telemetry


def by_person(action: str, row: RequestRow, *, is_requester: bool, now: datetime) -> audit.Entry:
    """Write an act of one of its two people."""
    actor = row.requester_id if is_requester else row.requestee_id
    return _entry(action, row, ids.show("usr", actor), "person", now)


def by_itself(action: str, row: RequestRow, *, now: datetime) -> audit.Entry:
    """Write what time or a block has done."""
    return _entry(action, row, action, "system", now)


def _entry(
    action: str,
    row: RequestRow,
    actor: str,
    actor_type: Literal["person", "system"],
    now: datetime,
) -> audit.Entry:
    return audit.Entry(
        actor=actor,
        actor_type=actor_type,
        action=action,
        resource_type="request",
        resource_id=ids.show("req", row.id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={
            "requester_id": ids.show("usr", row.requester_id),
            "requestee_id": ids.show("usr", row.requestee_id),
            "amount": row.amount_minor,
            "currency": row.currency,
        },
    )
