"""Requests on the screen: paid once, declined, taken back and reminded, by whom may."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.web.conftest import App
from tests.support.visitors import Visitor, eventually
from tests.support.watched import WatchedBooks

Sign = Callable[[str], Visitor]
ACTS = ("Pay", "Decline", "Take back", "Remind")


def befriend(one: Visitor, other: Visitor) -> None:
    """Make friends of them."""
    one.do("PUT", f"friends/{other.id}")
    other.do("PUT", f"friends/{one.id}")


def ask(requester: Visitor, requestee: Visitor, cents: int, note: str) -> str:
    """Ask for money; give the request."""
    body = {"requestee_id": requestee.id, "amount": cents, "currency": "USD", "note": note}
    found: str = requester.do("POST", "requests", body)["id"]
    return found


def act(page: Page, name: str) -> Any:
    """What may be done with the request, by its word."""
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def confirm(page: Page, name: str) -> None:
    """Say yes in the sheet that asks once more."""
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def pay_what_is_asked(page: Page, request: str) -> None:
    """Pay from the request, up to what is said when it was sent."""
    page.goto(f"/requests/{request}")
    page.get_by_test_id(f"request-accept-{request}").click()
    page.get_by_test_id("pay-submit").click()


def offers_nothing(page: Page) -> None:
    """Require that a closed request offers no act."""
    expect(page.get_by_test_id(re.compile("^request-"))).to_have_count(0)
    for name in ACTS:
        expect(act(page, name)).to_have_count(0)


def test_20_a_request_is_asked_and_paid(app: App, stranger: Sign, books: WatchedBooks) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 1250, "your half of the taxi")
    noras, omars = app(nora), app(omar)
    noras.goto("/wallet")
    expect(noras.get_by_test_id("wallet-available")).to_have_text("$100.00")
    omars.goto("/requests")
    row = omars.get_by_role("main").get_by_role("listitem").filter(has_text="your half of the taxi")
    expect(row).to_contain_text("Nora")
    expect(row).to_contain_text("$12.50")

    with books.moved({nora.handle: 1250, omar.handle: -1250}):
        pay_what_is_asked(omars, request)
        expect(omars.get_by_text("Sent $12.50").first).to_be_visible()

    expect(noras.get_by_test_id("wallet-available")).to_have_text("$112.50")
    [payment] = nora.get(f"requests/{request}")["payment_ids"]
    for page in (noras, omars):
        page.goto(f"/activity/{payment}")
        main = page.get_by_role("main")
        for text in ("your half of the taxi", "12.50"):
            expect(main.get_by_text(text).first).to_be_visible()


def test_23_taking_back_reminding_and_declining_move_nothing(
    app: App, stranger: Sign, books: WatchedBooks
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    page = app(nora)
    with books.still(nora.handle, omar.handle, requests=1):
        request = ask(nora, omar, 900, "lamp")
        page.goto(f"/requests/{request}")
        expect(act(page, "Remind")).to_have_count(0)  # not within a day of asking
        act(page, "Take back").click()
        confirm(page, "Take back")
        expect(page.get_by_role("main").get_by_text("Taken back", exact=True).first).to_be_visible()
    omar.hears("request_cancelled", nora)
    offers_nothing(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_43_a_request_that_was_paid_elsewhere_loses_its_buttons(
    app: App, stranger: Sign, books: WatchedBooks
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 700, "film")
    page = app(omar)
    page.goto(f"/requests/{request}")
    expect(page.get_by_test_id(f"request-accept-{request}")).to_be_visible()

    with books.moved({nora.handle: 700, omar.handle: -700}):
        omar.do("POST", f"requests/{request}/pay", {})

    offers_nothing(page)
    expect(page.get_by_text("This was paid.")).to_be_visible()


def test_44_declining_makes_the_buttons_vanish(
    app: App, stranger: Sign, books: WatchedBooks
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 800, "gift")
    page = app(omar)
    page.goto(f"/requests/{request}")

    with books.still(nora.handle, omar.handle):
        page.get_by_test_id(f"request-decline-{request}").click()
        confirm(page, "Decline")
        expect(page.get_by_text("This was declined. No money moved.")).to_be_visible()

    offers_nothing(page)
    nora.hears("request_declined", omar)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_45_a_finished_request_offers_neither(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 400, "tram")
    omar.do("POST", f"requests/{request}/decline")
    for who in (nora, omar):
        page = app(who)
        page.goto(f"/requests/{request}")
        expect(page.get_by_role("status").get_by_text("This was declined.")).to_be_visible()
        offers_nothing(page)
        page.goto("/requests?box=done")
        expect(page.get_by_role("main").get_by_text("tram")).to_be_visible()
        offers_nothing(page)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_51_what_was_declined_is_never_paid(app: App, stranger: Sign, books: WatchedBooks) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 600, "bread")
    page = app(omar)
    page.goto(f"/requests/{request}")
    page.get_by_test_id(f"request-accept-{request}").click()
    expect(page.get_by_test_id("pay-submit")).to_be_enabled()

    with books.still(nora.handle, omar.handle):
        omar.do("POST", f"requests/{request}/decline")
        submit = page.get_by_test_id("pay-submit")
        if submit.count():  # the screen may know already
            submit.click(timeout=3000)
        expect(page.get_by_text(re.compile("Already done|declined")).first).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_52_each_of_the_two_has_their_own_acts(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 500, "map")
    noras, omars, third = app(nora), app(omar), app(stranger("pia"))
    for page in (noras, omars, third):
        page.goto(f"/requests/{request}")
    expect(act(noras, "Take back")).to_be_visible()
    expect(noras.get_by_test_id(f"request-accept-{request}")).to_have_count(0)
    expect(act(noras, "Decline")).to_have_count(0)
    expect(omars.get_by_test_id(f"request-accept-{request}")).to_be_visible()
    expect(act(omars, "Decline")).to_be_visible()
    expect(act(omars, "Take back")).to_have_count(0)
    expect(third.get_by_role("alert")).to_contain_text("Not Found")


@pytest.mark.parametrize("size", ["desktop"], indirect=True)
def test_69_a_request_paid_from_two_tabs_is_paid_once(
    app: App, stranger: Sign, books: WatchedBooks
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    request = ask(nora, omar, 1100, "book")
    one, two = app(omar), app(omar)
    for page in (one, two):
        page.goto(f"/pay?request={request}")
        expect(page.get_by_test_id("pay-submit")).to_be_enabled()

    with books.moved({nora.handle: 1100, omar.handle: -1100}):
        for page in (one, two):
            submit = page.get_by_test_id("pay-submit")
            if submit.count():  # the second may have heard of the first
                submit.click(timeout=3000)
        expect(one.get_by_text("Sent $11.00").first).to_be_visible()

    eventually(lambda: nora.get(f"requests/{request}")["state"] == "PAID")
    expect(two.get_by_text(re.compile("Already done|was paid|Sent")).first).to_be_visible()
