"""What becomes of a source afterwards: default, removed, disabled, in need of repair, passed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from quid.funding.errors import AlreadyDone, PaymentMethodInvalid, SourceInUse, StateConflict
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.service.asking import answered, rails
from quid.funding.service.examining import may_move
from quid.funding.service.refreshing import disabled
from quid.funding.service.saving import Noted, all_locked, event_of, locked, note, save
from quid.funding.store import linking as pages
from quid.funding.store import sources as store
from quid.funding.types import Examined, Provider, Source, SourceKind, SourceState
from quid.identity import service as people
from quid.kit import db, ids, outbox, runtime
from quid.kit.errors import NotFound
from quid.kit.operators import Deed, Press, pressed


async def choose_default(user_id: UUID, source_id: UUID, *, now: datetime) -> UUID:
    """Command: use this bank (this card) where none is named. Choosing it twice changes nothing.

    Raises: NotFound, PaymentMethodInvalid for one that is not VERIFIED.
    Locks: the person's turn, funding.source. Emits: funding.source_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        source = await locked(tx, source_id, user_id)
        if source.state == SourceState.REMOVED:
            raise NotFound
        if source.state != SourceState.VERIFIED:
            raise PaymentMethodInvalid(
                "Only a bank or card that can be used can be the default. Nothing was changed.",
                extra={"needs": rules.needs(source)},
            )
        if source.is_default:
            return source_id
        is_bank = source.kind == SourceKind.BANK
        await store.make_default(tx, source, is_bank=is_bank, now=now)
        await outbox.append(tx, [event_of(source, at=now)])
        await note(tx, Noted("funding.choose_default", user_id, ("fs", source_id)), now=now)
    return source_id


async def remove(user_id: UUID, source_id: UUID, *, now: datetime) -> None:
    """Command: take a source out of its owner's wallet. Removing it twice changes nothing.

    The provider forgets it a moment later. Raises: NotFound, SourceInUse.
    Locks: the person's turn, funding.source. Emits: funding.source_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        source = await locked(tx, source_id, user_id)
        if source.state == SourceState.REMOVED:
            return
        if await queries.is_in_use(tx, source_id):
            raise SourceInUse
        await save(tx, [replace(source, state=SourceState.REMOVED)], now=now)
        await pages.VOID_CONSENTS.run(tx, [source_id], now)
        told = await note(tx, Noted("funding.remove", user_id, ("fs", source_id)), now=now)
    people.tell(told)


async def disable(tx: db.Tx, source_id: UUID, code: str, *, now: datetime) -> Source:
    """Part: let a source move nothing any more, by a return code or a reason; its consent is void.

    Doing it twice changes nothing. Raises: NotFound. Locks: the person's turn, funding.source.
    Emits: funding.source_changed.v1.
    """
    source = await locked(tx, source_id)
    if source.state >= SourceState.EXPIRED:
        return source
    row = disabled(source, code)
    await save(tx, [row], now=now)
    await pages.VOID_CONSENTS.run(tx, [source_id], now)
    return row


async def needs_repair(tx: db.Tx, source_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Part: the bank wants its customer again: all sources of that sign-in rest until then.

    Gives those that rest now. Raises: NotFound. Locks: the person's turn, funding.source.
    Emits: funding.source_changed.v1.
    """
    source = (await queries.by_ids(tx, [source_id])).get(source_id)
    if source is None:
        raise NotFound
    same = await queries.of_item(tx, Provider(source.provider), source.item_ref or "")
    fresh = await all_locked(tx, source.user_id, [s.id for s in same])
    rows = [
        replace(s, state=SourceState.NEEDS_REPAIR) for s in fresh if s.state == SourceState.VERIFIED
    ]
    await save(tx, rows, now=now)
    return [r.id for r in rows]


# --- operators ---------------------------------------------------------------------------------


async def disable_by(press: Press, source_id: UUID, *, now: datetime) -> UUID:
    """Command: an operator ends a source; its owner cannot link the same one again.

    Raises: NotFound, StateConflict, Forbidden, IdempotencyKeyReused.
    Locks: the key, funding.source. Emits: funding.source_changed.v1.
    """
    source = await _known(source_id)
    async with pressed(press, people=(source.user_id,), now=now) as once:
        if once.done is not None:
            return once.done
        source = await locked(once.tx, source_id)
        if source.state >= SourceState.EXPIRED:
            raise AlreadyDone(
                "It moves nothing any more. Nothing was changed.",
                extra={"state": SourceState(source.state).name},
            )
        await disable(once.tx, source_id, rules.BY_OPERATOR, now=now)
        return once.finish(source_id, _deed("funding.disable", source))


async def pass_owner(press: Press, source_id: UUID, *, now: datetime) -> UUID:
    """Command: an operator says that a bank's owner is the person, though the names differ.

    Raises: NotFound, StateConflict where nobody must say so, Forbidden, IdempotencyKeyReused,
    PaymentMethodInvalid, ExternalServiceError.
    Locks: the key, funding.source. Emits: funding.source_changed.v1.
    """
    source = await _known(source_id)
    bank = await _bank_of(source)
    async with pressed(press, people=(source.user_id,), now=now) as once:
        if once.done is not None:
            return once.done
        source = await locked(once.tx, source_id)
        if rules.needs(source) != "review":
            raise StateConflict(
                "Nobody must say whose it is. Nothing was changed.",
                extra={"state": SourceState(source.state).name},
            )
        may = may_move(bank._replace(score=source.owner_score), is_passed=True)
        await store.PASS_OWNER.run(once.tx, source_id, press.operator.name)
        await save(once.tx, [replace(source, can_pull=may.pull, can_push=may.push)], now=now)
        return once.finish(source_id, _deed("funding.pass_owner", source))


async def _bank_of(source: Source) -> Examined:
    """Ask the bank what its account can do; of a typed one nobody knows better than that it can."""
    pulls = pushes = True
    token = store.token_of(source)
    if source.verify_method != "typed" and token is not None and source.account_ref:
        with answered():
            numbers = await rails().accounts.numbers(token, source.account_ref)
        pulls, pushes = numbers.can_pull, numbers.can_push
    return Examined(SourceState.VERIFIED, "database", pulls=pulls, pushes=pushes)


async def _known(source_id: UUID) -> Source:
    async with runtime.part(db.Database).read() as conn:
        source = (await queries.by_ids(conn, [source_id])).get(source_id)
    if source is None:
        raise NotFound
    return source


def _deed(action: str, source: Source) -> Deed:
    details = {"user_id": ids.show("usr", source.user_id), "score": source.owner_score}
    return Deed(action, "funding_source", ids.show("fs", source.id), details)
