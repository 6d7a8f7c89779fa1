"""Home: the feed as each person may see it, what is new while one looks, and what one filters."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.journeys.web.conftest import App
from tests.support.system import System
from tests.support.visitors import Visitor, eventually
from tests.support.watched import WatchedBooks

Sign = Callable[[str], Visitor]
ITEMS = '[data-testid^="feed-item-"]'
MINUS = "\N{MINUS SIGN}"
PREFIX = len("feed-item-")
ON_SCREEN = f"() => [...document.querySelectorAll('{ITEMS}')].map((e) => e.dataset.testid)"
# What is drawn once the window is filled, in the moment before it is scrolled on.
READ_ON = f"""() => new Promise((read) => {{
  const at = (part) => document.elementFromPoint(innerWidth / 2, innerHeight * part);
  const look = () => {{
    if ([0.2, 0.4, 0.6, 0.8].some((part) => at(part)?.tagName === "UL")) return setTimeout(look, 9);
    const drawn = ({ON_SCREEN})();
    scrollBy(0, innerHeight * 0.8);
    return requestAnimationFrame(() => setTimeout(() => read(drawn)));
  }};
  look();
}})"""
IS_DOWN = "() => scrollY + innerHeight >= document.documentElement.scrollHeight - 4"


def befriend(one: Visitor, *others: Visitor) -> None:
    """Make friends of them."""
    for other in others:
        one.do("PUT", f"friends/{other.id}")
        other.do("PUT", f"friends/{one.id}")


def pay(payer: Visitor, payee: Visitor, cents: int, note: str, **more: Any) -> str:
    """Pay; give the payment."""
    body = {"payee_id": payee.id, "amount": cents, "currency": "USD", "note": note, **more}
    found: str = payer.do("POST", "payments", body)["payment"]["id"]
    return found


def item(page: Page, payment: str) -> Any:
    """The card of a payment."""
    return page.get_by_test_id(f"feed-item-{payment}")


def read_to_the_end(page: Page) -> list[str]:
    """Scroll as a reader does; give the payments in the order in which they came into view."""
    seen: dict[str, None] = {}

    def step() -> bool:
        is_over = page.get_by_test_id("feed-end").count() == 1 and bool(page.evaluate(IS_DOWN))
        seen.update(dict.fromkeys(page.evaluate(READ_ON)))
        return is_over

    page.locator(ITEMS).first.wait_for()
    eventually(step, seconds=80)
    return [name[PREFIX:] for name in seen]


def whole(page: Page, scope: str) -> list[dict[str, Any]]:
    """The whole of a feed, as the API pages it."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = page.request.get(f"/v1/feed?limit=100{scope}{cursor}").json()
        found += answer["items"]
        if answer["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer['next_cursor']}"


def filter_by(page: Page, **fields: str) -> None:
    """Fill the filter in, and show."""
    page.get_by_role("button", name="Filter", exact=True).click()
    for label, text in fields.items():
        page.get_by_label(label.replace("_", " ")).fill(text)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_26_a_like_counts_once_and_is_told(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    payment = pay(omar, nora, 300, "tea")
    nora.sees(payment)
    omars, noras = app(omar), app(nora)
    for page in (omars, noras):
        page.goto("/")
        item(page, payment).wait_for()
    noras.get_by_role("button", name="Like", exact=True).click()

    liked = noras.get_by_role("button", name="Like, 1 so far")
    expect(liked).to_have_attribute("aria-pressed", "true")
    omar.hears("liked", nora)
    unread = omar.get("notifications")["unread_count"]
    expect(omars.get_by_test_id("notification-count")).to_have_text(str(unread))
    expect(item(omars, payment).get_by_role("button", name="Like, 1 so far")).to_be_visible()


def test_31_a_second_device_has_it_live_and_misses_nothing(
    app: App, stranger: Sign, books: WatchedBooks, system: System
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    first = pay(omar, nora, 100, "before")
    nora.sees(first)
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    is_cut = False

    def line(ws: WebSocketRoute) -> None:
        if is_cut:
            ws.close(code=1013)
        else:
            lines.append((ws, ws.connect_to_server()))

    one, two, address = app(nora), app(), system.record().address
    # Who signs in too often has to wait: the second device has the cookie of the first.
    two.context.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": address} for c in one.context.cookies()]
    )
    two.route_web_socket(re.compile(r"/v1/ws"), line)
    for page in (one, two):
        with page.expect_response("**/v1/feed*"):
            page.goto("/")
        item(page, first).wait_for()
    eventually(lambda: "cursor" in str(two.evaluate("JSON.stringify(sessionStorage)")))
    with books.moved({nora.handle: 250, omar.handle: -250}):
        pay(omar, nora, 250, "while it stands")
    for page in (one, two):
        expect(page.get_by_test_id("wallet-available")).to_have_text("$103.50")
        expect(page.get_by_text("sent $2.50")).to_be_visible()
        expect(page.get_by_test_id("feed-new")).to_have_text("1 new")
        assert page.locator(ITEMS).count() == 1, "nothing may move under the reader"

    is_cut = True
    for ws, server in lines:
        server.close()
        ws.close(code=1012)
    with books.moved({nora.handle: 33, omar.handle: -33}, payments=3):
        sent = [pay(omar, nora, 10 + n, f"while it is cut {n}") for n in range(3)]
    expect(two.get_by_text("Reconnecting…")).to_be_visible()
    is_cut = False
    bar = two.get_by_text("Reconnecting…")

    def is_back() -> bool:  # an attempt under way while it was cut may still fail
        two.evaluate("dispatchEvent(new Event('online'))")
        two.wait_for_timeout(200)
        return bar.count() == 0

    eventually(is_back, seconds=30)
    for page in (one, two):
        expect(page.get_by_test_id("wallet-available")).to_have_text("$103.83")
        expect(page.get_by_test_id("feed-new")).to_have_text("4 new")
        page.get_by_test_id("feed-new").click()
        expect(page.locator(ITEMS)).to_have_count(5)
        assert {name[PREFIX:] for name in page.evaluate(ON_SCREEN)} >= {first, *sent}
        unread = nora.get("notifications")["unread_count"]
        expect(page.get_by_test_id("notification-count")).to_have_text(str(unread))


def test_32_navigation_opens_and_closes(app: App, size: str) -> None:
    page = app("ana")
    page.goto("/")
    places = page.get_by_role("navigation", name="Main")
    if size == "desktop":
        page.get_by_role("button", name="Make the bar narrow").click()
        page.reload()
        expect(page.get_by_role("button", name="Make the bar wide")).to_be_visible()
        page.get_by_role("button", name="Make the bar wide").click()
        expect(places.get_by_text("Requests", exact=True)).to_be_visible()
    for name in ("Activity", "Wallet", "Home"):
        link = places.get_by_role("link", name=name, exact=True).locator("visible=true")
        link.click()
        expect(link).to_have_attribute("aria-current", "page")


def test_33_items_say_who_did_what(app: App, stranger: Sign) -> None:
    nora, omar, pia = stranger("nora"), stranger("omar"), stranger("pia")
    befriend(nora, omar, pia)
    paid = pay(nora, omar, 1500, "dinner")
    body = {"requestee_id": nora.id, "amount": 900, "currency": "USD", "note": "taxi"}
    asked = omar.do("POST", "requests", body)["id"]
    charged = nora.do("POST", f"requests/{asked}/pay", {})["payment"]["id"]
    pia.sees(charged)
    a, b = nora.handle.title(), omar.handle.title()
    said = {
        nora: (f"You paid {b}", f"{MINUS}$15.00", f"{b} charged you", f"{MINUS}$9.00"),
        omar: (f"{a} paid you", "+$15.00", f"You charged {a}", "+$9.00"),
        pia: (f"{a} paid {b}", None, f"{b} charged {a}", None),
    }
    for viewer, (of_paid, first, of_charged, second) in said.items():
        page = app(viewer)
        page.goto("/")
        for payment, words, amount in ((paid, of_paid, first), (charged, of_charged, second)):
            card = item(page, payment)
            expect(card).to_contain_text(words)
            if amount:
                expect(card).to_contain_text(amount)
            else:
                expect(card).not_to_contain_text("$")
            expect(card.get_by_role("link", name="Comment", exact=True)).to_be_visible()
    page.get_by_role("link", name=b).first.click()
    expect(page).to_have_url(re.compile(f"/people/{omar.handle}"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scope", ["", "&scope=mine", "&scope=friends", "&scope=public"])
def test_34_a_feed_pages_to_an_honest_end(app: App, stranger: Sign, scope: str) -> None:
    page, nora = app("ana"), stranger("nora")
    page.goto(f"/?{scope[1:]}")
    page.locator(ITEMS).first.wait_for()
    before = [i["id"] for i in whole(page, scope)]
    me = Visitor(nora.http, page.request.get("/v1/me").json()["id"], "ana")
    new = pay(nora, me, 1, "while one reads", visibility="public")
    read = read_to_the_end(page)

    assert len(before) > 20, "more than a page"
    assert [i for i in read if i != new] == before
    assert len(read) == len(set(read)), "a repeat"


def test_35_a_range_of_days_and_clear(app: App) -> None:
    page = app("ana")
    page.goto("/")
    page.locator(ITEMS).first.wait_for()
    first = page.evaluate(ON_SCREEN)
    today = date.fromisoformat(page.evaluate("new Date().toLocaleDateString('sv')"))
    with page.expect_request(re.compile(r"/v1/feed\?.*from=")) as asked:
        filter_by(page, From=str(today), To=str(today))
    query = asked.value.url
    assert re.search(r"from=[^&]+T0[45]%3A00%3A00", query), "from the start of the day here"
    assert re.search(r"to=[^&]+T0[45]%3A00%3A00", query), "up to its end"
    expect(page).to_have_url(re.compile(f"from={today}&to={today}"))
    page.locator(ITEMS).first.wait_for()
    page.get_by_role("button", name="Clear").click()

    expect(page).to_have_url(re.compile(r"/$"))
    eventually(lambda: page.evaluate(ON_SCREEN)[:3] == first[:3])


def test_36_a_range_with_nothing_leads_to_paying(app: App) -> None:
    page = app("ana")
    page.goto("/?scope=mine")
    page.locator(ITEMS).first.wait_for()
    today = date.fromisoformat(page.evaluate("new Date().toLocaleDateString('sv')"))
    filter_by(page, From=str(today - timedelta(days=3000)), To=str(today - timedelta(days=2000)))

    expect(page.get_by_text("Nothing in this range")).to_be_visible()
    expect(page).to_have_url(re.compile("scope=mine"))
    page.get_by_role("main").get_by_role("link", name="Pay", exact=True).last.click()
    expect(page).to_have_url(re.compile("/pay"))


def test_37_a_range_of_amounts(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    cents = (999, 1000, 1500, 2000, 2001)
    paid = {n: pay(nora, omar, n, f"{n}") for n in cents}
    nora.sees(paid[2001])
    page = app(nora)
    page.goto("/")
    page.locator(ITEMS).first.wait_for()
    filter_by(page, At_least="10", At_most="20.00")

    expect(page.locator(ITEMS)).to_have_count(3)
    inside = {f"feed-item-{paid[n]}" for n in (1000, 1500, 2000)}
    assert set(page.evaluate(ON_SCREEN)) == inside
    expect(page).to_have_url(re.compile("min_amount=1000&max_amount=2000"))
    filter_by(page, At_least="90", At_most="91")
    expect(page.get_by_text("Nothing in this range")).to_be_visible()
    page.get_by_role("button", name="Clear").first.click()
    expect(page.locator(ITEMS)).to_have_count(5)


def test_38_mine_and_friends_hold_what_they_say(app: App) -> None:
    page = app("ana")
    page.goto("/")
    me = page.request.get("/v1/me").json()["id"]
    listed = page.request.get("/v1/friends?state=accepted&limit=100").json()["items"]
    friends = {friend["user"]["id"] for friend in listed}
    for scope in ("Mine", "Friends"):
        with page.expect_response(re.compile(f"scope={scope.lower()}")):
            page.get_by_role("link", name=scope, exact=True).click()
        parties = {
            i["id"]: {i["payer"]["id"], i["payee"]["id"]}
            for i in whole(page, f"&scope={scope.lower()}")
        }
        expect(page.locator(ITEMS).first).to_be_visible()
        for name in page.evaluate(ON_SCREEN):
            who = parties[name[PREFIX:]]
            assert me in who if scope == "Mine" else (who - {me}) & friends


def test_41_a_like_raises_the_count_once(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    payment = pay(omar, nora, 300, "tea")
    nora.sees(payment)
    page = app(nora)
    page.goto("/")
    card = item(page, payment)
    with page.expect_response(re.compile("/likes$")):
        card.get_by_role("button", name="Like", exact=True).click()
    nora.do("PUT", f"feed/{payment}/likes")
    page.reload()
    expect(card.get_by_role("button", name="Like, 1 so far")).to_be_visible()
    assert nora.get(f"feed/{payment}")["like_count"] == 1
