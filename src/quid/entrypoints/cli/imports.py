"""`quid import payments`: a file of payments, sent for an operator, with a report row by row."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, Final, TextIO

from cyclopts import App, Parameter

from quid.entrypoints import wiring
from quid.entrypoints.cli.session import CannotRun, run, say
from quid.entrypoints.cli.session import operator as at_keyboard
from quid.identity.queries import operators
from quid.kit import audit, clock, db, ids, sheets
from quid.kit.errors import Forbidden
from quid.kit.money import Money
from quid.kit.operators import Operator
from quid.kit.runtime import Runtime
from quid.payments.service import CURRENCY
from quid.payments.service.import_rows import BadRow, Row, read_rows
from quid.payments.service.imports import (
    OPERATION,
    Run,
    Told,
    What,
    begin_run,
    check_rows,
    send_rows,
)

app = App(name="import", help="Bring in what stands in a file.")
ROLES: Final = ("finance",)  # admins have no money
COLUMNS: Final = ("row", "key", "state", "payment_id", "code", "text")
# What is on its way at once: enough for full batches on both lanes, little enough to hold.
TOGETHER: Final = 400
SHAPE: Final = wiring.Shape("import", lanes=2, pool_max=4)
_WORDS: Final[dict[What, str]] = {
    "sent": "sent",
    "already": "sent before",
    "waiting": "waiting",
    "fine": "could be sent",
    "refused": "refused",
    "bad": "not readable",
    "unknown": "in doubt",
}


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command(name="payments")
def payments(
    file: Path,
    *,
    operator: Annotated[str, Parameter(help="handle of an operator of finance")],
    report: Annotated[Path | None, Parameter(help="default: beside the file")] = None,
    dry_run: Annotated[bool, Parameter(help="check only, move nothing")] = False,
) -> int:
    """Send the payments of a CSV file: columns payer, payee, amount, note, key.

    The same file again moves nothing twice. Exit 0: all done. 1: not all. 2: could not run.
    """
    with _reading(file) as source:
        survey = _survey(source)
        beside = file.with_suffix(".check.csv" if dry_run else ".report.csv")
        job = _Job(source, report or beside, survey, dry_run)
        try:
            return run(lambda rt: _work(rt, job, operator), shape=SHAPE)
        except OSError as e:  # the report's disk is full
            raise CannotRun(f"{e}. Run it again: what has moved moves no more.") from e


@dataclass(slots=True)
class _Survey:
    """What a file holds, from a first reading. Units: minor units."""

    sha256: str = ""
    rows: int = 0
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class _Job:
    source: BinaryIO
    report: Path
    survey: _Survey
    is_dry: bool


@dataclass(slots=True)
class _Tally:
    """Counts and sums by what came of the rows. Units: minor units."""

    rows: Counter[What] = field(default_factory=Counter)
    minor: Counter[What] = field(default_factory=Counter)

    def add(self, told: list[Told]) -> None:
        for line in told:
            self.rows[line.what] += 1
            self.minor[line.what] += line.amount_minor

    def render(self) -> str:
        return "\n".join(
            f"  {word:<14} {self.rows[what]:>9,}  {Money(self.minor[what], CURRENCY).text():>18}"
            for what, word in _WORDS.items()
            if self.rows[what]
        )


def _reading(file: Path) -> BinaryIO:
    """Open the file. Raises: CannotRun."""
    try:
        return file.open("rb")
    except OSError as e:
        raise CannotRun(f"{file}: {e.strerror}. Nothing was sent.") from e


def _survey(source: BinaryIO) -> _Survey:
    """Read the file to its end before anything moves.

    Raises: ValidationFailed where it is not a file of payments.
    """
    digest, found = hashlib.sha256(), _Survey()
    for row in read_rows(source, digest):
        found.rows += 1
        found.amount_minor += row.amount_minor if isinstance(row, Row) else 0
    found.sha256 = digest.hexdigest()
    return found


async def _work(rt: Runtime, job: _Job, name: str) -> int:
    this = await _begin(rt, name)
    with _writing(job) as sheet:
        if not job.is_dry:
            await begin_run(
                this,
                sha256=job.survey.sha256,
                rows=job.survey.rows,
                amount_minor=job.survey.amount_minor,
                now=clock.now(),
            )
        tally, digest = await _carry(job, this, sheet)
    say(f"{job.survey.rows:,} rows, sha256 {job.survey.sha256[:16]}…, run {this.mark}")
    say(tally.render())
    say(f"Report: {job.report}")
    if tally.rows["unknown"]:
        say("Stopped where no answer came. Run it again: what has moved moves no more.")
        return 2
    if digest != job.survey.sha256:
        say("The file changed while it was read: compare it with the report.")
        return 2
    return 0 if set(tally.rows) <= {"sent", "already", "fine"} else 1


async def _begin(rt: Runtime, name: str) -> Run:
    """Find the operator. Raises: Forbidden, which goes on record."""
    now = clock.now()
    mark = f"import-{ids.mark()}"
    async with rt.part(db.Database).read() as conn:
        found = {o.handle: o for o in await operators.operators(conn)}.get(name)
    if found is not None and found.role in ROLES and not found.disabled_at and found.is_ready:
        session_id = ids.new(ids.bucket(found.id), now)  # a run has none: this names it
        operator = Operator(found.id, found.handle, found.role, session_id, found.linked_user_id)
        return Run(operator, mark)
    refused = audit.Entry(
        actor=ids.show("usr", found.id) if found else at_keyboard(),
        actor_type="operator",
        action=OPERATION,
        resource_type="import",
        resource_id=mark,
        outcome=Forbidden.code,
        at=now,
        request_id=mark,
    )
    async with rt.part(db.Database).transaction() as tx:
        await audit.record(tx, [refused])
    raise Forbidden(f"{name}: no active operator of role {' or '.join(ROLES)}. Nothing was sent.")


async def _carry(job: _Job, this: Run, sheet: TextIO) -> tuple[_Tally, str]:
    """Send (or check) the rows, some at a time, and write down what came of them at once."""
    tally, digest = _Tally(), hashlib.sha256()
    job.source.seek(0)
    rows: Iterator[Row | BadRow] = read_rows(job.source, digest)
    act = check_rows if job.is_dry else send_rows
    while together := list(islice(rows, TOGETHER)):
        told = await act(together, this)
        tally.add(told)
        sheet.writelines(map(_line, told))
        sheet.flush()
        if tally.rows["unknown"]:
            break
    return tally, digest.hexdigest()


def _line(told: Told) -> str:
    cells = (told.key, told.state, told.payment_id, told.code, told.text)
    return sheets.line((str(told.line), *map(sheets.as_text, cells)))


@contextmanager
def _writing(job: _Job) -> Iterator[TextIO]:
    """Open the report. Raises: CannotRun."""
    try:
        there = job.report.stat() if job.report.exists() else None
        if there is not None and os.path.samestat(there, os.fstat(job.source.fileno())):
            raise CannotRun("The report would replace the file itself. Nothing was sent.")
        sheet = job.report.open("w", encoding="utf-8", errors="backslashreplace", newline="")
    except OSError as e:
        raise CannotRun(f"{job.report}: {e.strerror}. Nothing was sent.") from e
    with sheet:
        sheet.write(sheets.line(COLUMNS))
        yield sheet
