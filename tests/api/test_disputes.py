"""Reports of payments and appeals: opened, asked about, answered, decided, taken back."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import pytest

from quid.disputes import errors, service
from quid.funding import queries as funding
from quid.kit import clock, ids
from quid.kit.runtime import Runtime
from tests.support.disputes import (
    ANSWER,
    DISPUTES,
    TEXT,
    act,
    appeal,
    listed,
    opening,
    paid,
    report,
    reported,
)
from tests.support.notices import inbox, told
from tests.support.operators import Desk, Staff
from tests.support.payers import Payer, problem


def payment_of(shown: str) -> UUID:
    """Read a payment's id."""
    found = ids.read("pay", shown)
    assert found is not None
    return found


# --- a report ----------------------------------------------------------------------------------


async def test_who_reports_a_payment_reads_what_they_said_and_by_when_we_answer(
    ana: Payer, ben: Payer
) -> None:
    payment = await paid(ana, ben)
    answer = await report(ana, payment, "unauthorized")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    # Ana has signed up a moment ago: of a new account the clock is the longer one.
    now = clock.now()
    assert made == {
        "id": made["id"],
        "state": "OPEN",
        "claim": "unauthorized",
        "payment_id": payment,
        "hold_id": None,
        "opened_at": made["opened_at"],
        "answer_on": funding.banking_day_after(now, 20).isoformat(),
        "at_latest_on": funding.day_after(now, timedelta(days=90)).isoformat(),
        "ended_at": None,
        "messages": [{"by": "user", "text": TEXT, "at": made["opened_at"]}],
        "can": {"answer": False, "withdraw": True},
    }
    assert (await ana.http.get(f"{DISPUTES}/{made['id']}")).json() == made
    assert await listed(ana) == await listed(ana, payment_id=payment) == [made]
    assert await listed(ana, payment_id=made["id"]) == await listed(ana, hold_id=payment) == []


async def test_of_an_old_account_the_clock_is_the_shorter_one(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    payment = await paid(ana, ben)
    await admin.execute(
        "update identity.person set created_at = created_at - interval '30 days' where id = $1",
        ana.who.id,
    )
    made = (await report(ana, payment)).json()
    now = clock.now()
    assert made["answer_on"] == funding.banking_day_after(now, 10).isoformat()
    assert made["at_latest_on"] == funding.day_after(now, timedelta(days=45)).isoformat()


async def test_each_side_reports_once_at_a_time_and_hears_nothing_of_the_other(
    ana: Payer, ben: Payer, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    payment = await paid(ana, ben)
    first = await reported(ana, payment)
    refused = problem(await report(ana, payment, "other"), 409, "STATE_CONFLICT")
    assert (refused["dispute_id"], refused["state"]) == (first, "OPEN")
    await told(app_runtime, admin)
    assert await listed(ben) == []
    assert not [n for n in await inbox(app_runtime, ben.who) if n.dispute_id]
    second = await reported(ben, payment)
    assert second != first
    withdrawn = await act(ana, first, "withdraw")
    assert withdrawn.json()["state"] == "WITHDRAWN"
    assert await reported(ana, payment) not in (first, second)


async def test_the_same_key_reports_once_and_another_body_under_it_is_refused(
    ana: Payer, ben: Payer
) -> None:
    payment = await paid(ana, ben)
    first = await report(ana, payment, key="one")
    again = await report(ana, payment, key="one")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    problem(await report(ana, payment, "other", key="one"), 422, "IDEMPOTENCY_KEY_REUSED")
    body = {"payment_id": payment, "claim": "scam", "text": TEXT}
    problem(await ana.http.post(DISPUTES, json=body), 400, "IDEMPOTENCY_KEY_MISSING")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MISSING_FIELD"),
        (" \n\n ", "MISSING_FIELD"),
        ("nine char", "VALIDATION_ERROR"),
        ("x" * 2001, "VALIDATION_ERROR"),
        ("a bell \x07 rings in here", "VALIDATION_ERROR"),
        ("turned \u202e around in here", "VALIDATION_ERROR"),
    ],
)
async def test_what_is_no_report_is_refused(text: str, code: str, ana: Payer, ben: Payer) -> None:
    payment = await paid(ana, ben)
    assert problem(await report(ana, payment, text=text), 400, code)["field"] == "text"
    problem(await report(ana, payment, "hold"), 400, "VALIDATION_ERROR")
    for words in ("ten chars.", "é" * 2000):
        answer = await report(ana, payment, text=words)
        assert answer.status_code == 201, answer.text
        await act(ana, answer.json()["id"], "withdraw")


