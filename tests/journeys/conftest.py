"""A running system, as a stranger starts it."""

from collections.abc import Iterator

import pytest

from tests.support.system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with demo people and test money."""
    made = System(tmp_path_factory.mktemp("journeys"))
    made.start()
    yield made
    made.stop()
