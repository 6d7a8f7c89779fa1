"""The facts that disputes publish. Ids as shown outside; what was said stays in the rows."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from quid.disputes.types import Change, DisputeRow
from quid.kit import ids
from quid.kit.events import Event


class DisputeChanged(msgspec.Struct, frozen=True):
    """Something has happened to a dispute; `change` says what.

    `user_id`: who opened it. The other party of a payment is told of none of it.
    """

    TYPE: ClassVar[str] = "disputes.dispute_changed.v1"

    dispute_id: str
    user_id: str
    claim: str
    change: Change
    payment_id: str | None
    hold_id: str | None


def shown(prefix: str, value: UUID | None) -> str | None:
    """Write an id for the outside, if there is one."""
    return None if value is None else ids.show(prefix, value)


def changed(row: DisputeRow, change: Change, *, at: datetime) -> Event:
    """Tell what has happened to a dispute."""
    data = DisputeChanged(
        dispute_id=ids.show("dsp", row.id),
        user_id=ids.show("usr", row.opened_by),
        claim=row.claim,
        change=change,
        payment_id=shown("pay", row.payment_id),
        hold_id=shown("frz", row.freeze_id),
    )
    return Event("disputes", data.TYPE, ("dsp", row.id), row.opened_by, at, data)
