"""The audit log of an older release: its rows stay, and are chained like all that follow."""

from datetime import UTC, datetime

import asyncpg
import pytest

from quid import migrations
from quid.kit import db, ids
from quid.kit.audit import chain
from tests.support import run
from tests.support.database import clone, connected

ROW = (
    "insert into kit.audit (id, at, actor, actor_type, action, resource_type, resource_id, outcome)"
    " values ($1, now(), 'x', 'system', 'x', 'x', $2, 'ok')"
)


def older() -> list[migrations.Step]:
    """What had run before the audit log got its parts."""
    steps = migrations.steps()
    names = [s.name for s in steps]
    return steps[: names.index("kit_0003_control.sql")]


@pytest.mark.usefixtures("template")  # whose making has made the roles
async def test_rows_of_an_older_release_stay(
    servers: run.Addresses,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - a test is a door
    async with clone(servers.database_url, None) as url, connected(url) as admin:
        with monkeypatch.context() as patched:
            before = older()
            patched.setattr(migrations, "steps", lambda: before)
            await migrations.run(url)
        await admin.execute(ROW, ids.new(1, now), "old")
        await migrations.run(url)
        for at, name in ((now, "new"), (now.replace(year=now.year + 3), "far")):
            await admin.execute(ROW, ids.new(1, at), name)
        await admin.execute(
            "insert into kit.audit select gen_random_uuid(), at, actor, actor_type, action, "
            "resource_type, 'odd', outcome, request_id from kit.audit where resource_id = 'old'"
        )
        parts = {
            tuple(row)
            for row in await admin.fetch(
                "select resource_id, tableoid::regclass::text from kit.audit"
            )
        }
        assert {("old", "kit.audit_before"), ("new", "kit.audit_before")} <= parts
        assert ("far", "kit.audit_other") in parts
        assert await chain.verify(db.Conn(admin)) is not None
        for verb in ("delete from kit.audit", "delete from kit.audit_before"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
                await admin.execute(verb)


async def test_months_are_made_a_year_ahead_without_a_hole(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    then = datetime.now(UTC).replace(day=1)  # noqa: TID251 - a test is a door
    then = then.replace(year=then.year + 2)
    async with database.transaction() as tx:
        await chain.tend(tx, now=then)
    await admin.execute(ROW, ids.new(1, then), "later")
    name = await admin.fetchval("select tableoid::regclass::text from kit.audit")
    assert name == f"kit.audit_{then:%Y%m}"
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await admin.execute(f"truncate {name}")