async def test_nobody_reports_what_is_not_theirs_or_has_not_arrived(
    ana: Payer, ben: Payer, eve: Payer
) -> None:
    payment = await paid(ana, ben)
    problem(await report(eve, payment), 404, "NOT_FOUND")
    for other in (ana.who.shown, "pay_0", "", ids.show("pay", ids.new(1, clock.now()))):
        problem(await report(ana, other), 404, "NOT_FOUND")
    assert (await ana.pay(ben.who, 20_000)).status_code == 422
    declined = (await ana.http.get("/v1/payments")).json()["items"][0]
    assert declined["state"] == "DECLINED"
    problem(await report(ana, declined["id"]), 409, "STATE_CONFLICT")
    problem(await report(ben, declined["id"]), 404, "NOT_FOUND")
    problem(await appeal(ana, f"payments/{declined['id']}"), 409, "STATE_CONFLICT")


async def test_a_block_takes_no_report_away(ana: Payer, ben: Payer) -> None:
    payment = await paid(ana, ben)
    assert (await ben.http.put(f"/v1/friends/{ana.who.shown}/block")).status_code == 204
    assert (await report(ana, payment)).status_code == 201


async def test_what_is_old_is_reported_no_more(ana: Payer, ben: Payer) -> None:
    payment = payment_of(await paid(ana, ben))
    late = clock.now() + timedelta(days=120, minutes=1)
    with pytest.raises(errors.NotDisputable):
        await service.open_dispute(opening(ana.who, payment, now=late), now=late)


async def test_a_dispute_of_somebody_else_is_not_there(ana: Payer, ben: Payer, eve: Payer) -> None:
    dispute = await reported(ana, await paid(ana, ben))
    for other in (ben, eve):
        problem(await other.http.get(f"{DISPUTES}/{dispute}"), 404, "NOT_FOUND")
        for name in ("info", "withdraw"):
            problem(await act(other, dispute, name, text=TEXT), 404, "NOT_FOUND")
    problem(await ana.http.get(f"{DISPUTES}/pay_{dispute[4:]}"), 404, "NOT_FOUND")
    assert [d["state"] for d in await listed(ana)] == ["OPEN"]


