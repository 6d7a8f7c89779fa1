"""Linking a bank through its provider's own page: out, and back with what the person chose there.

A page belongs to one person. What it gave is written once: whoever asks again, the browser that
comes back or the provider that rings, gets the same sources.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from quid.funding.errors import (
    AccountFrozen,
    Declined,
    ExternalServiceError,
    StateConflict,
    TooLate,
)
from quid.funding.ports import BankAccount, LinkedItem, LinkStarted, LinkWanted
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.service import entering, refreshing
from quid.funding.service.asking import answered, origin, rails
from quid.funding.service.entering import Candidate
from quid.funding.service.examining import examine, may_move, owner_of, require_welcome
from quid.funding.service.saving import Noted, note
from quid.funding.store import linking as pages
from quid.funding.store import sources as store
from quid.funding.types import (
    Asker,
    ConsentMethod,
    Examined,
    LinkSession,
    Opened,
    Provider,
    Source,
    SourceKind,
    SourceState,
)
from quid.identity import service as people
from quid.kit import db, ids, runtime, telemetry
from quid.kit.crypto import Secret
from quid.kit.errors import NotFound, ValidationFailed

_LIFE_SECONDS: Final = int(rules.SESSION_LIFE.total_seconds())


class _New(NamedTuple):
    """A row that would be new: its id, whose, and since when."""

    id: UUID
    user_id: UUID
    at: datetime


async def start_link(
    asker: Asker, return_path: str, *, repairs: UUID | None = None, now: datetime
) -> Opened:
    """Command: open a page of the provider, to link a bank or to repair (or prove) a linked one.

    Raises: NotFound for a foreign source, AccountFrozen, StateConflict with ten already or where
    nothing is to be repaired, ValidationFailed for a path, ExternalServiceError.
    """
    require_own_path(return_path)
    async with runtime.part(db.Database).read() as conn:
        await require_welcome(conn, asker.user_id, is_new=repairs is None)
        source = (await queries.by_ids(conn, [repairs])).get(repairs) if repairs else None
    if repairs is not None and (source is None or source.user_id != asker.user_id):
        raise NotFound
    purpose = "new" if source is None else _purpose_of(source)
    session_id = ids.new(ids.bucket(asker.user_id), now)
    with answered():
        started = await rails().link.start_link(
            LinkWanted(
                user_ref=ids.show("usr", asker.user_id),
                purpose=purpose,
                return_url=origin() + return_path,
                webhook_url=f"{origin()}/v1/webhooks/plaid",
                ttl_seconds=_LIFE_SECONDS,
                token=None if source is None else store.token_of(source),
            )
        )
    require_hosted(started)
    session = session_of(asker, session_id, started, now=now)
    async with runtime.part(db.Database).transaction() as tx:
        await pages.add(tx, replace(session, purpose=purpose, source_id=repairs))
        await note(
            tx,
            Noted("funding.start_link", asker.user_id, ("lnk", session_id), {"purpose": purpose}),
            now=now,
        )
    return Opened(session_id, started.url, session.expires_at)


def _purpose_of(source: Source) -> Literal["repair", "verify"]:
    match rules.needs(source):
        case "repair":
            return "repair"
        case "code":
            return "verify"
    raise StateConflict(
        "There is nothing to repair on this one.", extra={"state": SourceState(source.state).name}
    )


async def finish_link(user_id: UUID, session_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Command: take what a person has chosen on the page; asking again gives the same.

    Raises: NotFound for a foreign session; StateConflict while the page is open, was left, or is
    too old; AccountFrozen, PaymentMethodInvalid, ExternalServiceError.
    Locks: funding.link_session, funding.source. Emits: funding.source_changed.v1.
    """
    async with runtime.part(db.Database).read() as conn:
        session = await queries.session(conn, session_id)
        if session is None or session.user_id != user_id or session.is_card:
            raise NotFound
        if session.state == "DONE":
            return session.source_ids
        await require_welcome(conn, user_id, is_new=False)
    require_open(session, now=now)
    with answered():
        seen = await rails().link.finish_link(session.session_ref)
    if seen.state != "done":
        raise StateConflict(
            "The page has not come to its end. Go on there, or begin again.",
            extra={"state": seen.state},
        )
    if session.source_id is not None:
        return await _refreshed(session, session.source_id, now=now)
    found = await _look(user_id, seen.items, now=now)
    return await conclude(session, found, "link", now=now)


