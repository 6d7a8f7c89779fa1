"""The pages that need no app: they draw themselves under the policy of the door."""

import re

import httpx2
import pytest
from playwright.sync_api import expect

from tests.journeys.web.conftest import App
from tests.support.chrome import axe
from tests.support.system import System
from tests.support.watched import WatchedBooks


def test_docs_show_every_operation(app: App, system: System) -> None:
    paths = httpx2.get(f"{system.record().address}/openapi.json", timeout=10).json()["paths"]
    page = app()
    page.goto("/docs#post-/v1/payments")

    expect(page.locator("details.operation")).to_have_count(sum(len(m) for m in paths.values()))
    listed = {card.get_attribute("id") for card in page.locator("details.operation").all()}
    assert listed == {f"{method}-{path}" for path, m in paths.items() for method in m}
    expect(page.get_by_text("INSUFFICIENT_FUNDS").first).to_be_attached()
    expect(page.get_by_text("integer, 1 to 500,000").first).to_be_attached()
    assert axe(page) == []


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_mailbox_shows_the_code(app: App, system: System) -> None:
    answer = httpx2.post(
        f"{system.record().address}/v1/auth/start",
        json={"identifier": "nora@example.org"},
        timeout=10,
    )
    assert answer.status_code == 200
    page = app()
    page.goto("/mailbox")

    mail = page.locator("li.mail", has_text="To nora@example.org").first
    expect(mail.locator("p.code")).to_have_text(re.compile(r"^\d{6}$"))
    assert axe(page) == []


def test_live_page_shows_the_books(app: App, books: WatchedBooks) -> None:
    page = app()
    page.goto("/about/live")

    expect(page.locator("#difference")).to_have_text("$0.00")
    expect(page.locator("[data-payer]")).to_have_count(10)
    expect(page.locator("[data-block]").first).to_have_text(re.compile(r"^[\d,]+$"))
    with books.moved({"ana": -100, "ben": 100}):
        page.get_by_role("button", name="Ana pays Ben $1").click()
    assert axe(page) == []
