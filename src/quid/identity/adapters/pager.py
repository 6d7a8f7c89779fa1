"""Pages by e-mail, through the mailer that people's mails take."""

from typing import Final

from quid.kit import clock
from quid.kit.mail import Mail, Mailer, MailFailed
from quid.kit.pager import Page, PageFailed, Pager

_SUBJECT: Final = "[Quid pages you] {}"


class MailPager(Pager):
    """A mail to whoever is on call."""

    way = "mail"

    def __init__(self, mailer: Mailer, to: str) -> None:
        self._mailer = mailer
        self._to = to

    async def page(self, page: Page) -> None:
        """Send it. Raises: PageFailed."""
        text = "\n".join(
            [page.summary, "", *page.details, "", f"{page.name}, {clock.text(page.at)}"]
        )
        mail = Mail(self._to, _SUBJECT.format(page.summary), text)
        try:
            await self._mailer.send(mail, now=page.at)
        except MailFailed as e:
            raise PageFailed(str(e)) from e
