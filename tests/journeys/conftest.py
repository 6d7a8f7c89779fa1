"""A running system, as a stranger starts it, with the web app if it can be built here."""

from collections.abc import Iterator

import pytest

from tests.support.system import System
from tools.web import build
from tools.web.trouble import Trouble


@pytest.fixture(scope="session")
def without_web() -> Trouble | None:
    """Build the web app before anything serves it; give the reason why there is none."""
    try:
        build.build()
    except Trouble as e:
        return e
    return None


@pytest.fixture(scope="session")
def system(
    tmp_path_factory: pytest.TempPathFactory,
    without_web: Trouble | None,  # noqa: ARG001 - the API reads what is built when it starts
) -> Iterator[System]:
    """A system with demo people and test money."""
    # A test presses more in a minute than a person does.
    made = System(tmp_path_factory.mktemp("journeys"), {"QUID_RATE_LIMIT_PER_MINUTE": "10000"})
    made.start()
    yield made
    made.stop()
