"""The wallet at the screen: banks and cards in and out, deposits and withdrawals to the cent."""

import json
import re
import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx2
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.web.conftest import App
from tests.support.chrome import Window, axe
from tests.support.database import connected, wait_for
from tests.support.sandbox import Sandbox
from tests.support.system import System
from tests.support.visitors import GIFT, PASSWORD, Visitor, eventually
from tests.support.visits import Visitor as Browser
from tests.support.watched import WatchedBooks

Stranger = Callable[[str], Visitor]
DEBIT_CARD: Final = "4000056655665556"
ROUTING: Final = "011401533"
FAST: Final = 10
SLOW_MS: Final = 15_000  # what asks a bank
PRESS_TWICE: Final = "button => { button.click(); button.click(); }"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who is verified, and known by that name at a bank."""

    person: Visitor
    login: str

    def codes(self) -> list[str]:
        """Read the codes that were mailed, the newest first."""
        mails = self.person.http.get("/mailbox.json").json()["items"]
        mine = [str(m) for m in mails if m["to"] == f"{self.person.handle}@example.org"]
        return [found[0] for text in mine if (found := re.search(r"\b\d{6}\b", text))]

    def next_code(self, before: list[str]) -> str:
        """Wait for one more."""
        return eventually(lambda: self.codes()[0] if len(self.codes()) > len(before) else None)

    def prove(self) -> None:
        """Prove who she is, without a screen."""
        before = self.codes()
        challenge = self.person.do("POST", "auth/step-up")["challenge_id"]
        proof = {"method": "email_code", "proof": self.next_code(before), "password": PASSWORD}
        self.person.do("POST", "auth/step-up", {"challenge_id": challenge} | proof)

    def prove_at(self, page: Page, press: Locator) -> None:
        """Press what wants a fresh proof, and give it."""
        before = self.codes()
        press.click()
        sheet = page.get_by_role("dialog", name="Confirm it is you")
        sheet.get_by_label("6-digit code").fill(self.next_code(before))
        sheet.get_by_label("Password", exact=True).fill(PASSWORD)
        sheet.get_by_role("button", name="Confirm", exact=True).click()
        expect(sheet).to_be_hidden()


@pytest.fixture
def banks(system: System) -> Iterator[Sandbox]:
    """The bank network of the system."""
    home = system.path / "sandbox"
    found = json.loads((home / "sandbox.json").read_text(encoding="utf-8"))
    with httpx2.Client(timeout=30, follow_redirects=False) as web:
        yield Sandbox(home=home, web=web, **found)


@pytest.fixture
def nora(stranger: Stranger) -> Customer:
    """A stranger who has shown who she is."""
    person = stranger("nora")
    name = "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
    address = {"line1": "1 Main St", "city": "Springfield", "postal_code": "97475", "country": "US"}
    person.do(
        "POST",
        "me/verification",
        {
            "legal_name": f"Nora {name.title()}",
            "birth_date": "1990-05-01",
            "address": address,
            "tax_id_last4": "1234",
        },
    )
    return Customer(person, f"user_nora_{name}")


def _link(nora: Customer, banks: Sandbox) -> str:
    """Link her bank without a screen; give the source."""
    nora.prove()
    page = nora.person.do("POST", "funding-sources/bank/link", {})
    Browser(banks).link(page["url"], nora.login)
    body = {"method": "link", "link_session_id": page["link_session_id"]}
    found: str = nora.person.do("POST", "funding-sources/bank", body)["id"]
    return found


def _link_at_the_page(page: Page, login: str) -> None:
    page.get_by_role("button", name="First Gingham Credit Union").click()
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill("pass_good")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Continue").click()


def _fill(page: Page, amount: str) -> None:
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Continue").click()


def _available(page: Page, dollars: str) -> None:
    expect(page.get_by_test_id("wallet-available")).to_have_text(dollars)


@contextmanager
def _time(banks: Sandbox, rate: int) -> Iterator[None]:
    """Let the banks' time fly or stand for the block."""
    banks.order("POST", "clock", {"rate": rate})
    try:
        yield
    finally:
        banks.order("POST", "clock", {"rate": 1})


def _steps(banks: Sandbox, happened: Callable[[], bool]) -> None:
    """Let the banks go on until something has happened."""
    with _time(banks, FAST):
        eventually(happened, seconds=30)


