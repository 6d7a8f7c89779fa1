"""What is written down of an act: its words, and a line of the audit log without them."""

from datetime import datetime
from uuid import UUID

from quid.disputes import events
from quid.disputes.types import DisputeRow, MessageRow, SaidBy
from quid.kit import audit, ids, telemetry
from quid.kit.operators import Deed, Details


def message(row: DisputeRow, said_by: SaidBy, text: str, *, now: datetime) -> MessageRow:
    """Write what was said."""
    return MessageRow(ids.new(ids.bucket(row.id), now), row.id, said_by, text, now)


def by_person(action: str, row: DisputeRow, *, now: datetime) -> audit.Entry:
    """Write an act of its person."""
    return audit.Entry(
        actor=ids.show("usr", row.opened_by),
        actor_type="person",
        action=action,
        resource_type="dispute",
        resource_id=ids.show("dsp", row.id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details=_details(row),
    )


def by_operator(action: str, row: DisputeRow, outcome: str) -> tuple[UUID, Deed]:
    """Write an act of an operator, for `Once.finish`."""
    shown = ids.show("dsp", row.id)
    return row.id, Deed(action, "dispute", shown, _details(row), outcome=outcome)


def _details(row: DisputeRow) -> Details:
    return {
        "claim": row.claim,
        "payment_id": events.shown("pay", row.payment_id),
        "hold_id": events.shown("frz", row.freeze_id),
    }
