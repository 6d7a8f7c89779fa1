"""A payment on the screen: what its two people read and do, and what everybody else sees of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.web.conftest import App
from tests.journeys.web.test_home import befriend, pay
from tests.support.visitors import Visitor
from tests.support.watched import WatchedBooks

Sign = Callable[[str], Visitor]
MINUS = "\N{MINUS SIGN}"
WHY = "This was not what we had agreed on."


def is_there(page: Page, payment: str) -> bool:
    """Open a payment; tell whether it is shown, or said not to be there."""
    page.goto(f"/activity/{payment}")
    shown, absent = page.get_by_test_id("comments"), page.get_by_text("Not there")
    expect(shown.or_(absent).first).to_be_attached()
    return absent.count() == 0


def say(page: Page, text: str) -> None:
    """Write a comment, and wait until it stands."""
    page.get_by_label("Write a comment").fill(text)
    page.get_by_test_id("comment-send").click()
    expect(page.get_by_test_id("comments").get_by_role("listitem").last).to_contain_text(text)


def show_everybody(*people: Visitor) -> None:
    """Let everybody see what these people pay and are paid."""
    for one in people:
        one.do("PATCH", "me/privacy", {"default_visibility": "public"})


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_28_a_comment_is_told_by_name(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    payment = pay(omar, nora, 300, "tea")
    omars, noras = app(omar), app(nora)
    omars.goto("/notifications")
    noras.goto(f"/activity/{payment}")
    say(noras, "with milk, please")
    omar.hears("commented", nora)
    expect(omars.get_by_test_id("notifications")).to_contain_text("wrote about a payment of yours")
    unread = omar.get("notifications")["unread_count"]
    expect(omars.get_by_test_id("notification-count")).to_have_text(str(unread))


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_39_each_audience_sees_what_both_wish(app: App, stranger: Sign) -> None:
    nora, omar, friend, other = (stranger(name) for name in ("nora", "omar", "pia", "quin"))
    befriend(omar, friend)
    show_everybody(nora, omar)
    windows = {who.handle: app(who) for who in (nora, omar, friend, other)}

    def seen(payment: str) -> list[bool]:
        return [is_there(page, payment) for page in windows.values()]

    made = {v: pay(nora, omar, 100, v, visibility=v) for v in ("private", "friends", "public")}
    assert seen(made["private"]) == [True, True, False, False]
    assert seen(made["friends"]) == [True, True, True, False]
    assert seen(made["public"]) == [True, True, True, True]
    expect(windows[other.handle].get_by_text("$1.00")).to_have_count(0)

    # Each of the two has a wish of their own, and the stricter holds at the very next read.
    omars = windows[omar.handle]
    with omars.expect_response(lambda r: r.url.endswith("/visibility") and r.ok):
        omars.get_by_text("Friends", exact=True).last.click()
    assert seen(made["public"]) == [True, True, True, False]
    expect(windows[nora.handle].get_by_text(re.compile("is stricter.*Friends"))).to_be_visible()
    friend.do("PUT", f"friends/{nora.id}/block")
    assert seen(made["public"]) == [True, True, False, False]


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_39_an_amount_is_shown_when_both_show_it(app: App, stranger: Sign) -> None:
    nora, omar, other = stranger("nora"), stranger("omar"), stranger("quin")
    show_everybody(nora, omar)
    payment = pay(nora, omar, 123, "tea", visibility="public")
    for one in (nora, omar):
        page = app(one)
        page.goto(f"/activity/{payment}")
        with page.expect_response(lambda r: r.url.endswith("/visibility") and r.ok):
            page.get_by_role("switch", name="Show the amount").click()
        page.reload()
        expect(page.get_by_role("switch", name="Show the amount")).to_be_checked()
    others = app(other)
    assert is_there(others, payment)
    expect(others.get_by_text("$1.23", exact=True)).to_be_visible()


def test_40_a_payment_hides_the_feed_tabs(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    payment = pay(nora, omar, 100, "tea")
    page = app(nora)
    page.goto("/")
    expect(page.get_by_role("navigation", name="Whose payments")).to_be_visible()
    page.goto(f"/activity/{payment}")
    expect(page.get_by_test_id("payment-state")).to_have_text("Sent")
    expect(page.get_by_role("navigation", name="Whose payments")).to_have_count(0)


def test_41_a_like_raises_the_count_once_on_the_payment_itself(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    payment = pay(nora, omar, 100, "tea")
    page = app(nora)
    page.goto(f"/activity/{payment}")
    with page.expect_response(lambda r: r.url.endswith("/likes") and r.ok):
        page.get_by_role("button", name="Like", exact=True).click()
    page.reload()
    liked = page.get_by_role("button", name="Like, 1 so far")
    expect(liked).to_have_attribute("aria-pressed", "true")
    with page.expect_response(lambda r: r.url.endswith("/likes") and r.ok):
        liked.click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_be_visible()


def test_42_two_comments_stand_in_order(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    payment = pay(nora, omar, 100, "tea")
    page = app(nora)
    page.goto(f"/activity/{payment}")
    say(page, "the first")
    say(page, "the second, <b>plain</b>")
    rows = page.get_by_test_id("comments").get_by_role("listitem")
    expect(rows).to_contain_text(["the first", "the second, <b>plain</b>"])
    expect(page.get_by_role("heading", name="2 comments")).to_be_visible()

    # The other of the two may take it away, for everybody.
    omars = app(omar)
    omars.goto(f"/activity/{payment}#comments")
    delete = omars.get_by_role("button", name=re.compile("^Delete the comment by"))
    with omars.expect_response(lambda r: r.request.method == "DELETE" and r.ok):
        delete.first.click()
    expect(omars.get_by_role("heading", name="1 comment")).to_be_visible()
    page.reload()
    expect(rows).to_contain_text(["the second, <b>plain</b>"])


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_42_a_comment_that_was_refused_comes_back_into_the_field(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    payment = pay(nora, omar, 100, "tea")
    page = app(nora)
    page.goto(f"/activity/{payment}")
    field = page.get_by_label("Write a comment")
    expect(field).to_be_visible()
    page.route(
        "**/comments", lambda route: route.fulfill(status=429, json={"code": "RATE_LIMITED"})
    )
    field.fill("lost?")
    page.get_by_test_id("comment-send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(field).to_have_value("lost?")
    expect(page.get_by_test_id("comments").get_by_role("listitem")).to_have_count(0)
    page.unroute("**/comments")
    page.get_by_test_id("comment-send").click()
    expect(page.get_by_test_id("comments").get_by_role("listitem")).to_have_count(1)


def test_46_receipt_history_and_report(app: App, stranger: Sign, books: WatchedBooks) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    with books.moved({nora.handle: -1_368, omar.handle: 1_368}):
        payment = pay(nora, omar, 1_368, "pizza")
    page = app(nora)
    page.goto(f"/activity/{payment}")
    expect(page.get_by_text(f"{MINUS}$13.68")).to_be_visible()
    expect(page.get_by_test_id("payment-history").get_by_role("listitem")).to_contain_text(
        ["Started", "Approved", "Arrived"]
    )
    receipt = page.get_by_test_id("receipt")
    for part in ("Quid balance", "Free", "Total", payment, f"@{omar.handle}", "pizza"):
        expect(receipt).to_contain_text(part)
    receipt.get_by_text("In the ledger").click()
    [line] = nora.get(f"payments/{payment}/receipt")["lines"]
    expect(receipt.get_by_text(line["block_hash"])).to_be_visible()

    page.get_by_test_id("payment-report").click()
    page.get_by_test_id("report-send").click()
    expect(page.get_by_role("alert")).to_contain_text(
        ["Choose what went wrong.", "Write at least 10 characters."]
    )
    page.get_by_label("What went wrong?").select_option("not_as_agreed")
    page.get_by_label("Tell us what happened").fill(WHY)
    page.get_by_test_id("report-send").click()
    expect(page.get_by_test_id("report-state")).to_have_text("Received")
    expect(page.get_by_test_id("report-messages")).to_contain_text(WHY)
    [report] = nora.get("disputes")["items"]
    assert page.url.endswith(f"/reports/{report['id']}")

    # It is one report, and the other of the two learns nothing of it.
    page.get_by_role("link", name="See the payment").click()
    expect(page.get_by_role("link", name="Your report")).to_contain_text("Received")
    expect(page.get_by_test_id("payment-report")).to_have_count(0)
    omars = app(omar)
    omars.goto(f"/activity/{payment}")
    expect(omars.get_by_text("+$13.68")).to_be_visible()
    expect(omars.get_by_role("link", name="Your report")).to_have_count(0)
    assert not any(kind == "dispute" for kind, _ in omar.told())
    omars.goto(f"/reports/{report['id']}")
    expect(omars.get_by_text("There is no such report of yours.")).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_46_a_report_is_taken_back_and_made_anew(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    payment = pay(nora, omar, 100, "tea")
    body = {"payment_id": payment, "claim": "scam", "text": WHY}
    page = app(nora)
    page.goto(f"/reports/{nora.do('POST', 'disputes', body)['id']}")
    page.get_by_role("button", name="Withdraw it").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_test_id("report-state")).to_have_text("Withdrawn")
    expect(page.get_by_role("button", name="Withdraw it")).to_have_count(0)
    page.goto(f"/activity/{payment}")
    expect(page.get_by_role("link", name="Your report")).to_contain_text("Withdrawn")
    expect(page.get_by_test_id("payment-report")).to_be_visible()


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_46_a_payment_that_waits_says_so_and_is_taken_back(
    app: App, stranger: Sign, books: WatchedBooks
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    for n in range(17):
        pay(nora, omar, 1, f"{n}")
    body = {"payee_id": omar.id, "amount": 500, "currency": "USD", "note": "one too many"}
    held = nora.do("POST", "payments", body)["payment"]
    assert held["state"] == "IN_REVIEW"
    page = app(nora)
    page.goto(f"/activity/{held['id']}")
    expect(page.get_by_test_id("payment-state")).to_have_text("Security check")
    expect(page.get_by_text("$5.00 is set aside, not sent.")).to_be_visible()
    expect(page.get_by_text("Without an answer it comes back by itself")).to_be_visible()
    # Who is to be paid learns of it when it arrives.
    assert not is_there(app(omar), held["id"])

    with books.still(omar.handle), books.moved({nora.handle: 500}, payments=0, entries=1):
        page.get_by_role("button", name="Cancel this payment").click()
        expect(page.get_by_test_id("payment-state")).to_have_text("Cancelled")
    expect(page.get_by_text("What was set aside is back in your balance.")).to_be_visible()
    page.get_by_role("link", name="Send again").click()
    expect(page.get_by_label("Amount")).to_have_value("5")
    expect(page.get_by_label("What is it for?")).to_have_value("one too many")


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_59_what_is_not_mine_is_not_there(app: App, stranger: Sign) -> None:
    nora, omar, other = stranger("nora"), stranger("omar"), stranger("quin")
    payment = pay(nora, omar, 100, "secret tea", visibility="private")
    page = app(other)
    foreign = [payment, payment.replace("pay_", "req_"), "pay_nothing", f"{payment[:-1]}0"]
    for name in foreign:
        assert not is_there(page, name), name
    expect(page.get_by_text("secret tea")).to_have_count(0)
