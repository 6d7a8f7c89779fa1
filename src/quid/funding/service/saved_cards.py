"""Linking a card through its processor's own page: no number is ever here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.errors import PaymentMethodInvalid, StateConflict
from quid.funding.ports import ProviderKey, SavedCard
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.service import linking
from quid.funding.service.asking import answered, origin, rails
from quid.funding.service.entering import Candidate
from quid.funding.service.examining import require_welcome
from quid.funding.service.saving import Noted, note
from quid.funding.store import linking as pages
from quid.funding.store import sources as store
from quid.funding.types import Asker, LinkSession, Opened, Provider, Source, SourceKind, SourceState
from quid.kit import db, ids, runtime
from quid.kit.errors import NotFound

_BRANDS: Final = {"amex": "American Express", "diners": "Diners Club", "unionpay": "UnionPay"}


async def start_card(asker: Asker, return_path: str, *, now: datetime) -> Opened:
    """Command: open the page that takes a card.

    Raises: AccountFrozen, StateConflict with ten already, ValidationFailed for a path,
    PaymentMethodInvalid, ExternalServiceError.
    """
    linking.require_own_path(return_path)
    async with runtime.part(db.Database).read() as conn:
        await require_welcome(conn, asker.user_id)
        customer_ref = await queries.customer_ref(conn, asker.user_id)
    session_id = ids.new(ids.bucket(asker.user_id), now)
    with answered():
        started = await rails().card.start_save(
            ids.show("usr", asker.user_id),
            origin() + return_path,
            customer_ref=customer_ref,
            key=ProviderKey(f"{ids.show('lnk', session_id)}:save"),
        )
    linking.require_hosted(started)
    session = replace(linking.session_of(asker, session_id, started, now=now), is_card=True)
    async with runtime.part(db.Database).transaction() as tx:
        await pages.add(tx, session)
        noted = Noted("funding.start_card", asker.user_id, ("lnk", session_id))
        await note(tx, noted, now=now)
    return Opened(session_id, started.url, session.expires_at)


async def finish_card(user_id: UUID, session_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Command: take the card that was entered on the page; asking again gives the same.

    Raises: NotFound for a foreign session; StateConflict while the page is open, was left, or is
    too old; AccountFrozen; PaymentMethodInvalid for a prepaid card; ExternalServiceError.
    Locks: funding.link_session, turns, funding.source. Emits: funding.source_changed.v1.
    """
    async with runtime.part(db.Database).read() as conn:
        session = await queries.session(conn, session_id)
        if session is None or session.user_id != user_id or not session.is_card:
            raise NotFound
        if session.state == "DONE":
            return session.source_ids
        await require_welcome(conn, user_id, is_new=False)
    linking.require_open(session, now=now)
    with answered():
        seen = await rails().card.finish_save(session.session_ref)
    if seen.card is None:
        raise StateConflict(
            "The page has not come to its end. Go on there, or begin again.",
            extra={"state": seen.state},
        )
    card = seen.card
    if card.funding == "prepaid" or rules.is_over(card.exp_month, card.exp_year, on=now.date()):
        await _refuse(session, card, now=now)
    return await linking.conclude(session, [_candidate(user_id, card, now=now)], "card", now=now)


async def _refuse(session: LinkSession, card: SavedCard, *, now: datetime) -> None:
    """Let the processor forget a card that we do not charge. Raises: PaymentMethodInvalid."""
    refusal = PaymentMethodInvalid(
        "Prepaid cards cannot be used here. Nothing was taken. Choose another."
        if card.funding == "prepaid"
        else "This card has expired. Nothing was taken. Choose another."
    )
    async with runtime.part(db.Database).transaction() as tx:
        await pages.lock(tx, session.id)
        await pages.end(tx, session.id, "FAILED", [], now=now)
        await store.add_endings(tx, [(session.user_id, card.method_ref)], now=now)
        noted = Noted(
            "funding.link", session.user_id, ("lnk", session.id), {"method": "card"}, refusal.code
        )
        await note(tx, noted, now=now)
    raise refusal


def _candidate(user_id: UUID, card: SavedCard, *, now: datetime) -> Candidate:
    kind = SourceKind.DEBIT_CARD if card.funding == "debit" else SourceKind.CREDIT_CARD
    row = Source(
        id=ids.new(ids.bucket(user_id), now),
        user_id=user_id,
        kind=kind,
        state=SourceState.VERIFIED,
        is_default=False,
        provider=Provider.STRIPE,
        item_ref=None,
        account_ref=None,
        customer_ref=card.customer_ref,
        method_ref=card.method_ref,
        token=None,
        institution=_BRANDS.get(card.brand, card.brand.title()),
        name="",
        last4=card.last4,
        account_type=None,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        verify_method=None,
        tries_left=None,
        verify_until=None,
        amounts=None,
        can_pull=True,
        can_push=False,
        rtp_push=False,
        is_tokenized=False,
        owner_score=None,
        fingerprint=store.fingerprint("card", card.fingerprint),
        disabled_code=None,
        created_at=now,
        verified_at=now,
        changed_at=now,
        version=0,
    )
    return Candidate(row)
