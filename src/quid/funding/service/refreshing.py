"""Looking anew at a linked bank: proven meanwhile, repaired, or gone."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from quid.funding.errors import ActionRequired, Declined, ExternalServiceError
from quid.funding.ports import Owner
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.service.asking import answered, rails
from quid.funding.service.examining import examine, may_move, owner_of
from quid.funding.service.saving import save
from quid.funding.store import sources as store
from quid.funding.types import Examined, Peer, Provider, Source, SourceState
from quid.kit import db, runtime, telemetry

_LATER: Final = timedelta(minutes=5)
_AT_ONCE: Final = 20


class _Look(NamedTuple):
    """What a bank says of a source: what is known of it, or why there is nothing to know."""

    seen: Examined | None
    state: SourceState | None = None
    code: str | None = None


async def refresh_item(provider: Provider, item_ref: str, *, now: datetime) -> None:
    """Command: ask about a sign-in at a bank again, and let its sources follow.

    VERIFYING becomes VERIFIED, EXPIRED or FAILED; NEEDS_REPAIR becomes VERIFIED once the bank
    answers again; what the bank has ended is DISABLED. An unknown item changes nothing.
    Raises: ExternalServiceError. Locks: turns, funding.source.
    Emits: funding.source_changed.v1.
    """
    if provider is not Provider.PLAID:
        return
    async with runtime.part(db.Database).read() as conn:
        sources = await queries.of_item(conn, provider, item_ref)
    for source in sources:
        owner = await owner_of(source.user_id)
        with answered():
            look = await _look(source, owner)
        async with runtime.part(db.Database).transaction() as tx:
            await _follow(tx, source.id, look, now=now)


async def look_again(tx: db.Tx, *, now: datetime) -> Callable[[], Awaitable[None]]:
    """Part: find banks that are to be asked about again, because their owner can be named now.

    They are asked after the commit; what is not answered is asked again in five minutes.
    Locks: funding.source.
    """
    items = set(await store.TAKE_LOOKS.all(tx, now, now + _LATER, _AT_ONCE))

    async def ask() -> None:
        for item in items:
            try:
                await refresh_item(Provider.PLAID, item, now=now)
            except ExternalServiceError:
                telemetry.log.warning("funding.not_looked_at")

    return ask


async def _look(source: Source, owner: Owner | None) -> _Look:
    token = store.token_of(source)
    if token is None or source.account_ref is None:
        return _Look(None)
    try:
        account = await rails().accounts.account(token, source.account_ref)
        return _Look(await examine(rails(), token, account, owner))
    except ActionRequired:
        return _Look(None, SourceState.NEEDS_REPAIR)
    except Declined as e:
        return _Look(None, SourceState.DISABLED, e.code)


async def _follow(tx: db.Tx, source_id: UUID, look: _Look, *, now: datetime) -> None:
    """Write what was seen, of a source as it is now."""
    source = (await queries.by_ids(tx, [source_id]))[source_id]
    print_ = look.seen.fingerprint if look.seen else None
    await store.take_turns(tx, [source.user_id], [print_] if print_ else [])
    await store.lock(tx, [source_id])
    source = (await queries.by_ids(tx, [source_id]))[source_id]
    is_passed = bool(await queries.passed(tx, [source_id]))
    peers = await queries.peers(tx, [print_]) if print_ else []
    row = _judged(source, look, peers, is_passed=is_passed, now=now)
    if row is not None and row != source:
        await save(tx, [row], now=now)
    await store.LOOKED.run(tx, source_id)


def _judged(
    source: Source, look: _Look, peers: list[Peer], *, is_passed: bool, now: datetime
) -> Source | None:
    """Say what a source becomes; None where it stays."""
    if source.state >= SourceState.EXPIRED:
        return None
    if look.state is SourceState.DISABLED:
        return disabled(source, (look.code or "item")[:50])
    if look.state is SourceState.NEEDS_REPAIR:
        can_break = source.state == SourceState.VERIFIED
        return replace(source, state=SourceState.NEEDS_REPAIR) if can_break else None
    seen = look.seen if source.verify_method != "typed" else None
    if seen is not None and seen.state is SourceState.VERIFIED:
        return _proven(source, seen, peers, is_passed=is_passed, now=now)
    if seen is not None and source.state == SourceState.VERIFYING:
        return replace(source, state=seen.state, verify_method=seen.method)
    return None


def _proven(
    source: Source, seen: Examined, peers: list[Peer], *, is_passed: bool, now: datetime
) -> Source:
    is_first = source.state == SourceState.VERIFYING
    if is_first and rules.is_full(peers, source.user_id, is_proven=True):
        return disabled(source, rules.TOO_MANY)
    may = may_move(seen, is_passed=is_passed)
    return replace(
        source,
        state=SourceState.VERIFIED,
        verify_method=source.verify_method if source.verified_at else seen.method,
        verify_until=None,
        verified_at=source.verified_at or now,
        fingerprint=seen.fingerprint,
        is_tokenized=seen.is_tokenized,
        can_pull=may.pull,
        can_push=may.push,
        rtp_push=seen.is_rtp,
        owner_score=seen.score,
    )


def disabled(source: Source, code: str) -> Source:
    """Make it a source that moves nothing any more."""
    return replace(
        source,
        state=SourceState.DISABLED,
        disabled_code=code,
        can_pull=False,
        can_push=False,
        rtp_push=False,
    )
