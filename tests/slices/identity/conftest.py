"""A runtime with the parts of identity, a mailbox in a folder, and people to act with."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quid.identity import service
from quid.identity.adapters.mailbox import Mailbox
from quid.identity.adapters.passkeys import WebauthnPasskeys
from quid.identity.ports import Passkeys
from quid.identity.service import Notices, Passwords, Tokens
from quid.identity.types import Person
from quid.kit import db
from quid.kit.mail import Mailer
from quid.kit.runtime import Runtime
from tests.slices.identity.people import ORIGIN, PASSWORD, new_person

Joined = Callable[[str], Awaitable[Person]]


@pytest.fixture
def now() -> datetime:
    """The time of the test. Whole microseconds, as the database keeps them."""
    return datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def passwords() -> Passwords:
    """The cheapest Argon2 there is."""
    return Passwords(memory_kib=8, time_cost=1)


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    """An empty mailbox."""
    return Mailbox(tmp_path / "mailbox")


@pytest.fixture
def house(runtime: Runtime, passwords: Passwords, mailbox: Mailbox) -> Runtime:
    """The runtime with everything that identity needs."""
    runtime.put(passwords)
    runtime.put(Tokens(bytes(range(32))))
    runtime.put(mailbox, kind=Mailer)
    runtime.put(WebauthnPasskeys(ORIGIN), kind=Passkeys)
    runtime.put(Notices())
    return runtime


@pytest.fixture
def join(house: Runtime, passwords: Passwords, now: datetime) -> Joined:
    """Add a person of this handle, whose password is PASSWORD."""

    async def _join(handle: str) -> Person:
        hashed = await passwords.hash(PASSWORD)
        async with house.part(db.Database).transaction() as tx:
            return await service.add_person(tx, new_person(handle, hashed, now), now=now)

    return _join
