"""What the ledger tells upstairs."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from quid.kit.events import Event

DRIFT_FOUND: Final = "ledger.drift_found.v1"


class DriftFound(msgspec.Struct, frozen=True):
    """Reconciliation found a difference. Units: minor units or counts, by the check."""

    check: str
    severity: str
    account_id: int | None
    calculated: int | None
    actual: int | None
    place: str


def drift_found(finding_id: UUID, data: DriftFound, *, at: datetime) -> Event:
    """Wrap a finding as an event."""
    return Event("ledger", DRIFT_FOUND, ("fnd", finding_id), finding_id, at, data)
