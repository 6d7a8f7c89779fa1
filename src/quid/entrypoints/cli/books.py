"""`quid reconcile` and `quid ledger …`: are the books sound, and why is a balance what it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from quid.entrypoints import keeping
from quid.entrypoints.cli.session import CannotRun, run, say
from quid.kit import clock, db, ids
from quid.kit.crypto import Signer
from quid.kit.money import Money
from quid.kit.runtime import Runtime
from quid.ledger import queries as books
from quid.ledger.queries.verify import Break, Noted, Verdict, noted_in
from quid.ledger.rules.seals import SignedSeal, from_file
from quid.ledger.service.reconcile import Report, Scope, reconcile, render

app = App(name="ledger", help="Verify the chain; seal its days; explain a transfer.")
_PREFIXES = ("pay", "dep", "trf", "hld", "apr")
_SEAL_AFTER = timedelta(minutes=1)


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

    async def work(rt: Runtime) -> Report:
        async with keeping.recon(rt) as database:
            against = keeping.controls(rt)
            return await reconcile(database, scope, now=clock.now(), controls=against)

    report = run(work)
    say(msgspec.json.encode(report).decode() if json else render(report))
    return report.exit_code


@dataclass(frozen=True, slots=True)
class Outside:
    """What was noted of the books outside the database."""

    noted: Noted | None = None
    seals: tuple[SignedSeal, ...] = ()
    key: bytes = b""


@app.command
def verify(  # noqa: PLR0913 - one parameter each, named as on the command line
    *,
    since: Annotated[date | None, Parameter(name="--from", help="first UTC day")] = None,
    until: Annotated[date | None, Parameter(name="--to", help="last UTC day")] = None,
    export: Annotated[Path | None, Parameter(help="write the heads of the chains here")] = None,
    heads: Annotated[Path | None, Parameter(help="compare with heads exported before")] = None,
    seals: Annotated[Path | None, Parameter(help="folder with copies of the day seals")] = None,
    key: Annotated[str | None, Parameter(help="public key of the seals, 64 hex digits")] = None,
) -> int:
    """Recompute every row, block and head. Exit 0: sound. 1: broken. 2: could not run.

    Who rewrites a whole lane with its hashes is found by --seals or --heads alone: keep these files
    and the key elsewhere.
    """
    outside = _outside(heads, seals, key)

    async def work(rt: Runtime) -> tuple[Verdict, list[str]]:
        async with rt.part(db.Database).read() as opened:
            conn = books.Gentle(opened)
            faults = await books.seal_faults(conn, outside.seals, key=outside.key) if seals else []
            verdict = await books.verify(conn, first=since, last=until, noted=outside.noted)
            found = await books.heads(conn)
        if export is not None:
            lines = [f"{h.lane} {h.block_no} {h.hash.hex()} {clock.text(h.at)}" for h in found]
            export.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return verdict, [f"  seal of {day}: {what}" for day, what in faults]

    verdict, faults = run(work)
    if faults:
        say("\n".join(["BROKEN: the seals.", *faults]))
    say(_told(verdict))
    return 1 if faults else verdict.exit_code


def _outside(heads: Path | None, folder: Path | None, key: str | None) -> Outside:
    """Read what was kept elsewhere. Raises: CannotRun."""
    if (folder is None) != (key is None):
        raise CannotRun("--seals and --key go together: the folder, and whose signature to trust.")
    if folder is None or key is None:
        return Outside(_read_heads(heads) if heads is not None else None)
    if heads is not None:
        raise CannotRun("--heads or --seals: the seals hold the heads of each day.")
    try:
        public = bytes.fromhex(key)
        paths = sorted(folder.glob("*.seal.json"))
        seals = tuple(from_file(path.read_bytes()) for path in paths)
        noted = noted_in([s.read() for s in seals])
    except (OSError, ValueError) as e:
        raise CannotRun(f"{folder}: the seals or the key cannot be read ({e})") from e
    if not seals:
        raise CannotRun(f"{folder}: no seal there (files are called <day>.seal.json)")
    return Outside(noted, seals, public)


def _read_heads(path: Path) -> Noted:
    """Read what --export has written. Raises: CannotRun."""
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        return Noted({int(n): {int(no): bytes.fromhex(hash_)} for n, no, hash_, _ in rows})
    except (OSError, ValueError) as e:
        raise CannotRun(f"{path}: not a file written by quid ledger verify --export ({e})") from e


@app.command
def seal() -> int:
    """Seal the days that have ended, and say by which key; the worker does it at 00:10 UTC."""

    async def work(rt: Runtime) -> list[str]:
        async with keeping.recon(rt) as database:
            made = await keeping.seal(rt, database, after=_SEAL_AFTER)
        told = [f"sealed {s.day}: {s.hash.hex()}" for s in made] or ["Every ended day is sealed."]
        return [*told, f"public key {rt.part(Signer).public.hex()}"]

    say("\n".join(run(work)))
    return 0


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
    """Show the T-accounts of a payment or transfer, with its place in the chain; or an account.

    An account is named by its number.
    """

    async def work(rt: Runtime) -> str:
        async with rt.part(db.Database).read() as conn:
            if id.isascii() and id.isdigit():
                return await books.explain_account(conn, int(id))
            found = next((u for p in _PREFIXES if (u := ids.read(p, id))), None)
            if found is None:
                known = ", ".join(_PREFIXES)
                raise CannotRun(f"{id} is not an id: it begins with {known} and _, or is a number.")
            return books.render(await books.explain(conn, found))

    say(run(work))
    return 0
