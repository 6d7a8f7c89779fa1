"""The command line: reads words, runs one command, turns refusals into an exit code."""

import asyncio
import logging
import sys

from cyclopts import App

from quid import VERSION, migrations
from quid.entrypoints.cli import (
    audit,
    books,
    demo,
    imports,
    local,
    money,
    operators,
    people,
    rails,
    sandbox,
    secrets,
)
from quid.entrypoints.cli.session import CannotRun, adopt, run, say
from quid.identity import service as identity
from quid.kit import telemetry
from quid.kit.errors import Refusal

app = App(
    name="quid",
    version=VERSION,
    help="Operate Quid. Commands act on the running system of QUID_HOME.",
)


@app.command
def migrate() -> int:
    """Bring the database up to date; safe to repeat."""
    ran = asyncio.run(migrations.run(adopt()))
    say("\n".join(f"ran {name}" for name in ran) if ran else "The database is up to date.")
    if completed := run(lambda _: identity.complete_older()):
        say(f"completed {completed} rows of an older release")
    return 0


for _part in (
    audit,
    books,
    demo,
    imports,
    local,
    money,
    operators,
    people,
    rails,
    sandbox,
    secrets,
):
    _part.register(app)


def main(words: list[str] | None = None) -> int:
    """Run one command. Exit 0: done. 1: refused or a finding. 2: could not run."""
    # Who types a command reads its answer, not how it came about.
    telemetry.start_logging("cli", stream=sys.stderr, least=logging.WARNING)
    try:
        result = app(words, result_action="return_value")
    except CannotRun as e:
        sys.stderr.write(f"{e}\n")
        return 2
    except Refusal as e:
        sys.stderr.write(f"{e.title}: {e.detail}\n")
        return 2
    return result if isinstance(result, int) else 0
