"""Operators and people: masked, frozen with a reason, helped, never one's own."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from quid.kit import clock
from tests.support.operators import WHY, Desk, Staff
from tests.support.payers import Payer

FREEZE: dict[str, Any] = {
    "scope": "send",
    "reason_class": "security",
    "text": "We are checking a sign-in.",
    "review_on": (clock.now() + timedelta(days=7)).date().isoformat(),
}
LINES = """
  select actor, action, resource_id, outcome, details ->> 'reason' as reason, ip
  from kit.audit where actor_type = 'operator' and action like $1 order by id"""


async def lines(admin: asyncpg.Connection, action: str = "identity.%") -> list[tuple[Any, ...]]:
    return [tuple(r) for r in await admin.fetch(LINES, action)]


def code_of(answer: httpx2.Response) -> tuple[int, str]:
    return (answer.status_code, answer.json().get("code", ""))


async def test_a_person_is_found_by_what_names_them_and_stays_masked(
    ana: Payer, staff: Staff
) -> None:
    support = await staff.desk("support")
    for query in (ana.who.shown, "ana", "@ana", "ana@example.org", "ANA@example.org"):
        [found] = (await support.look("people", query=query))["items"]
        assert (found["id"], found["email"]) == (ana.who.shown, "a…a@e….org")
    for query in ("ann", "nobody@example.org", "op_support", "op_support@example.org"):
        assert (await support.look("people", query=query))["items"] == []
    whole = await support.look(f"people/{ana.who.shown}")
    assert "ana@example.org" not in str(whole)
    assert whole["balance"]["available"] == 10_000
    assert [limit["window"] for limit in whole["limits"]] == ["payment", "day", "week"]


async def test_what_is_used_of_a_limit_and_the_last_payments_are_shown(
    ana: Payer, ben: Payer, staff: Staff
) -> None:
    assert (await ana.pay(ben.who, 1368)).status_code == 201
    whole = await (await staff.desk("auditor")).look(f"people/{ana.who.shown}")
    assert {limit["window"]: limit["used"] for limit in whole["limits"]} == {
        "payment": 0,
        "day": 1368,
        "week": 1368,
    }
    [payment] = whole["payments"]
    assert (payment["payer"], payment["payee"], payment["amount"]) == ("ana", "ben", 1368)


async def test_a_freeze_holds_from_the_next_request_and_is_on_record(
    ana: Payer, ben: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    support = await staff.desk("support")
    frozen = await support.press(f"people/{ana.who.shown}/freezes", **FREEZE)
    assert frozen.status_code == 201
    assert (await ana.pay(ben.who, 100)).json()["code"] == "ACCOUNT_FROZEN"
    [line] = await lines(admin, "identity.freeze")
    assert line == (
        support.who.shown,
        "identity.freeze",
        ana.who.shown,
        "ok",
        "the customer called about it",
        "127.0.0.1",
    )


@pytest.mark.parametrize("reason", [None, "", "too short", "x" * 501, "          ", "\x00" * 12])
async def test_without_a_reason_nothing_happens_and_that_is_on_record(
    reason: str | None, ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    support = await staff.desk("support")
    answer = await support.press(f"people/{ana.who.shown}/freezes", reason=reason, **FREEZE)
    assert answer.status_code == 400
    assert [(line[1], line[3]) for line in await lines(admin)] == [
        ("identity.freeze", answer.json()["code"])
    ]
    assert await admin.fetchval("select count(*) from identity.freeze") == 0


async def test_without_a_key_nothing_happens(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    support = await staff.desk("support")
    path = f"/v1/ops/people/{ana.who.shown}/freezes"
    answer = await support.client.post(path, json={"reason": "x" * 10, **FREEZE})
    assert code_of(answer) == (400, "IDEMPOTENCY_KEY_MISSING")
    assert answer.json()["detail"].endswith("a new one for each act). Nothing was changed.")
    assert [line[3] for line in await lines(admin)] == ["IDEMPOTENCY_KEY_MISSING"]


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("send", {"support", "analyst", "compliance"}),
        ("withdraw", {"analyst", "compliance"}),
        ("all", {"compliance"}),
    ],
)
async def test_who_may_freeze_what(
    scope: str, allowed: set[str], ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    done: set[str] = set()
    for role in ("support", "analyst", "finance", "compliance", "auditor", "admin"):
        desk = await staff.desk(role)
        answer = await desk.press(f"people/{ana.who.shown}/freezes", **(FREEZE | {"scope": scope}))
        if answer.status_code == 403:
            assert answer.json()["code"] == "FORBIDDEN"
        else:
            assert answer.status_code == (409 if done else 201)
            done.add(role)
    assert done == allowed
    found = await lines(admin, "identity.freeze")
    assert {line[4] for line in found} == {WHY}, "refused presses keep their reason too"
    outcomes = [line[3] for line in found]
    assert outcomes.count("ok") == 1
    assert outcomes.count("FORBIDDEN") == 6 - len(allowed)
    assert len(outcomes) == 6


async def test_a_second_press_gets_the_first_result_whoever_presses(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    one, two = await staff.desk("support"), await staff.desk("analyst")
    path = f"people/{ana.who.shown}/freezes"
    answers = await asyncio.gather(
        *(desk.press(path, key="case-7", **FREEZE) for desk in (one, two, one, two))
    )
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(await lines(admin, "identity.freeze")) == 1


async def test_two_operators_at_once_freeze_once(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    one, two = await staff.desk("support"), await staff.desk("analyst")
    path = f"people/{ana.who.shown}/freezes"
    answers = await asyncio.gather(*(desk.press(path, **FREEZE) for desk in (one, two)))
    assert sorted(a.status_code for a in answers) == [201, 409]
    assert await admin.fetchval("select count(*) from identity.freeze") == 1


async def test_a_second_operator_lifts_a_freeze(
    ana: Payer, ben: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    support, analyst = await staff.desk("support"), await staff.desk("analyst")
    assert (await support.press(f"people/{ana.who.shown}/freezes", **FREEZE)).status_code == 201
    asked = await support.press(f"people/{ana.who.shown}/unfreeze", scope="send")
    assert asked.status_code == 202
    assert (await ana.pay(ben.who, 100)).json()["code"] == "ACCOUNT_FROZEN"
    path = f"approvals/{asked.json()['approval_id']}/approve"
    assert code_of(await support.press(path)) == (403, "FORBIDDEN")
    approved = await analyst.press(path)
    assert (approved.status_code, approved.json()["state"]) == (200, "APPROVED")
    assert (await ana.pay(ben.who, 100)).status_code == 201
    assert [(line[0], line[1], line[3]) for line in await lines(admin, "%unfreeze")] == [
        (support.who.shown, "identity.unfreeze", "asked"),
        (analyst.who.shown, "identity.unfreeze", "approved"),
    ]


async def test_that_all_stops_is_lifted_by_compliance_alone(ana: Payer, staff: Staff) -> None:
    first, second = await staff.desk("compliance"), await staff.desk("compliance", "op_other")
    analyst = await staff.desk("analyst")
    path = f"people/{ana.who.shown}"
    assert (await first.press(f"{path}/freezes", **(FREEZE | {"scope": "all"}))).is_success
    asked = await analyst.press(f"{path}/unfreeze", scope="all")
    path = f"approvals/{asked.json()['approval_id']}/approve"
    assert code_of(await (await staff.desk("analyst", "op_a2")).press(path))[0] == 403
    assert (await second.press(path)).is_success


async def test_a_freeze_that_does_not_stand_is_not_asked_about(ana: Payer, staff: Staff) -> None:
    support = await staff.desk("support")
    answer = await support.press(f"people/{ana.who.shown}/unfreeze", scope="send")
    assert code_of(answer) == (409, "STATE_CONFLICT")


ACTS: Mapping[str, Mapping[str, Any]] = {
    "freezes": FREEZE,
    "unfreeze": {"scope": "send"},
    "reset-factors": {},
    "reveal": {},
}


@pytest.mark.parametrize(("whom", "act"), [(w, a) for w in ("own", "friend") for a in ACTS])
async def test_nobody_acts_on_their_own_account_or_a_friends(  # noqa: PLR0917 - fixtures
    whom: str, act: str, ana: Payer, ben: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    desk = await staff.desk("compliance", linked="ana")
    await ana.http.put(f"/v1/friends/{ben.who.shown}")
    await ben.http.put(f"/v1/friends/{ana.who.shown}")
    subject = ana if whom == "own" else ben
    answer = await desk.press(f"people/{subject.who.shown}/{act}", **ACTS[act])
    assert code_of(answer) == (403, "FORBIDDEN"), answer.text
    [line] = await lines(admin)
    assert (line[2], line[3]) == (subject.who.shown, "FORBIDDEN")


async def test_contacts_are_revealed_with_a_reason_and_each_look_is_on_record(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    analyst = await staff.desk("analyst")
    for _ in range(2):
        shown = await analyst.press(f"people/{ana.who.shown}/reveal", key="same")
        assert shown.json() == {"email": "ana@example.org", "phone": None}
    assert [line[1] for line in await lines(admin)] == ["identity.reveal"] * 2


@pytest.mark.parametrize("role", ["support", "finance", "admin"])
async def test_some_roles_see_masked_data_only(role: Any, ana: Payer, staff: Staff) -> None:
    desk = await staff.desk(role)
    answer = await desk.press(f"people/{ana.who.shown}/reveal")
    assert code_of(answer) == (403, "FORBIDDEN")
    assert "ana@example.org" not in answer.text


async def test_lost_factors_are_taken_off_and_sessions_end(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    await admin.execute(
        "insert into identity.totp (id, user_id, sealed, made_at, enrolled_at) "
        "values (gen_random_uuid(), $1, 'x', now(), now())",
        ana.who.id,
    )
    support = await staff.desk("support")
    path = f"people/{ana.who.shown}/reset-factors"
    assert (await support.press(path)).status_code == 204
    assert (await ana.http.get("/v1/me")).status_code == 401
    assert code_of(await support.press(path)) == (409, "STATE_CONFLICT")
    # Whoever talked an operator round sends nothing for a day.
    stopped = await admin.fetch(
        "select scope from identity.freeze where user_id = $1 and lifted_at is null "
        "and lifts_at between now() + interval '23 hours' and now() + interval '24 hours'",
        ana.who.id,
    )
    assert {r["scope"] for r in stopped} == {"send", "withdraw"}


async def test_the_auditor_changes_nothing(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    auditor = await staff.desk("auditor")
    for act in ("freezes", "unfreeze", "reset-factors"):
        answer = await auditor.press(f"people/{ana.who.shown}/{act}", **ACTS[act])
        assert code_of(answer) == (403, "FORBIDDEN")
    invited = await auditor.press("operators", handle="x", role="admin")
    assert code_of(invited) == (403, "FORBIDDEN")
    assert {line[3] for line in await lines(admin, "%")} == {"ok", "FORBIDDEN"}


async def test_an_operator_is_no_person(
    ana: Payer, staff: Staff, admin: asyncpg.Connection
) -> None:
    desk: Desk = await staff.desk("compliance")
    pay = {"payee_id": desk.who.shown, "amount": 100, "currency": "USD"}
    answer = await ana.http.post("/v1/payments", json=pay, headers={"idempotency-key": "k"})
    assert code_of(answer) == (404, "RECIPIENT_NOT_FOUND")
    assert (await ana.http.put(f"/v1/friends/{desk.who.shown}")).status_code == 404
    assert (await ana.http.put(f"/v1/friends/{desk.who.shown}/block")).status_code == 404
    assert (await ana.http.get("/v1/users/op_compliance")).status_code == 404
    for query in ("op_", "op_compliance@example.org"):
        found = await ana.http.get("/v1/users", params={"query": query})
        assert found.json()["items"] == []
    pay["payee_id"] = ana.who.shown
    sent = await desk.client.post("/v1/payments", json=pay, headers={"idempotency-key": "k"})
    assert code_of(sent) == (403, "FORBIDDEN")
    for path in ("me", "balance", "friends?state=accepted", "transactions"):
        assert (await desk.client.get(f"/v1/{path}")).status_code == 403
    assert (
        await admin.fetchval("select count(*) from ledger.account where owner = $1", desk.who.id)
        == 0
    )
    assert (await desk.press(f"people/{desk.who.shown}/freezes", **FREEZE)).status_code in (
        403,
        404,
    )
