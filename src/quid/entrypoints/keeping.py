"""What keeps the books from day to day: seals after midnight, the whole compared at two."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Final

from quid.kit import clock, db, ids, telemetry
from quid.kit.config import Core
from quid.kit.crypto import Signer
from quid.kit.db import Conn, Database
from quid.kit.runtime import Runtime
from quid.ledger import service as ledger
from quid.ledger.findings import Finding
from quid.ledger.ports import SealVault
from quid.ledger.rules.seals import SignedSeal
from quid.ledger.service.reconcile import Controls, Report
from quid.ledger.settings import LedgerSettings
from quid.payments import queries as payments

SEAL_AFTER: Final = timedelta(minutes=10)
_NIGHTLY: Final = time(2, tzinfo=UTC)
_SECONDS: Final = 60.0


async def complete(conn: Conn) -> Sequence[Finding]:
    """R10: payments and the journal, compared by id."""
    return [
        Finding("R10", f"{ids.show('pay', u.id)} ({u.id}): {u.what}", transfer=u.id)
        for u in await payments.unmatched(conn)
    ]


def controls(rt: Runtime) -> Controls:
    """Say what a run is held to."""
    return Controls(LedgerSettings(), rt.part(Signer).public, (complete,))


@asynccontextmanager
async def recon(rt: Runtime) -> AsyncIterator[Database]:
    """Open a pool in the role that may read the books and write what it found."""
    url = rt.part(Core).database_url
    database = db.Database(db.Options(url, name="quid-recon", role="quid_recon", pool_max=4))
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def seal(rt: Runtime, database: Database, *, after: timedelta) -> list[SignedSeal]:
    """Make the seals that are due."""
    vault = rt.part(SealVault)  # type: ignore[type-abstract]  # wiring gives one
    return await ledger.seal_days(database, rt.part(Signer), vault, after=after, now=clock.now())


async def nightly(rt: Runtime, database: Database, *, now: datetime) -> Report | None:
    """Reconcile once a night, after two; None when it is too early, done or under way elsewhere."""
    if now.timetz() < _NIGHTLY:
        return None
    return await ledger.reconcile_night(database, now=now, controls=controls(rt))


async def keep_books(rt: Runtime, database: Database, stop: asyncio.Event) -> None:
    """Look every minute what is due, until told to stop."""
    while not stop.is_set():
        try:
            for made in await seal(rt, database, after=SEAL_AFTER):
                telemetry.log.info("ledger.sealed", day=str(made.day), hash=made.hash.hex())
            await nightly(rt, database, now=clock.now())
        except Exception as e:  # noqa: BLE001 - a door: the next minute tries again
            telemetry.log.error("books.not_kept", exc_info=e)
        try:
            await asyncio.wait_for(stop.wait(), _SECONDS)
        except TimeoutError:
            continue
