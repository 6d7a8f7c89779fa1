"""A running system, as a stranger starts it, with the web app if it can be built here."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.support.database import connected, wait_for
from tests.support.system import System
from tools.web import build
from tools.web.trouble import Trouble

LOOSER: Final = """
insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
select 1000, id, is_live, floor, above_minor, currency, younger_than_seconds, more_than + 6,
  '2020-01-02 00:00+00', 'test', 'many tests pay as one person'
from risk.rule
where version = 1"""


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
    wait_for(_loosen(made.record().database_url))
    yield made
    made.stop()


async def _loosen(url: str) -> None:
    """Let the people of the demo pay more often before it is looked at."""
    async with connected(url) as admin:
        await admin.execute(LOOSER)
