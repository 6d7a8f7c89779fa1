"""Activity on the screen: what a filter lets through, and the file of it."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from tests.journeys.web.banking import Customer
from tests.journeys.web.conftest import App
from tests.journeys.web.test_home import pay
from tests.support.visitors import GIFT, Visitor, eventually

Sign = Callable[[str], Visitor]
LINES = '[data-testid^="activity-pay_"], [data-testid^="activity-dep_"]'
SHOWN = f"() => [...document.querySelectorAll('{LINES}')].map((e) => e.textContent)"


def lines(page: Page, count: int) -> list[str]:
    """What the lines say, once there are so many: the list is drawn anew while one looks."""

    def so_many() -> list[str] | None:
        found: list[str] = page.evaluate(SHOWN)
        return found if len(found) == count else None

    return eventually(so_many)


def table(download: Download) -> list[dict[str, str]]:
    """The rows of a file that was saved."""
    assert download.suggested_filename.endswith(".csv")
    text = Path(download.path()).read_bytes().decode()
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_activity_filters_stand_in_the_address_and_clear_restores_the_list(
    app: App, stranger: Sign
) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    pay(nora, omar, 100, "green tea")
    pay(omar, nora, 250, "cake")
    page = app(nora)
    page.goto("/activity")
    first = lines(page, 3)
    assert "cake" in first[0]
    assert "$101.50" in first[0]
    assert "$99.00" in first[1]

    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_label("Direction").select_option("out")
    page.get_by_label("At least").fill("0.50")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "green tea" in lines(page, 1)[0]
    assert "direction=out" in page.url
    assert "min_amount=50" in page.url
    page.reload()  # the address alone holds them
    assert "green tea" in lines(page, 1)[0]
    chips = page.get_by_role("list", name="Filters that are on")
    chips.get_by_role("button", name="Remove the filter: Money out").click()
    lines(page, 3)
    chips.get_by_role("button", name="Clear", exact=True).click()
    expect(chips).to_have_count(0)
    assert lines(page, 3) == first
    assert page.url.endswith("/activity")

    page.get_by_role("searchbox").fill("GREEN")
    assert "green tea" in lines(page, 1)[0]
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.get_by_role("button", name="Clear", exact=True).first.click()
    assert lines(page, 3) == first
    expect(page.get_by_role("searchbox")).to_have_value("")

    page.get_by_test_id(f"activity-{nora.get('transactions')['items'][0]['id']}").click()
    expect(page.get_by_test_id("payment-state")).to_have_text("Received")
    page.get_by_role("button", name="Back").click()
    assert lines(page, 3) == first


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_activity_pages_to_its_end_and_adds_up(app: App) -> None:
    page = app("shop")
    page.goto("/activity")
    page.locator(LINES).first.wait_for()
    end = page.get_by_test_id("activity-end")
    while end.count() == 0:
        page.mouse.wheel(0, 4_000)
        page.wait_for_timeout(50)
    shown = page.locator('[data-testid^="activity-"] a, a[data-testid^="activity-"]').count()
    assert shown > 50
    found: list[str] = []
    cursor = ""
    while True:
        answer = page.request.get(f"/v1/transactions?limit=100{cursor}").json()
        found += [line["id"] for line in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    ids: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('ul [data-testid^=\"activity-\"]')]"
        ".map((e) => e.dataset.testid.slice(9))"
    )
    assert ids == found


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_activity_as_a_file_holds_what_the_filters_let_through(app: App, stranger: Sign) -> None:
    nora, omar = stranger("nora"), stranger("omar")
    pay(nora, omar, 100, '=1+1, "tea"')
    pay(omar, nora, 250, "cake 🍰")
    page = app(nora)

    page.goto("/activity?direction=out")
    page.get_by_role("button", name="Download as a file").click()
    expect(page.get_by_role("dialog")).to_contain_text("that your filters show")
    # It is all that one has done: a fresh proof opens it.
    with page.expect_download() as download:
        Customer(nora, "").prove_at(page, page.get_by_test_id("activity-download"))
    [row] = table(download.value)
    assert row["note"] == '\'=1+1, "tea"'
    assert (row["amount_minor"], row["amount"], row["currency"]) == ("-100", "-1.00", "USD")

    page.goto("/activity")
    page.get_by_role("button", name="Download as a file").click()
    with page.expect_download() as download:
        page.get_by_test_id("activity-download").click()
    rows = table(download.value)
    assert [row["note"] for row in rows] == ["cake 🍰", '\'=1+1, "tea"', "Demo money"]
    assert sum(int(row["amount_minor"]) for row in rows) == GIFT - 100 + 250
    assert int(rows[0]["balance_after_minor"]) == GIFT - 100 + 250


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_activity_of_somebody_new_says_what_would_stand_there(app: App) -> None:
    page = app("ana")
    page.goto("/activity?from=2019-01-01&to=2019-01-02")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    page.goto("/activity?kind=nonsense&min_amount=-3&from=1e9")
    expect(page.locator(LINES).first).to_be_visible()  # what is no filter filters nothing
