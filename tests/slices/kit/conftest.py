"""Log lines are kept, not printed: a traceback drawn with its locals takes seconds."""

from collections.abc import Iterator

import asyncpg
import pytest
import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict

from quid.kit import telemetry
from tests.slices.kit.things import TABLE


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EventDict]]:
    """What was logged during the test."""
    # A logger that another test has used keeps what was configured then.
    monkeypatch.setattr(telemetry, "log", structlog.get_logger())
    with capture_logs() as lines:
        yield lines


@pytest.fixture
async def effects(admin: asyncpg.Connection) -> None:
    """Where the readers of `telling` write."""
    await admin.execute(
        "create table public.effect (reader text, n int); grant insert on public.effect to quid_app"
    )


@pytest.fixture
async def thing(admin: asyncpg.Connection) -> None:
    """A table with two rows, of `things`."""
    await admin.execute(TABLE)
