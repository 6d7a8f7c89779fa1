"""Notices through the services of a whole process, and people to act with."""

import pytest

from quid.kit import runtime
from quid.kit.cache import Cache
from quid.kit.runtime import Runtime
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
async def ana(people: People) -> Someone:
    """Ana, of tier 1, with $100.00."""
    return await people.add("ana")


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, of tier 1, with $100.00."""
    return await people.add("ben")


@pytest.fixture
async def cal(people: People) -> Someone:
    """Cal, of tier 1, with $100.00."""
    return await people.add("cal")
