"""What operators do about providers: try again, replay, resolve, compare now."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.errors import BreakOver, NothingToReplay, TooLate
from quid.funding.queries import rails as queries
from quid.funding.service import switches
from quid.funding.service.booking import shown
from quid.funding.service.reconcile import run as reconciling
from quid.funding.store import intake, operations
from quid.funding.store import reconcile as store
from quid.funding.store.sealed import EVENT, INBOX, open_raw
from quid.funding.types import OPEN_STATES, OpState, Provider
from quid.kit import approvals, audit, db, ids, runtime
from quid.kit.approvals import Act, Acts, Approval, Matter
from quid.kit.breaker import Forced
from quid.kit.errors import NotFound
from quid.kit.operators import Deed, Press, by_command, pressed

RESOLVE: Final = "rails.resolve_break"
_NO_BUCKET: Final = 0
_SQL: Final = db.sql("quid.funding", "rails")
_RAW_EVENT: Final = _SQL.values("raw_event", bytes)
_RAW_WEBHOOK: Final = _SQL.values("raw_webhook", bytes)
Part = Callable[[db.Tx], Awaitable[Deed]]


async def retry(op_id: UUID, who: Press | str, *, now: datetime) -> None:
    """Let the worker take the next step of an operation now, under the keys it has.

    Command, of a press or (a name) of the command line. Raises: NotFound; TooLate for one
    that has ended. Locks: the key, funding.operation. Idempotent: the same keys.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.operation(conn, op_id)
    if found is None:
        raise NotFound

    async def act(tx: db.Tx) -> Deed:
        op = await operations.locked(tx, op_id)
        if op is None:
            raise NotFound
        if op.state not in OPEN_STATES and op.unsure_since is None:
            state = OpState(op.state).name
            raise TooLate("This has come to its end. Nothing changed.", extra={"state": state})
        await operations.save(tx, replace(op, next_at=now, attempts=0), now=now)
        return Deed("rails.retry", "operation", shown(op))

    await _do(who, act, op_id, people=(found.user_id,), now=now)


async def replay_event(event_id: UUID, who: Press | str, *, now: datetime) -> None:
    """Let an event that was set aside, or is nobody's, be tried again.

    Command. Raises: NotFound, NothingToReplay. Locks: the key, funding.event.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.event(conn, event_id)
    if found is None:
        raise NotFound
    # What cannot be acted on would be set aside for the same reason.
    can_act = found.status is not None and found.object_ref is not None

    async def act(tx: db.Tx) -> Deed:
        if not can_act or not await intake.REPLAY.run(tx, event_id):
            raise NothingToReplay
        return Deed("rails.replay_event", "event", ids.show("rev", event_id))

    await _do(who, act, event_id, now=now)


async def replay_webhook(webhook_id: UUID, who: Press | str, *, now: datetime) -> None:
    """Let a webhook ring again: we look once more where it says.

    Command. Raises: NotFound. Locks: the key, funding.inbox.
    """

    async def act(tx: db.Tx) -> Deed:
        if not await intake.RING_AGAIN.run(tx, webhook_id, now):
            raise NotFound
        return Deed("rails.replay_webhook", "webhook", ids.show("hook", webhook_id))

    await _do(who, act, webhook_id, now=now)


async def force(service: str, to: Forced | None, who: Press | str, *, now: datetime) -> None:
    """Hold a switch open or closed in every process, or let it think for itself again (None).

    Command. Raises: NotFound. Locks: the key, funding.breaker. Idempotent: the press.
    """
    by, reason = (None, who) if isinstance(who, str) else (who.operator.id, who.reason)

    async def act(tx: db.Tx) -> Deed:
        if not await switches.FORCE.run(tx, service, to, by, reason, now):
            raise NotFound
        return Deed("rails.force_breaker", "breaker", service, {"to": to})

    await _do(who, act, ids.new(_NO_BUCKET, now), now=now)


async def _do(
    who: Press | str, act: Part, made: UUID, *, people: tuple[UUID, ...] = (), now: datetime
) -> None:
    """Do it once in a transaction of its own, with its line of the audit log."""
    if isinstance(who, str):
        async with runtime.part(db.Database).transaction() as tx:
            await audit.record(tx, [by_command(who, await act(tx), now=now)])
        return
    async with pressed(who, people=people, now=now) as once:
        if once.done is None:
            once.finish(made, await act(once.tx))


async def reveal(shown_id: str, by: str, *, now: datetime) -> bytes:
    """Open the bytes of an event (`rev_…`) or a webhook (`hook_…`) as they came; on record.

    They name people and may hold tokens of pages. Command, of the command line alone.
    Raises: NotFound. Locks: nothing.
    """
    event, webhook = ids.read("rev", shown_id), ids.read("hook", shown_id)
    row = event or webhook
    if row is None:
        raise NotFound
    table, read = (EVENT, _RAW_EVENT) if event else (INBOX, _RAW_WEBHOOK)
    async with runtime.part(db.Database).transaction() as tx:
        sealed = await read.maybe(tx, row)
        if sealed is None:
            raise NotFound
        deed = Deed("rails.reveal", "event" if event else "webhook", shown_id)
        await audit.record(tx, [by_command(by, deed, now=now)])
    return open_raw(table, row, sealed)


async def ask_to_resolve(break_id: UUID, press: Press, *, now: datetime) -> UUID:
    """Ask a second operator to call a difference over; give the question's id.

    It moves nothing: what is to be corrected is an adjustment of the ledger, which needs two as
    well. Command. Raises: NotFound, BreakOver. Locks: the key.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.break_(conn, break_id)
    if found is None:
        raise NotFound
    matter = Matter("break", ids.show("brk", break_id), {"break_id": str(break_id)})
    async with pressed(press, now=now) as once:
        if once.done is None and (found.ended_at is not None or found.opened_at is None):
            raise BreakOver
        return await approvals.ask(once, runtime.part(Acts).named(RESOLVE), matter)


async def _resolve(tx: db.Tx, approval: Approval, now: datetime) -> None:
    """Part: end a difference. Raises: BreakOver. Locks: funding.break."""
    break_id = UUID(str(approval.known()["break_id"]))
    if not await store.LOCK_BREAK.maybe(tx, break_id):
        raise BreakOver
    await store.RESOLVE.run(tx, break_id, approval.asked_by, approval.reason, now)


async def compare_now(
    provider: Provider, who: Press | str, *, now: datetime
) -> reconciling.Report | None:
    """Compare a provider's books with ours at once; None where this press has done it before.

    The act is on record before the provider is asked. Command. Raises: ProviderError.
    """
    begun: list[UUID] = []

    async def act(tx: db.Tx) -> Deed:
        begun.append(await reconciling.begin(tx, provider, now=now))
        return Deed("rails.reconcile", "provider", provider.name.lower())

    await _do(who, act, ids.new(_NO_BUCKET, now), now=now)
    if not begun:
        return None
    return await reconciling.reconcile(provider, now=now, run_id=begun[0])


ACTS: Final = (Act(RESOLVE, ("finance",), ("finance", "compliance"), _resolve),)
