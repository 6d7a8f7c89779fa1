"""What a migration could not do in SQL for rows of an older release."""

from typing import Final

from quid.identity import store
from quid.identity.store import profile
from quid.kit import db, runtime

_AT_ONCE: Final = 200


async def complete_older() -> int:
    """Seal contacts that stand in clear, read names into words; give how many rows.

    Each step commits by itself and finds only what is left, so a killed run is run again.
    """
    done = 0
    database = runtime.part(db.Database)
    while True:
        async with database.transaction() as tx:
            n = await store.seal_plain(tx, _AT_ONCE) + await profile.read_wordless(tx, _AT_ONCE)
        if n == 0:
            return done
        done += n
