"""A process and a database that start together: servers wait for it, commands say so at once."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from quid.entrypoints import wiring
from quid.kit import db
from quid.kit.errors import DatabaseUnavailable
from quid.kit.web import Door


@pytest.fixture
def away(app: Door, db_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, Path]]:
    """A database that nobody can reach until the first of these paths leads to the second."""
    assert app
    parts = urlsplit(db_url)
    [sockets] = parse_qs(parts.query)["host"]
    with tempfile.TemporaryDirectory(prefix="quid-") as folder:
        path = Path(folder) / "s"
        url = parts._replace(query=f"host={path}").geturl()
        monkeypatch.setenv("QUID_DATABASE_URL", url)
        yield path, Path(sockets)


async def test_a_server_waits_for_a_database_that_is_starting(away: tuple[Path, Path]) -> None:
    path, sockets = away
    asyncio.get_running_loop().call_later(0.5, path.symlink_to, sockets)
    async with wiring.opened(wiring.WORKER) as rt, rt.part(db.Database).read() as conn:
        assert await conn.fetch("select 1") == [(1,)]


async def test_a_server_gives_up_in_the_end_and_a_command_at_once(
    away: tuple[Path, Path],
) -> None:
    assert not away[0].exists()
    assert wiring.COMMAND.patience == 0
    loop = asyncio.get_running_loop()
    for patience in (0.3, 0):
        began = loop.time()
        with pytest.raises(DatabaseUnavailable):
            async with wiring.opened(replace(wiring.COMMAND, patience=patience)):
                pass
        assert patience <= loop.time() - began < patience + 5
