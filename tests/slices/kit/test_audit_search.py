"""Lines of the audit log are found by who, what, of which and when, newest first."""

from datetime import timedelta

import pytest

from quid.kit import db, ids
from quid.kit.audit import Entry, record
from quid.kit.audit.search import Wanted, last_acts, search
from tests.slices.kit.desk import NOW


def at(n: int) -> Entry:
    """The n-th act: two actors, three actions, four things, one an hour."""
    return Entry(
        id=ids.new(1, NOW + timedelta(hours=n)),
        at=NOW + timedelta(hours=n),
        actor=f"usr_{n % 2}",
        actor_type="person",
        action=f"test.act_{n % 3}",
        resource_type="thing",
        resource_id=f"thg_{n % 4}",
        outcome=str(n),
    )


ACTS = [at(n) for n in range(24)]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(actor="usr_1"),
        Wanted(action="test.act_2"),
        Wanted(resource_id="thg_3"),
        Wanted(actor="usr_1", action="test.act_2"),
        Wanted(actor="usr_1", action="test.act_2", resource_id="thg_3"),
        Wanted(since=NOW + timedelta(hours=3), until=NOW + timedelta(hours=9)),
        Wanted(resource_id="thg_3", before=ACTS[15].id),
        Wanted(actor="nobody"),
    ],
)
async def test_all_that_fits_and_nothing_else(wanted: Wanted, database: db.Database) -> None:
    async with database.transaction() as tx:
        await record(tx, ACTS)
    fits = [
        a
        for a in reversed(ACTS)
        if wanted.actor in (None, a.actor)
        and wanted.action in (None, a.action)
        and wanted.resource_id in (None, a.resource_id)
        and (wanted.since is None or a.at >= wanted.since)
        and (wanted.until is None or a.at < wanted.until)
        and (wanted.before is None or (a.id is not None and a.id < wanted.before))
    ]
    async with database.read() as conn:
        found = await search(conn, wanted, many=100)
        assert [line.outcome for line in found] == [a.outcome for a in fits]
        assert await search(conn, wanted, many=2) == found[:2]


async def test_what_was_refused_is_nobodys_last_act(database: db.Database) -> None:
    done = [("usr_0", "ok"), ("usr_1", "asked"), ("usr_0", "FORBIDDEN"), ("usr_2", "FORBIDDEN")]
    acts = [at(n)._replace(actor=who, outcome=what) for n, (who, what) in enumerate(done)]
    async with database.transaction() as tx:
        await record(tx, acts)
    async with database.read() as conn:
        found = await last_acts(conn, ["usr_0", "usr_1", "usr_2"])
    assert {who: last.at for who, last in found.items()} == {
        "usr_0": acts[0].at,
        "usr_1": acts[1].at,
    }
