"""Writing down what was linked: a new source, the same account again, or one that is too much."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from quid.funding.errors import PaymentMethodInvalid
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.service.examining import too_many
from quid.funding.service.saving import save
from quid.funding.store import sources as store
from quid.funding.types import Peer, Source, SourceState
from quid.kit import db
from quid.kit.crypto import Secret
from quid.kit.errors import Refusal


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that would be new (`version` 0). `token`: of a bank, sealed when its row is known."""

    row: Source
    token: Secret | None = None

    @property
    def thing(self) -> Secret | str:
        """What its provider must forget if it is not taken."""
        return self.token or self.row.method_ref or ""

    def under(self, source_id: UUID) -> bytes | None:
        """Seal its token for a row."""
        if self.token is None:
            return None
        return store.seal_token(source_id, self.row.user_id, self.token)


@dataclass(slots=True)
class Entered:
    """What a person has now, the first first; those of others that are the same; why not all."""

    ids: list[UUID]
    shared: int = 0
    refusal: Refusal | None = None


@dataclass(slots=True)
class _Page:
    """What is to be written. `spare`: item (None for a card) and what may be forgotten of it."""

    entered: Entered
    rows: list[Source]
    spare: list[tuple[str | None, Secret | str]]
    live: int


async def enter(
    tx: db.Tx, user_id: UUID, candidates: Sequence[Candidate], *, now: datetime
) -> Entered:
    """Part: take what one person has linked.

    The same account again is the old source, refreshed. What nobody uses then is to be forgotten
    by its provider. Locks: turns of person and accounts, funding.source.
    Emits: funding.source_changed.v1.
    """
    prints = [c.row.fingerprint for c in candidates if c.row.fingerprint is not None]
    await store.take_turns(tx, [user_id], prints)
    peers = await queries.peers(tx, prints)
    own_ids = [p.id for p in peers if p.user_id == user_id and p.state < SourceState.EXPIRED]
    await store.lock(tx, own_ids)
    own = {s.fingerprint: s for s in (await queries.by_ids(tx, own_ids)).values()}
    page = _Page(Entered([]), [], [], await queries.live_count(tx, user_id))
    for candidate in candidates:
        print_ = candidate.row.fingerprint
        same = own.get(print_) if print_ is not None else None
        if same is not None:
            _refresh(page, same, candidate)
        else:
            _add(page, candidate, [p for p in peers if p.fingerprint == print_])
    await save(tx, page.rows, now=now)
    await _spare(tx, user_id, page, now=now)
    return page.entered


def _add(page: _Page, candidate: Candidate, peers: Sequence[Peer]) -> None:
    row = candidate.row
    others = {
        p.user_id for p in peers if p.user_id != row.user_id and p.state < SourceState.EXPIRED
    }
    is_barred = any(
        p.user_id == row.user_id and p.disabled_code == rules.BY_OPERATOR for p in peers
    )
    is_proven = row.state == SourceState.VERIFIED
    if is_barred or rules.is_full(peers, row.user_id, is_proven=is_proven):
        page.entered.refusal = PaymentMethodInvalid()
    elif page.live >= rules.LIVE_MAX:
        page.entered.refusal = too_many()
    else:
        page.live += 1
        page.entered.shared += len(others)
        page.entered.ids.append(row.id)
        page.rows.append(replace(row, token=candidate.under(row.id)))
        return
    page.spare.append((row.item_ref, candidate.thing))


def _refresh(page: _Page, old: Source, candidate: Candidate) -> None:
    """Let the old source take what is better of the new one."""
    new = candidate.row
    page.entered.ids.append(old.id)
    is_proven = new.state == SourceState.VERIFIED
    if not is_proven or (old.state == SourceState.VERIFIED and candidate.token is not None):
        page.spare.append((new.item_ref, candidate.thing))
        if is_proven:
            page.rows.append(_named_again(old, new))
        return
    before = store.token_of(old) or old.method_ref
    if before is not None and (candidate.token is not None or before != new.method_ref):
        page.spare.append((old.item_ref, before))
    row = replace(
        _named_again(old, new),
        state=SourceState.VERIFIED,
        item_ref=new.item_ref,
        account_ref=new.account_ref,
        customer_ref=new.customer_ref,
        method_ref=new.method_ref,
        token=candidate.under(old.id),
        verify_method=new.verify_method,
        tries_left=None,
        verify_until=None,
        amounts=None,
        verified_at=old.verified_at or new.verified_at,
    )
    page.rows.append(row)


def _named_again(old: Source, new: Source) -> Source:
    return replace(
        old,
        institution=new.institution,
        name=new.name,
        last4=new.last4,
        account_type=new.account_type,
        exp_month=new.exp_month,
        exp_year=new.exp_year,
        can_pull=old.can_pull or new.can_pull,
        can_push=old.can_push or new.can_push,
        rtp_push=new.rtp_push,
        owner_score=new.owner_score,
    )


async def _spare(tx: db.Tx, user_id: UUID, page: _Page, *, now: datetime) -> None:
    """Write down what is to be forgotten: items that no live source uses, and cards."""
    items = [item for item, _ in page.spare if item is not None]
    used = set(await store.SHARED_ITEMS.all(tx, items)) if items else set()
    things: dict[str, Secret | str] = {
        item or str(thing): thing for item, thing in page.spare if item not in used
    }
    await store.add_endings(tx, [(user_id, thing) for thing in things.values()], now=now)