async def finish_session(session_ref: str, *, now: datetime) -> None:
    """Command: the provider says that a page has come to its end; its person may not come back.

    An unknown page, or one that gives nothing, changes nothing.
    """
    async with runtime.part(db.Database).read() as conn:
        session = await queries.session_by_ref(conn, session_ref)
    if session is None or session.state != "OPEN" or session.is_card:
        return
    try:
        await finish_link(session.user_id, session.id, now=now)
    except (AccountFrozen, StateConflict) as e:
        telemetry.log.info("funding.session_gave_nothing", why=e.code)


async def finish_token(
    user_id: UUID, public_token: str, account_id: str, *, now: datetime
) -> Sequence[UUID]:
    """Command: take one account of what a person's own open page gave, by the page's own token.

    Raises: NotFound without an open page of theirs, or for an account that was not chosen;
    StateConflict for the token of another page; AccountFrozen, PaymentMethodInvalid,
    ExternalServiceError.
    Locks: funding.link_session, funding.source. Emits: funding.source_changed.v1.
    """
    async with runtime.part(db.Database).read() as conn:
        sessions = await queries.open_sessions(conn, user_id, now=now)
        if not sessions:
            raise NotFound
        await require_welcome(conn, user_id, is_new=False)
    another = StateConflict("This is not what your page gave. Begin again.")
    with answered():
        try:
            item = await rails().link.exchange(Secret(public_token))
        except Declined as e:
            raise another from e
        for session in sessions:
            seen = await rails().link.finish_link(session.session_ref)
            if item.item_ref in {i.item_ref for i in seen.items}:
                break
        else:
            raise another
    found = await _look(user_id, [item], only=account_id, now=now)
    if not found:
        raise NotFound
    return await conclude(session, found, "token", now=now)


async def _look(
    user_id: UUID, items: Sequence[LinkedItem], *, only: str | None = None, now: datetime
) -> list[Candidate]:
    """Ask about each account that was chosen."""
    owner = await owner_of(user_id)
    chosen = [(i, a) for i in items for a in i.accounts if only in (None, a.ref)]
    with answered():
        seen = [await examine(rails(), item.token, account, owner) for item, account in chosen]
    made = ids.ascending([(user_id, now) for _ in chosen])
    return [
        Candidate(_row(_New(row_id, user_id, now), item, account, s), item.token)
        for row_id, (item, account), s in zip(made, chosen, seen, strict=True)
    ]


def _row(new: _New, item: LinkedItem, account: BankAccount, seen: Examined) -> Source:
    is_proven = seen.state is SourceState.VERIFIED
    may = may_move(seen)
    return Source(
        id=new.id,
        user_id=new.user_id,
        kind=SourceKind.BANK,
        state=seen.state,
        is_default=False,
        provider=Provider.PLAID,
        item_ref=item.item_ref,
        account_ref=account.ref,
        customer_ref=None,
        method_ref=None,
        token=None,
        institution=rules.without_number(item.institution),
        name=rules.without_number(account.name),
        last4=account.mask[-4:],
        account_type=account.type,
        exp_month=None,
        exp_year=None,
        verify_method=seen.method,
        tries_left=None,
        verify_until=None if is_proven else new.at + rules.HOSTED_LIFE,
        amounts=None,
        can_pull=may.pull,
        can_push=may.push,
        rtp_push=seen.is_rtp,
        is_tokenized=seen.is_tokenized,
        owner_score=seen.score,
        fingerprint=seen.fingerprint,
        disabled_code=None,
        created_at=new.at,
        verified_at=new.at if is_proven else None,
        changed_at=new.at,
        version=0,
    )


