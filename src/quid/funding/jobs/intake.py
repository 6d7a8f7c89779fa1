"""Timed work about providers: reading them, comparing with them, calling people, gauges."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from quid.funding.errors import ProviderError
from quid.funding.ports import Rails
from quid.funding.queries import rails as queries
from quid.funding.service import calling, orphans, pulling, reconcile, switches
from quid.funding.settings import FundingSettings
from quid.funding.store import intake as store
from quid.funding.types import OPEN_STATES, OpKind, Provider
from quid.kit import clock, ids, runtime, telemetry
from quid.kit.db import Tx
from quid.kit.jobs import Job
from quid.kit.pager import PageFailed
from quid.ledger.types import Kind

_IDLE: Final = 0.25
_AFTER_A_FAULT: Final = 2.0
_KEPT: Final = timedelta(days=90)
_RETURNS: Final = timedelta(days=60)
After = Callable[[], Awaitable[None]]

_OPERATIONS = telemetry.gauge(
    "quid_funding_operations", "open operations at providers", "kind", "state"
)
_UNKNOWN = telemetry.gauge(
    "quid_funding_unknown_operations", "operations of which a call may or may not have happened"
)
_ORPHANS = telemetry.gauge("quid_funding_orphans", "events that are nobody's", "provider")
_QUARANTINED = telemetry.gauge("quid_funding_quarantined", "events set aside", "provider")
_BREAKS = telemetry.gauge("quid_funding_breaks", "open differences with books", "provider")
_ADVANCE = telemetry.gauge("quid_funding_advance_minor", "instant credit that is out")
_RECEIVABLE = telemetry.gauge("quid_funding_receivable_minor", "what people owe us")
_FLOAT = telemetry.gauge("quid_funding_float_minor", "ours to send at a provider", "provider")
_RETURN_RATIO = telemetry.gauge(
    "quid_funding_return_ratio", "pulls of 60 days that came back, of all", "class"
)
_RETURNED = telemetry.gauge(
    "quid_funding_returns", "movements of 60 days that came back, by the network's code", "code"
)
_SETTLED_RATIO = telemetry.gauge(
    "quid_funding_ach_settlement_ratio", "pulls of 60 days that have settled, of all"
)


def providers() -> list[Provider]:
    """Give the providers of this installation; none where none is set up."""
    try:
        return sorted(runtime.part(Rails).events)
    except LookupError:
        return []


async def follow(provider: Provider, stop: asyncio.Event) -> None:
    """Read a provider's list whenever it is due, until told to stop."""
    poll = timedelta(seconds=runtime.part(FundingSettings).poll_seconds)
    while not stop.is_set():
        pause = _IDLE
        try:
            await pulling.pull(provider, poll=poll, now=clock.now())
        except Exception as e:  # noqa: BLE001 - a door: the reader outlives every event
            telemetry.log.warning("pull.unreachable", provider=provider.name, exc_info=e)
            pause = _AFTER_A_FAULT
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue


async def follow_switches(stop: asyncio.Event, *, is_shown: bool, seconds: float = 1.0) -> None:
    """Do as operators want of the switches, looked up each second, until told to stop."""
    while not stop.is_set():
        try:
            await switches.follow(is_shown=is_shown, now=clock.now())
        except Exception as e:  # noqa: BLE001 - a door: the next second tries again
            telemetry.log.warning("switches.unreachable", error=repr(e))
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            continue


async def compare(tx: Tx, now: datetime) -> After:
    """Compare with the providers whose turn it is, after the commit of their turns."""
    due = await reconcile.reconcile_due(tx, now=now) if providers() else []

    async def after() -> None:
        for provider, run_id in due:
            try:
                await reconcile.reconcile(provider, now=now, run_id=run_id)
            except ProviderError as e:
                telemetry.log.warning("rails.not_compared", provider=provider.name, error=e.code)

    return after


async def call(_: Tx, now: datetime) -> After:
    """Page what nobody was called for."""

    async def after() -> None:
        if not providers():
            return
        try:
            await calling.call(now=now)
        except PageFailed as e:
            telemetry.log.error("pages.failed", error=str(e))

    return after


async def look_up(_: Tx, now: datetime) -> After:
    """Ask about movements that nobody claims."""

    async def after() -> None:
        for provider in providers():
            try:
                await orphans.look_up(provider, now=now)
            except ProviderError as e:
                telemetry.log.warning("orphans.failed", provider=provider.name, error=e.code)

    return after


async def forget(tx: Tx, now: datetime) -> None:
    """Delete webhooks that were answered 90 days ago; what they told of is in the events."""
    await store.FORGET.run(tx, ids.first_of(now - _KEPT))


async def measure(tx: Tx, now: datetime) -> None:
    """Set the gauges: what is not there any more is zero."""
    found = {(c.name, c.kind, c.state): c.many for c in await queries.counted(tx)}
    for kind in OpKind:
        for state in OPEN_STATES:
            many = found.get(("operations", kind, state), 0)
            _OPERATIONS.labels(kind.name.lower(), state.name).set(many)
    _UNKNOWN.set(found.get(("unknown", 0, 0), 0))
    for provider in Provider:
        name = provider.name.lower()
        _ORPHANS.labels(name).set(found.get(("orphans", provider, 0), 0))
        _QUARANTINED.labels(name).set(found.get(("quarantined", provider, 0), 0))
        _BREAKS.labels(name).set(found.get(("breaks", provider, 0), 0))
        _FLOAT.labels(name).set(found.get(("held", Kind.RAIL_AVAILABLE, provider), 0))
    _ADVANCE.set(found.get(("held", Kind.ADVANCE, 0), 0))
    _RECEIVABLE.set(found.get(("held", Kind.RECEIVABLE, 0), 0))
    since = ids.first_of(now - _RETURNS)
    for found_code in await queries.returned_codes(tx, since=since):
        _RETURNED.labels(found_code.code).set(found_code.many)
    returns = await queries.returned(tx, since=since)
    accepted = max(1, returns.accepted)
    _RETURN_RATIO.labels("unauthorized").set(returns.unauthorized / accepted)
    _RETURN_RATIO.labels("administrative").set(returns.administrative / accepted)
    _RETURN_RATIO.labels("all").set(returns.returned / accepted)
    _SETTLED_RATIO.set(returns.settled / accepted)


JOBS: Final = (
    Job("funding.compare", every_seconds=60, run=compare),
    Job("funding.call", every_seconds=5, run=call),
    Job("funding.orphans", every_seconds=300, run=look_up),
    Job("funding.inbox", every_seconds=3600, run=forget),
    Job("funding.gauges", every_seconds=15, run=measure),
)
