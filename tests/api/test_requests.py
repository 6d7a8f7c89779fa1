"""Requests over HTTP: each act, who may, what it leaves behind; money moves by paying alone."""

import asyncpg
import pytest

from quid.kit.runtime import Runtime
from tests.support.payers import Payer, Town, books_of, problem
from tests.support.requests import (
    REQUESTS,
    act,
    ask,
    asked,
    box,
    changes,
    id_of,
    later,
    look,
    pass_time,
    take_blocks,
)
from tests.support.waiting import BIG, ask_for_proofs, give_totp


async def befriend(one: Payer, other: Payer) -> None:
    """Make two people friends."""
    for a, b in ((one, other), (other, one)):
        assert (await a.http.put(f"/v1/friends/{b.who.shown}")).status_code == 200


async def allow(who: Payer, may: str) -> None:
    """Say who may ask this person."""
    answer = await who.http.patch("/v1/me/privacy", json={"who_may_request": may})
    assert (answer.status_code, answer.json()["who_may_request"]) == (200, may)


async def to_pay_count(who: Payer) -> int:
    """How many requests the badge of somebody's box counts."""
    answer = await who.http.get(REQUESTS, params={"box": "done", "limit": 1})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["to_pay_count"])


async def test_what_can_be_done_is_what_is_then_done(ana: Payer, ben: Payer) -> None:
    request = await asked(ana, ben, 500)
    assert (await look(ana, request))["can"]["remind"]
    reminded = await act(ana, "remind", request)
    assert (reminded.status_code, reminded.json()["can"]["remind"]) == (200, False)
    problem(await act(ana, "remind", request), 409, "STATE_CONFLICT")


async def test_what_waits_to_be_paid_is_counted(ana: Payer, ben: Payer) -> None:
    assert await to_pay_count(ben) == 0
    first, _ = [await asked(ana, ben, 500) for _ in range(2)]
    assert (await to_pay_count(ben), await to_pay_count(ana)) == (2, 0)
    await act(ben, "pay", first)
    assert await to_pay_count(ben) == 1
    assert (await ben.http.put(f"/v1/friends/{ana.who.shown}/block")).status_code == 204
    assert await to_pay_count(ben) == 0


async def test_a_request_stands_in_both_boxes_and_moves_no_money(
    ana: Payer, ben: Payer, eve: Payer, admin: asyncpg.Connection
) -> None:
    answer = await ask(ana, ben, 9500, note="  rent \u00e9t\u0065\u0301 ", visibility="private")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["state"], told["amount"], told["amount_paid"]) == ("PENDING", 9500, 0)
    assert (told["note"], told["currency"]) == ("rent \u00e9t\u00e9", "USD")
    assert (told["requester"]["handle"], told["requestee"]["handle"]) == ("ana", "ben")
    assert told["can"] == {"pay": False, "decline": False, "cancel": True, "remind": True}
    assert (told["reminders_left"], told["payment_ids"], told["ended_at"]) == (3, [], None)
    seen = await look(ben, told["id"])
    assert seen["can"] == {"pay": True, "decline": True, "cancel": False, "remind": False}
    assert await box(ana, "waiting") == await box(ben, "to_pay") == [told["id"]]
    assert await box(ana, "to_pay") == await box(ben, "waiting") == await box(ana, "done") == []
    problem(await eve.http.get(f"{REQUESTS}/{told['id']}"), 404, "NOT_FOUND")
    assert (await books_of(admin))["payments"] == 0
    assert [(await p.balance())["available"] for p in (ana, ben)] == [10_000, 10_000]
    assert await changes(admin) == ["created"]


