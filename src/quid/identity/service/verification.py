"""Who a person is in law: facts for the verifier, documents for an operator.

Three steps around the verifier: the row, the call with no transaction open, the outcome. What a
crash left between them is asked again by a job, under the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from quid.identity import events, rules
from quid.identity.errors import AlreadyDone, NotYet, PersonNotFound
from quid.identity.ports import DocumentVault, Facts, Verdict, Verifier, VerifierDown
from quid.identity.queries import verification as queries
from quid.identity.queries.verification import VerificationRow, VerificationView
from quid.identity.store import graph
from quid.identity.store import verification as store
from quid.kit import audit, db, ids, outbox, runtime, telemetry, text
from quid.kit.errors import NotFound, ValidationFailed
from quid.kit.fields import number_of

DOCUMENTS_MAX: Final = 10
_ASKS_A_DAY: Final = 5
_DAY: Final = timedelta(days=1)
_LEFT_AFTER: Final = timedelta(minutes=1)
_AT_ONCE: Final = 50
_CALL_SECONDS: Final = 10.0
_Details = dict[str, str | int | bool | None]


class _Decision(NamedTuple):
    verdict: Verdict
    by: str
    at: datetime


class _NewFile(NamedTuple):
    """A file in the vault: its type by content, bytes in clear, the data key that sealed it."""

    media_type: str
    size: int
    key: int


_STATES: Final = {"verified": "VERIFIED", "refused": "REFUSED", "needs_more": "NEEDS_MORE"}


async def verify(user_id: UUID, facts: Facts, *, now: datetime) -> VerificationView:
    """Give the verifier what a person says of themselves; of tier 1 as soon as it agrees.

    A verifier that does not answer leaves it pending. Raises: ValidationFailed, AlreadyDone,
    NotYet after five in a day. Locks: identity.person. Emits: identity.tier_changed.v1.
    """
    facts = _checked(facts, on=now.date())
    database = runtime.part(db.Database)
    row_id = ids.new(ids.bucket(user_id), now)
    async with database.transaction() as tx:
        if await _lock(tx, user_id) > 0:
            raise AlreadyDone("We know this about you already.")
        await _require_nothing_pending(tx, user_id)
        if await store.ASKED_SINCE.get(tx, user_id, now - _DAY) >= _ASKS_A_DAY:
            raise NotYet(f"You can try {_ASKS_A_DAY} times a day. Try again tomorrow.")
        sealed = store.seal_facts(row_id, user_id, msgspec.json.encode(facts))
        await store.ASK.run(tx, row_id, user_id, 1, sealed, now, telemetry.request_id())
    await _drive(row_id, user_id, facts, now=now)
    async with database.read() as conn:
        return await queries.view(conn, user_id)


async def _drive(row_id: UUID, user_id: UUID, facts: Facts, *, now: datetime) -> None:
    """Ask the verifier and write what it says; it knows the id, so asking twice is asking once."""
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            verdict = await runtime.part(Verifier).verify(facts, key=row_id)  # type: ignore[type-abstract]  # a port
    except (VerifierDown, TimeoutError) as e:
        telemetry.log.warning("identity.verifier_down", error=repr(e))
        return
    async with runtime.part(db.Database).transaction() as tx:
        tier = await _lock(tx, user_id)
        row = await queries.by_id(tx, row_id)
        if row is not None and row.state == "PENDING":
            await _settle(tx, row, _Decision(verdict, "verifier", now), tier=tier)
            details: _Details = {"tier": row.tier, "state": _STATES[verdict]}
            await audit.record(tx, [_entry(row, "identity.verify", details, now)])


async def ask_again(tx: db.Tx, *, now: datetime) -> Callable[[], Awaitable[None]]:
    """Find what a crash or a silent verifier has left: a part of the job, which then asks again
    with no transaction open.
    """
    rows = await queries.left_over(tx, before=now - _LEFT_AFTER, limit=_AT_ONCE)
    cases = [(row, _facts_of(row)) for row in rows]

    async def ask() -> None:
        for row, facts in cases:
            await _drive(row.id, row.user_id, facts, now=now)

    return ask


async def add_document(user_id: UUID, content: bytes, *, now: datetime) -> VerificationView:
    """Take one document (PDF, JPEG or PNG by content) for an operator to look at.

    The sealed file lies in the vault before its row stands; a file without a row is nobody's.
    Raises: ValidationFailed, AlreadyDone, NotYet. Locks: identity.person.
    """
    media_type = rules.media_type_of(content)
    document_id = ids.new(ids.bucket(user_id), now)
    database = runtime.part(db.Database)
    async with database.read() as conn:
        await _require_welcome(conn, user_id)
    sealed = await asyncio.to_thread(store.seal_file, document_id, user_id, content)
    vault = runtime.part(DocumentVault)  # type: ignore[type-abstract]  # a port
    await vault.put(document_id, sealed)
    try:
        made = _NewFile(media_type, len(content), number_of(sealed))
        await _enter(user_id, document_id, made, now=now)
    except (AlreadyDone, NotYet, ValidationFailed):  # of many at once, those past the tenth
        await vault.remove(document_id)
        raise
    async with database.read() as conn:
        return await queries.view(conn, user_id)


async def _enter(user_id: UUID, document_id: UUID, file: _NewFile, *, now: datetime) -> None:
    """Write down a document whose file lies in the vault."""
    media_type, size, key = file
    async with runtime.part(db.Database).transaction() as tx:
        await _lock(tx, user_id)
        row = await _require_welcome(tx, user_id)
        row_id = row.id if row else ids.new(ids.bucket(user_id), now)
        if row is None:
            await store.ASK.run(tx, row_id, user_id, 2, None, now, telemetry.request_id())
        await store.ADD_DOCUMENT.run(tx, document_id, row_id, user_id, *file[:2], now, key)
        made = VerificationRow(row_id, user_id, 2, "PENDING", None, now, telemetry.request_id())
        details: _Details = {"media_type": media_type, "size": size}
        await audit.record(tx, [_entry(made, "identity.document", details, now)])


async def decide_verification(
    tx: db.Tx, verification_id: UUID, *, is_verified: bool, by: str, now: datetime
) -> UUID:
    """Write what an operator made of documents; give whose they are.

    The operator's own line in the audit log is the caller's. Raises: NotFound, AlreadyDone.
    Locks: identity.person. Emits: identity.tier_changed.v1.
    """
    row = await queries.by_id(tx, verification_id)
    if row is None or row.tier != 2:
        raise NotFound
    tier = await _lock(tx, row.user_id)
    row = await queries.by_id(tx, verification_id)
    if row is None or row.state != "PENDING":
        raise AlreadyDone("Somebody has decided this already.")
    decision = _Decision("verified" if is_verified else "refused", by, now)
    await _settle(tx, row, decision, tier=tier)
    return row.user_id


async def facts_of(conn: db.Conn, verification_id: UUID) -> Facts | None:
    """Open what a person said of themselves, for an operator who has a reason; None for none.

    Documents are held against what was said last before them.
    """
    row = await queries.facts_for(conn, verification_id)
    return None if row is None else _facts_of(row)


async def read_document(conn: db.Conn, verification_id: UUID, document_id: UUID) -> bytes:
    """Open a document for an operator who has a reason. Raises: NotFound."""
    for document in await queries.documents(conn, verification_id):
        if document.id == document_id:
            sealed = await runtime.part(DocumentVault).get(document_id)  # type: ignore[type-abstract]  # a port
            return await asyncio.to_thread(store.unseal_file, document_id, document.user_id, sealed)
    raise NotFound


def _checked(facts: Facts, *, on: date) -> Facts:
    """Give the facts in their normal form. Raises: ValidationFailed naming the field."""
    if not rules.is_of_age(facts.birth_date, on=on):
        raise ValidationFailed("birth_date: you must be 18 or older.", field="birth_date")
    lines = {
        "line1": (facts.address.line1, 1, 100),
        "line2": (facts.address.line2, 0, 100),
        "city": (facts.address.city, 1, 100),
        "region": (facts.address.region, 0, 100),
        "postal_code": (facts.address.postal_code, 1, 20),
    }
    address = {
        name: text.clean(typed, field=f"address.{name}", low=low, high=high)
        for name, (typed, low, high) in lines.items()
    }
    return msgspec.structs.replace(
        facts,
        legal_name=text.clean(facts.legal_name, field="legal_name", low=1, high=120),
        address=msgspec.structs.replace(facts.address, **address),
    )


def _facts_of(row: VerificationRow) -> Facts:
    opened = store.unseal_facts(row.id, row.user_id, row.facts_sealed or b"")
    return msgspec.json.decode(opened, type=Facts)


async def _lock(tx: db.Tx, user_id: UUID) -> int:
    """Lock a person and give their tier. Raises: PersonNotFound. Locks: identity.person."""
    await graph.lock_people(tx, [user_id])
    tier = await queries.tier_of(tx, user_id)
    if tier is None:
        raise PersonNotFound
    return tier


async def _require_nothing_pending(conn: db.Conn, user_id: UUID) -> None:
    row = await queries.latest(conn, user_id)
    if row is not None and row.state == "PENDING":
        raise AlreadyDone("We are checking what you sent. Nothing is needed from you now.")


async def _require_welcome(conn: db.Conn, user_id: UUID) -> VerificationRow | None:
    """Give the verification that a document joins, None for a new one.

    Raises: AlreadyDone, NotYet.
    """
    tier = await queries.tier_of(conn, user_id) or 0
    row = await queries.latest(conn, user_id)
    if tier == 2:
        raise AlreadyDone("We know you by your document already.")
    is_pending = row is not None and row.state == "PENDING"
    if row is not None and is_pending and row.tier == 1:
        raise AlreadyDone("We are checking what you sent. Nothing is needed from you now.")
    if tier == 0 and not is_pending and (row is None or row.state != "NEEDS_MORE"):
        raise NotYet("First tell us your name, birth date, address and tax id.")
    if row is None or not is_pending:
        return None
    if len(await queries.documents(conn, row.id)) >= DOCUMENTS_MAX:
        raise NotYet(f"You have sent {DOCUMENTS_MAX} documents, the most we take.")
    return row


async def _settle(tx: db.Tx, row: VerificationRow, made: _Decision, *, tier: int) -> None:
    await store.DECIDE.run(tx, row.id, _STATES[made.verdict], made.at, made.by)
    if made.verdict == "verified" and await store.RAISE_TIER.run(tx, row.user_id, row.tier):
        event = events.tier_changed(row.user_id, before=tier, tier=row.tier, at=made.at)
        await outbox.append(tx, [event])


def _entry(row: VerificationRow, action: str, details: _Details, now: datetime) -> audit.Entry:
    return audit.Entry(
        actor=ids.show("usr", row.user_id),
        actor_type="person",
        action=action,
        resource_type="verification",
        resource_id=ids.show("ver", row.id),
        outcome="ok",
        at=now,
        request_id=row.request_id,
        details=details,
    )
