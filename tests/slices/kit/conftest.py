"""Log lines are kept, not printed: a traceback drawn with its locals takes seconds."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[EventDict]]:
    """What was logged during the test."""
    with capture_logs() as lines:
        yield lines
