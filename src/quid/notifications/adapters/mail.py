"""Notices by e-mail, through the mailer that codes and warnings take."""

from uuid import UUID

from quid.kit import clock, telemetry
from quid.kit.mail import Mail, Mailer, MailFailed
from quid.notifications.ports import NotDelivered
from quid.notifications.types import Address, Message


class MailChannel:
    """Writes a message as a mail."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer

    async def send(self, to: Address, message: Message, *, key: UUID) -> None:
        """Hand it over; the same key gives the same Message-ID. Raises: NotDelivered."""
        try:
            await self._mailer.send(
                Mail(to.text, message.title, message.text, key), now=clock.now()
            )
        except MailFailed as e:
            telemetry.log.warning("notifications.mail_failed", delivery=str(key), error=str(e))
            raise NotDelivered("MAIL_FAILED", retry_after=e.after, is_final=e.is_final) from None
