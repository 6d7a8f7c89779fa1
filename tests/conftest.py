"""What every test may ask for: servers, a database of its own, a cache, a runtime.

A test that asks for `db_url` (or for anything built on it) has its books checked afterwards.
"""

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest
import redis.asyncio as redis

from quid.kit import cache as kit_cache
from quid.kit import db
from quid.kit import runtime as kit_runtime
from quid.kit.fields import Fields
from tests.support import run, skips
from tests.support.database import clone, connected, faults_of, make_template, wait_for


def pytest_configure(config: pytest.Config) -> None:
    """Add our own plugins."""
    config.pluginmanager.register(run, "quid-run")
    config.pluginmanager.register(skips, "quid-skips")


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> run.Addresses:
    """The PostgreSQL and the Valkey of this run, shared by its workers."""
    return run.addresses(request.config)


@pytest.fixture(scope="session")
def template(servers: run.Addresses) -> str:
    """The migrated database that tests are cloned from."""
    return wait_for(make_template(servers.database_url))


@pytest.fixture
async def db_url(
    request: pytest.FixtureRequest, servers: run.Addresses, template: str
) -> AsyncIterator[str]:
    """A migrated database of the test's own; the address is its superuser's.

    Afterwards its books must be whole, unless the test is marked `spoils`.
    """
    async with clone(servers.database_url, template) as url:
        yield url
        if request.node.get_closest_marker("spoils") is None:
            faults = await faults_of(url)
            assert not faults, "\n".join(faults)


@pytest.fixture
async def admin(db_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to the test's database, for looking and for tampering."""
    async with connected(db_url) as conn:
        yield conn


@pytest.fixture
async def database(db_url: str) -> AsyncIterator[db.Database]:
    """The test's database as the application opens it: pooled, in the role `quid_app`."""
    opened = db.Database(db.Options(db_url, name="test"))
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def valkey_url(servers: run.Addresses) -> str:
    """An empty logical database of the run's Valkey.

    A worker runs one test at a time, so one number for each worker keeps tests apart.
    """
    joint = "&" if "?" in servers.valkey_url else "?"
    url = f"{servers.valkey_url}{joint}db={servers.worker % 16}"
    async with redis.Redis.from_url(url) as client:
        await client.flushdb()
    return url


@pytest.fixture
async def cache(valkey_url: str) -> AsyncIterator[kit_cache.Cache]:
    """The run's Valkey. Reads may take long: a slow machine is not what a test is about."""
    opened = kit_cache.Cache(valkey_url, read_timeout=5)
    yield opened
    await opened.close()


@pytest.fixture
def runtime(database: db.Database, cache: kit_cache.Cache) -> Iterator[kit_runtime.Runtime]:
    """A runtime with a database and a cache; a test puts in what else its slice needs."""
    made = kit_runtime.Runtime()
    made.put(database)
    made.put(cache)
    made.put(Fields({1: b"f" * 32}, primary=1, blind=b"b" * 32))
    with kit_runtime.use(made):
        yield made