async def conclude(
    session: LinkSession, found: Sequence[Candidate], method: ConsentMethod, *, now: datetime
) -> Sequence[UUID]:
    """Write down what a page gave, once; give what its person has of it.

    Raises: what stands against all of it, once that is written.
    Locks: funding.link_session, turns, funding.source. Emits: funding.source_changed.v1.
    """
    asker = Asker(session.user_id, session.ip, session.user_agent)
    async with runtime.part(db.Database).transaction() as tx:
        await pages.lock(tx, session.id)
        again = await queries.session(tx, session.id)
        if again is not None and again.state == "DONE":
            return again.source_ids
        require_open(again or session, now=now)
        entered = await entering.enter(tx, session.user_id, found, now=now)
        await pages.end(tx, session.id, "DONE" if entered.ids else "FAILED", entered.ids, now=now)
        consent = (method, rules.CONSENT_VERSION, rules.CONSENT_HASH)
        await pages.add_consents(tx, asker, entered.ids, consent, now=now)
        told = await note(tx, noted_of(asker, session.id, entered, method), now=now)
    people.tell(told)
    if not entered.ids:
        raise entered.refusal or ExternalServiceError()
    return entered.ids


def noted_of(
    asker: Asker, session_id: UUID, entered: entering.Entered, method: ConsentMethod
) -> Noted:
    """Write the line of the audit log: what was linked, and how many others have the same."""
    thing = ("fs", entered.ids[0]) if entered.ids else ("lnk", session_id)
    details: dict[str, str | int | bool | None] = {"method": method, "sources": len(entered.ids)}
    if entered.shared:
        details["shared_bank_account"] = entered.shared
    outcome = "ok" if entered.refusal is None else entered.refusal.code
    return Noted("funding.link", asker.user_id, thing, details, outcome, asker.ip)


async def _refreshed(session: LinkSession, source_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Look anew at what was repaired or proven, and end its page."""
    async with runtime.part(db.Database).read() as conn:
        source = (await queries.by_ids(conn, [source_id]))[source_id]
    await refreshing.refresh_item(Provider(source.provider), source.item_ref or "", now=now)
    async with runtime.part(db.Database).transaction() as tx:
        await pages.lock(tx, session.id)
        await pages.end(tx, session.id, "DONE", [source_id], now=now)
        noted = Noted("funding.repair", session.user_id, ("fs", source_id))
        await note(tx, noted, now=now)
    return [source_id]


# --- pages -------------------------------------------------------------------------------------


def require_own_path(path: str) -> None:
    """Make sure that a browser comes back to our own site. Raises: ValidationFailed."""
    if not rules.is_own_path(path):
        raise ValidationFailed(
            "return_path: a path of this site, as in /wallet.", field="return_path"
        )


def require_hosted(started: LinkStarted) -> None:
    """Make sure that nobody is sent to another host than the provider's.

    Raises: ExternalServiceError.
    """
    if not rules.is_hosted(started.url, rails().hosts):
        telemetry.log.error("funding.page_elsewhere")
        raise ExternalServiceError


def require_open(session: LinkSession, *, now: datetime) -> None:
    """Make sure that a page may still give something. Raises: StateConflict."""
    if session.state != "OPEN" or session.expires_at <= now:
        state = session.state if session.state != "OPEN" else "EXPIRED"
        raise TooLate("This page is over. Begin again.", extra={"state": state})


def session_of(
    asker: Asker, session_id: UUID, started: LinkStarted, *, now: datetime
) -> LinkSession:
    """Describe a page for something new; it is good for half an hour at most."""
    return LinkSession(
        id=session_id,
        user_id=asker.user_id,
        is_card=False,
        purpose="new",
        source_id=None,
        session_ref=started.session_ref,
        state="OPEN",
        source_ids=[],
        ip=asker.ip,
        user_agent=asker.user_agent,
        created_at=now,
        expires_at=min(started.expires_at, now + rules.SESSION_LIFE),
    )
