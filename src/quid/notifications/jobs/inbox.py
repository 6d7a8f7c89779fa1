"""Old notices are forgotten, with what was sent of them."""

from datetime import datetime, timedelta
from typing import Final

from quid.kit import db, ids
from quid.kit.jobs import Job
from quid.notifications.store import inbox as store

KEPT: Final = timedelta(days=180)
_AT_ONCE: Final = 10_000
_SECONDS: Final = 5.0


async def _forget(tx: db.Tx, now: datetime) -> None:
    """Forget what is older than 180 days, so many at a time that nobody waits for it.

    Two thousand a second: as many as come with a thousand payments.
    """
    await store.FORGET.run(tx, ids.first_of(now - KEPT), _AT_ONCE)


FORGET: Final = Job("notifications.forget", _SECONDS, _forget)
