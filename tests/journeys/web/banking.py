"""Somebody who is known at a bank, and the bank's own time."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.support.sandbox import Sandbox
from tests.support.visitors import PASSWORD, Visitor, eventually
from tests.support.visits import Visitor as Browser

FAST: Final = 10


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


def link(nora: Customer, banks: Sandbox) -> str:
    """Link her bank without a screen; give the source."""
    nora.prove()
    page = nora.person.do("POST", "funding-sources/bank/link", {})
    Browser(banks).link(page["url"], nora.login)
    body = {"method": "link", "link_session_id": page["link_session_id"]}
    found: str = nora.person.do("POST", "funding-sources/bank", body)["id"]
    return found


def link_at_the_page(page: Page, login: str) -> None:
    """Link a bank on its own page."""
    page.get_by_role("button", name="First Gingham Credit Union").click()
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill("pass_good")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Continue").click()


def fill_amount(page: Page, amount: str) -> None:
    """Write how much, and go on."""
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Continue").click()


def available(page: Page, dollars: str) -> None:
    """Require what the wallet shows."""
    expect(page.get_by_test_id("wallet-available")).to_have_text(dollars)


@contextmanager
def bank_time(banks: Sandbox, rate: int) -> Iterator[None]:
    """Let the banks' time fly or stand for the block."""
    banks.order("POST", "clock", {"rate": rate})
    try:
        yield
    finally:
        banks.order("POST", "clock", {"rate": 1})


def steps(banks: Sandbox, happened: Callable[[], bool]) -> None:
    """Let the banks go on until something has happened."""
    with bank_time(banks, FAST):
        eventually(happened, seconds=90)


def transfers(nora: Customer, kind: str) -> int:
    """Count her deposits or withdrawals."""
    return len(nora.person.get(kind)[kind])
