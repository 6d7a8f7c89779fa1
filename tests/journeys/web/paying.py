"""What one does to pay, in the words of the screen."""

import re

from playwright.sync_api import Locator, Page, expect


def home(page: Page) -> Locator:
    """The bar of places that this size shows."""
    return page.get_by_role("navigation", name="Main").filter(visible=True)


def search(page: Page, text: str) -> Locator:
    """Look for somebody; give the first row."""
    page.get_by_role("searchbox").fill(text)
    found = page.get_by_role("region", name="Found").get_by_role("button")
    expect(found.first).to_contain_text(f"@{text}")
    return found.first


def compose(page: Page, handle: str, amount: str, note: str) -> None:
    """Write whom, how much and what for, up to where it is paid or asked for."""
    page.goto(f"/pay?to={handle}")
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("What is it for?").fill(note)


def review(page: Page, handle: str, amount: str, note: str) -> None:
    """Come to the review of a payment, with its quote."""
    compose(page, handle, amount, note)
    page.get_by_test_id("what-pay").click()
    expect(page.get_by_test_id("pay-submit")).to_be_enabled()


def pay(page: Page, handle: str, amount: str, note: str) -> None:
    """Pay; what became of it the caller looks at."""
    review(page, handle, amount, note)
    page.get_by_test_id("pay-submit").click()


def sent(page: Page) -> Locator:
    """What stands there once it was sent."""
    return page.get_by_role("status").get_by_text(re.compile(r"^Sent \$"))
