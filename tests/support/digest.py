"""What a database holds, counted so that two can be compared: every balance, every table."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import asyncpg

from tests.support.database import connected

Digest = Mapping[str, object]
# Not compared: where readers stand, and into how many blocks a chain was cut.
_PASSING: Final = frozenset({"kit.outbox_cursor", "kit.audit_block", "ledger.lane", "ledger.block"})
_TABLES: Final = """
  select format('%I.%I', n.nspname, c.relname) from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and n.nspname in ('identity', 'payments', 'risk', 'ledger', 'kit', 'funding', 'collect',
      'disputes', 'social', 'notifications') order by 1"""
_STATES: Final = {
    "requests": "select state, payment_id is null, count(*) from collect.request group by 1, 2",
    "deliveries": "select channel, state, count(*) from notifications.delivery group by 1, 2",
}
_MONEY: Final = {
    "balances": "select owner, kind, credits - debits as net from ledger.account order by 1, 2, 3",
    "journal": "select code, count(*), sum(amount) from ledger.journal group by 1 order by 1",
    "payments": "select states, count(*) from payments.payment group by 1 order by 1",
}


async def digest(url: str, *, is_money_only: bool = False) -> Digest:
    """Count all there is: money to the cent, and the rows of every table."""
    async with connected(url) as conn:
        found = {name: [tuple(r) for r in await conn.fetch(q)] for name, q in _MONEY.items()}
        owners = Counter((r[1], r[2]) for r in found["balances"])  # a person made anew has a new id
        counts = {} if is_money_only else await _counts(conn)
    return {**found, "balances": owners, **counts}


async def _counts(conn: asyncpg.Connection) -> Mapping[str, object]:
    tables = [r[0] for r in await conn.fetch(_TABLES) if r[0] not in _PASSING]
    query = " union all ".join(f"select '{t}', count(*) from {t}" for t in tables)
    states = {name: sorted(tuple(r) for r in await conn.fetch(q)) for name, q in _STATES.items()}
    return {r[0]: r[1] for r in await conn.fetch(query)} | states


def differences(one: Digest, other: Digest) -> list[str]:
    """Say where two digests differ."""
    names = sorted({*one, *other})
    return [
        f"{n}: {one.get(n)} undisturbed, {other.get(n)}"
        for n in names
        if one.get(n) != other.get(n)
    ]
