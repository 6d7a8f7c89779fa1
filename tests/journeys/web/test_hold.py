"""An account on hold, on the screen: why, until when, what still works, and asking again."""

import pytest
from playwright.sync_api import expect

from tests.journeys.web.conftest import App

WHY = "That sign-in was me, on a new phone."


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_60_who_is_on_hold_reads_why_and_appeals(app: App) -> None:
    page = app("finn")
    page.goto("/")
    page.get_by_role("link", name="Your account is on hold").first.click()
    holds = page.request.get("/v1/me/holds").json()["items"]
    hold = next(each for each in holds if each["scope"] == "withdraw")
    card = page.get_by_test_id(f"hold-{hold['id']}")
    for text in ("You cannot withdraw money", "To protect your account.", hold["text"]):
        expect(card).to_contain_text(text)
    expect(card).to_contain_text(hold["case_number"])
    expect(page.get_by_text("Be paid", exact=True)).to_be_visible()
    expect(page.get_by_text("Pay people", exact=True)).to_have_count(0)

    card.get_by_test_id("hold-appeal").click()
    page.get_by_label("What should we know?").fill(WHY)
    page.get_by_test_id("report-send").click()
    expect(page.get_by_test_id("report-state")).to_have_text("Received")
    expect(page.get_by_test_id("report-messages")).to_contain_text(WHY)
    page.get_by_role("link", name="See the hold").click()
    expect(card.get_by_role("link", name="Your request for a review")).to_be_visible()
    expect(card.get_by_test_id("hold-appeal")).to_have_count(0)

    card.get_by_role("link", name="Your request for a review").click()
    page.get_by_role("button", name="Withdraw it").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_test_id("report-state")).to_have_text("Withdrawn")


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_60_whose_account_is_free_reads_that(app: App) -> None:
    page = app("ana")
    page.goto("/on-hold")
    expect(page.get_by_text("Nothing is on hold")).to_be_visible()