def _transfers(nora: Customer, kind: str) -> int:
    return len(nora.person.get(kind)[kind])


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
    _link_at_the_page(page, nora.login)
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
    source = _link(nora, banks)
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


# --- deposits ----------------------------------------------------------------------------------


def test_14_a_deposit_is_pending_once_and_spendable_only_when_settled(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    _link(nora, banks)
    handle = nora.person.handle
    page = app(nora.person)
    page.goto("/wallet/deposit")
    _fill(page, "25.00")
    expect(page.get_by_text("Check your deposit")).to_be_visible()
    with books.still(handle):
        page.get_by_test_id("transfer-submit").evaluate(PRESS_TWICE)
        expect(page.get_by_text("Your deposit has started")).to_be_visible(timeout=SLOW_MS)
        assert axe(page) == []
        page.get_by_role("link", name="Done").click()
        _available(page, "$100.00")
        page.get_by_role("link", name="Pending").click()
        expect(page.get_by_role("dialog").get_by_text("$25.00").first).to_be_visible()
        assert axe(page) == []
    assert _transfers(nora, "deposits") == 1

    with books.moved({handle: 2500}, payments=0, entries=1):
        _steps(banks, lambda: nora.person.get("balance")["available"] == GIFT + 2500)
    page.goto("/wallet")
    _available(page, "$125.00")
    expect(page.get_by_text("+$25.00")).to_be_visible()
    assert _transfers(nora, "deposits") == 1


def test_14_a_deposit_that_comes_back_is_shown_as_owed(
    app: App, nora: Customer, banks: Sandbox
) -> None:
    rule = {"account": "0000", "amount": "61.00", "end": "returned", "code": "R01"}
    banks.order("POST", "rules", rule | {"after": "settled"})
    source = _link(nora, banks)
    body = {"funding_source_id": source, "amount": 6100}
    sent = nora.person.send("POST", "deposits", body).json()["deposit"]["id"]
    _steps(banks, lambda: nora.person.get("balance")["available"] == GIFT + 6100)
    pay = {"payee_id": nora.person.get("users/ben")["id"], "amount": GIFT + 6100}
    nora.person.do("POST", "payments", pay | {"currency": "USD", "note": "all of it"})
    _steps(banks, lambda: nora.person.get("balance")["owed"] == 6100)

    page = app(nora.person)
    page.goto("/wallet")
    expect(page.get_by_test_id("wallet-owed").get_by_text("You owe $61.00")).to_be_visible()
    assert axe(page) == []
    page.get_by_test_id(f"transfer-{sent}").get_by_role("link").click()
    expect(page.get_by_text("The bank sent it back")).to_be_visible()
    expect(page.get_by_text("There was not enough money in the bank account.")).to_be_visible()
    expect(page.get_by_text("You owe $61.00")).to_be_visible()
    assert axe(page) == []


def test_14_who_owes_and_who_is_on_hold_is_told_what_to_do(app: App) -> None:
    page = app("hal")
    page.goto("/wallet")
    expect(page.get_by_text("You owe $120.00")).to_be_visible()
    expect(page.get_by_role("button", name="Repair").first).to_be_visible()
    assert axe(page) == []
    page = app("finn")
    page.goto("/wallet")
    expect(page.get_by_text("Your account is on hold")).to_be_visible()
    assert axe(page) == []


# --- withdrawals -------------------------------------------------------------------------------


def test_15_a_withdrawal_costs_and_brings_what_was_quoted(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    handle = nora.person.handle
    page = app(nora.person)
    page.goto("/wallet/add")
    nora.prove_at(page, page.get_by_role("button", name="Sign in at your bank"))
    _link_at_the_page(page, nora.login)
    expect(page.get_by_text("It is linked")).to_be_visible(timeout=SLOW_MS)
    page.goto("/wallet/withdraw")
    page.get_by_label("Amount").fill("40")
    expect(page.get_by_test_id("speed-standard").get_by_text("You get $40.00")).to_be_visible()
    expect(page.get_by_test_id("speed-instant").get_by_text("You get $39.30")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Continue").click()
    with books.moved({handle: -4000}, payments=0, entries=1):
        page.get_by_test_id("transfer-submit").click()
        expect(page.get_by_text("Your withdrawal has started")).to_be_visible(timeout=SLOW_MS)
        expect(page.get_by_test_id("transfer-amount")).to_have_text("$40.00")

    page.goto("/wallet/withdraw")
    page.get_by_label("Amount").fill("20")
    page.get_by_test_id("speed-instant").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("\N{MINUS SIGN}$0.35")).to_be_visible()
    with books.moved({handle: -2000}, payments=0, entries=1):
        page.get_by_test_id("transfer-submit").evaluate(PRESS_TWICE)
        expect(page.get_by_test_id("transfer-amount")).to_have_text("$19.65")
    _steps(
        banks,
        lambda: all(
            w["state"] == "COMPLETED" for w in nora.person.get("withdrawals")["withdrawals"]
        ),
    )
    moved = [
        (w["amount"], w["fee"], w["net"]) for w in nora.person.get("withdrawals")["withdrawals"]
    ]
    assert moved == [(2000, 35, 1965), (4000, 0, 4000)]
    page.goto("/wallet")
    _available(page, "$40.00")
    expect(page.get_by_text("Done", exact=True)).to_have_count(2)


def test_15_more_than_there_is_is_said_before_it_is_asked_for(
    app: App, nora: Customer, banks: Sandbox
) -> None:
    _link(nora, banks)
    page = app(nora.person)
    page.goto("/wallet/withdraw")
    page.get_by_label("Amount").fill("100.01")
    expect(page.get_by_text("You can withdraw $100.00 at most.")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_disabled()
    page.get_by_role("button", name="Withdraw all").click()
    expect(page.get_by_role("button", name="Continue")).to_be_enabled()


def test_15_a_withdrawal_is_cancelled_and_the_money_is_back(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    source = _link(nora, banks)
    page = app(nora.person)
    body = {"funding_source_id": source, "amount": 3000, "type": "standard"}
    with _time(banks, 0):
        sent = nora.person.send("POST", "withdrawals", body).json()["withdrawal"]["id"]
        page.goto(f"/wallet/transfers/{sent}")
        with books.moved({nora.person.handle: 3000}, payments=0, entries=1):
            page.get_by_role("button", name="Cancel this withdrawal").click()
            page.get_by_test_id("transfer-cancel").click()
            expect(page.get_by_text("Cancelled").first).to_be_visible()


# --- once --------------------------------------------------------------------------------------


def test_63_a_deposit_whose_answer_is_lost_happens_once(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks, windows: list[Window]
) -> None:
    _link(nora, banks)
    page = app(nora.person)
    page.goto("/wallet/deposit")
    _fill(page, "30")
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    page.route("**/v1/deposits", lose)
    page.get_by_test_id("transfer-submit").click()
    expect(page.get_by_text("Your deposit has started")).to_be_visible(timeout=SLOW_MS)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    windows[0].faults.clear()  # the lost answer
    _happened_once(nora, banks, books)


def test_64_a_reload_without_an_answer_finishes_the_same_deposit(
    app: App, nora: Customer, banks: Sandbox, books: WatchedBooks
) -> None:
    _link(nora, banks)
    page = app(nora.person)
    page.goto("/wallet/deposit")
    _fill(page, "30")
    page.route("**/v1/deposits", Route.fetch)  # and no answer
    page.get_by_test_id("transfer-submit").click()
    eventually(lambda: _transfers(nora, "deposits") == 1)
    page.unroute_all(behavior="ignoreErrors")
    page.goto("/wallet/deposit")
    expect(page.get_by_text("Deposit of $30.00")).to_be_visible(timeout=SLOW_MS)
    assert axe(page) == []
    page.get_by_role("button", name="Finish it").click()
    expect(page.get_by_text("Your deposit has started")).to_be_visible(timeout=SLOW_MS)
    _happened_once(nora, banks, books)


def _happened_once(nora: Customer, banks: Sandbox, books: WatchedBooks) -> None:
    assert _transfers(nora, "deposits") == 1
    with books.moved({nora.person.handle: 3000}, payments=0, entries=1):
        _steps(banks, lambda: nora.person.get("balance")["available"] == GIFT + 3000)
    assert _transfers(nora, "deposits") == 1
