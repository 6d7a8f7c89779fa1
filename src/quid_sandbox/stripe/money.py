"""The processor's own books: one row for each movement, what of it is available, and when."""

from datetime import datetime
from typing import Final, NamedTuple

from quid_sandbox.stripe.desk import Desk
from quid_sandbox.stripe.errors import Doc, StripeError
from quid_sandbox.stripe.events import emit
from quid_sandbox.stripe.spec import DATED, ONE, Op, currency, text

CARD_DAYS: Final = 2
DISPUTE_FEE: Final = 1500


class Movement(NamedTuple):
    """Something that changes a balance.

    Units: cents; `available_on` in epoch seconds, None is now.
    """

    kind: str
    category: str
    amount: int
    source: str
    fee: int = 0
    available_on: int | None = None
    description: str | None = None


def card_fee(cents: int) -> int:
    """What a card charge costs: 2.9 % and 30 cents."""
    return (cents * 29 + 500) // 1000 + 30


def move(desk: Desk, movement: Movement) -> Doc:
    """Write a row of the account's book."""
    fee = movement.fee
    details = {
        "amount": fee,
        "application": None,
        "currency": "usd",
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    row = desk.put(
        {
            "id": desk.new("txn"),
            "object": "balance_transaction",
            "amount": movement.amount,
            "available_on": movement.available_on or desk.seconds,
            "balance_type": "payments",
            "created": desk.seconds,
            "currency": "usd",
            "description": movement.description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [details] if fee else [],
            "net": movement.amount - fee,
            "reporting_category": movement.category,
            "source": movement.source,
            "status": "pending",
            "type": movement.kind,
        }
    )
    desk.tx.effect(f"balance_transaction.{movement.kind}", row["id"])
    return row


def position(desk: Desk) -> tuple[int, int]:
    """What is available and what is pending, in cents."""
    rows = desk.tx.query(
        "SELECT coalesce(sum(CASE WHEN json_extract(body, '$.available_on') <= ?"
        " THEN json_extract(body, '$.net') END), 0),"
        " coalesce(sum(CASE WHEN json_extract(body, '$.available_on') > ?"
        " THEN json_extract(body, '$.net') END), 0)"
        " FROM object WHERE type = 'stripe.balance_transaction' AND owner = ?",
        desk.seconds,
        desk.seconds,
        desk.account,
    )
    return int(rows[0][0]), int(rows[0][1])


def require(desk: Desk, cents: int) -> None:
    """See that so much is available.

    Raises:
        StripeError: it is not.
    """
    if position(desk)[0] < cents:
        raise StripeError(
            400,
            "You have insufficient available funds in your Stripe account. Try adding funds"
            " directly to your available balance by creating Charges using the"
            " 4000000000000077 test card.",
            code="balance_insufficient",
        )


def balance(desk: Desk, args: Doc) -> Doc:
    """GET /v1/balance."""
    del args
    available, pending = position(desk)

    def of(cents: int) -> list[Doc]:
        return [{"amount": cents, "currency": "usd", "source_types": {"card": cents}}]

    return {
        "object": "balance",
        "available": of(available),
        "instant_available": of(max(0, available)),
        "livemode": False,
        "pending": of(pending),
        "refund_and_dispute_prefunding": {"available": of(0), "pending": of(0)},
    }


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/balance_transactions."""
    filters = {name: args.get(name) for name in ("currency", "source", "type")}
    return desk.listed("balance_transaction", args, "/v1/balance_transactions", filters)


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/balance_transactions/{id}."""
    return desk.open("balance_transaction", args)


def announce(desk: Desk, at: datetime) -> None:
    """Say when money becomes available, once for all that does at that moment."""
    ref = f"balance:{desk.account}"
    query = "SELECT 1 FROM timer WHERE ref = ? AND at = ? AND kind = 'balance'"
    if not desk.tx.query(query, ref, at.timestamp()):
        desk.later(at, "balance", ref)


def became_available(desk: Desk, ref: str, body: Doc) -> None:
    """Money of charges may be used from now on."""
    del ref, body
    emit(desk, "balance.available", balance(desk, {}))


OPS: Final = (
    Op("GET", "/v1/balance", balance, ONE),
    Op(
        "GET",
        "/v1/balance_transactions",
        listed,
        {**DATED, "currency": currency, "source": text, "type": text},
    ),
    Op("GET", "/v1/balance_transactions/{id}", one, ONE),
)
