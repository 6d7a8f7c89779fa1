"""The API in the test's process, clients and people."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from quid.kit.runtime import Runtime
from quid.kit.web import Door
from tests.support.operators import Desk, Staff
from tests.support.payers import Payer, Town
from tests.support.people import People
from tests.support.world import app, app_runtime, client, people

__all__ = ["app", "app_runtime", "client", "people"]


@pytest.fixture
async def town(app: Door, people: People) -> AsyncIterator[Town]:
    """A place where people sign in and pay."""
    made = Town(people, app)
    yield made
    await made.close()


@pytest.fixture
async def ana(town: Town) -> Payer:
    """Ana, signed in, with $100.00."""
    return await town.payer("ana")


@pytest.fixture
async def ben(town: Town) -> Payer:
    """Ben, signed in, with $100.00."""
    return await town.payer("ben")


@pytest.fixture
async def eve(town: Town) -> Payer:
    """Eve, who is no party to anything, signed in."""
    return await town.payer("eve")


@pytest.fixture
async def staff(app: Door, app_runtime: Runtime) -> AsyncIterator[Staff]:
    """A factory of operators."""
    async with AsyncExitStack() as stack:
        yield Staff(app_runtime, app, stack)


@pytest.fixture
async def analyst(staff: Staff) -> Desk:
    """An operator who decides."""
    return await staff.desk("analyst")
