"""Deposits and withdrawals at the screen, to the cent, and once."""

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Route, expect

from tests.journeys.web.banking import (
    Customer,
    available,
    bank_time,
    fill_amount,
    link,
    link_at_the_page,
    steps,
    transfers,
)
from tests.journeys.web.conftest import App
from tests.support.chrome import Window, axe
from tests.support.sandbox import Sandbox
from tests.support.visitors import GIFT, Visitor, eventually
from tests.support.watched import WatchedBooks

Stranger = Callable[[str], Visitor]
DEBIT_CARD: Final = "4000056655665556"
ROUTING: Final = "011401533"
SLOW_MS: Final = 15_000  # what asks a bank
PRESS_TWICE: Final = "button => { button.click(); button.click(); }"


# --- deposits ----------------------------------------------------------------------------------


def test_14_a_deposit_is_pending_once_and_spendable_only_when_settled(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    link(nora, banks)
    handle = nora.person.handle
    page = app(nora.person)
    page.goto("/wallet/deposit")
    fill_amount(page, "25.00")
    expect(page.get_by_text("Check your deposit")).to_be_visible()
    with books.still(handle):
        page.get_by_test_id("transfer-submit").evaluate(PRESS_TWICE)
        expect(page.get_by_text("Your deposit has started")).to_be_visible(timeout=SLOW_MS)
        assert axe(page) == []
        page.get_by_role("link", name="Done").click()
        available(page, "$100.00")
        page.get_by_role("link", name="Pending").click()
        expect(page.get_by_role("dialog").get_by_text("$25.00").first).to_be_visible()
        assert axe(page) == []
    assert transfers(nora, "deposits") == 1

    with books.moved({handle: 2500}, payments=0, entries=1):
        steps(banks, lambda: nora.person.get("balance")["available"] == GIFT + 2500)
    page.goto("/wallet")
    available(page, "$125.00")
    expect(page.get_by_text("+$25.00")).to_be_visible()
    assert transfers(nora, "deposits") == 1


def test_14_a_deposit_that_comes_back_is_shown_as_owed(
    app: App, nora: Customer, banks: Sandbox
) -> None:
    rule = {"account": "0000", "amount": "61.00", "end": "returned", "code": "R01"}
    banks.order("POST", "rules", rule | {"after": "settled"})
    source = link(nora, banks)
    body = {"funding_source_id": source, "amount": 6100}
    sent = nora.person.send("POST", "deposits", body).json()["deposit"]["id"]
    steps(banks, lambda: nora.person.get("balance")["available"] == GIFT + 6100)
    pay = {"payee_id": nora.person.get("users/ben")["id"], "amount": GIFT + 6100}
    nora.person.do("POST", "payments", pay | {"currency": "USD", "note": "all of it"})
    steps(banks, lambda: nora.person.get("balance")["owed"] == 6100)

    page = app(nora.person)
    page.goto("/wallet")
    expect(page.get_by_test_id("wallet-owed").get_by_text("You owe $61.00")).to_be_visible()
    assert axe(page) == []
    page.get_by_test_id(f"transfer-{sent}").get_by_role("link").click()
    expect(page.get_by_text("The bank sent it back")).to_be_visible()
    expect(page.get_by_text("There was not enough money in the bank account.")).to_be_visible()
    expect(page.get_by_text("You owe $61.00")).to_be_visible()
    assert axe(page) == []


def test_14_who_owes_and_who_is_on_hold_is_told_what_to_do(app: App) -> None:
    page = app("hal")
    page.goto("/wallet")
    expect(page.get_by_text("You owe $120.00")).to_be_visible()
    expect(page.get_by_role("button", name="Repair").first).to_be_visible()
    assert axe(page) == []
    page = app("finn")
    page.goto("/wallet")
    expect(page.get_by_text("Your account is on hold")).to_be_visible()
    assert axe(page) == []


# --- withdrawals -------------------------------------------------------------------------------


def test_15_a_withdrawal_costs_and_brings_what_was_quoted(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    handle = nora.person.handle
    page = app(nora.person)
    page.goto("/wallet/add")
    nora.prove_at(page, page.get_by_role("button", name="Sign in at your bank"))
    link_at_the_page(page, nora.login)
    expect(page.get_by_text("It is linked")).to_be_visible(timeout=SLOW_MS)
    page.goto("/wallet/withdraw")
    page.get_by_label("Amount").fill("40")
    expect(page.get_by_test_id("speed-standard").get_by_text("You get $40.00")).to_be_visible()
    expect(page.get_by_test_id("speed-instant").get_by_text("You get $39.30")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Continue").click()
    with books.moved({handle: -4000}, payments=0, entries=1):
        page.get_by_test_id("transfer-submit").click()
        expect(page.get_by_text("Your withdrawal has started")).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_test_id("transfer-amount")).to_have_text("$40.00")

    page.goto("/wallet/withdraw")
    page.get_by_label("Amount").fill("20")
    page.get_by_test_id("speed-instant").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("\N{MINUS SIGN}$0.35")).to_be_visible()
    with books.moved({handle: -2000}, payments=0, entries=1):
        page.get_by_test_id("transfer-submit").evaluate(PRESS_TWICE)
        expect(page.get_by_test_id("transfer-amount")).to_have_text("$19.65")
    steps(
        banks,
        lambda: all(
            w["state"] in ("SETTLED", "COMPLETED")
            for w in nora.person.get("withdrawals")["withdrawals"]
        ),
    )
    moved = [
        (w["amount"], w["fee"], w["net"]) for w in nora.person.get("withdrawals")["withdrawals"]
    ]
    assert moved == [(2000, 35, 1965), (4000, 0, 4000)]
    page.goto("/wallet")
    available(page, "$40.00")
    expect(page.get_by_text("Done", exact=True)).to_have_count(2)


def test_15_more_than_there_is_is_said_before_it_is_asked_for(
    app: App, nora: Customer, banks: Sandbox
) -> None:
    link(nora, banks)
    page = app(nora.person)
    page.goto("/wallet/withdraw")
    page.get_by_label("Amount").fill("100.01")
    expect(page.get_by_text("You can withdraw $100.00 at most.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
    page.get_by_role("button", name="Withdraw all").click()
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()


def test_15_a_withdrawal_is_cancelled_and_the_money_is_back(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    source = link(nora, banks)
    page = app(nora.person)
    body = {"funding_source_id": source, "amount": 3000, "type": "standard"}
    with bank_time(banks, 0):
        sent = nora.person.send("POST", "withdrawals", body).json()["withdrawal"]["id"]
        page.goto(f"/wallet/transfers/{sent}")
        with books.moved({nora.person.handle: 3000}, payments=0, entries=1):
            page.get_by_role("button", name="Cancel this withdrawal").click()
            page.get_by_test_id("transfer-cancel").click()
            expect(page.get_by_text("Cancelled").first).to_be_visible()


# --- once --------------------------------------------------------------------------------------


def test_63_a_deposit_whose_answer_is_lost_happens_once(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks, windows: list[Window]
) -> None:
    link(nora, banks)
    page = app(nora.person)
    page.goto("/wallet/deposit")
    fill_amount(page, "30")
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    page.route("**/v1/deposits", lose)
    page.get_by_test_id("transfer-submit").click()
    expect(page.get_by_text("Your deposit has started")).to_be_visible(timeout=SLOW_MS)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    windows[0].faults.clear()  # the lost answer
    _happened_once(nora, banks, books)


def test_64_a_reload_without_an_answer_finishes_the_same_deposit(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    link(nora, banks)
    page = app(nora.person)
    page.goto("/wallet/deposit")
    fill_amount(page, "30")

    def swallow(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()  # and no answer
        else:
            route.continue_()

    page.route("**/v1/deposits", swallow)
    page.get_by_test_id("transfer-submit").click()

    def is_there() -> bool:
        page.wait_for_timeout(50)  # the line is held by this very thread
        return transfers(nora, "deposits") == 1

    eventually(is_there)
    page.goto("/wallet/deposit")
    page.unroute_all(behavior="ignoreErrors")
    expect(page.get_by_text("Deposit of $30.00")).to_be_visible(timeout=SLOW_MS)
    assert axe(page) == []
    page.get_by_role("button", name="Finish it").click()
    expect(page.get_by_text("Your deposit has started")).to_be_visible(timeout=SLOW_MS)
    _happened_once(nora, banks, books)


def _happened_once(nora: Customer, banks: Sandbox, books: WatchedBooks) -> None:
    assert transfers(nora, "deposits") == 1
    with books.moved({nora.person.handle: 3000}, payments=0, entries=1):
        steps(banks, lambda: nora.person.get("balance")["available"] == GIFT + 3000)
    assert transfers(nora, "deposits") == 1
