"""What was found wrong: written down, told upstairs, frozen. Nothing is repaired here.

Used by the nightly run and by the live auditor, both as quid_recon.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from quid.kit import db, ids, outbox, telemetry
from quid.ledger import events

_SQL: Final = db.sql("quid.ledger", "findings")
_ADD: Final = _SQL.command("add")
_FREEZE: Final = _SQL.value("freeze", list[int])
_FOUND: Final = telemetry.counter(
    "quid_reconciliation_discrepancies_total", "differences found", "check", "severity"
)
Check = Literal["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R9", "R10"]
CHECKS: Final[Mapping[Check, str]] = {
    "R1": "each account: counters are the sums of its legs",
    "R2": "each account: sequence without a gap, balance follows balance",
    "R3": "each currency: debits = credits = sum of the journal",
    "R4": "no account below its floor or above its ceiling",
    "R5": "open holds are the reserved money, none is late",
    "R6": "every block and row as it was hashed and sealed, no row outside a block",
    "R7": "nothing stands on a clearing account past its term",
    "R9": "no leg without its account, no foreign currency",
    "R10": "each COMPLETED payment has exactly its transfer, no transfer lacks its payment",
}
# A person's money that these checks doubt may not move before somebody has looked.
_FREEZING: Final = frozenset({"R1", "R2", "R6"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference. `calculated` from the rows, `actual` as held. Units: minor units or counts."""

    check: Check
    place: str
    calculated: int | None = None
    actual: int | None = None
    account: int | None = None
    owner: UUID | None = None
    transfer: UUID | None = None
    cause: UUID | None = None

    @property
    def severity(self) -> Literal["warning", "page"]:
        """A difference of one minor unit warns, anything else pages; zero is expected."""
        if self.check == "R1" and self.calculated is not None and self.actual is not None:
            return "warning" if abs(self.calculated - self.actual) <= 1 else "page"
        return "page"


async def write(
    tx: db.Tx, found: Sequence[Finding], *, run_id: UUID | None, now: datetime
) -> list[UUID]:
    """Write findings down and freeze the people's accounts that they doubt; give their ids.

    Emits: ledger.drift_found.v1 for each. Locks: ledger.account, of those that are frozen.
    """
    if not found:
        return []
    doubted = {f.account for f in found if f.check in _FREEZING and f.severity == "page"}
    if accounts := sorted(a for a in doubted if a is not None):
        await _FREEZE.get(tx, accounts)
    numbered = [ids.new(ids.bucket(f.owner) if f.owner else 0, now) for f in found]
    await _ADD.run(
        tx,
        numbered,
        run_id,
        [f.check for f in found],
        [f.severity for f in found],
        [f.account for f in found],
        [f.owner for f in found],
        [f.transfer for f in found],
        [f.cause for f in found],
        [f.calculated for f in found],
        [f.actual for f in found],
        [f.place for f in found],
        now,
    )
    facts = [
        events.DriftFound(f.check, f.severity, f.account, f.calculated, f.actual, f.place)
        for f in found
    ]
    await outbox.append(
        tx, [events.drift_found(i, fact, at=now) for i, fact in zip(numbered, facts, strict=True)]
    )
    for f in found:
        _FOUND.labels(f.check, f.severity).inc()
    return numbered
