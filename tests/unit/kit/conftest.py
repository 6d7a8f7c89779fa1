"""Log lines are kept, not printed: a traceback drawn with its locals takes seconds."""

from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs
from structlog.typing import EventDict

from quid.kit import telemetry


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EventDict]]:
    """What was logged during the test."""
    # A logger that another test has used keeps what was configured then.
    monkeypatch.setattr(telemetry, "log", structlog.get_logger())
    monkeypatch.setattr(telemetry._sink, "out", None)  # request lines go the logger's way
    with capture_logs() as lines:
        yield lines
