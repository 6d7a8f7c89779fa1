"""Where the servers come from and as whom they run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quid.entrypoints.local import locate, ports, postgres
from quid.entrypoints.local.errors import LocalError
from tests.support.servers import start_servers

SERVE = """
import asyncio, sys
from pathlib import Path
import asyncpg
from tests.support.servers import start_servers

async def look(url):
    conn = await asyncpg.connect(url)
    await conn.execute("create table if not exists public.seen (at int)")
    await conn.execute("insert into public.seen values (1)")
    rows = await conn.fetchval("select count(*) from public.seen")
    await conn.close()
    return rows

servers = start_servers(Path(sys.argv[1]))
print(asyncio.run(look(servers.database_url)), Path(f"/proc/{servers.postgres_pid}").stat().st_uid)
servers.stop()
"""


def serve(folder: Path, path: str) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder)],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows, uid = done.stdout.split()
    return int(rows), int(uid)


def test_root_without_user_namespaces_serves_as_nobody_and_the_data_can_change_hands(
    tmp_path: Path,
) -> None:
    refusing = tmp_path / "bin"
    refusing.mkdir()
    (refusing / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (refusing / "unshare").chmod(0o755)
    closed = tmp_path / "closed"  # as root's own home is
    closed.mkdir(mode=0o700)
    path, plain = f"{refusing}:{os.environ['PATH']}", os.environ["PATH"]
    me = os.geteuid()

    served = [serve(closed / "home", way) for way in (path, plain, path)]

    nobody = postgres.NOBODY if me == 0 else me
    assert [rows for rows, _ in served] == [1, 2, 3]
    assert [uid for _, uid in served] == [nobody, me, nobody] or me == 0


def test_a_server_that_was_killed_starts_again_on_its_data(tmp_path: Path) -> None:
    first = start_servers(tmp_path / "home", fsync=True)
    os.kill(first.postgres_pid, 9)
    second = start_servers(tmp_path / "home", fsync=True)
    second.stop()
    first.stop()


def test_a_lock_file_of_a_number_that_is_now_another_program_is_no_obstacle(
    tmp_path: Path,
) -> None:
    start_servers(tmp_path / "home").stop()
    data = next((tmp_path / "home").glob("pg*"))
    (data / "postmaster.pid").write_text(f"{os.getppid()}\n{data}\n0\n5432\n\n\n\n")

    start_servers(tmp_path / "home").stop()


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pg15").mkdir()
    (tmp_path / "pg15" / "PG_VERSION").write_text("15\n")

    with pytest.raises(LocalError, match="the data is of another version"):
        start_servers(tmp_path)


def test_the_named_programs_win_or_are_refused(tmp_path: Path) -> None:
    found = locate.postgres({})
    named = locate.postgres({"QUID_PG_BIN": str(found.bin)})
    assert (named.bin, named.origin) == (found.bin, "QUID_PG_BIN")
    with pytest.raises(LocalError, match="QUID_PG_BIN"):
        locate.postgres({"QUID_PG_BIN": str(tmp_path)})

    cache = locate.valkey({})
    assert locate.valkey({"QUID_VALKEY_BIN": str(cache.program)}).origin == "QUID_VALKEY_BIN"
    with pytest.raises(LocalError, match="QUID_VALKEY_BIN"):
        locate.valkey({"QUID_VALKEY_BIN": str(tmp_path / "none")})


def test_a_claimed_port_is_not_given_twice() -> None:
    first, second = ports.choose({}), ports.choose({})
    assert first.number != second.number
    first.release()
    again = ports.choose({})
    assert again.number == first.number
    again.release()
    second.release()
    with pytest.raises(LocalError, match="is no port number"):
        ports.choose({"QUID_PORT": "80800"})
