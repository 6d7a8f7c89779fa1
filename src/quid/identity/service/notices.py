"""What happened to the safety of an account: a row, an event, and a mail that cannot be refused."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import events, queries
from quid.identity.store import access as store
from quid.identity.types import NOWHERE, SecurityKind, Visit
from quid.kit import db, ids, outbox, runtime, telemetry
from quid.kit.mail import Mail, Mailer, MailFailed

_CLOSING_SECONDS: Final = 5.0
_SAID: Final[dict[SecurityKind, str]] = {
    "new_device": "Somebody signed in to your account on a new device",
    "sign_in_failed": "Somebody failed five times to sign in to your account",
    "password_changed": "Your password was changed",
    "email_changed": "The e-mail of your account was changed",
    "totp_on": "An authenticator app was added to your account",
    "totp_off": "The authenticator app was removed from your account",
    "recovery_codes_made": "New recovery codes were made; the old ones no longer work",
    "recovery_code_used": "A recovery code of your account was used",
    "locked": "Your account was locked: nobody can sign in, and no money can leave",
    "recovered": "Your account was opened again by recovery, with a new password",
    "source_linked": "A bank or card was linked to your account",
    "source_removed": "A bank or card was removed from your account",
    "first_withdrawal": "Money leaves your account to a bank for the first time",
    "passkey_on": "A passkey was added to your account",
    "passkey_off": "A passkey was removed from your account",
    "passkey_suspect": "A passkey of your account may have been copied: we refused it",
    "device_added": "Notices of your account are now sent to a new device",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, when, to or in which session. Its mail may go elsewhere than usual (`to`)."""

    user_id: UUID
    kind: SecurityKind
    at: datetime
    visit: Visit = NOWHERE
    session_id: UUID | None = None
    to: str | None = None


class Notices:
    """Mails on their way (a part of the runtime).

    Nobody waits for them: how long an answer takes would tell whether somebody is known. A mail
    that is lost with the process leaves its row and its event.
    """

    def __init__(self) -> None:
        self._open: set[asyncio.Task[None]] = set()

    def soon(self, work: Coroutine[None, None, None]) -> None:
        """Do it after the answer."""
        task = asyncio.get_running_loop().create_task(work, name="notice")
        self._open.add(task)
        task.add_done_callback(self._done)

    async def settle(self) -> None:
        """Wait until none is on its way."""
        while self._open:
            await asyncio.wait(self._open, timeout=_CLOSING_SECONDS)

    async def close(self) -> None:
        """Give those on their way a moment, then stop them."""
        if self._open:
            _, late = await asyncio.wait(self._open, timeout=_CLOSING_SECONDS)
            for task in late:
                task.cancel()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._open.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            telemetry.log.error("identity.notice_failed", exc_info=error)


async def note(tx: db.Tx, notice: Notice) -> Notice:
    """Write what happened: a part of the act itself. `tell` it after the commit.

    Emits: identity.security_noted.v1.
    """
    event_id = ids.new(ids.bucket(notice.user_id), notice.at)
    await store.NOTE.run(
        tx, event_id, notice.user_id, notice.kind, notice.session_id, notice.visit.device,
        notice.visit.address, notice.at,
    )  # fmt: skip
    event = events.security_noted(notice.user_id, event_id, notice.kind, at=notice.at)
    await outbox.append(tx, [event])
    return notice


def note_failures(user_id: UUID, visit: Visit, *, now: datetime) -> None:
    """Write and tell that somebody has failed five times to be this person, without waiting."""
    runtime.part(Notices).soon(_note_failures(user_id, visit, now))


async def _note_failures(user_id: UUID, visit: Visit, now: datetime) -> None:
    async with runtime.part(db.Database).transaction() as tx:
        notice = await note(tx, Notice(user_id, "sign_in_failed", now, visit))
    await _mail(notice)


def tell(*notices: Notice | None) -> None:
    """Send the mails of what was written and committed, without waiting."""
    for notice in notices:
        if notice is not None and notice.kind in _SAID:
            runtime.part(Notices).soon(_mail(notice))


async def _mail(notice: Notice) -> None:
    to = notice.to
    if to is None:
        async with runtime.part(db.Database).read() as conn:
            person = await queries.person(conn, notice.user_id)
        if person is None:
            return
        to = person.email
    said = _SAID[notice.kind]
    where = " · ".join(part for part in (notice.visit.device, notice.visit.address) if part)
    text = (
        f"{said}.\n\n"
        f"When: {notice.at:%Y-%m-%d %H:%M} UTC\n"
        f"Where: {where or 'unknown'}\n\n"
        "If this was you, there is nothing to do. If not, lock your account now and recover it: "
        "nobody from Quid will ask you for a code.\n"
    )
    try:
        await runtime.part(Mailer).send(Mail(to, said, text), now=notice.at)  # type: ignore[type-abstract]  # a port
    except MailFailed as e:
        telemetry.log.error("identity.mail_failed", exc_info=e)
