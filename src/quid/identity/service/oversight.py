"""What operators do for and about people: show who somebody is, take lost factors off."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import queries, store
from quid.identity.errors import FactorMissing, PersonNotFound
from quid.identity.queries import operators
from quid.identity.service import notices
from quid.identity.service.notices import Notice
from quid.identity.types import Contacts, Person
from quid.kit import db, ids, runtime
from quid.kit.errors import Forbidden
from quid.kit.operators import Deed, Desk, Press, Role, pressed, record

RESETTERS: Final[frozenset[Role]] = frozenset({"support", "compliance"})


async def reveal(user_id: UUID, press: Press, *, now: datetime) -> Contacts:
    """Show how to reach a person. Each look is a line of the audit log, a second one too.

    Raises: PersonNotFound, Forbidden for oneself and a friend.
    """
    async with runtime.part(db.Database).read() as conn:
        person = await _person(conn, user_id)
        await runtime.part(Desk).require_distance(conn, press.operator, [user_id])  # type: ignore[type-abstract]  # wiring gives one
    deed = Deed("identity.reveal", "person", ids.show("usr", user_id))
    await record(press.operator, deed, press.reason, now=now)
    return Contacts(person.email, person.phone)


async def reset_factors(user_id: UUID, press: Press, *, now: datetime) -> UUID:
    """Take the authenticator app and the recovery codes off an account; its sessions end.

    The person is told by mail. An operator's factors are reset by an admin alone.
    Raises: PersonNotFound, FactorMissing, Forbidden. Emits: identity.security_noted.v1.
    Locks: the key (advisory), identity.person.
    """
    notice: Notice | None = None
    async with pressed(press, people=[user_id], now=now) as once:
        if once.done is None:
            await store.access.lock_person(once.tx, user_id)
            await _require_resetter(once.tx, user_id, press)
            if not await store.access.TURN_TOTP_OFF.run(once.tx, user_id):
                raise FactorMissing("There is no authenticator app on this account.")
            await store.access.DROP_RECOVERY_CODES.run(once.tx, user_id)
            await store.access.REVOKE_ALL.run(once.tx, user_id, None, now, "reset")
            notice = await notices.note(once.tx, Notice(user_id, "totp_off", now))
            shown = ids.show("usr", user_id)
            once.finish(user_id, Deed("identity.reset_factors", "person", shown))
    notices.tell(notice)
    return user_id


async def _person(conn: db.Conn, user_id: UUID) -> Person:
    person = await queries.person(conn, user_id)
    if person is None or await operators.operator(conn, user_id) is not None:
        raise PersonNotFound(field="user_id")
    return person


async def _require_resetter(tx: db.Tx, user_id: UUID, press: Press) -> None:
    if await queries.person(tx, user_id) is None:
        raise PersonNotFound(field="user_id")
    is_operator = await operators.operator(tx, user_id) is not None
    allowed = frozenset({"admin"}) if is_operator else RESETTERS
    if press.operator.role not in allowed:
        raise Forbidden("Your role may not reset these factors. Nothing changed.")
