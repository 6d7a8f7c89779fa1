"""`quid rails`: what is on its way at providers, and the acts, each on record."""

import asyncpg
import pytest

from quid.entrypoints.cli import main
from quid.kit import clock, ids
from tests.api.test_cli import system
from tests.support.database import connected, wait_for
from tests.support.wallets import providers, sandbox

__all__ = ["providers", "sandbox", "system"]
OPERATION = """
insert into funding.operation (id, kind, purpose, user_id, source_id, provider, network, cents,
  fee, net, currency, state, deadline, created_at, changed_at)
values ($1, $3, 1, $1, $1, 1, 'ach', 1368, 0, 1368, 'USD', 14, $2, $2, $2)"""
EVENT = """
insert into funding.event (id, provider, event_id, kind, object_ref, status, raw, at, received_at,
  state, reason)
values ($1, 1, 'one', 'posted', 'transfer', 'posted', '', $2, $2, 30, 'nobody knows')"""
BREAKER = "insert into funding.breaker (service, state, changed_at) values ('plaid.read', 0, now())"


async def _fill(url: str) -> tuple[str, str, str]:
    now = clock.now()
    op, small, event = ids.new(1, now), ids.new(1, now), ids.new(0, now)
    conn: asyncpg.Connection
    async with connected(url) as conn:
        await conn.execute(OPERATION, op, now, 1)
        await conn.execute(OPERATION, small, now, 6)
        await conn.execute(EVENT, event, now)
        await conn.execute(BREAKER)
    return ids.show("dep", op), ids.show("op", small), ids.show("rev", event)


async def _acts(url: str) -> list[str]:
    conn: asyncpg.Connection
    async with connected(url) as conn:
        rows = await conn.fetch("select action from kit.audit order by at")
    return [r["action"] for r in rows if r["action"].startswith("rails.")]


@pytest.mark.usefixtures("system")
def test_each_command_says_what_there_is_and_each_act_is_on_record(
    db_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    op, small, event = wait_for(_fill(db_url))
    assert main(["rails", "ops"]) == 0
    listed = capsys.readouterr().out
    assert f"{op} deposit            SUBMITTING" in listed
    # Its amounts prove whose account it is.
    assert main(["rails", "op", small]) == 0
    listed += capsys.readouterr().out
    assert [line.count("hidden") for line in listed.splitlines() if small in line] == [1, 1]
    assert listed.count("13.68") == 1
    assert main(["rails", "op", op]) == 0
    assert main(["rails", "retry", op]) == 0
    assert main(["rails", "events"]) == 0
    assert "nobody knows" in capsys.readouterr().out
    assert main(["rails", "replay", event]) == 0
    assert main(["rails", "replay", event]) == 2  # it waits for nobody any more
    assert main(["rails", "force", "plaid.read", "open"]) == 0
    assert main(["rails", "breakers"]) == 0
    assert "plaid.read           closed     held open" in capsys.readouterr().out
    assert main(["rails", "force", "nobody", "open"]) == 2
    assert main(["rails", "inbox"]) == 0
    assert main(["rails", "breaks"]) == 0
    assert main(["rails", "op", "dep_none"]) == 2
    assert main(["rails", "reconcile", "plaid"]) == 2  # no provider is set up
    acts = ["rails.retry", "rails.replay_event", "rails.force_breaker"]
    assert wait_for(_acts(db_url)) == acts


@pytest.mark.usefixtures("providers", "system")
def test_books_are_compared_with_a_provider_that_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["rails", "reconcile", "plaid"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("plaid: 0 of theirs, 0 of ours compared: movements, and lines")
    assert "The books agree." in told
    assert main(["rails", "reconcile", "stripe"]) == 0
