"""Fixtures of the folders that act on the whole application, through HTTP and beside it.

A folder's `conftest.py` imports them; the other folders do not pay for loading the application.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from quid.entrypoints.api.app import create
from quid.kit import runtime
from quid.kit.cache import Cache
from quid.kit.web import Door
from tests.support import api
from tests.support.database import connected
from tests.support.people import People

_PATIENCE = 5.0
CALM = """
insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
select 1000, id, false, floor, above_minor, currency, younger_than_seconds, more_than,
  '2020-01-02 00:00+00', 'test', 'people of tests are seconds old and pay often'
from risk.rule
where version = 1"""


async def _calm(request: pytest.FixtureRequest, db_url: str) -> None:
    """Publish rules that hold no payment back, unless the test is marked `shipped_rules`."""
    if request.node.get_closest_marker("shipped_rules") is None:
        async with connected(db_url) as admin:
            await admin.execute(CALM)


@pytest.fixture
async def app(
    request: pytest.FixtureRequest,
    db_url: str,
    valkey_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Door]:
    """The API, started on the test's database; its runtime is current in the test too."""
    home = tmp_path / "home"
    home.mkdir()
    await _calm(request, db_url)
    for name, value in api.settings(home, database_url=db_url, valkey_url=valkey_url).items():
        monkeypatch.setenv(name, value)
    async with api.serving(create()) as door:
        # A machine that is busy with other tests may answer late, and is not away.
        door._runtime.part(Cache)._read_timeout = _PATIENCE
        yield door


@pytest.fixture
def app_runtime(app: Door) -> Iterator[runtime.Runtime]:
    """The runtime of `app`, current in the test, so that services can be called beside HTTP."""
    with runtime.use(app._runtime) as current:
        yield current


@pytest.fixture
async def client(app: Door) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who has not signed in."""
    async with api.client_of(app) as opened:
        yield opened


@pytest.fixture
def people(app_runtime: runtime.Runtime) -> People:
    """The factory of people in the world of `app`."""
    return People(app_runtime)
