"""The inbox on the screen: who is told what, by name, and how it becomes read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.web.conftest import App
from tests.journeys.web.test_requests import ask, befriend
from tests.support.visitors import Visitor

Sign = Callable[[str], Visitor]


def pay(payer: Visitor, payee: Visitor, cents: int, note: str) -> str:
    """Pay in sight of everybody; give the payment."""
    body = {"payee_id": payee.id, "amount": cents, "currency": "USD", "note": note}
    sent = payer.do("POST", "payments", {**body, "visibility": "public"})
    found: str = sent["payment"]["id"]
    return found


def notice(page: Page, text: str) -> None:
    """Require a notice with these words."""
    expect(page.get_by_test_id("notifications").get_by_text(text).first).to_be_visible()


def test_26_what_was_liked_is_read_in_the_inbox(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    payment = pay(omar, nora, 300, "tea")
    nora.sees(payment)
    nora.do("PUT", f"feed/{payment}/likes")
    omar.hears("liked", nora)
    page = app(omar)
    page.goto("/notifications")
    notice(page, "likes a payment of yours")
    badge = page.get_by_test_id("notification-count")
    expect(badge).to_have_text(str(omar.get("notifications")["unread_count"]))
    unread = page.get_by_text("Unread", exact=True)
    expect(unread).to_have_count(omar.get("notifications")["unread_count"])

    page.get_by_role("button", name="Mark all read").click()
    expect(badge).to_have_count(0)
    expect(unread).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(badge).to_be_visible()
    assert omar.get("notifications")["unread_count"] > 0


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_27_who_likes_or_comments_between_two_tells_both_and_not_oneself(
    app: App, stranger: Sign
) -> None:
    nora, omar, pia = stranger("nora"), stranger("omar"), stranger("pia")
    befriend(nora, pia)
    befriend(nora, omar)
    payment = pay(omar, nora, 300, "tea")
    pia.sees(payment)
    pia.do("PUT", f"feed/{payment}/likes")
    pia.do("POST", f"feed/{payment}/comments", {"text": "which kind"})
    for who in (nora, omar):
        who.hears("liked", pia)
        who.hears("commented", pia)
        page = app(who)
        page.goto("/notifications?tab=social")
        notice(page, "likes a payment of yours")
        notice(page, "wrote about a payment of yours")
    page = app(pia)
    page.goto("/notifications?tab=social")
    expect(page.get_by_role("heading", name="Notifications")).to_be_visible()
    expect(page.get_by_text("a payment of yours")).to_have_count(0)


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_29_a_payment_and_a_request_are_told_by_name_and_lead_there(
    app: App, stranger: Sign
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    befriend(nora, omar)
    payment = pay(omar, nora, 350, "tea")
    request = ask(omar, nora, 425, "cake")
    nora.hears("payment_received", omar)
    nora.hears("request_received", omar)
    page = app(nora)
    page.goto("/notifications?tab=payments")
    name = omar.handle.title()
    page.get_by_role("link", name=f"{name} asks you for $4.25").click()
    expect(page).to_have_url(f"**/requests/{request}".replace("**", page.url.split("/requests")[0]))
    page.go_back()
    page.get_by_role("link", name=f"{name} paid you $3.50").click()
    expect(page.get_by_role("main").get_by_text("tea").first).to_be_visible()
    assert page.url.endswith(payment)
    rows = nora.get("notifications", tab="payments")["items"]
    assert all(n["is_read"] for n in rows if payment in str(n) or request in str(n))


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_30_an_empty_inbox_says_what_would_stand_there(app: App, stranger: Sign) -> None:
    page = app(stranger("nora"))
    page.goto("/notifications?tab=social")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Pay", exact=True)).to_be_visible()


def test_an_ask_is_answered_where_it_is_read(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    omar.do("PUT", f"friends/{nora.id}")
    nora.hears("friend_asked", omar)
    page = app(nora)
    page.goto("/notifications")
    page.get_by_role("button", name=f"Accept {omar.handle.title()}").click()
    expect(page.get_by_role("button", name=f"Accept {omar.handle.title()}")).to_have_count(0)
    omar.hears("friend_accepted", nora)
