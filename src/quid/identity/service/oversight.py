"""What operators do for and about people: show who somebody is, take lost factors off."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import queries, store
from quid.identity.errors import FactorMissing, PersonNotFound
from quid.identity.ports import Facts
from quid.identity.queries import operators
from quid.identity.queries import verification as cases
from quid.identity.service import credentials, notices, verification
from quid.identity.service.notices import Notice
from quid.identity.store.passkeys import DROP_PASSKEYS
from quid.identity.types import Contacts
from quid.kit import db, ids, runtime
from quid.kit.errors import Forbidden, NotFound
from quid.kit.operators import Deed, Desk, Press, Role, pressed, record

_RESET: Final = "Your second factors were taken off. Money can leave again 24 hours after that."
RESETTERS: Final[frozenset[Role]] = frozenset({"support", "compliance"})


async def reveal(user_id: UUID, press: Press, *, now: datetime) -> Contacts:
    """Show how to reach a person. Each look is a line of the audit log, a second one too.

    Raises: PersonNotFound, Forbidden for oneself and a friend.
    """
    async with runtime.part(db.Database).read() as conn:
        person = await operators.subject(conn, user_id)
        await runtime.part(Desk).require_distance(conn, press.operator, [user_id])  # type: ignore[type-abstract]  # wiring gives one
    deed = Deed("identity.reveal", "person", ids.show("usr", user_id))
    await record(press.operator, deed, press.reason, now=now)
    return Contacts(person.email, person.phone)


async def reset_factors(user_id: UUID, press: Press, *, now: datetime) -> UUID:
    """Take app, passkeys and recovery codes off an account; its sessions end.

    The person is told by mail, and no money leaves for 24 hours: somebody may have talked an
    operator round. An operator's factors are reset by an admin alone.
    Raises: PersonNotFound, FactorMissing, Forbidden. Emits: identity.security_noted.v1.
    Locks: the key (advisory), identity.person.
    """
    told: list[Notice] = []
    async with runtime.part(db.Database).read() as conn:
        await _require_resetter(conn, user_id, press)
    async with pressed(press, people=[user_id], now=now) as once:
        if once.done is None:
            await store.access.lock_person(once.tx, user_id)
            has_app = await store.access.TURN_TOTP_OFF.run(once.tx, user_id)
            has_keys = await DROP_PASSKEYS.run(once.tx, user_id, None)
            if not has_app and not has_keys:
                raise FactorMissing("There is no second factor on this account.")
            await store.access.DROP_RECOVERY_CODES.run(once.tx, user_id)
            await store.access.end_sessions(once.tx, user_id, why="reset", at=now)
            by = press.operator.name
            await credentials.wait_a_day(once.tx, user_id, _RESET, by=by, now=now)
            told += [Notice(user_id, "totp_off", now)] if has_app else []
            told += [Notice(user_id, "passkey_off", now)] if has_keys else []
            for notice in told:
                await notices.note(once.tx, notice)
            shown = ids.show("usr", user_id)
            once.finish(user_id, Deed("identity.reset_factors", "person", shown))
    notices.tell(*told)
    return user_id


async def _require_resetter(conn: db.Conn, user_id: UUID, press: Press) -> None:
    if await queries.person(conn, user_id) is None:
        raise PersonNotFound(field="user_id")
    is_operator = await operators.operator(conn, user_id) is not None
    allowed = frozenset({"admin"}) if is_operator else RESETTERS
    if press.operator.role not in allowed:
        raise Forbidden("Your role may not reset these factors. Nothing changed.")


async def reveal_facts(verification_id: UUID, press: Press, *, now: datetime) -> Facts:
    """Show what a person said of who they are in law. Each look is on record.

    Raises: NotFound, Forbidden for oneself and a friend.
    """
    async with runtime.part(db.Database).read() as conn:
        await _of_stranger(conn, verification_id, press)
        facts = await verification.facts_of(conn, verification_id)
    if facts is None:
        raise NotFound
    shown = ids.show("ver", verification_id)
    await record(
        press.operator, Deed("identity.reveal_facts", "verification", shown), press.reason, now=now
    )
    return facts


async def reveal_document(
    verification_id: UUID, document_id: UUID, press: Press, *, now: datetime
) -> bytes:
    """Give a document. Each look is on record. Raises: NotFound, Forbidden."""
    async with runtime.part(db.Database).read() as conn:
        await _of_stranger(conn, verification_id, press)
        content = await verification.read_document(conn, verification_id, document_id)
    deed = Deed(
        "identity.reveal_document",
        "verification",
        ids.show("ver", verification_id),
        {"document_id": ids.show("doc", document_id)},
    )
    await record(press.operator, deed, press.reason, now=now)
    return content


async def decide_documents(
    verification_id: UUID, press: Press, *, is_verified: bool, now: datetime
) -> UUID:
    """Say what was made of somebody's documents; verified raises them to tier 2.

    Raises: NotFound, AlreadyDone, Forbidden. Emits: identity.tier_changed.v1.
    Locks: the key (advisory), identity.person.
    """
    async with runtime.part(db.Database).read() as conn:
        user_id = await _whose(conn, verification_id)
    async with pressed(press, people=[user_id], now=now) as once:
        if once.done is None:
            await verification.decide_verification(
                once.tx, verification_id, is_verified=is_verified, by=press.operator.name, now=now
            )
            decision = "verified" if is_verified else "refused"
            shown = ids.show("ver", verification_id)
            details = {"decision": decision, "user_id": ids.show("usr", user_id)}
            once.finish(verification_id, Deed("identity.decide", "verification", shown, details))
    return verification_id


async def _whose(conn: db.Conn, verification_id: UUID) -> UUID:
    row = await cases.by_id(conn, verification_id)
    if row is None:
        raise NotFound
    return row.user_id


async def _of_stranger(conn: db.Conn, verification_id: UUID, press: Press) -> None:
    user_id = await _whose(conn, verification_id)
    await runtime.part(Desk).require_distance(conn, press.operator, [user_id])  # type: ignore[type-abstract]  # wiring gives one
