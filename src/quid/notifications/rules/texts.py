"""The words of each notice: for a mail, and for a screen that anybody may be looking at.

A mail names people and amounts, has one link and nothing to press that moves money. What a lock
screen shows has no name, amount or note: it says that there is something, and the app says what.
Phones show the subject of a mail there too, so it says no more than that.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

from quid.kit.money import Money
from quid.notifications.types import Kind


class Words(NamedTuple):
    """What is said of a kind: the `sentence` of the mail with `{name}` and `{amount}` in it, the
    `push` that is shown to anybody, and the path of the one link.
    """

    sentence: str
    push: str
    path: str


class Said(NamedTuple):
    """The words of one notice, filled in."""

    subject: str
    text: str


_OF_PAYMENT: Final = "/activity/{id}"
_OF_REQUEST: Final = "/requests/{id}"
_OF_DISPUTE: Final = "/reports/{id}"
_WALLET: Final = "/wallet"
_SECURITY: Final = "/settings/security"
NOBODY: Final = "Someone"
# What programs of mail make a link of.
_LINKED: Final = re.compile(r"://|@|www\.|\w\.\w{2,}")
WORDS: Final[Mapping[Kind, Words]] = {
    Kind.PAYMENT_RECEIVED: Words(
        "{name} paid you {amount}. It is in your balance.",
        "You were paid.",
        _OF_PAYMENT,
    ),
    Kind.PAYMENT_SENT: Words(
        "Your payment of {amount} to {name} has arrived.",
        "A payment of yours has arrived.",
        _OF_PAYMENT,
    ),
    Kind.PAYMENT_HELD: Words(
        "Your payment of {amount} was set aside, not sent. See what it waits for.",
        "A payment of yours waits. See what it waits for.",
        _OF_PAYMENT,
    ),
    Kind.PAYMENT_RELEASED: Words(
        "Your payment of {amount} was not sent. Nothing of it has left your balance.",
        "A payment of yours was not sent. Nothing of it has left your balance.",
        _OF_PAYMENT,
    ),
    Kind.REQUEST_RECEIVED: Words(
        "{name} asks you for {amount}. Nothing is paid unless you pay it.",
        "Somebody asks you for money.",
        _OF_REQUEST,
    ),
    Kind.REQUEST_REMINDED: Words(
        "{name} reminds you of a request for {amount}. Nothing is paid unless you pay it.",
        "You are reminded of a request.",
        _OF_REQUEST,
    ),
    Kind.REQUEST_EXPIRING: Words(
        "The request of {name} for {amount} ends in three days.",
        "A request ends in three days.",
        _OF_REQUEST,
    ),
    Kind.REQUEST_PAID: Words(
        "{name} paid your request for {amount}. It is in your balance.",
        "A request of yours was paid.",
        _OF_REQUEST,
    ),
    Kind.REQUEST_DECLINED: Words(
        "{name} declined your request for {amount}. No money moved.",
        "A request of yours was declined.",
        _OF_REQUEST,
    ),
    Kind.REQUEST_CANCELLED: Words(
        "{name} took back a request for {amount}. No money moved.",
        "A request was taken back.",
        _OF_REQUEST,
    ),
    Kind.REQUEST_EXPIRED: Words(
        "Your request to {name} for {amount} has ended unpaid. No money moved.",
        "A request of yours has ended.",
        _OF_REQUEST,
    ),
    Kind.FRIEND_ASKED: Words(
        "{name} asks to be your friend.",
        "Somebody asks to be your friend.",
        "/people",
    ),
    Kind.FRIEND_ACCEPTED: Words(
        "{name} is your friend now.",
        "You have a new friend.",
        "/people",
    ),
    Kind.LIKED: Words(
        "{name} likes a payment of yours.",
        "Somebody likes a payment of yours.",
        _OF_PAYMENT,
    ),
    Kind.COMMENTED: Words(
        "{name} wrote about a payment of yours.",
        "Somebody wrote about a payment of yours.",
        _OF_PAYMENT,
    ),
    Kind.DEPOSIT_SETTLED: Words(
        "Your deposit of {amount} is in your balance.",
        "A deposit of yours is here.",
        _WALLET,
    ),
    Kind.DEPOSIT_FAILED: Words(
        "Your deposit of {amount} did not happen. Nothing was taken from your bank.",
        "A deposit of yours did not happen.",
        _WALLET,
    ),
    Kind.DEPOSIT_RETURNED: Words(
        "Your bank took back a deposit of {amount}. See what that means for your balance.",
        "A deposit of yours was taken back by the bank.",
        _WALLET,
    ),
    Kind.WITHDRAWAL_DONE: Words(
        "Your withdrawal of {amount} has reached your bank.",
        "A withdrawal of yours is done.",
        _WALLET,
    ),
    Kind.WITHDRAWAL_FAILED: Words(
        "Your withdrawal of {amount} did not happen. The money is back in your balance.",
        "A withdrawal of yours did not happen.",
        _WALLET,
    ),
    Kind.OWED: Words(
        "A bank or card took back money that you had spent: you owe {amount}.",
        "Something about your balance needs you.",
        _WALLET,
    ),
    Kind.DISPUTE_OPENED: Words(
        "We have what you told us, and look into it. See by when we answer.",
        "We look into what you told us.",
        _OF_DISPUTE,
    ),
    Kind.DISPUTE_NEEDS_YOU: Words(
        "We need to know more from you before we can decide. See what we ask.",
        "We need to know more from you.",
        _OF_DISPUTE,
    ),
    Kind.DISPUTE_DECIDED: Words(
        "We have decided about what you told us. See how, and why.",
        "We have decided about what you told us.",
        _OF_DISPUTE,
    ),
    Kind.SECURITY: Words(
        "Something changed in the safety of your account. If it was not you, lock it now.",
        "Something changed in the safety of your account.",
        _SECURITY,
    ),
    Kind.FROZEN: Words(
        "Your account is on hold. See what that means and what still works.",
        "Your account is on hold.",
        "/on-hold",
    ),
    Kind.UNFROZEN: Words(
        "Your account is not on hold any more.",
        "Your account is not on hold any more.",
        _SECURITY,
    ),
    Kind.SOURCE_NEEDS_REPAIR: Words(
        "Your bank wants you to sign in again before it can be used.",
        "A bank of yours needs you.",
        _WALLET,
    ),
    Kind.TIER_CHANGED: Words(
        "What you can send has changed.",
        "Your limits have changed.",
        "/settings/limits",
    ),
}
# Of a payment that was taken back the two people read opposite things.
_REVERSED: Final[Mapping[str, Words]] = {
    "to_you": Words(
        "We took back a payment of yours: {amount} is in your balance again.",
        "A payment of yours was taken back.",
        _OF_PAYMENT,
    ),
    "from_you": Words(
        "We took back a payment to you: {amount} left your balance.",
        "A payment to you was taken back.",
        _OF_PAYMENT,
    ),
}


def named(display_name: str, handle: str) -> str:
    """Name somebody in a mail: by handle alone whose name could be taken for an address."""
    if _LINKED.search(unicodedata.normalize("NFKC", display_name)):
        return f"@{handle}"
    return f"{display_name} (@{handle})"


def words_of(kind: Kind, detail: str | None) -> Words:
    """Find the words of a kind."""
    if kind is Kind.PAYMENT_REVERSED:
        return _REVERSED[detail or "to_you"]
    return WORDS[kind]


def by_mail(kind: Kind, detail: str | None, *, name: str, amount: Money | None, link: str) -> Said:
    """Write a mail: one sentence, one link."""
    words = words_of(kind, detail)
    filled = {"name": name, "amount": amount.text() if amount else ""}
    sentence = words.sentence.format_map(filled)
    body = (
        f"{sentence}\n\n{link}\n\n"
        "What you are mailed about is up to you: see Settings, Notices. "
        "Nobody from Quid will ask you for a code.\n"
    )
    return Said(words.push.partition(".")[0], body)


def link(origin: str, kind: Kind, detail: str | None, subject: str) -> str:
    """Give the address of the one link. `subject` is the id as shown."""
    return origin + words_of(kind, detail).path.format_map({"id": subject})


def on_screen(kind: Kind, detail: str | None) -> Said:
    """Write what a lock screen may show to anybody."""
    return Said("Quid", words_of(kind, detail).push)
