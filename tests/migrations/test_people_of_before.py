"""A database of the first release: its people are there after the upgrade, and sealed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from quid import migrations
from quid.identity import queries, service
from quid.identity.queries import people
from quid.kit import db, ids, runtime
from quid.kit.fields import Fields
from quid.kit.runtime import Runtime
from tests.support import run
from tests.support.database import clone, connected, in_clear

FIRST_RELEASE = 6
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def old_url(servers: run.Addresses, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A database in which the files of the first release ran."""
    async with clone(servers.database_url, None) as url:
        with monkeypatch.context() as patched:
            first = migrations.steps()[:FIRST_RELEASE]
            patched.setattr(migrations, "steps", lambda: first)
            await migrations.run(url)
        yield url


async def test_people_of_the_first_release_are_found_and_sealed(old_url: str) -> None:
    ana, ben = (ids.new(n, NOW) for n in (1, 2))
    async with connected(old_url) as admin:
        for user_id, handle in ((ana, "ana_lindt"), (ben, "ben")):
            await admin.execute(
                "insert into identity.person (id, handle, handle_folded, display_name, email, "
                "password_hash, created_at) values ($1, $2::text, replace($2, '_', ''), $3, "
                "$2 || '@example.org', 'x', $4)",
                user_id,
                handle,
                handle.title(),
                NOW,
            )
        await admin.execute(
            "insert into identity.edge values ($1, $2, 'BLOCKED', $1, $3)", ana, ben, NOW
        )
        await admin.execute(
            "insert into identity.challenge (id, purpose, email, code_hash, tries_left, "
            "created_at, expires_at) values ($1, 'enter', 'zoe@example.org', 'x', 5, $2, $2)",
            ids.new(3, NOW),
            NOW,
        )
        await migrations.run(old_url)
        database = db.Database(db.Options(old_url, name="test"))
        await database.open()
        made = Runtime()
        made.put(database)
        made.put(Fields({1: b"f" * 32}, primary=1, blind=b"b" * 32))
        with runtime.use(made):
            assert await service.complete_older() == 4
            assert await service.complete_older() == 0
            async with database.read() as conn:
                found = await queries.by_email(conn, "ana_lindt@example.org")
                assert found is not None
                assert (found.id, found.handle, found.phone) == (ana, "ana_lindt", None)
                stranger = ids.new(4, NOW)
                cards = await people.search(conn, "lin", viewer=stranger, limit=9)
                assert [c.handle for c in cards] == ["ana_lindt"]
                assert await people.search(conn, "lin", viewer=ben, limit=9) == []
        await database.close()
        claims = await admin.fetch("select handle_folded from identity.handle_claim order by 1")
        assert [c[0] for c in claims] == ["analindt", "ben"]
        assert await in_clear(admin, ["@example.org"]) == []
