"""Transfers of the bank network: their course, magic, the provider's own book, events."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.bank import Linked, fund, link
from tests.support.sandbox import Sandbox, running

WELL = ["pending", "posted", "settled", "funds_available"]
# A Monday, 9:00 in New York.
MONDAY = "2026-03-02T14:00:00+00:00"


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox") / "home") as box:
        yield box


@pytest.fixture
def box(process: Sandbox) -> Sandbox:
    process.reset()
    process.order("POST", "clock", {"set": MONDAY})
    return process


@pytest.fixture
def ana(box: Sandbox) -> Linked:
    return link(box)


def balance(box: Sandbox) -> tuple[str, str]:
    held = box.get("/transfer/ledger/get")["balance"]
    return held["available"], held["pending"]


def at(box: Sandbox) -> str:
    return str(box.order("GET", "clock")["now"])[:16]


# ---------------------------------------------------------------------- the course


def test_a_pull_goes_by_the_calendar(ana: Linked) -> None:
    pulled = ana.move("12.34")
    assert (pulled["expected_settlement_date"], pulled["expected_funds_available_date"]) == (
        "2026-03-03",
        "2026-03-10",
    )
    assert (pulled["standard_return_window"], pulled["unauthorized_return_window"]) == (
        "2026-03-06",
        "2026-05-28",
    )
    ana.box.next_event()
    assert (ana.status(pulled), at(ana.box)) == ("posted", "2026-03-03T01:30")
    assert balance(ana.box) == ("0.00", "0.00")
    ana.box.next_event()
    assert (ana.status(pulled), at(ana.box)) == ("settled", "2026-03-03T13:30")
    assert balance(ana.box) == ("0.00", "12.34")
    ana.box.next_event()
    assert (ana.status(pulled), at(ana.box)) == ("funds_available", "2026-03-10T19:00")
    assert balance(ana.box) == ("12.34", "0.00")
    assert ana.course(pulled) == WELL


def test_a_same_day_pull_settles_that_day_unless_it_is_late(ana: Linked) -> None:
    early = ana.authorize("5.00", network="same-day-ach")
    assert early["proposed_transfer"]["network"] == "same-day-ach"
    assert ana.create(early)["expected_settlement_date"] == "2026-03-02"
    ana.box.advance(hours=7)  # 16:00 in New York
    late = ana.authorize("5.00", network="same-day-ach")
    assert late["proposed_transfer"]["network"] == "ach"
    assert ana.create(late)["expected_settlement_date"] == "2026-03-03"


def test_what_is_asked_for_on_a_weekend_waits_for_monday(ana: Linked) -> None:
    ana.box.advance(days=5)
    assert ana.move("5.00")["expected_settlement_date"] == "2026-03-10"


def test_a_push_leaves_the_book_at_once_and_comes_back_when_it_fails(ana: Linked) -> None:
    fund(ana.box, "100.00")
    assert balance(ana.box) == ("100.00", "0.00")
    pushed = ana.move("40.00", type="credit", ach_class="ppd")
    assert balance(ana.box) == ("60.00", "0.00")
    ana.box.advance(days=3)
    assert ana.course(pushed) == ["pending", "posted", "settled"]
    returned = {"failure_code": "R03", "ach_return_code": "R03"}
    ana.box.get(
        "/sandbox/transfer/simulate",
        transfer_id=pushed["id"],
        event_type="returned",
        failure_reason=returned,
    )
    assert balance(ana.box) == ("100.00", "0.00")
    found = ana.box.get("/transfer/get", transfer_id=pushed["id"])["transfer"]
    assert found["failure_reason"]["ach_return_code"] == "R03"


def test_more_than_the_book_has_is_not_pushed(ana: Linked) -> None:
    decided = ana.authorize("0.01", type="credit")
    assert (decided["decision"], decided["decision_rationale"]["code"]) == ("declined", "NSF")


def test_what_has_not_left_can_be_cancelled_and_nothing_else(ana: Linked) -> None:
    fund(ana.box, "10.00")
    pushed = ana.move("4.00", type="credit")
    ana.box.get("/transfer/cancel", transfer_id=pushed["id"])
    ana.box.advance(days=9)
    assert ana.course(pushed) == ["pending", "cancelled"]
    assert balance(ana.box) == ("10.00", "0.00")
    again = ana.box.ask("/transfer/cancel", transfer_id=pushed["id"])
    assert (again.status_code, again.json()["error_code"]) == (400, "TRANSFER_NOT_CANCELLABLE")


# ---------------------------------------------------------------------- keys


def test_the_authorization_is_the_key_of_its_transfer(ana: Linked) -> None:
    decided = ana.authorize("5.00")
    first, second = ana.create(decided), ana.create(decided)
    assert first == second
    assert len(ana.box.effects("transfer.created")) == 1
    by = ana.box.get("/transfer/get", authorization_id=decided["id"])["transfer"]
    assert by["id"] == first["id"]


def test_a_key_gives_the_same_decision_for_two_days(ana: Linked) -> None:
    first = ana.authorize("5.00", idempotency_key="one")
    ana.box.advance(hours=47)
    assert ana.authorize("5.00", idempotency_key="one")["id"] == first["id"]
    ana.box.advance(hours=2)
    assert ana.authorize("5.00", idempotency_key="one")["id"] != first["id"]


def test_an_authorization_lives_an_hour(ana: Linked) -> None:
    decided = ana.authorize("5.00")
    ana.box.advance(minutes=61)
    answer = ana.box.ask(
        "/transfer/create",
        access_token=ana.token,
        account_id=ana.accounts["Plaid Checking"],
        authorization_id=decided["id"],
        description="Quid",
    )
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_FIELD")
    assert ana.box.effects("transfer.created") == []


def test_never_more_than_was_authorized(ana: Linked) -> None:
    decided = ana.authorize("5.00")
    asked = {
        "access_token": ana.token,
        "account_id": ana.accounts["Plaid Checking"],
        "authorization_id": decided["id"],
        "description": "Quid",
    }
    assert ana.box.ask("/transfer/create", amount="5.01", **asked).status_code == 400
    assert ana.create(decided, amount="4.99")["amount"] == "4.99"


# ---------------------------------------------------------------------- decisions


@pytest.mark.parametrize(
    ("account", "amount", "verdict"),
    [
        ("Plaid Checking", "25000.00", ("approved", None)),
        ("Plaid Checking", "25000.01", ("declined", "NSF")),
        ("Empty Checking", "0.01", ("declined", "RISK")),
        ("Plaid Checking", "1000000.01", ("declined", "TRANSFER_LIMIT_REACHED")),
    ],
)
def test_what_a_pull_is_told(
    ana: Linked, account: str, amount: str, verdict: tuple[str, str | None]
) -> None:
    decided = ana.authorize(amount, account)
    reason = decided["decision_rationale"]
    assert (decided["decision"], reason and reason["code"]) == verdict


def test_after_a_broken_login_the_person_must_act(ana: Linked) -> None:
    ana.box.get("/sandbox/item/reset_login", access_token=ana.token)
    decided = ana.authorize("5.00", idempotency_key="k")
    assert decided["decision"] == "user_action_required"
    assert ana.authorize("5.00", idempotency_key="k")["id"] != decided["id"]


def test_an_account_added_by_its_numbers_is_approved_unchecked(box: Sandbox) -> None:
    made = box.get(
        "/transfer/migrate_account",
        routing_number="011401533",
        account_number="1111222233330000",
        account_type="checking",
    )
    linked = Linked(box, made["access_token"], {"x": made["account_id"]})
    decided = linked.authorize("7.00", "x")
    assert decided["decision_rationale"]["code"] == "MIGRATED_ACCOUNT_ITEM"
    assert linked.create(decided)["status"] == "pending"


def test_a_rule_decides_first(ana: Linked) -> None:
    ana.box.order("POST", "rules", {"amount": "6.00", "decision": "declined", "code": "FRAUD"})
    assert ana.authorize("6.00")["decision"] == "declined"
    assert ana.authorize("6.01")["decision"] == "approved"


# ---------------------------------------------------------------------- how it ends


@pytest.mark.parametrize(
    ("amount", "account", "course"),
    [
        ("7001.01", "Plaid Checking", ["pending", "posted", "returned"]),
        ("7010.02", "Plaid Checking", ["pending", "posted", "settled", "returned"]),
        ("7029.03", "Plaid Checking", [*WELL, "returned"]),
        ("7010.59", "Plaid Checking", [*WELL, "returned"]),
        ("10.02", "Returns Checking", ["pending", "posted", "settled", "returned"]),
        ("7001.00", "Plaid Checking", WELL),
        ("7000.01", "Plaid Checking", WELL),
        ("7001.60", "Plaid Checking", WELL),
        ("10.02", "Plaid Checking", WELL),
    ],
)
def test_magic_amounts_come_back(ana: Linked, amount: str, account: str, course: list[str]) -> None:
    pulled = ana.move(amount, account)
    ana.box.advance(days=90)
    assert ana.course(pulled) == course
    expected = ("0.00", "0.00") if course[-1] == "returned" else (amount, "0.00")
    assert balance(ana.box) == expected


def test_a_late_return_comes_on_its_day(ana: Linked) -> None:
    ana.move("7010.59")
    ana.box.order("POST", "clock", {"set": "2026-05-01T13:29:00+00:00"})
    assert balance(ana.box) == ("7010.59", "0.00")
    ana.box.advance(minutes=2)
    assert balance(ana.box) == ("0.00", "0.00")


def test_a_rule_ends_a_push_after_a_while(ana: Linked) -> None:
    fund(ana.box, "50.00")
    rule = {"type": "credit", "end": "returned", "code": "R03", "after": "settled", "seconds": 60}
    ana.box.order("POST", "rules", rule)
    pushed = ana.move("9.00", type="credit")
    ana.box.advance(days=7)
    assert ana.course(pushed) == ["pending", "posted", "settled", "returned"]
    assert balance(ana.box) == ("50.00", "0.00")


@pytest.mark.parametrize(
    ("account", "seconds", "course"),
    [
        ("Plaid Checking", 3, ["pending", "posted", "settled"]),
        ("RTP Rejected Checking", 3, ["pending", "failed"]),
        ("RTP Pending Checking", 30, ["pending", "posted"]),
        ("RTP Pending Checking", 70, ["pending", "posted", "settled"]),
    ],
)
def test_instant_pushes(ana: Linked, account: str, seconds: int, course: list[str]) -> None:
    fund(ana.box, "50.00")
    pushed = ana.move("9.00", account, type="credit", network="rtp", ach_class=None)
    ana.box.advance(seconds=seconds)
    assert ana.course(pushed) == course
    assert balance(ana.box)[0] == ("50.00" if course[-1] == "failed" else "41.00")


def test_only_some_accounts_are_instant_and_only_for_pushes(ana: Linked) -> None:
    def can(account: str) -> Any:
        found = ana.box.get(
            "/transfer/capabilities/get",
            access_token=ana.token,
            account_id=ana.accounts[account],
        )
        return found["institution_supported_networks"]["rtp"]["credit"]

    assert (can("Plaid Checking"), can("Plaid Saving")) == (True, False)


# ---------------------------------------------------------------------- book, events, lists


def test_a_refund_goes_back_once_and_never_more_than_came(ana: Linked) -> None:
    pulled = ana.move("30.00")
    ana.box.advance(days=14)
    asked = {"transfer_id": pulled["id"], "idempotency_key": "r"}
    first = ana.box.get("/transfer/refund/create", amount="20.00", **asked)["refund"]
    assert ana.box.get("/transfer/refund/create", amount="20.00", **asked)["refund"] == first
    assert balance(ana.box) == ("10.00", "0.00")
    more = ana.box.ask(
        "/transfer/refund/create", transfer_id=pulled["id"], amount="10.01", idempotency_key="s"
    )
    assert more.status_code == 400
    ana.box.advance(days=5)
    refund = ana.box.get("/transfer/refund/get", refund_id=first["id"])["refund"]
    assert refund["status"] == "settled"


def test_sweeps_carry_the_clients_own_money(box: Sandbox) -> None:
    asked = {"amount": "80.00", "network": "ach", "idempotency_key": "d"}
    sweep = box.get("/transfer/ledger/deposit", **asked)["sweep"]
    assert box.get("/transfer/ledger/deposit", **asked)["sweep"]["id"] == sweep["id"]
    assert balance(box) == ("0.00", "80.00")
    box.advance(days=14)
    assert balance(box) == ("80.00", "0.00")
    much = {"amount": "80.01", "network": "ach", "idempotency_key": "w"}
    assert box.ask("/transfer/ledger/withdraw", **much).status_code == 400
    box.get("/transfer/ledger/withdraw", **(much | {"amount": "80.00"}))
    assert balance(box) == ("0.00", "0.00")
    found = box.get("/transfer/sweep/get", sweep_id=sweep["id"])["sweep"]
    assert (found["amount"], found["status"]) == ("-80.00", "funds_available")


def test_the_book_is_the_sum_of_its_entries(ana: Linked) -> None:
    for amount in ("7001.01", "7010.02", "7029.03", "15.00"):
        ana.move(amount)
    ana.box.advance(days=30)
    rows = ana.box.get("/transfer/ledger/event/list", count=25)["ledger_events"]
    last = rows[-1]
    assert (last["available_balance"], last["pending_balance"]) == balance(ana.box)
    assert balance(ana.box) == ("15.00", "0.00")
    assert {row["type"] for row in rows} == {"transfer"}


def test_event_numbers_rise_with_gaps_and_pages_lose_nothing(ana: Linked) -> None:
    for _ in range(5):
        ana.move("5.00")
    ana.box.advance(days=14)
    whole = ana.box.get("/transfer/event/sync", after_id=0, count=500)
    numbers = [event["event_id"] for event in whole["transfer_events"]]
    assert len(numbers) == 20
    assert numbers == sorted(set(numbers)) != list(range(numbers[0], numbers[0] + 20))
    seen: list[int] = []
    after, has_more = 0, True
    while has_more:
        page = ana.box.get("/transfer/event/sync", after_id=after, count=3)
        seen += [event["event_id"] for event in page["transfer_events"]]
        after, has_more = seen[-1], page["has_more"]
    assert seen == numbers


def test_transfers_are_listed_by_pages_newest_first(ana: Linked) -> None:
    made = []
    for _ in range(7):
        made.append(ana.move("5.00")["id"])
        ana.box.advance(seconds=1)
    pages = [
        ana.box.get("/transfer/list", count=3, offset=offset)["transfers"] for offset in (0, 3, 6)
    ]
    assert [row["id"] for page in pages for row in page] == made[::-1]
    newer = ana.box.get("/transfer/list", start_date="2026-03-02T14:00:05Z")["transfers"]
    assert [row["id"] for row in newer] == made[:4:-1]


def test_the_book_can_be_falsified(ana: Linked) -> None:
    ana.move("5.00")
    ana.box.advance(days=3)
    entry = ana.box.state("ledger_event")[0]["id"]
    change = {"amount": "5.01"}
    ana.box.order(
        "POST", "books", {"type": "ledger_event", "id": entry, "do": "alter", "change": change}
    )
    assert ana.box.state("ledger_event")[0]["amount"] == "5.01"
    ana.box.order("POST", "books", {"type": "ledger_event", "id": entry, "do": "double"})
    assert len(ana.box.state("ledger_event")) == 2
    ana.box.order("POST", "books", {"type": "ledger_event", "id": entry, "do": "delete"})
    assert len(ana.box.state("ledger_event")) == 1


def test_a_test_clock_is_the_clock(ana: Linked) -> None:
    pulled = ana.move("5.00")
    clock = ana.box.get("/sandbox/transfer/test_clock/create")["test_clock"]
    ana.box.get(
        "/sandbox/transfer/test_clock/advance",
        test_clock_id=clock["test_clock_id"],
        new_virtual_time="2026-03-20T00:00:00Z",
    )
    ana.box.advance(seconds=1)
    assert ana.course(pulled) == WELL
