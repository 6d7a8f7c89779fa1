"""Fixtures of the tests that act in the world of the matrix; a module imports all three."""

import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from quid.kit.web import Door
from tests.api.matrix.world import Kept, World, make
from tests.support.database import connected, make_template, named, wait_for
from tests.support.run import Addresses

__all__ = ["kept", "template", "world"]


FRESH_SECONDS: Final = 240  # what waits for a proof in it waits ten minutes


@cache
def _kept(servers: Addresses, _turn: int) -> Kept:
    """Make the world, once in a few minutes; it ends with the servers of the run."""

    async def made() -> Kept:
        template = await make_template(servers.database_url)
        name = f"world_{uuid.uuid4().hex[:12]}"
        async with connected(named(servers.database_url, "postgres")) as admin:
            await admin.execute(f"create database {name} template {template}")
            with tempfile.TemporaryDirectory() as home:
                url = named(servers.database_url, name)
                world = await make(url, servers.valkey_url, Path(home))
            await admin.execute(f"alter database {name} allow_connections false")
        return world

    return wait_for(made())


@pytest.fixture
def kept(servers: Addresses) -> Kept:
    """The world at rest."""
    return _kept(servers, int(time.monotonic() // FRESH_SECONDS))


@pytest.fixture
def template(kept: Kept) -> str:
    """What the tests of this module get a clone of, in the place of an empty database."""
    return kept.database


@pytest.fixture
async def world(kept: Kept, app: Door) -> AsyncIterator[World]:
    """The world, alive in a database of the test's own."""
    async with kept.opened(app) as opened:
        yield opened
