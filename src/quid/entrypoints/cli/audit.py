"""`quid audit …`: is the audit log as it was written."""

from typing import Annotated

from cyclopts import App, Parameter

from quid.entrypoints.cli.session import CannotRun, run, say
from quid.kit import db
from quid.kit.audit import chain
from quid.kit.audit.chain import Break, Verdict
from quid.kit.runtime import Runtime

app = App(name="audit", help="Verify the chain of the audit log.")


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command
def verify(
    *,
    head: Annotated[
        str | None, Parameter(help="NO:HASH of a line audit.chained of the log")
    ] = None,
) -> int:
    """Compute the chain again from the rows. Exit 0: sound. 1: broken. 2: could not run.

    Who rewrites the whole chain with its hashes is found by --head alone: keep the logs elsewhere.
    """
    known = _read_head(head) if head is not None else None

    async def work(rt: Runtime) -> Verdict:
        async with rt.part(db.Database).read() as conn:
            return await chain.verify(conn, known=known)

    verdict = run(work)
    say(_told(verdict))
    return 0 if verdict.is_sound else 1


def _read_head(text: str) -> tuple[int, bytes]:
    """Read a head. Raises: CannotRun."""
    no, _, hash_ = text.partition(":")
    try:
        return int(no), bytes.fromhex(hash_)
    except ValueError as e:
        raise CannotRun(f"{text}: not a head; write it as NO:HASH, from the log") from e


def _told(verdict: Verdict) -> str:
    counted = f"{verdict.rows} rows in {verdict.blocks} blocks, {verdict.waiting} wait for theirs"
    if verdict.is_sound:
        return f"Sound: {counted}; head {verdict.blocks}:{verdict.head.hex()}"
    return "\n".join([f"BROKEN: {counted}.", *map(_broken, verdict.breaks)])


def _broken(found: Break) -> str:
    where = f"block {found.block_no}, " if found.block_no else ""
    row = f"row {found.row_id}" if found.row_id else "the chain"
    return f"  {where}{row}: {found.what}"
