"""Operators: people of their own kind, who act for the house in a role."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity import queries, rules, store
from quid.identity.errors import AlreadyDone, PersonNotFound
from quid.identity.queries import access, operators
from quid.identity.service.passwords import Passwords
from quid.identity.service.people import add_person
from quid.identity.service.sessions import authenticate
from quid.identity.store.operators import ADD_OPERATOR, DISABLE_OPERATOR, LOCK_ADMINS
from quid.identity.types import Invite, NewPerson
from quid.kit import audit, clock, db, ids, runtime, telemetry, text
from quid.kit.errors import Forbidden, SignInRequired, StepUpRequired, ValidationFailed
from quid.kit.mail import Mail, Mailer, MailFailed
from quid.kit.operators import Deed, Desk, Operator, Press, by_command, pressed

_FACTORS: Final = frozenset({"passkey", "totp", "recovery_code"})
_TOO_CLOSE: Final = (
    "You may not act on yourself, on your own account or on a friend's. Nothing changed. "
    "Ask another operator."
)


class OperatorDesk(Desk):
    """Knows operators from their sessions."""

    async def operator(self, *, authorization: str | None, cookie: str | None) -> Operator:
        """Name the caller. Raises: SignInRequired, Forbidden for a person."""
        caller = await authenticate(authorization=authorization, cookie=cookie, now=clock.now())
        if not caller.is_operator:
            raise Forbidden("This is for operators. Nothing changed.")
        async with runtime.part(db.Database).read() as conn:
            row = await operators.operator(conn, caller.user_id)
        if row is None or row.disabled_at is not None:
            raise SignInRequired("This operator has been disabled.")
        return Operator(row.id, row.handle, row.role, caller.session_id, row.linked_user_id)

    async def require_proof(self, operator: Operator) -> None:
        """Make sure of the second factor of this session, and of an own password.

        Raises: StepUpRequired, Forbidden.
        """
        async with runtime.part(db.Database).read() as conn:
            proven = await access.proven(conn, operator.session_id)
            row = await operators.operator(conn, operator.id)
        if proven is None or proven.method not in _FACTORS:
            raise StepUpRequired(
                "Prove your second factor first: POST /v1/auth/step-up. Nothing was changed."
            )
        if row is None or not row.is_ready:
            raise Forbidden("Set a password of your own first: POST /v1/auth/password.")

    async def require_distance(
        self, conn: db.Conn, operator: Operator, people: Collection[UUID]
    ) -> None:
        """Make sure that the operator is a stranger to these people. Raises: Forbidden."""
        if await operators.is_close(conn, operator.id, operator.linked_user_id, people):
            raise Forbidden(_TOO_CLOSE)


class _Way(NamedTuple):
    """By whom somebody comes in, with which password, and until when it must be replaced."""

    by: str
    password_hash: str
    until: datetime | None


async def invite(cmd: Invite, press: Press, *, now: datetime) -> UUID:
    """Make an operator, who gets a one-time password by mail, good for a day.

    It opens nothing but the way to a password of their own and an authenticator app. The mail goes
    out after the commit; if it is lost, disable this one and invite another.
    Raises: DuplicateEntry, ValidationFailed, PersonNotFound, Forbidden, Overloaded.
    Locks: the key (advisory), the e-mail (advisory).
    """
    password, hashed = await _one_time()
    async with pressed(press, now=now) as once:
        if once.done is not None:
            return once.done
        way = _Way(press.operator.name, hashed, now + rules.INVITE_LIFE)
        made = await _add(once.tx, cmd, way, now=now)
        shown = ids.show("usr", made)
        details = {"role": cmd.role, "linked": cmd.linked_handle}
        once.finish(made, Deed("operators.invite", "operator", shown, details))
    await _send(cmd.email, password, now=now)
    return made


async def add_operator(cmd: Invite, *, by: str, now: datetime, own_hash: str | None = None) -> UUID:
    """Make an operator from the command line: the first admin, those of the demo.

    With `own_hash` the password is theirs already; else one goes out as in `invite`.
    Raises: DuplicateEntry, ValidationFailed, PersonNotFound, Overloaded.
    """
    password, hashed = ("", own_hash) if own_hash else await _one_time()
    until = None if own_hash else now + rules.INVITE_LIFE
    async with runtime.part(db.Database).transaction() as tx:
        made = await _add(tx, cmd, _Way(by, hashed, until), now=now)
        deed = Deed("operators.invite", "operator", ids.show("usr", made), {"role": cmd.role})
        await audit.record(tx, [by_command(by, deed, now=now)])
    if password:
        await _send(cmd.email, password, now=now)
    return made


async def disable(user_id: UUID, press: Press, *, now: datetime) -> UUID:
    """End an operator: their sessions end, and nothing opens for them again.

    Raises: PersonNotFound, AlreadyDone (also for the last admin), Forbidden for oneself.
    Locks: the key (advisory), identity.operator, identity.session.
    """
    async with pressed(press, people=[user_id], now=now) as once:
        if once.done is None:
            await _disable(once.tx, user_id, by=press.operator.name, now=now)
            once.finish(user_id, Deed("operators.disable", "operator", ids.show("usr", user_id)))
    return user_id


async def disable_operator(user_id: UUID, *, by: str, reason: str, now: datetime) -> None:
    """End an operator from the command line. Raises: as `disable`; ValidationFailed."""
    why = text.clean(reason, field="reason", low=1, high=500)
    async with runtime.part(db.Database).transaction() as tx:
        await _disable(tx, user_id, by=by, now=now)
        deed = Deed("operators.disable", "operator", ids.show("usr", user_id), {"reason": why})
        await audit.record(tx, [by_command(by, deed, now=now)])


async def _one_time() -> tuple[str, str]:
    password = secrets.token_urlsafe(12)
    return password, await runtime.part(Passwords).hash(password)


async def _add(tx: db.Tx, cmd: Invite, way: _Way, *, now: datetime) -> UUID:
    who = rules.read_identifier(cmd.email)
    if who is None or who.kind != "email":
        raise ValidationFailed("email: an e-mail address.", field="email")
    linked = None
    if cmd.linked_handle is not None:
        linked = await queries.by_handle(tx, cmd.linked_handle.removeprefix("@"))
        if linked is None:
            raise PersonNotFound(field="linked_handle")
    new = NewPerson(
        id=ids.new(ids.random_bucket(), now),
        handle=rules.read_handle(cmd.handle),
        display_name=rules.read_name(cmd.display_name),
        email=who.value,
        password_hash=way.password_hash,
        is_operator=True,
    )
    await add_person(tx, new, now=now)
    linked_id = linked.id if linked else None
    await ADD_OPERATOR.run(tx, new.id, cmd.role, linked_id, way.by, now, way.until)
    return new.id


async def _disable(tx: db.Tx, user_id: UUID, *, by: str, now: datetime) -> None:
    found = await operators.operator(tx, user_id)
    if found is None:
        raise PersonNotFound(field="user_id")
    admins = await LOCK_ADMINS.all(tx)
    if admins == [user_id]:
        raise AlreadyDone("The last admin cannot be disabled: invite another one first.")
    if not await DISABLE_OPERATOR.run(tx, user_id, by, now):
        raise AlreadyDone("This operator has been disabled already.")
    await store.access.end_sessions(tx, user_id, why="disabled", at=now)


async def _send(email: str, password: str, *, now: datetime) -> None:
    mail = Mail(
        to=email,
        subject="You are invited to the console of Quid",
        text=(
            f"Your one-time password is {password}. It is good for 24 hours.\n\n"
            "Sign in with your e-mail, set a password of your own, and add an authenticator app. "
            "Until then nothing opens.\n"
        ),
    )
    try:
        await runtime.part(Mailer).send(mail, now=now)  # type: ignore[type-abstract]  # a port
    except MailFailed as e:
        telemetry.log.error("identity.mail_failed", exc_info=e)
