"""Log lines are kept, not printed: a traceback drawn with its locals takes seconds."""

import logging
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
    # What another test has configured, or a command with its own least level, is not ours.
    every_level = structlog.make_filtering_bound_logger(logging.NOTSET)
    log = structlog.wrap_logger(structlog.PrintLogger(), wrapper_class=every_level)
    monkeypatch.setattr(telemetry, "log", log)
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
