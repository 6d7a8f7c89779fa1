"""`quid reconcile` and `quid ledger …`: are the books sound, and why is a balance what it is."""

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from quid.entrypoints.cli.session import CannotRun, run, say
from quid.kit import clock, db, ids
from quid.kit.config import Core
from quid.kit.money import Money
from quid.kit.runtime import Runtime
from quid.ledger import queries as books
from quid.ledger.queries.verify import Anchor, Break, Verdict
from quid.ledger.service.reconcile import Report, Scope, reconcile, render
from quid.payments import queries as payments
from quid.payments.types import Unmatched

app = App(name="ledger", help="Verify the chain; explain a transfer.")
_R10 = "each COMPLETED payment has exactly its transfer, and no transfer lacks its payment"
_PREFIXES = ("pay", "dep", "trf")


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)
    parent.command(reconcile_books, name="reconcile")


def reconcile_books(
    *,
    day: Annotated[date | None, Parameter(help="the blocks of one UTC day")] = None,
    full: Annotated[bool, Parameter(help="add up every leg from the beginning")] = False,
    account: Annotated[int | None, Parameter(help="one ledger account")] = None,
    json: Annotated[bool, Parameter(help="print JSON")] = False,
) -> int:
    """Check the books. Exit 0: sound. 1: a difference. 2: could not run."""
    scope = Scope(is_full=full, account=account, day=day)

    async def work(rt: Runtime) -> tuple[Report, list[Unmatched]]:
        options = db.Options(rt.part(Core).database_url, name="quid-recon", role="quid_recon")
        database = db.Database(options)
        await database.open()
        try:
            report = await reconcile(database, scope, now=clock.now())
            async with database.read() as conn:
                is_whole = account is None and day is None
                return report, await payments.unmatched(conn) if is_whole else []
        finally:
            await database.close()

    report, unmatched = run(work)
    if json:
        say(msgspec.json.encode({"books": report, "unmatched": unmatched}).decode())
    else:
        say(render(report))
        say(f"R10 {f'{len(unmatched)} found' if unmatched else 'ok':<10} {_R10}")
        for u in unmatched[:20]:
            say(f"      page     {ids.show('pay', u.id)} ({u.id}): {u.what}")
    return 1 if unmatched else report.exit_code


@app.command
def verify(
    *,
    since: Annotated[date | None, Parameter(name="--from", help="first UTC day")] = None,
    until: Annotated[date | None, Parameter(name="--to", help="last UTC day")] = None,
    export: Annotated[Path | None, Parameter(help="write the heads of the chains here")] = None,
    heads: Annotated[Path | None, Parameter(help="compare with heads exported before")] = None,
) -> int:
    """Recompute every row, block and head. Exit 0: sound. 1: broken. 2: could not run.

    Who rewrites a whole lane with its hashes is found by --heads alone: keep the file elsewhere.
    """
    anchors = _read_heads(heads) if heads is not None else None

    async def work(rt: Runtime) -> Verdict:
        async with rt.part(db.Database).read() as conn:
            verdict = await books.verify(conn, first=since, last=until, anchors=anchors)
            found = await books.heads(conn)
        if export is not None:
            lines = [f"{h.lane} {h.block_no} {h.hash.hex()} {clock.text(h.at)}" for h in found]
            export.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return verdict

    verdict = run(work)
    say(_told(verdict))
    return verdict.exit_code


def _read_heads(path: Path) -> dict[int, Anchor]:
    """Read what --export has written. Raises: CannotRun."""
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        return {int(lane): Anchor(int(no), bytes.fromhex(hash_)) for lane, no, hash_, _ in rows}
    except (OSError, ValueError) as e:
        raise CannotRun(f"{path}: not a file written by quid ledger verify --export ({e})") from e


def _told(verdict: Verdict) -> str:
    counted = f"{verdict.transfers} transfers, {verdict.blocks} blocks, {verdict.lanes} lanes"
    if verdict.is_sound:
        sums = ", ".join(Money(a, c).text() for c, a in sorted(verdict.amounts.items()))
        return f"Sound: {counted}; {sums or 'nothing'} moved."
    return "\n".join([f"BROKEN: {counted}.", *map(_broken, verdict.breaks)])


def _broken(found: Break) -> str:
    where = f"lane {found.lane}, block {found.block_no}"
    if found.transfer_id is not None:
        where += f", transfer {ids.show('trf', found.transfer_id)} ({found.transfer_id})"
    if found.field:
        where += f", field {found.field}"
    return f"  {where}: {found.what}"


@app.command
def explain(id: str) -> int:  # noqa: A002 - the word of the command line
    """Show the T-accounts of a payment, a deposit or a transfer, with its place in the chain."""

    async def work(rt: Runtime) -> str:
        found = next((u for p in _PREFIXES if (u := ids.read(p, id))), None)
        if found is None:
            raise CannotRun(f"{id} is not an id: it begins with {', '.join(_PREFIXES)} and _.")
        async with rt.part(db.Database).read() as conn:
            return books.render(await books.explain(conn, found))

    say(run(work))
    return 0
