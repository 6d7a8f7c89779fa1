"""Demo people talk, ask and answer: what one finds who signs in as one of them."""

import asyncpg
import pytest

from quid.entrypoints.cli import demo, demo_feed
from quid.identity import queries as people
from quid.kit import db
from quid.kit.config import Core, Secrets
from quid.kit.runtime import Runtime
from quid.notifications.consumers.inbox import INBOX
from quid.notifications.queries import inbox
from tests.support.feeds import catch_up


async def test_a_demo_has_talk_and_requests_and_filling_it_twice_changes_nothing(
    app_runtime: Runtime, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "BACKGROUND", 25)
    core, secrets = app_runtime.part(Core), app_runtime.part(Secrets)
    app_runtime.put(core.model_copy(update={"demo": True}))
    app_runtime.put(secrets.model_copy(update={"demo_password": secrets.token_seed}))
    for _ in range(2):
        await demo.fill(app_runtime, seed=1, payments=100)
        talk = await admin.fetchrow("""
          select (select count(*) from social.like) as likes,
            (select count(*) from social.comment) as comments""")
        assert tuple(talk) == (demo_feed.LIKES, demo_feed.COMMENTS)
        requests = await admin.fetch("""
          select state, count(*), count(*) filter (where not is_known) as of_strangers,
            count(*) filter (where expires_at < now()) as over,
            count(*) filter (where expires_at > now() and expires_at < now() + interval '3 days'),
            count(*) filter (where payment_id is not null) as paid
          from collect.request group by state order by state""")
        # 10 open, of which two have run out and two soon will; 20 paid; 30 declined; 40 cancelled.
        assert [tuple(r) for r in requests] == [
            (10, 14, 2, 2, 2, 0),
            (20, 2, 0, 0, 0, 2),
            (30, 1, 0, 0, 0, 0),
            (40, 1, 0, 0, 0, 0),
        ]
        assert await admin.fetchval("select count(*) from identity.edge where state='PENDING'") == 6
        said = await admin.fetch("""
          select p.handle, d.claim, d.state, count(m.id) from disputes.dispute d
          join identity.person p on p.id = d.opened_by
          join disputes.message m on m.dispute_id = d.id
          group by 1, 2, 3 order by 1""")
        assert [tuple(r) for r in said] == [
            ("ana", "not_as_agreed", 10, 1),
            ("finn", "hold", 10, 1),
        ]
    await catch_up(app_runtime, admin, [INBOX])
    async with app_runtime.part(db.Database).read() as conn:
        ana = await people.by_handle(conn, "ana")
    assert ana is not None
    await demo.look_through(app_runtime, [ana.id])
    async with app_runtime.part(db.Database).read() as conn:
        unread = await inbox.unread(conn, [ana.id])
    assert 0 < unread[ana.id] <= demo.UNREAD
