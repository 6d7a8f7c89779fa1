"""Cards: saved on Stripe's page, charged in two steps so that the name is known before money moves.

What is posted never holds the clock: the same key must come with the same body.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, get_args

from pydantic import ValidationError

from quid.funding.adapters.calls import LINK, LINK_READ, READ, WRITE
from quid.funding.adapters.reading import hosted, loads, plain
from quid.funding.adapters.stripe import charges
from quid.funding.adapters.stripe.form import Form
from quid.funding.adapters.stripe.models import (
    CardFault,
    DisputePage,
    Intent,
    IntentPage,
    Method,
    Named,
    RefundPage,
    RefundRow,
    Session,
    SetupSession,
)
from quid.funding.adapters.stripe.wire import NOT_THERE, Post, StripeWire
from quid.funding.errors import ContractBroken, Declined, InvalidRequest
from quid.funding.ports import (
    CardOrder,
    CardRail,
    Charge,
    Chargeback,
    LinkStarted,
    ProviderKey,
    Refund,
    SavedCard,
    SaveFinished,
)
from quid.kit.http import Answer

_PAGE: Final = 100
_STATEMENT: Final = 10
_MONEY: Final = "latest_charge.balance_transaction"
_MOVED_ON: Final = "payment_intent_unexpected_state"
_Funding = Literal["credit", "debit", "prepaid", "unknown"]


class StripeCards(CardRail):
    """Checkout in mode `setup`, and PaymentIntents."""

    def __init__(self, wire: StripeWire) -> None:
        self._wire = wire

    async def start_save(
        self, user_ref: str, return_url: str, *, customer_ref: str | None, key: ProviderKey
    ) -> LinkStarted:
        """Open the page that takes a card. Raises: ProviderError.

        The customer is made once a person: its key is theirs and not the session's.
        """
        customer = customer_ref or await self._customer(user_ref)
        joint = "&" if "?" in return_url else "?"
        form: Form = {
            "mode": "setup",
            "currency": "usd",
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "client_reference_id": user_ref,
            "success_url": f"{return_url}{joint}session_id={{CHECKOUT_SESSION_ID}}",
            "cancel_url": return_url,
        }
        post = Post("/v1/checkout/sessions", form, key)
        made = await self._wire.post(LINK, post, Session)
        return LinkStarted(made.id, hosted(made.url, self._wire.page_hosts), made.expires_at)

    async def finish_save(self, session_ref: str) -> SaveFinished:
        """Look what became of it; asking again gives the same. Raises: ProviderError."""
        found = await self._wire.get(
            LINK_READ,
            "/v1/checkout/sessions/{id}",
            {"expand": ["setup_intent.payment_method"]},
            SetupSession,
            id=session_ref,
        )
        setup = found.setup_intent
        if found.status == "expired":
            return SaveFinished("exited")
        if found.status != "complete" or setup is None or setup.status != "succeeded":
            return SaveFinished("not_yet")
        method = setup.payment_method
        if method is None or method.card is None or found.customer is None:
            raise ContractBroken("UNREADABLE", "a complete session without its card")
        return SaveFinished("done", _saved(found.customer, method))

    async def prepare(self, order: CardOrder) -> Charge:
        """Make an unconfirmed charge: nothing moves. Raises: ProviderError."""
        form: Form = {
            "amount": order.cents,
            "currency": "usd",
            "customer": order.customer_ref,
            "allowed_payment_method_types": ["card"],
            "metadata": {"op_id": order.op_id},
            "statement_descriptor_suffix": plain(order.statement, most=_STATEMENT),
        }
        post = Post("/v1/payment_intents", form, order.key)
        made = await self._wire.post(WRITE, post, Intent)
        return self._charge(made)

    async def confirm(self, order: CardOrder) -> Charge:
        """Charge what `order.ref` prepared. A decline is a Charge. Raises: ProviderError."""
        if order.ref is None:
            raise ValueError("a charge is prepared before it is confirmed")
        form: Form = {
            "payment_method": order.method_ref,
            "return_url": order.return_url,
            "expand": [_MONEY],
        }
        post = Post("/v1/payment_intents/{id}/confirm", form, order.key, {"id": order.ref})
        made = await self._wire.post(WRITE, post, Intent, on_no=_intent_of)
        return self._charge(made)

    async def cancel(self, ref: str, *, key: ProviderKey) -> Charge:
        """Stop a charge that has not succeeded; gives it as it then stands."""
        post = Post("/v1/payment_intents/{id}/cancel", {}, key, {"id": ref})
        try:
            made = await self._wire.post(WRITE, post, Intent)
        except InvalidRequest as e:
            if e.code != _MOVED_ON:
                raise
        else:
            return self._charge(made)
        return self._charge(await self._intent(ref))

    async def get(self, ref: str) -> Charge | None:
        """Look a charge up; None = there is none. Raises: ProviderError."""
        try:
            return self._charge(await self._intent(ref))
        except Declined as e:
            if e.code != NOT_THERE:
                raise
            return None

    async def refund(self, charge_ref: str, cents: int, op_id: str, *, key: ProviderKey) -> Refund:
        """Give money back to the card. Raises: ProviderError."""
        form: Form = {
            "payment_intent": charge_ref,
            "amount": cents,
            "metadata": {"op_id": op_id},
        }
        made = await self._wire.post(WRITE, Post("/v1/refunds", form, key), RefundRow)
        return charges.refund(made, charge_ref)

    async def refunds(self, charge_ref: str) -> Sequence[Refund]:
        """List what was given back of a charge. Raises: ProviderError."""
        found: list[Refund] = []
        query: dict[str, str | int] = {"payment_intent": charge_ref, "limit": _PAGE}
        while True:
            page = await self._wire.get(READ, "/v1/refunds", query, RefundPage)
            found += [charges.refund(row, charge_ref) for row in page.data]
            if not page.has_more or not page.data:
                return found
            query["starting_after"] = page.data[-1].id

    async def chargebacks(self, charge_ref: str) -> Sequence[Chargeback]:
        """List the claims against a charge. Raises: ProviderError."""
        query: Form = {"payment_intent": charge_ref, "limit": _PAGE}
        page = await self._wire.get(READ, "/v1/disputes", query, DisputePage)
        return [charges.chargeback(row, charge_ref) for row in page.data]

    async def list(self, since: datetime, until: datetime) -> Sequence[Charge]:
        """List what was created in a span, all pages. Raises: ProviderError."""
        found: list[Charge] = []
        span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        expand = [f"data.{_MONEY}"]
        query: Form = {"created": span, "limit": _PAGE, "expand": expand}
        while True:
            page = await self._wire.get(READ, "/v1/payment_intents", query, IntentPage)
            found += [self._charge(row) for row in page.data]
            if not page.has_more or not page.data:
                return found
            query = {**query, "starting_after": page.data[-1].id}

    async def forget(self, method_ref: str) -> None:
        """Take a card off its customer; one that is gone is fine. Raises: ProviderError."""
        post = Post("/v1/payment_methods/{id}/detach", {}, None, {"id": method_ref})
        try:
            await self._wire.post(LINK, post, Named)
        except Declined as e:
            if e.code != NOT_THERE:
                raise
        except InvalidRequest:  # it has no word of its own for a card that is off already
            found = await self._wire.get(
                LINK_READ, "/v1/payment_methods/{id}", {}, Method, id=method_ref
            )
            if found.customer is not None:
                raise

    async def _customer(self, user_ref: str) -> str:
        form: Form = {"metadata": {"user": user_ref}}
        key = ProviderKey(f"cus:{user_ref}")
        made = await self._wire.post(LINK, Post("/v1/customers", form, key), Named)
        return made.id

    async def _intent(self, ref: str) -> Intent:
        path, query = "/v1/payment_intents/{id}", {"expand": [_MONEY]}
        return await self._wire.get(READ, path, query, Intent, id=ref)

    def _charge(self, row: Intent) -> Charge:
        return charges.charge(row, page_hosts=self._wire.page_hosts)


def _intent_of(answer: Answer) -> Intent | None:
    """Take the intent out of a refusal of the card, with its reason."""
    if answer.status != 402:
        return None
    try:
        said = CardFault.model_validate(loads(answer.content)).error
    except (ValidationError, ValueError, RecursionError):
        return None
    return said.payment_intent if said.type == "card_error" else None


def _saved(customer: str, method: Method) -> SavedCard:
    card = method.card
    if card is None or card.fingerprint is None:
        raise ContractBroken("UNREADABLE", "a card without its fingerprint")
    funding: _Funding = "unknown"
    for known in get_args(_Funding):
        if card.funding == known:
            funding = known
    return SavedCard(
        customer_ref=customer,
        method_ref=method.id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        funding=funding,
        fingerprint=card.fingerprint,
    )
