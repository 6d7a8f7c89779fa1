"""What of banks and cards is sealed is sealed anew when a data key is replaced."""

import asyncpg
import pytest

from quid.funding.store.sealed import EVENT, INBOX, SEALED, open_raw, seal_raw
from quid.kit import ids, resealing
from quid.kit import runtime as parts
from quid.kit.fields import Fields, Place, number_of
from quid.kit.keks import FieldUnreadable
from quid.kit.resealing import SealedThings
from quid.kit.runtime import Runtime
from tests.support.people import People

SEALED_BY_COMMENT = """
  select n.nspname || '.' || c.relname || '.' || a.attname
  from pg_description d
  join pg_attribute a on a.attrelid = d.objoid and a.attnum = d.objsubid
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'funding' and d.description like 'sealed:%'
"""


async def test_each_sealed_column_is_on_the_list_and_is_sealed_anew(
    app_runtime: Runtime, people: People, admin: asyncpg.Connection
) -> None:
    listed = {s.name for s in SEALED}
    assert {r[0] for r in await admin.fetch(SEALED_BY_COMMENT)} == listed
    ana = (await people.add("ana")).id
    row = ids.new(ids.bucket(ana), ids.time_of(ana))
    with parts.use(app_runtime):
        made = parts.part(Fields)
        token = made.seal(Place("funding.source", "token", row, ana), "secret")
        ending = made.seal(Place("funding.ending", "token", row, ana), "gone")
        await admin.execute(
            "insert into funding.source (id, user_id, kind, state, provider, token, created_at, "
            "changed_at) values ($1, $2, 1, 30, 1, $3, now(), now())",
            row,
            ana,
            token,
        )
        await admin.execute(
            "insert into funding.ending values ($1, $2, $3, null, now(), 0)", row, ana, ending
        )
        await admin.execute(
            "insert into funding.event (id, provider, event_id, kind, raw, at, received_at, state) "
            "values ($1, 1, '1', 'posted', $2, now(), now(), 41)",
            row,
            seal_raw(EVENT, row, b"{}"),
        )
        await admin.execute(
            "insert into funding.inbox (id, provider, dedupe_key, kind, topic, is_live, raw, "
            "received_at, next_at) values ($1, 1, '1', 'x', 'other', false, $2, now(), now())",
            row,
            seal_raw(INBOX, row, b"{}"),
        )
        made.learn({9: b"n" * 32}, primary=9, gone=frozenset())
        parts.current().put(SealedThings(SEALED))
        assert await resealing.reseal(now=ids.time_of(ana)) == 4
        now_sealed = await admin.fetchval("select token from funding.source where id = $1", row)
        assert number_of(now_sealed) == 9
        assert made.open(Place("funding.source", "token", row, ana), now_sealed) == "secret"
        raw = await admin.fetchval("select raw from funding.event")
        assert (number_of(raw), open_raw(EVENT, row, raw)) == (9, b"{}")
        with pytest.raises(FieldUnreadable):
            open_raw(INBOX, row, raw)
