"""Paying and asking, as people do it at a screen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.web.conftest import App
from tests.journeys.web.paying import compose, home, pay, review, search, sent
from tests.support.chrome import axe
from tests.support.visitors import Visitor, eventually
from tests.support.watched import WatchedBooks

Stranger = Callable[[str], Visitor]


def _befriend(a: Visitor, b: Visitor) -> None:
    a.do("PUT", f"friends/{b.id}")
    b.do("PUT", f"friends/{a.id}")


def test_16_pay_with_an_emoji_note(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = stranger("pia"), stranger("otto")
    page = app(payer)
    page.goto("/")
    expect(page.get_by_text("$100.00").first).to_be_visible()
    home(page).get_by_role("link", name="Pay", exact=True).first.click()
    search(page, payee.handle).click()
    page.get_by_label("Amount").fill("35.00")
    page.get_by_role("button", name="Add 🍕").click()
    page.get_by_test_id("what-pay").click()
    with books.moved({payer.handle: -3500, payee.handle: 3500}):
        page.get_by_role("button", name=f"Pay {payee.handle.title()} $35.00").click()
        expect(page.get_by_role("status").get_by_text("Sent $35.00")).to_be_visible()
    assert axe(page) == []

    page.get_by_test_id("pay-another").click()
    expect(page.get_by_role("heading", name="Pay or request")).to_be_visible()
    home(page).get_by_role("link", name="Home", exact=True).first.click()
    expect(page.get_by_text("$65.00").first).to_be_visible()
    page.goto("/?scope=mine")
    expect(page.get_by_text("🍕").first).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_16_a_friend_is_paid_in_four_presses(
    app: App, books: WatchedBooks, stranger: Stranger
) -> None:
    payer, payee = stranger("ned"), stranger("ida")
    _befriend(payer, payee)
    page = app(payer)
    page.goto("/")
    home(page).get_by_role("link", name="Pay", exact=True).first.click()  # 1
    page.get_by_role("button", name=payee.handle.title()).click()  # 2
    page.keyboard.type("4.20")
    page.keyboard.press("Enter")
    page.keyboard.type("tea")
    page.get_by_test_id("what-pay").click()  # 3
    with books.moved({payer.handle: -420, payee.handle: 420}):
        page.get_by_test_id("pay-submit").click()  # 4
        expect(sent(page)).to_be_visible()


def test_17_request(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    asker, asked = stranger("abe"), stranger("zoe")
    page = app(asker)
    compose(page, asked.handle, "95.00", "the big dinner 🍻")
    page.get_by_test_id("what-request").click()
    expect(page.get_by_role("heading", name="Check and request")).to_be_visible()
    assert axe(page) == []
    with books.still(asker.handle, asked.handle, requests=1):
        page.get_by_test_id("request-submit").click()
        expect(page.get_by_role("status").get_by_text("for $95.00")).to_be_visible()
    for one, box in ((asker, "waiting"), (asked, "to_pay")):
        [request] = one.get("requests", box=box)["items"]
        assert (request["amount"], request["note"]) == (9500, "the big dinner 🍻")
    page.get_by_role("link", name="See the request").click()
    expect(page).to_have_url(re.compile(r"/requests/req_"))


def test_18_bad_amounts_and_notes(app: App, stranger: Stranger) -> None:
    payer, payee = stranger("uma"), stranger("lou")
    page = app(payer)
    page.goto(f"/pay?to={payee.handle}")
    amount, note = page.get_by_label("Amount"), page.get_by_label("What is it for?")
    buttons = [page.get_by_test_id("what-pay"), page.get_by_test_id("what-request")]

    def are_off() -> None:
        for button in buttons:
            expect(button).to_be_disabled()

    are_off()
    expect(page.get_by_text("You can send")).to_be_visible()  # nothing moves from here on
    buttons[0].click(force=True)  # says why it does nothing
    expect(page.get_by_text("Enter an amount.")).to_be_visible()
    expect(page.get_by_text("Write what it is for.")).to_be_visible()
    expect(amount).to_be_focused()
    note.fill("rent")
    for text, says in {
        "": "Enter an amount.",
        "0": "at least $0.01",
        "-1": "without plus or minus",
        "0.001": "whole cents",
        "5,000.01": "at most $5,000.00",
        "1e3": "in digits",
        "NaN": "in digits",
        "1.234,50": "in two ways",
    }.items():
        amount.fill(text)
        amount.blur()
        expect(page.get_by_text(says)).to_be_visible()
        are_off()
    assert axe(page) == []
    amount.fill("5,000")
    for text, says in {
        "": "Write what it is for.",
        "x" * 501: "Shorten it",
        "a\u202eb": "signs",
    }.items():
        note.fill(text)
        note.blur()
        expect(page.get_by_text(says)).to_be_visible()
        are_off()
    note.fill("rent 🏠")
    for button in buttons:
        expect(button).to_be_enabled()


def test_19_the_payee_has_it(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = stranger("sam"), stranger("tess")
    theirs = app(payee)
    theirs.goto("/")
    expect(theirs.get_by_text("$100.00").first).to_be_visible()
    page = app(payer)
    with books.moved({payer.handle: -1368, payee.handle: 1368}):
        pay(page, payee.handle, "13.68", "pizza")
        expect(sent(page)).to_be_visible()
    expect(theirs.get_by_text("$113.68").first).to_be_visible()
    theirs.reload()
    expect(theirs.get_by_text("$113.68").first).to_be_visible()


def test_21_search(app: App, stranger: Stranger) -> None:
    page = app("ana")
    page.goto("/pay")
    field = page.get_by_role("searchbox")
    found = page.get_by_role("region", name="Found").get_by_role("listitem")
    for text in ("okafor", "Ben", "be"):
        field.fill(text)
        expect(found.first).to_contain_text("Ben Okafor")
    expect(found.filter(has_text="Alma Okafor")).to_have_count(0)
    for row in found.all():
        assert re.search(r"\bbe", row.inner_text(), re.IGNORECASE)
    hidden = stranger("quentin")
    hidden.do("PATCH", "me/privacy", {"findable_by_email": True})
    email = f"{hidden.handle}@example.org"
    field.fill(email)
    expect(found).to_have_count(1)
    expect(found.first).to_contain_text(f"@{hidden.handle}")
    field.fill(email[:-2])
    expect(page.get_by_text("Nobody found.")).to_be_visible()
    assert axe(page) == []
    field.fill("")
    expect(page.get_by_role("region", name="Friends")).to_be_visible()
    field.fill("ana")
    expect(page.get_by_text("Nobody found.").or_(found.first)).to_be_visible()
    expect(page.get_by_text("@ana", exact=True)).to_have_count(0)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_21_by_the_keyboard_alone(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = stranger("kay"), stranger("kim")
    page = app(payer)
    page.goto("/pay")
    page.get_by_role("searchbox").focus()
    page.keyboard.type(payee.handle)
    expect(page.get_by_role("region", name="Found").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Amount")).to_be_focused()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    page.keyboard.type("keys")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("pay-submit")).to_be_enabled()
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.testid") == "pay-submit":
            break
    with books.moved({payer.handle: -700, payee.handle: 700}):
        page.keyboard.press("Enter")
        expect(sent(page)).to_be_visible()


def test_22_waterfall(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payee = stranger("wim")
    page = app("ana")
    has = books.cents("ana")
    beyond = 2_000
    amount = f"{(has + beyond) / 100:.2f}"
    review(page, payee.handle, amount, "a used car")
    lines = page.locator("dl").first
    expect(lines).to_contain_text("Quid balance")
    expect(lines).to_contain_text("First Platypus Bank")
    expect(lines).to_contain_text("$20.00")
    expect(lines).to_contain_text("Free")
    expect(page.get_by_text(re.compile(r"^By "))).to_be_visible()

    page.get_by_label("Pay from").select_option(label="Visa ··4242 (3% fee)")
    cents = has + beyond
    fee = (cents * 300 + 5_000) // 10_000
    expect(lines).to_contain_text("Card fee (3%)")
    expect(lines).to_contain_text(f"${fee / 100:,.2f}")
    expect(lines).to_contain_text(f"${(cents + fee) / 100:,.2f}")
    assert axe(page) == []

    page.get_by_label("Pay from").select_option("balance")
    expect(page.get_by_role("alert").get_by_text("Not Enough Balance")).to_be_visible()


def test_56_short_of_funds(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = stranger("finn"), stranger("gil")
    page = app(payer)
    with books.still(payer.handle, payee.handle):
        page.goto(f"/pay?to={payee.handle}&amount=250&note=rent")
        expect(page.get_by_text("$150.00 more than your balance.")).to_be_visible()
        page.get_by_test_id("what-pay").click()
        expect(page.get_by_role("alert").get_by_text("Not Enough Balance")).to_be_visible()
        expect(page.get_by_test_id("pay-submit")).to_have_count(0)
        assert axe(page) == []
        expect(page.get_by_role("link", name="Add money")).to_have_attribute(
            "href", "/wallet/deposit"
        )


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_55_cents_are_exact(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = stranger("cy"), stranger("di")
    page = app(payer)
    for text, cents in {"13.68": 1368, "0.01": 1, "$0.29": 29, "1,0.5": 0}.items():
        compose(page, payee.handle, text, f"exactly {text}")
        if not cents:
            expect(page.get_by_test_id("what-pay")).to_be_disabled()
            continue
        page.get_by_test_id("what-pay").click()
        with books.moved({payer.handle: -cents, payee.handle: cents}):
            page.get_by_test_id("pay-submit").click()
            expect(sent(page)).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_57_nobody_pays_or_asks_themselves(app: App, stranger: Stranger) -> None:
    me = stranger("solo")
    page = app(me)
    page.goto(f"/pay?to={me.handle}")
    expect(page.get_by_role("alert").get_by_text("Choose someone else")).to_be_visible()
    page.get_by_role("searchbox").fill(me.handle)
    expect(page.get_by_text("Nobody found.")).to_be_visible()


def test_60_frozen_and_blocked(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payee = stranger("vic")
    page = app("finn")
    with books.still("finn", payee.handle):
        compose(page, payee.handle, "1.00", "tea")
        page.get_by_test_id("what-pay").click()
        expect(page.get_by_role("alert").get_by_text("Account on hold")).to_be_visible()
        expect(page.get_by_role("link", name="See what to do")).to_have_attribute(
            "href", "/on-hold"
        )
    payer = stranger("bo")
    page = app(payer)
    compose(page, payee.handle, "1.00", "tea")
    payee.do("PUT", f"friends/{payer.id}/block")
    with books.still(payer.handle, payee.handle):
        page.get_by_test_id("what-pay").click()
        expect(page.get_by_role("alert").get_by_text("User Not Found")).to_be_visible()
    page.goto(f"/pay?to={payee.handle}")
    expect(page.get_by_role("alert").first).to_be_visible()


def test_20_a_request_is_paid_from_its_link(
    app: App, books: WatchedBooks, stranger: Stranger
) -> None:
    asker, asked = stranger("rob"), stranger("sue")
    body = {"requestee_id": asked.id, "amount": 1800, "currency": "USD", "note": "taxi 🚕"}
    request = asker.do("POST", "requests", body)
    page = app(asked)
    page.goto(f"/pay?request={request['id']}")
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    expect(page.get_by_text("taxi 🚕")).to_be_visible()
    with books.moved({asked.handle: -1800, asker.handle: 1800}):
        page.get_by_test_id("pay-submit").click()
        expect(sent(page)).to_be_visible()
    eventually(lambda: asker.get(f"requests/{request['id']}")["state"] == "PAID")
    page.goto(f"/pay?request={request['id']}")
    expect(page.get_by_role("alert").get_by_text("Already done")).to_be_visible()


def test_22_a_bank_pays(app: App, stranger: Stranger) -> None:
    payee = stranger("hugh")
    page = app("ana")
    review(page, payee.handle, "1.00", "by the bank")
    page.get_by_label("Pay from").select_option(label="First Platypus Bank ··0000")
    expect(page.locator("dl").first).to_contain_text("First Platypus Bank")
    expect(page.get_by_test_id("pay-submit")).to_be_enabled()
    page.get_by_test_id("pay-submit").click()
    expect(page.get_by_role("status").get_by_text("On its way")).to_be_visible()
    expect(page.get_by_text("It arrives by")).to_be_visible()
    assert axe(page) == []
