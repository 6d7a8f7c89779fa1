"""The life of cards, lived by the official package `stripe`, unmodified: pages and endings too.

Runs in an environment of its own, against a sandbox with a pace of a second or so:
`python stripe_life.py URL KEY`.
"""

import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from importlib import import_module
from typing import Any

# Not there where types are checked.
stripe: Any = import_module("stripe")
BACK = "http://127.0.0.1:9/back"
CARD = {"expires": "12/34", "cvc": "123", "name": "Ana"}
# Renamed with the version that the pinned package speaks.
TYPES = (
    "allowed_payment_method_types" if stripe.api_version >= "2026-09-30" else "payment_method_types"
)
SECONDS = 20


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Look at a redirect, do not follow it."""


_BROWSER = urllib.request.build_opener(_Stay)


def press(url: str, **fields: str) -> str:
    """Send a form of a hosted page; where it sends on to, or nothing."""
    body = urllib.parse.urlencode(fields).encode()
    try:
        with _BROWSER.open(url, body):
            return ""
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers.get("location", ""))


def refused(kind: type[Exception], call: Callable[[], object]) -> Any:
    """What the package raises for this call."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"not refused: {kind.__name__}")


def until(end: str, read: Callable[..., Any], *about: object) -> None:
    """Read an object until its status is this."""
    deadline = time.monotonic() + SECONDS
    while (found := read(*about)).status != end:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