async def test_pages_hold_each_once_the_latest_first(ana: Payer, ben: Payer) -> None:
    made = [await reported(ana, await paid(ana, ben, 100 + n)) for n in range(5)]
    found: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await ana.http.get(DISPUTES, params=query)).json()
        found += [d["id"] for d in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made[::-1]
    problem(await ana.http.get(DISPUTES, params={"cursor": "x"}), 400, "INVALID_CURSOR")


# --- what operators do -------------------------------------------------------------------------


async def test_it_is_asked_about_answered_and_decided(
    ana: Payer, ben: Payer, analyst: Desk, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    dispute = await reported(ana, await paid(ana, ben))
    [queued] = (await analyst.look("disputes"))["items"]
    assert (queued["id"], queued["user_id"], queued["state"]) == (dispute, ana.who.shown, "OPEN")
    asked = await analyst.press(f"disputes/{dispute}/ask", text="Who had your phone that day?")
    assert (asked.status_code, asked.json()["state"]) == (200, "NEEDS_INFO")
    seen = (await ana.http.get(f"{DISPUTES}/{dispute}")).json()
    assert seen["can"] == {"answer": True, "withdraw": True}
    info = await act(ana, dispute, "info", text="My brother had it.")
    assert (info.status_code, info.json()["state"]) == (200, "UNDER_REVIEW")
    problem(await act(ana, dispute, "info", text=TEXT), 409, "STATE_CONFLICT")
    won = await analyst.press(f"disputes/{dispute}/decide", decision="won", text=ANSWER)
    assert won.status_code == 200, won.text
    assert (await analyst.look("disputes"))["items"] == []
    ended = (await ana.http.get(f"{DISPUTES}/{dispute}")).json()
    assert (ended["state"], ended["can"]) == ("WON", {"answer": False, "withdraw": False})
    assert ended["ended_at"] is not None
    assert [(m["by"], m["text"]) for m in ended["messages"]] == [
        ("user", TEXT),
        ("team", "Who had your phone that day?"),
        ("user", "My brother had it."),
        ("team", ANSWER),
    ]
    await told(app_runtime, admin)
    notices = [n for n in await inbox(app_runtime, ana.who) if n.dispute_id]
    assert {(n.kind, n.detail, n.dispute_id) for n in notices} == {
        ("dispute_opened", None, dispute),
        ("dispute_needs_you", None, dispute),
        ("dispute_decided", "won", dispute),
    }


async def test_what_has_ended_takes_no_act(ana: Payer, ben: Payer, analyst: Desk) -> None:
    dispute = await reported(ana, await paid(ana, ben))
    lost = await analyst.press(f"disputes/{dispute}/decide", decision="lost", text=ANSWER)
    assert lost.json()["state"] == "LOST"
    for name, body in (("ask", {}), ("decide", {"decision": "won"})):
        answer = await analyst.press(f"disputes/{dispute}/{name}", text=ANSWER, **body)
        assert problem(answer, 409, "STATE_CONFLICT")["state"] == "LOST"
    problem(await act(ana, dispute, "withdraw"), 409, "STATE_CONFLICT")
    assert len((await analyst.look(f"disputes/{dispute}"))["messages"]) == 2


async def test_the_same_press_acts_once(ana: Payer, ben: Payer, analyst: Desk) -> None:
    dispute = await reported(ana, await paid(ana, ben))
    for _ in range(2):
        answer = await analyst.press(f"disputes/{dispute}/ask", key="one", text=ANSWER)
        assert answer.status_code == 200
    assert len((await analyst.look(f"disputes/{dispute}"))["messages"]) == 2


async def test_who_is_close_to_a_party_does_not_decide(
    ana: Payer, ben: Payer, eve: Payer, staff: Staff
) -> None:
    """The operator is Ben in private life, and then a friend of Ben's: the payee of it."""
    dispute = await reported(ana, await paid(ana, ben))
    himself = await staff.desk("analyst", "op_ben", linked="ben")
    friend = await staff.desk("analyst", "op_eve", linked="eve")
    for one, other in ((eve, ben), (ben, eve)):
        assert (await one.http.put(f"/v1/friends/{other.who.shown}")).status_code == 200
    for desk in (himself, friend):
        for name, body in (("ask", {}), ("decide", {"decision": "won"})):
            answer = await desk.press(f"disputes/{dispute}/{name}", text=ANSWER, **body)
            problem(answer, 403, "FORBIDDEN")


async def test_each_act_leaves_a_line_without_words(
    ana: Payer, ben: Payer, analyst: Desk, admin: asyncpg.Connection
) -> None:
    dispute = await reported(ana, await paid(ana, ben))
    await analyst.press(f"disputes/{dispute}/ask", text=ANSWER)
    await act(ana, dispute, "info", text=TEXT)
    await analyst.press(f"disputes/{dispute}/decide", decision="lost", text=ANSWER)
    lines = await admin.fetch(
        """select action, actor, outcome, details::text as details from kit.audit
        where resource_id = $1 order by at""",
        dispute,
    )
    assert [tuple(r)[:3] for r in lines] == [
        ("disputes.open", ana.who.shown, "ok"),
        ("disputes.ask", analyst.who.shown, "ok"),
        ("disputes.answer", ana.who.shown, "ok"),
        ("disputes.decide", analyst.who.shown, "lost"),
    ]
    assert not any(ANSWER in r["details"] or TEXT in r["details"] for r in lines)


async def test_what_is_sent_again_is_done_once(ana: Payer, ben: Payer, analyst: Desk) -> None:
    """An answer whose answer was lost never answers the next question."""
    dispute = await reported(ana, await paid(ana, ben))
    for question in ("Who had your phone that day?", "And when did you notice it?"):
        await analyst.press(f"disputes/{dispute}/ask", text=question)
        for _ in range(2):
            again = await act(ana, dispute, "info", key="first", text="My brother had it.")
            assert again.status_code == 200
    assert again.json()["state"] == "NEEDS_INFO"
    assert len(again.json()["messages"]) == 4
    reused = await act(ana, dispute, "info", key="first", text="It was my sister.")
    problem(reused, 422, "IDEMPOTENCY_KEY_REUSED")
    keyless = await ana.http.post(f"{DISPUTES}/{dispute}/info", json={"text": TEXT})
    problem(keyless, 400, "IDEMPOTENCY_KEY_MISSING")
    for _ in range(2):
        back = await act(ana, dispute, "withdraw", key="back")
        assert (back.status_code, back.json()["state"]) == (200, "WITHDRAWN")
    problem(await ana.http.post(f"{DISPUTES}/{dispute}/withdraw"), 400, "IDEMPOTENCY_KEY_MISSING")


async def test_the_queue_has_first_what_was_promised_first(
    ana: Payer, ben: Payer, analyst: Desk, admin: asyncpg.Connection
) -> None:
    made = [await reported(ana, await paid(ana, ben, 100 + n)) for n in range(3)]
    await admin.execute(
        "update disputes.dispute set answer_on = answer_on - 1 where id = $1",
        ids.read("dsp", made[2]),
    )
    made = [made[2], *made[:2]]
    first = await analyst.look("disputes", limit=2)
    rest = await analyst.look("disputes", limit=2, cursor=first["next_cursor"])
    assert [d["id"] for d in (*first["items"], *rest["items"])] == made
    assert rest["next_cursor"] is None


def test_a_promise_counts_days_of_new_york() -> None:
    evening = clock.now().replace(year=2026, month=2, day=14, hour=1)
    assert funding.day_after(evening, timedelta(days=45)) == date(2026, 3, 30)


def test_a_promise_counts_banking_days_from_the_next_one() -> None:
    """Friday evening in New York is Saturday in UTC already; Monday was a holiday."""
    friday = clock.now().replace(year=2026, month=2, day=14, hour=1)
    assert funding.banking_day_after(friday, 1) == date(2026, 2, 17)
    assert funding.banking_day_after(friday, 10) == date(2026, 3, 2)
    sunday = friday.replace(day=15, hour=12)
    assert funding.banking_day_after(sunday, 1) == date(2026, 2, 17)
