"""Log lines are kept, not printed: a traceback drawn with its locals takes seconds."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict

from quid.kit import telemetry


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EventDict]]:
    """What was logged during the test."""
    # What another test has configured, or a command with its own least level, is not ours.
    every_level = structlog.make_filtering_bound_logger(logging.NOTSET)
    log = structlog.wrap_logger(structlog.PrintLogger(), wrapper_class=every_level)
    monkeypatch.setattr(telemetry, "log", log)
    monkeypatch.setattr(telemetry._sink, "out", None)  # request lines go the logger's way
    with capture_logs() as lines:
        yield lines
