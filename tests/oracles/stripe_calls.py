"""Every call of ours, made by the official package `stripe`, unmodified.

Runs in an environment of its own: `python stripe_calls.py URL KEY`.
"""

import sys
from typing import Any

import stripe

# Renamed with the version that the pinned package speaks.
TYPES = (
    "allowed_payment_method_types" if stripe.api_version >= "2026-09-30" else "payment_method_types"
)
CARD: dict[str, Any] = {TYPES: ["card"], "currency": "usd"}
BACK = "https://quid.test/back"
_MONEY = ["latest_charge.balance_transaction"]


def services(client: Any) -> Any:
    """Where the package keeps them: newer versions moved them below `v1`."""
    return client.v1 if hasattr(client, "v1") else client


def save(api: Any, made: list[str]) -> str:
    """A customer, and the page on which a card is saved."""
    person = api.customers.create(
        params={"metadata": {"user": "usr_1"}}, options={"idempotency_key": "cus:usr_1"}
    )
    session = api.checkout.sessions.create(
        params={
            **CARD,
            "mode": "setup",
            "customer": person.id,
            "success_url": f"{BACK}?session_id={{CHECKOUT_SESSION_ID}}",
            "cancel_url": BACK,
            "client_reference_id": "usr_1",
        }
    )
    assert session.url.startswith("http")
    looked = api.checkout.sessions.retrieve(
        session.id, params={"expand": ["setup_intent.payment_method"]}
    )
    assert (looked.status, looked.setup_intent.status) == ("open", "requires_payment_method")
    assert api.checkout.sessions.expire(session.id).status == "expired"
    made += ["customers", "checkout.sessions"]
    return str(person.id)


def prepare(api: Any, person: str, cents: int, key: str) -> Any:
    return api.payment_intents.create(
        params={
            **CARD,
            "amount": cents,
            "customer": person,
            "metadata": {"op_id": key},
            "statement_descriptor_suffix": "Quid",
        },
        options={"idempotency_key": f"{key}:prepare"},
    )


def version(api: Any) -> None:
    """What the version no longer takes is refused as the processor refuses it."""
    if TYPES == "payment_method_types":
        return
    try:
        api.payment_intents.create(
            params={"amount": 100, "currency": "usd", "payment_method_types": ["card"]}
        )
    except stripe.InvalidRequestError as e:
        assert e.code == "payment_method_types_no_longer_supported"  # noqa: PT017 - as above
    else:
        raise AssertionError("a parameter that is no more")


def charge(api: Any, person: str, made: list[str]) -> str:
    """Prepare, confirm, look up, list; a decline, a question of the bank, a cancellation."""
    first = prepare(api, person, 2_000, "op_1")
    assert prepare(api, person, 2_000, "op_1").id == first.id
    try:
        prepare(api, person, 2_001, "op_1")
    except stripe.IdempotencyError:
        pass
    else:
        raise AssertionError("another body under the same key")
    confirm = {"payment_method": "pm_card_visa", "return_url": BACK, "expand": _MONEY}
    done = api.payment_intents.confirm(
        first.id, params=confirm, options={"idempotency_key": "op_1:confirm"}
    )
    assert (done.status, done.latest_charge.balance_transaction.fee) == ("succeeded", 88)
    assert api.payment_intents.retrieve(first.id, params={"expand": _MONEY}).amount == 2_000
    second = prepare(api, person, 500, "op_2")
    try:
        declined = {**confirm, "payment_method": "pm_card_chargeDeclined"}
        api.payment_intents.confirm(second.id, params=declined)
    except stripe.CardError as e:
        assert (e.code, e.http_status) == ("card_declined", 402)  # noqa: PT017 - no pytest here
    else:
        raise AssertionError("a card that is declined")
    assert api.payment_intents.cancel(second.id).status == "canceled"
    third = prepare(api, person, 700, "op_3")
    asked = {**confirm, "payment_method": "pm_card_authenticationRequired"}
    waiting = api.payment_intents.confirm(third.id, params=asked)
    assert waiting.next_action.redirect_to_url.url.startswith("http")
    assert len(list(api.payment_intents.list(params={"limit": 1}).auto_paging_iter())) == 3
    made += ["payment_intents"]
    return str(first.id)


def after(api: Any, person: str, ref: str, made: list[str]) -> None:
    """Refunds, claims, cards."""
    back = api.refunds.create(
        params={"payment_intent": ref, "amount": 500, "metadata": {"op_id": "op_r"}},
        options={"idempotency_key": "op_r:refund"},
    )
    assert api.refunds.retrieve(back.id).status == "succeeded"
    assert [r.id for r in api.refunds.list(params={"payment_intent": ref}).data] == [back.id]
    disputed = prepare(api, person, 900, "op_4")
    confirm = {"payment_method": "pm_card_createDispute", "return_url": BACK}
    api.payment_intents.confirm(disputed.id, params=confirm)
    api.disputes.list(params={"payment_intent": disputed.id})
    method = api.payment_methods.attach("pm_card_visa", params={"customer": person})
    assert api.payment_methods.detach(method.id).customer is None
    made += ["refunds", "disputes", "payment_methods"]


def book(api: Any, made: list[str]) -> None:
    """Balance, its lines, events."""
    sums = api.balance.retrieve()
    assert sums.available[0].currency == "usd"
    lines = api.balance_transactions.list(params={"expand": ["data.source"], "limit": 100})
    assert {line.type for line in lines.data} >= {"charge", "refund"}
    events = api.events.list(params={"limit": 2, "created": {"gte": 1}})
    kinds = {event.type for event in events.auto_paging_iter()}
    assert {"payment_intent.succeeded", "payment_intent.payment_failed"} <= kinds
    assert api.events.retrieve(events.data[0].id).id == events.data[0].id
    made += ["balance", "balance_transactions", "events"]


def push(api: Any, made: list[str]) -> None:
    """A connected account, its page, money to it."""
    account = api.accounts.create(params={"type": "express", "country": "US"})
    page = api.account_links.create(
        params={
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": BACK,
            "return_url": BACK,
        }
    )
    assert page.url.startswith("http")
    api.accounts.external_accounts.list(account.id, params={"limit": 3})
    made += ["accounts", "account_links", "external_accounts"]


def main() -> None:
    """Make all calls; a failure is an exception."""
    url, key = sys.argv[1:3]
    api = services(stripe.StripeClient(key, base_addresses={"api": url}))
    made: list[str] = []
    version(api)
    person = save(api, made)
    ref = charge(api, person, made)
    after(api, person, ref, made)
    book(api, made)
    push(api, made)
    try:
        services(
            stripe.StripeClient("sk_test_wrong", base_addresses={"api": url})
        ).balance.retrieve()
    except stripe.AuthenticationError:
        sys.stdout.write(f"{len(made)} kinds")
    else:
        raise AssertionError("a wrong key was taken")


if __name__ == "__main__":
    main()
