"""However often it is pressed, lost, reloaded or opened: one payment."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlparse

import httpx2
import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.web.conftest import App
from tests.journeys.web.paying import pay, review, sent
from tests.support.chrome import Window
from tests.support.system import System, wait_for
from tests.support.visitors import Visitor
from tests.support.watched import WatchedBooks

Stranger = Callable[[str], Visitor]
PAYMENTS = re.compile(r"/v1/payments$")
CUT = re.compile(r"net::ERR_|WebSocket|status of 50[23]")
AGAIN = "This is the same payment; it was sent once."


def _forgive(windows: list[Window]) -> None:
    """The line was cut on purpose, and Chromium says so."""
    for window in windows:
        window.faults[:] = [f for f in window.faults if not CUT.search(f)]


def _pair(stranger: Stranger) -> tuple[Visitor, Visitor]:
    return stranger("payer"), stranger("payee")


def test_62_double_tap(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "15", "twice")
    with books.moved({payer.handle: -1500, payee.handle: 1500}):
        page.get_by_test_id("pay-submit").dblclick()
        expect(sent(page)).to_be_visible()
        page.evaluate("history.back()")
        expect(page.get_by_test_id("pay-submit")).to_have_count(0)


def test_63_answer_lost_after_commit(
    app: App, books: WatchedBooks, stranger: Stranger, windows: list[Window]
) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "21.50", "lost")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route.fetch().text())
        route.abort()

    page.route(PAYMENTS, lose)
    with books.moved({payer.handle: -2150, payee.handle: 2150}):
        page.get_by_test_id("pay-submit").click()
        expect(page.get_by_text("Checking whether it was sent")).to_be_visible()
        expect(page.get_by_text(AGAIN)).to_be_visible()
        expect(page.get_by_text("Already sent")).to_be_visible()
    assert lost
    _forgive(windows)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_63_the_request_itself_is_lost(
    app: App, books: WatchedBooks, stranger: Stranger, windows: list[Window]
) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "2.25", "never came")
    keys: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            keys.append(route.request.headers["idempotency-key"])
            if len(keys) < 3:
                route.abort()
                return
        route.continue_()

    page.route(PAYMENTS, lose)
    with books.moved({payer.handle: -225, payee.handle: 225}):
        page.get_by_test_id("pay-submit").click()
        expect(sent(page)).to_be_visible()
    assert len(keys) == 3
    assert len(set(keys)) == 1
    _forgive(windows)


def test_64_reload_while_sending(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "9.99", "reload")
    arrived: list[int] = []

    def hang(route: Route) -> None:
        if route.request.method == "POST" and not arrived:
            arrived.append(route.fetch().status)
            return  # committed; the answer never comes to this document
        route.continue_()

    page.route(PAYMENTS, hang)
    with books.moved({payer.handle: -999, payee.handle: 999}):
        page.get_by_test_id("pay-submit").click()
        expect(page.get_by_text("Sending…")).to_be_visible()
        page.reload()
        expect(page.get_by_text(AGAIN)).to_be_visible()
    assert arrived == [201]


def test_65_the_draft_in_two_tabs(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "8", "tabs")
    other: Page = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_test_id("pay-submit")).to_be_enabled()
    with books.moved({payer.handle: -800, payee.handle: 800}):
        page.get_by_test_id("pay-submit").click()
        expect(sent(page)).to_be_visible()
        expect(sent(other)).to_be_visible()
        expect(other.get_by_test_id("pay-submit")).to_have_count(0)


def test_65_a_like_payment_is_asked_about(
    app: App, books: WatchedBooks, stranger: Stranger
) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    with books.moved({payer.handle: -500, payee.handle: 500}):
        pay(page, payee.handle, "5", "one")
        expect(sent(page)).to_be_visible()
    review(page, payee.handle, "5", "two")
    expect(page.get_by_text("You have just sent this")).to_be_visible()
    expect(page.get_by_test_id("pay-submit")).to_contain_text("another $5.00")
    expect(page.locator("#main").get_by_role("button", name="Back").last).to_be_focused()
    with books.moved({payer.handle: -500, payee.handle: 500}):
        page.get_by_test_id("pay-submit").click()
        expect(sent(page)).to_be_visible()


def test_66_back_then_pay_again(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    with books.moved({payer.handle: -330, payee.handle: 330}):
        pay(page, payee.handle, "3.30", "back")
        expect(sent(page)).to_be_visible()
        page.go_back()
        expect(sent(page)).to_be_visible()
        expect(page.get_by_role("textbox")).to_have_count(0)
        page.get_by_test_id("pay-another").click()
        expect(page.get_by_role("heading", name="Pay or request")).to_be_visible()
        expect(page.get_by_text("back", exact=True)).to_have_count(0)


def test_67_equal_calls_at_once(books: WatchedBooks, stranger: Stranger) -> None:
    payer, payee = _pair(stranger)
    body = {"payee_id": payee.id, "amount": 700, "currency": "USD", "note": "at once"}
    headers = {"idempotency-key": "the-same", "authorization": payer.http.headers["authorization"]}

    def send(_: int) -> tuple[int, str]:
        url = f"{payer.http.base_url}/v1/payments"
        answer = httpx2.post(url, json=body, headers=headers, timeout=30)
        return answer.status_code, answer.json()["payment"]["id"]

    with books.moved({payer.handle: -700, payee.handle: 700}), ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(send, range(200)))
    [(status, payment)] = set(answers)
    assert status == 201
    payee.hears("payment_received", payer)
    assert payee.sees(payment)["payer"]["handle"] == payer.handle
    told = [n["kind"] for n in payee.get("notifications")["items"]]
    assert told.count("payment_received") == 1


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_68_same_key_other_body(app: App, books: WatchedBooks, stranger: Stranger) -> None:
    """Two tabs whose drafts got apart: one key never stands for two payments."""
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "4", "first")
    [draft] = parse_qs(urlparse(page.url).query)["d"]
    key = page.evaluate(
        """d => JSON.parse(localStorage[Object.keys(localStorage).find((k) => k.endsWith(d))])
          .seal.key""",
        draft,
    )
    with books.moved({payer.handle: -100, payee.handle: 100}):
        body = {"payee_id": payee.id, "amount": 100, "currency": "USD", "note": "other"}
        answer = payer.http.post("/v1/payments", json=body, headers={"idempotency-key": key})
        assert answer.status_code == 201
    with books.still(payer.handle, payee.handle):
        page.get_by_test_id("pay-submit").click()
        expect(page.get_by_text("This is not the same payment")).to_be_visible()
    page.get_by_role("button", name="Check again").click()
    with books.moved({payer.handle: -400, payee.handle: 400}):
        page.get_by_test_id("pay-submit").click()
        expect(sent(page)).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_70_server_killed_after_commit(
    app: App, books: WatchedBooks, stranger: Stranger, windows: list[Window], system: System
) -> None:
    payer, payee = _pair(stranger)
    page = app(payer)
    review(page, payee.handle, "6.66", "killed")
    killed: list[int] = []

    def kill(route: Route) -> None:
        if route.request.method == "POST" and not killed:
            assert route.fetch().status == 201
            killed.append(system.kill("api"))
            route.abort()
            return
        route.continue_()

    page.route(PAYMENTS, kill)
    with books.moved({payer.handle: -666, payee.handle: 666}):
        page.get_by_test_id("pay-submit").click()
        expect(page.get_by_text(AGAIN)).to_be_visible(timeout=60_000)
    wait_for(system.is_ready)
    assert killed
    _forgive(windows)
