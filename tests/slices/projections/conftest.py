"""All consumers of the worker over one history: what they make of it, whatever happens to them."""

import pytest

from quid.kit import runtime
from quid.kit.cache import Cache
from quid.kit.runtime import Runtime
from tests.slices.projections.history import NAMES
from tests.support.people import People, Someone
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]


@pytest.fixture
def house(app_runtime: Runtime, cache: Cache) -> Runtime:
    """The parts of the process; current in the test. Its Valkey may be slow, and is not away."""
    assert runtime.current() is app_runtime
    app_runtime.put(cache)
    return app_runtime


@pytest.fixture
async def town(house: Runtime, people: People) -> list[Someone]:
    """Some people, each with money."""
    assert runtime.current() is house
    return [await people.add(name, tier=2) for name in NAMES]
