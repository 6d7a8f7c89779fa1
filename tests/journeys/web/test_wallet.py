"""The wallet at the screen: banks and cards in and out, deposits and withdrawals to the cent."""

import re
import secrets
from collections.abc import Callable
from typing import Final

from playwright.sync_api import expect

from tests.journeys.web.banking import Customer, link, link_at_the_page
from tests.journeys.web.conftest import App
from tests.support.chrome import axe
from tests.support.database import connected, wait_for
from tests.support.sandbox import Sandbox
from tests.support.system import System
from tests.support.visitors import Visitor

Stranger = Callable[[str], Visitor]
DEBIT_CARD: Final = "4000056655665556"
ROUTING: Final = "011401533"
SLOW_MS: Final = 15_000  # what asks a bank
PRESS_TWICE: Final = "button => { button.click(); button.click(); }"


# --- banks and cards ---------------------------------------------------------------------------


def test_10_a_bank_by_its_own_page_joins_the_list(app: App, nora: Customer) -> None:
    page = app(nora.person)
    page.goto("/wallet")
    page.get_by_role("link", name="Link a bank").click()
    nora.prove_at(page, page.get_by_role("button", name="Sign in at your bank"))
    page.get_by_role("button", name="Leave").click()
    left = page.get_by_text("You left the page before it was done")
    expect(left).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Begin again").click()

    page.get_by_role("button", name="Sign in at your bank").click()
    link_at_the_page(page, nora.login)
    expect(page.get_by_text("It is linked")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Ready")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("link", name="First Gingham Credit Union")).to_be_visible()


def test_10_typed_numbers_join_the_list_and_are_proven_by_two_amounts(
    app: App, nora: Customer, system: System
) -> None:
    page = app(nora.person)
    page.goto("/wallet/add?view=numbers")
    page.get_by_label("Name of the bank").fill("Tartan Bank")
    page.get_by_label("Routing number").fill(ROUTING)
    page.get_by_label("Account number").fill(str(10**11 + secrets.randbelow(10**11)))
    nora.prove_at(page, page.get_by_role("button", name="Add this account"))
    asked = page.get_by_role("heading", name="Enter the two amounts")
    expect(asked).to_be_visible(timeout=SLOW_MS)
    assert axe(page) == []
    source = page.url.rpartition("/")[2]
    page.goto("/wallet")
    expect(page.get_by_test_id(f"source-{source}").get_by_text("Verifying")).to_be_visible()

    one, two = wait_for(_amounts_sent(system, nora.person.handle))
    page.get_by_role("link", name="Enter two amounts").click()
    page.get_by_label("First amount").fill(f"0.{one % 98 + 1:02}")
    page.get_by_label("Second amount").fill(f"0.{two % 98 + 1:02}")
    page.get_by_role("button", name="Verify account").click()
    expect(page.get_by_text("2 tries left", exact=True)).to_be_visible()
    page.get_by_label("First amount").fill(f"0.{two:02}")
    page.get_by_label("Second amount").fill(f"0.{one:02}")
    page.get_by_role("button", name="Verify account").click()
    expect(page.get_by_text("The account is verified")).to_be_visible()
    # Whose it is, its numbers do not tell: an operator looks at the name.
    expect(page.get_by_text("In review")).to_be_visible()


async def _amounts_sent(system: System, handle: str) -> tuple[int, int]:
    async with connected(system.record().database_url) as conn:
        rows = await conn.fetch(
            "select o.cents from funding.operation o join identity.person p on p.id = o.user_id"
            " where p.handle = $1 order by o.id",
            handle,
        )
    return rows[0]["cents"], rows[1]["cents"]


def test_10_a_card_by_the_page_of_its_processor(app: App, nora: Customer) -> None:
    page = app(nora.person)
    page.goto("/wallet/add")
    nora.prove_at(page, page.get_by_role("button", name="Debit or credit card"))
    page.get_by_role("link", name="Back").click()
    left = page.get_by_text("You left the page before it was done")
    expect(left).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Begin again").click()
    page.get_by_role("button", name="Debit or credit card").click()
    page.get_by_label("Card number").fill(DEBIT_CARD)
    page.get_by_role("button", name="Save card").click()
    expect(page.get_by_text("It is linked")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("link", name="Visa ··5556")).to_be_visible()


def test_11_what_is_wrong_with_typed_numbers_stands_at_its_field(app: App, nora: Customer) -> None:
    page = app(nora.person)
    page.goto("/wallet/add?view=numbers")
    name, routing, account = (
        page.get_by_label(label)
        for label in ("Name of the bank", "Routing number", "Account number")
    )
    add = page.get_by_role("button", name="Add this account")
    expect(add).to_be_disabled()
    name.fill("T")
    routing.fill("01140153")
    account.fill("123")
    account.blur()
    expect(page.get_by_text("name, two letters or more.")).to_be_visible()
    expect(page.get_by_text("Enter all nine digits, as they stand on a cheque.")).to_be_visible()
    expect(page.get_by_text("Enter 4 to 17 digits.", exact=True)).to_be_visible()
    assert axe(page) == []
    routing.fill("011401534")
    expect(page.get_by_text("One of these nine digits is wrong. Look again.")).to_be_visible()
    name.fill("Tartan Bank")
    account.fill("1111222233330042")
    expect(add).to_be_disabled()
    routing.fill(ROUTING)
    expect(add).to_be_enabled()


def test_12_a_removed_bank_stays_as_removed_and_cannot_be_chosen(
    app: App, nora: Customer, banks: Sandbox
) -> None:
    source = link(nora, banks)
    page = app(nora.person)
    page.goto(f"/wallet/methods/{source}")
    page.get_by_role("button", name="Remove").click()
    page.get_by_test_id("source-remove").click()
    expect(page).to_have_url(re.compile("/wallet$"))
    row = page.get_by_test_id(f"source-{source}")
    expect(row.get_by_text("Removed")).to_be_visible()
    expect(page.get_by_text("Nothing linked yet")).to_be_visible()
    assert axe(page) == []
    page.goto("/wallet/deposit")
    expect(page.get_by_text("Link a bank first")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(0)


def test_13_an_empty_wallet_explains_and_offers_to_link(app: App) -> None:
    page = app("cleo")
    page.goto("/wallet")
    expect(page.get_by_text("Nothing linked yet")).to_be_visible()
    expect(page.get_by_role("link", name="Link a bank")).to_be_visible()
    for path in ("/wallet/deposit", "/wallet/withdraw"):
        page.goto(path)
        expect(page.get_by_text("Link a bank first")).to_be_visible()
        expect(page.get_by_role("link", name="Link a bank")).to_be_visible()
