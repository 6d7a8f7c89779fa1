"""Ana in a browser, and what is looked at where her safety is concerned."""

import re
from datetime import datetime, timedelta
from typing import Final

import pytest

from quid.identity import service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.queries import access
from quid.identity.service import Notices
from quid.identity.types import Person, SignedIn, Visit
from quid.kit import db
from quid.kit.errors import SignInRequired
from quid.kit.runtime import Runtime
from quid.kit.web import Caller
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import PASSWORD, signed_in

NEW: Final = "another good password"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOME: Final = Visit("Firefox on Linux", b"h" * 32, "192.0.2.7")


@pytest.fixture
async def ana(join: Joined) -> Person:
    return await join("ana")


@pytest.fixture
async def browser(ana: Person, now: datetime) -> SignedIn:
    """Ana in a browser."""
    return signed_in(
        await service.sign_in(ana.handle, PASSWORD, is_remembered=False, now=now, visit=HOME)
    )


@pytest.fixture
def caller(browser: SignedIn) -> Caller:
    return Caller(browser.person.id, browser.session_id, "cookie")


async def code_in(mailbox: Mailbox) -> str:
    for mail in await mailbox.latest(9):
        if found := re.search(r"\b(\d{6})\b", mail.subject):
            return found[1]
    raise AssertionError("no code was sent")


async def told(house: Runtime, mailbox: Mailbox) -> list[tuple[str, str]]:
    """Whom which notices went to, oldest first."""
    await house.part(Notices).settle()
    mails = [m for m in await mailbox.latest(50) if not m.subject[:6].isdigit()]
    return [(m.to, m.subject) for m in reversed(mails)]


async def kinds(database: db.Database, person: Person, now: datetime) -> list[str]:
    async with database.read() as conn:
        found = await access.security_events(
            conn, person.id, before=(now + 99 * DAY, person.id), limit=50
        )
    return [e.kind for e in found]


async def is_alive(session: SignedIn, now: datetime) -> bool:
    try:
        await service.authenticate(authorization=None, cookie=session.token, now=now)
    except SignInRequired:
        return False
    return True
