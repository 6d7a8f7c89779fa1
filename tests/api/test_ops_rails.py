"""What operators do about providers: each act once, on record, and in every process."""

import asyncpg
import pytest

from quid.funding.rules import effects
from quid.funding.service import switches
from quid.kit import clock, db, ids
from quid.kit.breaker import Board, Refused, Rule
from quid.kit.runtime import Runtime
from quid.ledger.service import open_accounts, post
from quid.ledger.types import Kind, NewAccount
from tests.support.operators import Staff

OPEN_BREAK = """
insert into funding.break (id, provider, kind, object_ref, currency, ours, theirs, amount_minor,
  first_at, last_at, opened_at)
values ($1, 1, 'amount', 'one', 'USD', '100', '99', 1, $2, $2, $2)"""

SMALL = """
insert into funding.operation (id, kind, purpose, user_id, source_id, provider, network, cents,
  fee, net, currency, state, deadline, created_at, changed_at)
values ($1, 6, 1, $1, $1, 1, 'ach', 77, 0, 77, 'USD', 30, $2, $2, $2)"""
TOLD = """
insert into funding.event (id, provider, event_id, kind, object_ref, status, cents, raw, at,
  received_at, state, operation_id)
values ($1, 1, 'one', 'posted', 'transfer', 'posted', 77, '', $2, $2, 40, $3)"""


async def test_a_break_ends_by_two_persons_and_moves_nothing(
    staff: Staff, admin: asyncpg.Connection
) -> None:
    found = ids.new(0, clock.now())
    await admin.execute(OPEN_BREAK, found, clock.now())
    fay, cas = await staff.desk("finance"), await staff.desk("compliance")
    shown = ids.show("brk", found)
    [item] = (await fay.look("rails/breaks", open="true"))["items"]
    assert (item["id"], item["amount"], item["ours"], item["theirs"]) == (shown, 1, "100", "99")
    asked = await fay.press(f"rails/breaks/{shown}/resolve")
    assert asked.status_code == 202, asked.text
    approval = asked.json()["approval_id"]
    alone = await fay.press(f"approvals/{approval}/approve")
    assert alone.status_code == 403
    done = await cas.press(f"approvals/{approval}/approve")
    assert done.status_code == 200, done.text
    assert (await fay.look("rails/breaks", open="true"))["items"] == []
    again = await fay.press(f"rails/breaks/{shown}/resolve")
    assert again.json()["code"] == "STATE_CONFLICT"
    acts = await admin.fetch(
        "select outcome from kit.audit where action = 'rails.resolve_break' order by at"
    )
    assert [a["outcome"] for a in acts] == ["asked", "approved", "STATE_CONFLICT"]


async def test_a_forced_switch_holds_in_every_process_until_it_thinks_for_itself(
    staff: Staff, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    board = Board()
    breaker = board.breaker("plaid.write", Rule())
    app_runtime.put(board)
    await switches.follow(is_shown=True, now=clock.now())
    boss = await staff.desk("admin")
    [item] = (await boss.look("rails/breakers"))["items"]
    assert (item["service"], item["state"], item["forced"]) == ("plaid.write", "closed", None)
    answer = await boss.press("rails/breakers/plaid.write/force", to="open")
    assert answer.status_code == 200, answer.text
    await switches.follow(is_shown=True, now=clock.now())
    with pytest.raises(Refused), breaker.calling():
        pass
    [item] = (await boss.look("rails/breakers"))["items"]
    assert (item["state"], item["forced"]) == ("open", "open")
    await boss.press("rails/breakers/plaid.write/force", to="auto")
    await switches.follow(is_shown=True, now=clock.now())
    with breaker.calling() as call:
        call.good()
    assert (await boss.press("rails/breakers/nobody/force", to="open")).status_code == 404
    acts = await admin.fetchval("select count(*) from kit.audit where action like 'rails.force%'")
    assert acts == 3


async def test_an_event_that_was_set_aside_is_replayed_once(
    staff: Staff, admin: asyncpg.Connection
) -> None:
    fay, now = await staff.desk("finance"), clock.now()
    for n, (state, status) in enumerate([(30, "posted"), (30, None), (40, "posted")]):
        await admin.execute(
            "insert into funding.event (id, provider, event_id, kind, object_ref, status, raw, at,"
            " received_at, state, reason) values ($1, 1, $2, 'posted', 'tr', $3, '', $4, $4, $5,"
            " 'why')",
            ids.new(n, now),
            str(n),
            status,
            now,
            state,
        )
    events = (await fay.look("rails/events", limit=2))["items"]
    assert len(events) == 2
    by_id = {e["event_id"]: e["id"] for e in (await fay.look("rails/events"))["items"]}
    done = await fay.press(f"rails/events/{by_id['0']}/replay", key="k")
    assert done.json()["state"] == "PENDING"
    again = await fay.press(f"rails/events/{by_id['0']}/replay", key="k")
    assert again.status_code == 200
    for other in ("1", "2"):
        refused = await fay.press(f"rails/events/{by_id[other]}/replay")
        assert refused.json()["code"] == "STATE_CONFLICT"
    rows = await admin.fetch(
        "select outcome from kit.audit where action = 'rails.replay_event' order by at"
    )
    assert [r["outcome"] for r in rows] == ["ok", "STATE_CONFLICT", "STATE_CONFLICT"]


async def test_lists_have_pages_and_know_their_words(staff: Staff) -> None:
    sue = await staff.desk("support")
    for path in ("ops", "events", "inbox", "breaks"):
        page = await sue.look(f"rails/{path}", limit=1)
        assert (page["items"], page["next_cursor"]) == ([], None)
    for query in ("state=NOBODY", "kind=nobody", "cursor=made-up"):
        answer = await sue.client.get(f"/v1/ops/rails/ops?{query}")
        assert answer.status_code == 400, query
    assert (await sue.client.get("/v1/ops/rails/ops/dep_none")).status_code == 404


async def test_what_a_small_deposit_moves_is_shown_to_nobody(
    staff: Staff, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    """Whoever knows both amounts could prove an account that is not theirs."""
    op, event, now = ids.new(1, clock.now()), ids.new(0, clock.now()), clock.now()
    await admin.execute(SMALL, op, now)
    await admin.execute(TOLD, event, now, op)
    async with app_runtime.part(db.Database).transaction() as tx:
        kinds = (Kind.COST_RAIL, Kind.RAIL_AVAILABLE)
        news = [NewAccount(k, "USD", part=int(k is Kind.RAIL_AVAILABLE)) for k in kinds]
        accounts = dict(zip(kinds, await open_accounts(tx, news), strict=True))
        await post(tx, effects.transfers(effects.cost(77), accounts, op, 1), now=now)
    fay = await staff.desk("finance")
    shown = ids.show("op", op)
    whole = await fay.look(f"rails/ops/{shown}")
    assert (whole["operation"]["amount"], whole["operation"]["net"]) == (None, None)
    assert [p["amount"] for p in whole["postings"]] == [None]
    assert [e["amount"] for e in whole["events"]] == [None]
    [listed] = (await fay.look("rails/ops", kind="micro_deposit"))["items"]
    assert (listed["id"], listed["amount"], listed["net"]) == (shown, None, None)
    [told] = (await fay.look("rails/events"))["items"]
    assert (told["id"], told["amount"]) == (ids.show("rev", event), None)
