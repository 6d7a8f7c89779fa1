"""Payments through the services of a whole process, with the sandbox as bank and card processor."""

import asyncpg
import pytest

from tests.slices.funding.conftest import bank_process, sandbox, teller
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.teller import Teller

__all__ = ["bank_process", "sandbox", "teller"]


@pytest.fixture
def counter(teller: Teller, admin: asyncpg.Connection) -> Payer:
    """Where people pay."""
    return Payer(teller, admin)


@pytest.fixture
async def ana(people: People, teller: Teller) -> Someone:
    """Ana, of tier 1, with $20.00."""
    who = await people.add("ana", funded_minor=2_000, tier=0)
    await teller.verify(who)
    return who