class Life:
    """Its chapters, in order."""

    def __init__(self, url: str, key: str) -> None:
        client = stripe.StripeClient(key, base_addresses={"api": url})
        self.api = getattr(client, "v1", client)
        self.customer = str(self.api.customers.create({"metadata": {"user": "usr_2"}}).id)

    def replays(self) -> None:
        """A key replays byte for byte; what is unknown is told."""
        said, key = {"metadata": {"user": "usr_3"}}, {"idempotency_key": "cus:usr_3"}
        first = self.api.customers.create(said, key).last_response
        again = self.api.customers.create(said, key).last_response
        assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
        error = refused(
            stripe.InvalidRequestError, lambda: self.api.customers.create({"unicorn": 1})
        )
        assert (error.code, error.param) == ("parameter_unknown", "unicorn")

    def save(self, number: str, answer: str = "") -> Any:
        """Save a card on the hosted page; the session as it then is."""
        made = self.api.checkout.sessions.create({
            "mode": "setup",
            "customer": self.customer,
            "currency": "usd",
            TYPES: ["card"],
            "success_url": f"{BACK}?s={{CHECKOUT_SESSION_ID}}",
            "cancel_url": BACK,
        })  # fmt: skip
        sent = press(made.url, number=number, **CARD)
        if answer:
            sent = press(sent, answer=answer)
        expand = {"expand": ["setup_intent.payment_method"]}
        done = self.api.checkout.sessions.retrieve(made.id, expand)
        assert (sent == f"{BACK}?s={made.id}") is (done.status == "complete")
        return done

    def saves(self) -> str:
        """Cards are declined, asked about, saved."""
        declined = self.save("4000000000000002")
        assert declined.setup_intent.last_setup_error.code == "card_declined"
        assert self.save("4000002760003184", "fail").status == "open"
        asked = self.save("4000002760003184", "approve").setup_intent.payment_method
        assert (asked.card.last4, asked.customer) == ("3184", self.customer)
        card = self.save("4242424242424242").setup_intent.payment_method
        assert (card.card.brand, card.card.funding) == ("visa", "credit")
        return str(card.id)

    def pay(self, method: str, cents: int = 2000, **more: object) -> Any:
        """Prepare, then confirm."""
        intent = self.api.payment_intents.create({
            "amount": cents,
            "currency": "usd",
            "customer": self.customer,
            TYPES: ["card"],
            "metadata": {"op_id": "op_1"},
        })  # fmt: skip
        expand = ["latest_charge.balance_transaction"]
        said = {"payment_method": method, "return_url": BACK, "expand": expand, **more}
        return self.api.payment_intents.confirm(intent.id, said)

    def pays(self, card: str) -> None:
        """A saved card pays; one is asked about; nobody can be asked off session."""
        money = self.pay(card).latest_charge.balance_transaction
        assert (money.amount, money.fee, money.net) == (2000, 88, 1912)
        error = refused(
            stripe.CardError, lambda: self.pay("pm_card_chargeDeclinedInsufficientFunds")
        )
        assert (error.code, error.error.decline_code) == ("card_declined", "insufficient_funds")
        assert error.error.payment_intent.status == "requires_payment_method"
        asking = "pm_card_authenticationRequired"
        asked = self.pay(asking)
        sent = press(asked.next_action.redirect_to_url.url, answer="approve")
        assert sent.startswith(f"{BACK}?payment_intent={asked.id}")
        assert self.api.payment_intents.retrieve(asked.id).status == "succeeded"
        refused(stripe.CardError, lambda: self.pay(asking, off_session=True))

    def gives_back(self) -> None:
        """Refunds end late, or fail after they were done."""
        for name, now, then in (
            ("pendingRefund", "pending", "succeeded"),
            ("refundFail", "succeeded", "failed"),
        ):
            made = self.api.refunds.create({"payment_intent": self.pay(f"pm_card_{name}").id})
            assert made.status == now
            until(then, self.api.refunds.retrieve, made.id)

    def is_taken_from(self) -> None:
        """One chargeback is won, another given up."""
        for end in ("won", "lost"):
            dispute = self.disputed(self.pay("pm_card_createDispute").id)
            assert [row.net for row in dispute.balance_transactions] == [-3500]
            if end == "won":
                evidence = {"evidence": {"uncategorized_text": "winning_evidence"}}
                assert self.api.disputes.update(dispute.id, evidence).status == "under_review"
            else:
                self.api.disputes.close(dispute.id)
            until(end, self.api.disputes.retrieve, dispute.id)

    def disputed(self, intent: str) -> Any:
        """The chargeback of a payment, when it has come."""
        deadline = time.monotonic() + SECONDS
        while not (found := self.api.disputes.list({"payment_intent": intent}).data):
            assert time.monotonic() < deadline, intent
            time.sleep(0.1)
        return found[0]

    def pushes(self) -> None:
        """An account is onboarded and paid; what fails is taken back."""
        self.pay("pm_card_bypassPending", 100_000)
        capabilities = {"transfers": {"requested": True}}
        account = self.api.accounts.create({"type": "express", "capabilities": capabilities}).id
        link = self.api.account_links.create({
            "account": account,
            "type": "account_onboarding",
            "refresh_url": BACK,
            "return_url": BACK,
        })  # fmt: skip
        assert press(link.url, number="4000056655665556", **CARD) == BACK
        externals = self.api.accounts.external_accounts
        externals.create(account, {"external_account": "tok_visa_debit_us_transferFail"})
        cards = {card.last4: card.id for card in externals.list(account).data}
        said = {"amount": 5000, "currency": "usd", "destination": account}
        transfer = self.api.transfers.create({**said, "transfer_group": "wd_1"})
        scope = {"stripe_account": account}
        for last4, cents, end in (("5556", 2000, "paid"), ("5572", 3000, "failed")):
            said = {"amount": cents, "currency": "usd", "method": "instant"}
            made = self.api.payouts.create({**said, "destination": cards[last4]}, scope)
            until(end, self.api.payouts.retrieve, made.id, None, scope)
        back = self.api.transfers.reversals.create(transfer.id, {"amount": 3000})
        [found] = self.api.transfers.list({"transfer_group": "wd_1"}).data
        assert [row.id for row in found.reversals.data] == [back.id]
        assert self.api.balance.retrieve(None, scope).available[0].amount == 0

    def adds_up(self) -> None:
        """The book is the balance; every event comes once."""
        balance = self.api.balance.retrieve()
        rows = list(self.api.balance_transactions.list({"limit": 7}).auto_paging_iter())
        total = balance.available[0].amount + balance.pending[0].amount
        assert sum(row.net for row in rows) == total
        events = list(self.api.events.list({"limit": 50}).auto_paging_iter())
        assert len({event.id for event in events}) == len(events) > 50
        made = self.api.webhook_endpoints.create({"url": BACK, "enabled_events": ["*"]})
        assert made.secret.startswith("whsec_")
        error = refused(
            stripe.InvalidRequestError, lambda: self.api.payment_intents.retrieve("pi_none")
        )
        assert (error.http_status, error.code) == (404, "resource_missing")


def main(url: str, key: str) -> None:
    """All of it; a failure is an exception."""
    life = Life(url, key)
    life.replays()
    life.pays(life.saves())
    life.gives_back()
    life.is_taken_from()
    life.pushes()
    life.adds_up()


if __name__ == "__main__":
    main(*sys.argv[1:3])
