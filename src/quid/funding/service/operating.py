"""What operators do about providers: try again, replay, resolve, compare now."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.errors import BreakOver, NothingToReplay, StateConflict
from quid.funding.queries import rails as queries
from quid.funding.service.booking import shown
from quid.funding.service.reconcile import run as reconciling
from quid.funding.store import intake, operations
from quid.funding.store import reconcile as store
from quid.funding.types import OPEN_STATES, EventState, OpState, Provider
from quid.kit import approvals, db, ids, runtime
from quid.kit.approvals import Act, Acts, Approval, Matter
from quid.kit.errors import NotFound
from quid.kit.operators import Deed, Press, pressed

RESOLVE: Final = "rails.resolve_break"
_CAN_REPLAY: Final = frozenset({EventState.ORPHAN, EventState.QUARANTINED})
_NO_BUCKET: Final = 0


async def retry(op_id: UUID, press: Press, *, now: datetime) -> None:
    """Let the worker take the next step of an operation now, under the keys it has.

    Command. Raises: NotFound; StateConflict for one that has ended.
    Locks: the key, funding.operation. Idempotent: the press.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.operation(conn, op_id)
    if found is None:
        raise NotFound
    async with pressed(press, people=(found.user_id,), now=now) as once:
        if once.done is not None:
            return
        op = await operations.locked(once.tx, op_id)
        if op is None:
            raise NotFound
        if op.state not in OPEN_STATES and op.unsure_since is None:
            state = OpState(op.state).name
            raise StateConflict(
                "This has come to its end. Nothing changed.", extra={"state": state}
            )
        await operations.save(once.tx, replace(op, next_at=now, attempts=0), now=now)
        once.finish(op_id, Deed("rails.retry", "operation", shown(op)))


async def replay_event(event_id: UUID, press: Press, *, now: datetime) -> None:
    """Let an event that was set aside, or is nobody's, be tried again.

    Command. Raises: NotFound, NothingToReplay. Locks: the key, funding.event.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.event(conn, event_id)
    if found is None:
        raise NotFound
    async with pressed(press, now=now) as once:
        if once.done is not None:
            return
        # What cannot be acted on would be set aside for the same reason.
        can_act = found.status is not None and found.object_ref is not None
        if not can_act or not await intake.REPLAY.run(once.tx, event_id):
            raise NothingToReplay
        once.finish(event_id, Deed("rails.replay_event", "event", ids.show("rev", event_id)))


async def replay_webhook(webhook_id: UUID, press: Press, *, now: datetime) -> None:
    """Let a webhook ring again: we look once more where it says.

    Command. Raises: NotFound, NothingToReplay for one of another environment.
    Locks: the key, funding.inbox.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await queries.webhook(conn, webhook_id)
    if found is None:
        raise NotFound
    async with pressed(press, now=now) as once:
        if once.done is not None:
            return
        if not await intake.RING_AGAIN.run(once.tx, webhook_id, now):
            raise NothingToReplay
        deed = Deed("rails.replay_webhook", "webhook", ids.show("hook", webhook_id))
        once.finish(webhook_id, deed)


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
    provider: Provider, press: Press, *, now: datetime
) -> reconciling.Report | None:
    """Compare a provider's books with ours at once; None where this press has done it before.

    The act is on record before the provider is asked. Command. Raises: ProviderError.
    """
    async with pressed(press, now=now) as once:
        if once.done is not None:
            return None
        run_id = await reconciling.begin(once.tx, provider, now=now)
        deed = Deed("rails.reconcile", "provider", provider.name.lower())
        once.finish(run_id, deed)
    return await reconciling.reconcile(provider, now=now, run_id=run_id)


ACTS: Final = (Act(RESOLVE, ("finance",), ("finance", "compliance"), _resolve),)