async def test_paying_moves_the_money_and_ends_the_request_in_one_commit(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben, 9500, visibility="private")
    answer = await act(ben, "pay", request, visibility="public", show_amount=True)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    payment = told["payment"]
    assert (payment["state"], payment["kind"], payment["request_id"]) == (
        "COMPLETED",
        "charged",
        request,
    )
    assert (payment["payer"]["handle"], payment["payee"]["handle"]) == ("ben", "ana")
    assert (payment["note"], payment["visibility"]) == ("rent", "private")
    assert told["balance"]["available"] == 500
    assert (told["request"]["state"], told["request"]["amount_paid"]) == ("PAID", 9500)
    assert told["request"]["payment_ids"] == [payment["id"]]
    assert not any(told["request"]["can"].values())
    assert (await ana.balance())["available"] == 19_500
    seen = await look(ana, request)
    assert (seen["state"], seen["payment_ids"]) == ("PAID", [payment["id"]])
    assert seen["ended_at"] == payment["completed_at"]
    assert await box(ana, "done") == await box(ben, "done") == [request]
    assert await box(ana, "waiting") == await box(ben, "to_pay") == []
    assert await changes(admin) == ["created", "paid"]


async def test_the_same_key_answers_the_same_and_another_key_is_told_that_it_is_paid(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    first = await act(ben, "pay", request, key="one")
    again = await act(ben, "pay", request, key="one")
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json()["payment"] == first.json()["payment"]
    told = problem(await act(ben, "pay", request, key="two"), 409, "REQUEST_CLOSED")
    assert told["state"] == "PAID"
    assert "paid on" in told["detail"]
    other = await act(ben, "pay", request, key="one", visibility="private")
    problem(other, 422, "IDEMPOTENCY_KEY_REUSED")
    plain = await ben.pay(ana.who, 9500, key="one")
    problem(plain, 422, "IDEMPOTENCY_KEY_REUSED")
    assert (await books_of(admin))["payments"] == 1


@pytest.mark.shipped_rules
async def test_while_its_payment_waits_a_request_is_nobodys_and_afterwards_it_is_free(
    ana: Payer, town: Town, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    ben = await town.payer("ben", funded_minor=100_000, tier=2)
    await give_totp(app_runtime, ben.who)
    await ask_for_proofs(admin)
    request = await asked(ana, ben, BIG)
    for _ in range(2):
        answer = await act(ben, "pay", request, key="one")
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert (told["payment"]["state"], told["request"]["state"]) == ("CHALLENGED", "PENDING")
        assert told["request"]["payment_ids"] == [told["payment"]["id"]]
    for who, name in ((ben, "pay"), (ben, "decline"), (ana, "cancel"), (ana, "remind")):
        refused = problem(await act(who, name, request), 409, "STATE_CONFLICT")
        assert "being paid" in refused["detail"]
    seen = await look(ana, request)
    assert (seen["state"], seen["payment_ids"], any(seen["can"].values())) == ("PENDING", [], False)
    assert seen["is_being_paid"]
    assert await to_pay_count(ben) == 0
    await pass_time(app_runtime, later(days=31))
    assert (await look(ana, request))["state"] == "PENDING"
    payment = told["payment"]["id"]
    assert (await ben.http.post(f"/v1/payments/{payment}/cancel")).status_code == 200
    assert (await look(ben, request))["can"]["pay"]
    assert await to_pay_count(ben) == 1
    again = await act(ben, "pay", request, key="one")
    assert (again.status_code, again.json()["payment"]["state"]) == (201, "CANCELLED")
    assert again.headers["idempotency-replayed"] == "true"
    await pass_time(app_runtime, later(days=31))
    assert (await look(ana, request))["state"] == "EXPIRED"
    assert await changes(admin) == ["created", "taken", "freed", "expired"]


async def test_a_key_makes_one_request(ana: Payer, ben: Payer, admin: asyncpg.Connection) -> None:
    first = await ask(ana, ben, key="one")
    again = await ask(ana, ben, key="one")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    problem(await ask(ana, ben, 1, key="one"), 422, "IDEMPOTENCY_KEY_REUSED")
    missing = await ana.http.post(
        REQUESTS,
        json={"requestee_id": ben.who.shown, "amount": 1, "currency": "USD", "note": "x"},
    )
    problem(missing, 400, "IDEMPOTENCY_KEY_MISSING")
    missing = await ben.http.post(f"{REQUESTS}/{first.json()['id']}/pay", json={})
    problem(missing, 400, "IDEMPOTENCY_KEY_MISSING")
    assert await changes(admin) == ["created"]


@pytest.mark.parametrize(("name", "state"), [("decline", "DECLINED"), ("cancel", "CANCELLED")])
async def test_no_is_no_and_a_repeated_answer_never_pays(
    name: str, state: str, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    who = ana if name == "cancel" else ben
    before = await books_of(admin)
    answer = await act(who, name, request)
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert not any(answer.json()["can"].values())
    for one, again in ((ben, "decline"), (ana, "cancel"), (ana, "remind"), (ben, "pay")):
        told = problem(await act(one, again, request), 409, "REQUEST_CLOSED")
        assert (told["state"], told["money_moved"]) == (state, "no")
    after = await books_of(admin)
    assert {k: after[k] for k in ("transfers", "moved", "payments", "lines")} == {
        k: before[k] for k in ("transfers", "moved", "payments", "lines")
    }
    assert await box(ana, "done") == await box(ben, "done") == [request]


@pytest.mark.parametrize("name", ["pay", "decline", "cancel", "remind"])
async def test_an_act_is_not_there_for_the_other_side_or_a_stranger(
    name: str, ana: Payer, ben: Payer, eve: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    right = ben if name in ("pay", "decline") else ana
    for wrong in {ana, ben, eve} - {right}:
        problem(await act(wrong, name, request), 404, "NOT_FOUND")
    for kind in ("pay", "ntf"):
        problem(await act(right, name, kind + request[3:]), 404, "NOT_FOUND")
    assert (await look(ana, request))["state"] == "PENDING"
    assert (await books_of(admin))["payments"] == 0
    assert (await act(right, name, request)).status_code in (200, 201)


async def test_a_reminder_rests_for_a_day_and_there_are_three(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    for left in (2, 1, 0):
        answer = await act(ana, "remind", request)
        assert (answer.status_code, answer.json()["reminders_left"]) == (200, left)
        told = problem(await act(ana, "remind", request), 409, "STATE_CONFLICT")
        assert told["detail"]
        await admin.execute(
            "update collect.request set last_reminded_at = now() - interval '24 hours'"
        )
    told = problem(await act(ana, "remind", request), 409, "STATE_CONFLICT")
    assert "3 times" in told["detail"]
    assert not (await look(ana, request))["can"]["remind"]
    assert await changes(admin) == ["created", *["reminded"] * 3]


async def test_time_reminds_warns_and_ends_it(
    ana: Payer, ben: Payer, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    told = ["created"]
    for days, change in (
        (0.9, None), (1.1, "reminded"), (1.2, None), (3.1, "reminded"), (7.1, "reminded"),
        (20, None), (27.1, "expiring"), (28, None), (30.1, "expired"), (31, None),
    ):  # fmt: skip
        await pass_time(app_runtime, later(days=days))
        told += [change] if change else []
        assert await changes(admin) == told, days
    assert (await look(ben, request))["state"] == "EXPIRED"
    problem(await act(ben, "pay", request), 409, "REQUEST_CLOSED")
    assert await box(ana, "done") == [request]
    # A reminder that time sends is no reminder of the requester's.
    assert (await admin.fetchval("select reminders_sent from collect.request")) == 0


async def test_what_was_missed_is_told_once_and_who_wishes_no_reminders_hears_none(
    ana: Payer, ben: Payer, eve: Payer, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    await asked(ana, ben)
    assert (await eve.http.patch("/v1/me/privacy", json={"reminders": False})).status_code == 200
    await asked(ana, eve)
    await asked(ana, ben, expires_in_days=1)  # too brief for a notice of its end
    await pass_time(app_runtime, later(days=8))
    assert sorted(await changes(admin)) == ["created"] * 3 + ["expired", "reminded"]
    await pass_time(app_runtime, later(days=8.5))
    assert len(await changes(admin)) == 5


@pytest.mark.parametrize(
    ("may", "statuses"),
    [
        ("anyone", (201, 201, 201)),
        ("known", (403, 201, 201)),
        ("friends", (403, 403, 201)),
        ("nobody", (403, 403, 403)),
    ],
)
async def test_who_may_ask(may: str, statuses: tuple[int, int, int], town: Town) -> None:
    ana, stranger, partner, friend = [await town.payer(h) for h in ("ana", "cleo", "eve", "ben")]
    await befriend(ana, friend)
    assert (await ana.pay(partner.who, 100)).status_code == 201
    await allow(ana, may)
    for who, status in zip((stranger, partner, friend), statuses, strict=True):
        answer = await ask(who, ana)
        assert answer.status_code == status, answer.text
        if status == 201:
            assert answer.json()["is_known"] is (who is not stranger)
        else:
            assert "request" in problem(answer, 403, "FORBIDDEN")["detail"]


async def test_across_a_block_nothing_is_there_but_what_was_paid(
    ana: Payer, ben: Payer, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    paid = await asked(ana, ben, 100)
    assert (await act(ben, "pay", paid)).status_code == 201
    declined = await asked(ana, ben, 150)
    assert (await act(ben, "decline", declined)).status_code == 200
    to_ben, to_ana = await asked(ana, ben, 200), await asked(ben, ana, 300)
    told = await changes(admin)
    assert (await ben.http.put(f"/v1/friends/{ana.who.shown}/block")).status_code == 204
    for is_taken in (False, True):
        if is_taken:
            await take_blocks(app_runtime, admin)
        for who in (ana, ben):
            assert await box(who, "to_pay") == await box(who, "waiting") == []
            assert await box(who, "done") == [paid]
            for request in (to_ben, to_ana, declined):
                problem(await who.http.get(f"{REQUESTS}/{request}"), 404, "NOT_FOUND")
                for name in ("pay", "decline", "cancel", "remind"):
                    problem(await act(who, name, request), 404, "NOT_FOUND")
            assert (await look(who, paid))["state"] == "PAID"
            problem(await ask(who, ben if who is ana else ana), 404, "RECIPIENT_NOT_FOUND")
    states = await admin.fetch("select state from collect.request order by state")
    assert [r[0] for r in states] == [20, 30, 40, 40]
    assert await changes(admin) == told  # silently
    assert (await ben.http.delete(f"/v1/friends/{ana.who.shown}/block")).status_code == 204
    # "Cancelled", by nobody, would tell Ana that Ben had refused her.
    for who in (ana, ben):
        assert await box(who, "done") == [declined, paid]
        for request in (to_ben, to_ana):
            problem(await who.http.get(f"{REQUESTS}/{request}"), 404, "NOT_FOUND")
    problem(await act(ben, "pay", to_ben), 404, "NOT_FOUND")


async def test_refusals_are_those_of_payments_and_leave_the_request_open(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben, 10_001)
    told = problem(await act(ben, "pay", request, key="poor"), 422, "INSUFFICIENT_FUNDS")
    assert told["money_moved"] == "no"
    seen = await look(ben, request)
    assert (seen["state"], seen["can"]["pay"], seen["payment_ids"]) == ("PENDING", True, [])
    again = await act(ben, "pay", request, key="poor")
    assert (again.status_code, again.json()) == (422, told)
    body = {"funding_source_id": "fs_" + "0" * 26}
    answer = await act(ben, "pay", request, **body)
    assert answer.status_code in (404, 502), answer.text
    problem(await act(ben, "pay", request, funding_source_id="bank"), 404, "NOT_FOUND")
    assert await changes(admin) == ["created"]


async def test_each_act_of_a_person_is_one_line_of_the_audit_log(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    await act(ana, "remind", request)
    await act(ben, "decline", request)
    await act(ana, "cancel", await asked(ana, ben))
    rows = await admin.fetch(
        """select action, actor, actor_type from kit.audit where resource_type = 'request'
          order by at, action"""
    )
    assert sorted((r["action"], r["actor"]) for r in rows) == sorted(
        [
            ("collect.ask", ana.who.shown),
            ("collect.remind", ana.who.shown),
            ("collect.decline", ben.who.shown),
            ("collect.ask", ana.who.shown),
            ("collect.cancel", ana.who.shown),
        ]
    )
    assert {r["actor_type"] for r in rows} == {"person"}


async def test_a_request_that_has_ended_stands_whoever_writes(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    await act(ben, "decline", request)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="stands"):
        await admin.execute(
            "update collect.request set state = 10, ended_at = null where id = $1", id_of(request)
        )
