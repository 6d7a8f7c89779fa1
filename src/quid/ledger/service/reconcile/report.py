"""What a run was asked to check, and what it saw."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from quid.ledger.findings import CHECKS, Finding


@dataclass(frozen=True, slots=True)
class Scope:
    """What to check: everything; one account; the blocks of one UTC day.

    `is_full` adds up every leg from the beginning, not from the last day kept.
    """

    is_full: bool = False
    account: int | None = None
    day: date | None = None

    def __str__(self) -> str:
        """Name it in the run's row."""
        if self.account is not None:
            return f"account {self.account}"
        return f"day {self.day}" if self.day else ("full" if self.is_full else "all")


@dataclass(slots=True)
class Report:
    """What a run saw."""

    run_id: UUID
    scope: Scope
    started_at: datetime
    accounts: int = 0
    transfers: int = 0
    blocks: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 sound, 1 a difference (a command that cannot run exits 2)."""
        return 1 if self.findings else 0


def render(report: Report) -> str:
    """Write the report as a table for the terminal."""
    lines = [
        f"{report.accounts:,} accounts, {report.transfers:,} transfers, {report.blocks:,} blocks",
        "",
    ]
    for check, what in CHECKS.items():
        found = [f for f in report.findings if f.check == check]
        lines.append(f"{check}  {f'{len(found)} found' if found else 'ok':<10} {what}")
        for f in found[:20]:
            numbers = ""
            if f.calculated is not None or f.actual is not None:
                numbers = f": calculated {f.calculated}, held {f.actual}"
            lines.append(f"      {f.severity:<8} {f.place}{numbers}")
    lines += ["", "The books are whole." if not report.findings else "DIFFERENCES FOUND."]
    return "\n".join(lines)
