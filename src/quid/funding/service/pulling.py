"""Reading what a provider has to tell, one reader a provider: the list is the truth.

Webhooks only say when to look. A page is kept raw together with the cursor in one transaction;
what it means for operations is applied afterwards, each operation by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from quid.funding.errors import ProviderError
from quid.funding.ports import EventPage, Rails
from quid.funding.service import applying
from quid.funding.service.linking import finish_session
from quid.funding.service.refreshing import refresh_item
from quid.funding.store import intake as store
from quid.funding.types import InboxRow, Provider
from quid.kit import db, failpoints, runtime, telemetry

LEASE: Final = timedelta(seconds=60)
HOT: Final = timedelta(seconds=10)
_PAGE: Final = 500
_PAGES: Final = 40
_BELLS: Final = 500
_STORM: Final = 20_000
_TRIES: Final = 8
_LONGEST: Final = timedelta(minutes=5)
_PULLED: Final = telemetry.counter("quid_funding_pulls_total", "lists read", "provider", "outcome")
_LAG: Final = telemetry.seconds(
    "quid_funding_webhook_lag_seconds", "from a webhook to its having been acted on", "provider"
)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a reading has brought. `is_whole`: the list was read to its end."""

    pages: int = 0
    applied: int = 0
    quarantined: int = 0
    is_whole: bool = True


def is_due(look: store.Look, *, poll: timedelta, now: datetime) -> bool:
    """Say whether it is time to read: a bell, an event that waits, or the clock.

    After a failure nothing is early: a provider that is down is not asked by each doorbell.
    """
    if look.is_leased or (look.retry_at is not None and now < look.retry_at):
        return False
    if look.is_rung or look.is_pending or look.is_found or look.pulled_at is None:
        return True
    return now - look.pulled_at >= (min(HOT, poll) if look.is_hot else poll)


def pause_after(failures: int) -> timedelta:
    """Give the wait after so many failures in a row: 1, 2, 4 … seconds, five minutes at most."""
    return min(timedelta(seconds=2 ** min(failures, 12)), _LONGEST)


async def pull(provider: Provider, *, poll: timedelta, now: datetime) -> Pulled | None:
    """Read a provider's list if it is time and nobody else does; None when it is not.

    Command. Locks: the lease on funding.cursor; what `applying` locks. Idempotent: an event is
    kept under the provider's own id and applied once.
    Raises: DatabaseUnavailable, ClockApart; a provider that does not answer is noted, and asked
    again later.
    """
    database = runtime.part(db.Database)
    async with database.read() as conn:
        look = await store.LOOK.one(conn, provider, now)
    if not is_due(look, poll=poll, now=now):
        return None
    lease = uuid4()
    async with database.transaction() as tx:
        leased = await store.LEASE.maybe(tx, provider, now, now + LEASE, lease)
    if leased is None:
        return None
    reading = _Reading(provider, database, lease, now)
    try:
        pulled = await reading.run(leased)
    except Exception as e:
        # Whatever it is, the next try comes soon, and not at once; what was done stays done.
        _PULLED.labels(provider.name.lower(), "failed").inc()
        async with database.transaction() as tx:
            await store.FAILED.run(tx, provider, lease, now + pause_after(look.failures))
        if not isinstance(e, ProviderError):
            raise
        telemetry.log.warning("pull.failed", provider=provider.name, error=e.code)
        return Pulled(is_whole=False)
    async with database.transaction() as tx:
        await store.DONE.run(tx, provider, lease, now if pulled.is_whole else None)
    _PULLED.labels(provider.name.lower(), "done").inc()
    return pulled


@dataclass(frozen=True, slots=True)
class _Reading:
    provider: Provider
    database: db.Database
    lease: UUID
    now: datetime

    async def run(self, leased: store.Leased) -> Pulled:
        # Bells before the list: one that rings while it is read rings again.
        async with self.database.read() as conn:
            ringing = await store.RINGING.all(conn, self.provider, self.now, _STORM)
            bells = await store.WAITING.all(conn, self.provider, self.now, _BELLS)
        pages, is_whole = await self._read_on(leased)
        failpoints.reach("pull.read")
        applied, quarantined = await applying.apply_pending(self.provider, now=self.now)
        if is_whole:
            await self._answered(ringing)
        await self._look_where_told(bells)
        return Pulled(pages, applied, quarantined, is_whole)

    async def _read_on(self, leased: store.Leased) -> tuple[int, bool]:
        rails = runtime.part(Rails)
        after, version = leased.after, leased.version
        for pages in range(_PAGES):
            page = await rails.events[self.provider].pull(after, _PAGE)
            failpoints.reach("pull.page")
            if page.events or page.cursor != after:
                moved = await self._keep(version, page, pages)
                if moved is None:
                    return pages, False  # another reader went on from here
                version, after = moved, page.cursor
            if not page.has_more:
                return pages + 1, True
        return _PAGES, False

    async def _keep(self, version: int, page: EventPage, place: int) -> int | None:
        until = self.now + LEASE
        async with self.database.transaction() as tx:
            moved = await store.ADVANCE.maybe(tx, self.provider, version, page.cursor, until)
            if moved is not None:
                # Ids ascend in the order of the list: each page is a moment later.
                at = self.now + timedelta(milliseconds=place)
                await store.keep(tx, self.provider, page.events, now=at)
            failpoints.reach("pull.kept")
        return moved

    async def _answered(self, bells: Sequence[store.Ringing | InboxRow]) -> None:
        if not bells:
            return
        async with self.database.transaction() as tx:
            await store.ANSWER.run(tx, [b.id for b in bells], self.now)
        lag = _LAG.labels(self.provider.name.lower())
        for bell in bells:
            lag.observe(max(0.0, (self.now - bell.received_at).total_seconds()))

    async def _look_where_told(self, bells: list[InboxRow]) -> None:
        """Look where each bell says, once for equal ones, and put those off that failed."""
        answered: list[InboxRow] = []
        looked: dict[tuple[str, str | None], str | None] = {}
        for bell in bells:
            what = (bell.topic, bell.object_ref)
            if what not in looked:
                looked[what] = await self._look(bell)
            error = looked[what]
            if error is None:
                answered.append(bell)
            else:
                await self._put_off(bell, error)
        await self._answered(answered)

    async def _look(self, bell: InboxRow) -> str | None:
        """Give what went wrong, None when nothing did."""
        if bell.object_ref is None:
            return None  # it says nothing
        try:
            if bell.topic == "item":
                await refresh_item(self.provider, bell.object_ref, now=self.now)
            else:
                await finish_session(bell.object_ref, now=self.now)
        except Exception as e:  # a door: judged by what is known of it
            is_theirs = isinstance(e, ProviderError)
            if not is_theirs and db.outcome_of(e) is not db.Outcome.NOTHING:
                raise
            telemetry.log.warning("webhook.not_answered", topic=bell.topic, error=repr(e))
            return repr(e)[:500]
        return None

    async def _put_off(self, bell: InboxRow, error: str) -> None:
        async with self.database.transaction() as tx:
            if bell.tries + 1 >= _TRIES:
                telemetry.log.error("webhook.given_up", inbox=str(bell.id), error=error)
                await store.GIVE_UP.run(tx, [bell.id], error, self.now)
            else:
                later = self.now + pause_after(bell.tries + 1)
                await store.PUT_OFF.run(tx, [bell.id], error, later)
