"""Words of notices: names and amounts in mails alone, one link, nothing that moves money."""

import re
from typing import Final

import pytest

from quid.kit.money import Money
from quid.notifications import rules
from quid.notifications.types import Kind

NAME: Final = "Ana Lopez"
AMOUNT: Final = Money(1368, "USD")
LINK: Final = "https://pay.example.org/x"
CASES: Final = [
    *((kind, None) for kind in Kind if kind is not Kind.PAYMENT_REVERSED),
    (Kind.PAYMENT_REVERSED, "to_you"),
    (Kind.PAYMENT_REVERSED, "from_you"),
]


@pytest.mark.parametrize(("kind", "detail"), CASES)
def test_a_mail_is_a_sentence_and_one_link(kind: Kind, detail: str | None) -> None:
    said = rules.by_mail(kind, detail, name=NAME, amount=AMOUNT, link=LINK)
    assert re.findall(r"https?://\S+", said.text) == [LINK]
    assert not re.search(r"[{}\n$0-9]|Ana", said.subject)  # phones show it to anybody
    assert not re.search(r"[{}]|Pay now|Click", said.text)
    assert said.subject
    assert said.text.split("\n")[0].endswith((".", "now."))


@pytest.mark.parametrize(("kind", "detail"), CASES)
def test_a_lock_screen_has_no_name_or_amount(kind: Kind, detail: str | None) -> None:
    said = rules.on_screen(kind, detail)
    assert said.subject == "Quid"
    assert said.text.endswith(".")
    assert not re.search(r"[{}$0-9]", said.text)


@pytest.mark.parametrize(("kind", "detail"), CASES)
def test_a_link_leads_to_our_own_address(kind: Kind, detail: str | None) -> None:
    found = rules.link("https://pay.example.org", kind, detail, "pay_1")
    assert re.fullmatch(r"https://pay\.example\.org(/[a-z0-9_-]+)+", found)


def test_a_name_with_braces_stays_a_name() -> None:
    said = rules.by_mail(Kind.FRIEND_ASKED, None, name="{amount} {0}", amount=AMOUNT, link=LINK)
    assert said.text.startswith("{amount} {0} asks to be your friend")


@pytest.mark.parametrize(
    "name",
    [
        "Quid Refunds: claim $500 at https://quid-refund.example/x",
        "www.example.org", "example.com", "help@example", "https\uff1a//x", "例え.テスト",
    ],
)  # fmt: skip
def test_a_name_that_is_an_address_is_printed_in_no_mail(name: str) -> None:
    assert rules.named(name, "mallory") == "@mallory"


@pytest.mark.parametrize("name", ["Ana Lopez", "J.R.R. Tolkien", "St. John", "Dr. Zoë (Ben's)"])
def test_a_name_is_printed_with_the_handle(name: str) -> None:
    assert rules.named(name, "ana") == f"{name} (@ana)"
