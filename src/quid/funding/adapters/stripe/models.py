"""What Stripe answers, as far as we read it. Unknown fields and words are let through."""

from pydantic import Field

from quid.funding.adapters.reading import At, Cents, Read, Ref, Shown


class Named(Read):
    """An object of which only the name matters."""

    id: Ref


class Session(Read):
    """A page that saves a card."""

    id: Ref
    url: str
    expires_at: At


class Card(Read):
    """What Stripe says of a card: no number."""

    brand: Shown
    last4: Shown
    exp_month: int
    exp_year: int
    funding: Shown
    fingerprint: Ref | None = None


class Method(Read):
    """A saved card."""

    id: Ref
    customer: Ref | None = None
    card: Card | None = None


class Setup(Read):
    """The saving of a card."""

    status: str
    payment_method: Method | None = None


class SetupSession(Read):
    """A page that saves a card, and what came of it."""

    id: Ref
    status: str
    customer: Ref | None = None
    setup_intent: Setup | None = None


class BalanceLine(Read):
    """A line of our balance at Stripe. Units: cents, signed."""

    id: Ref
    amount: Cents
    fee: Cents
    currency: Shown
    type: Shown
    created: At
    available_on: At
    source: "Ref | Source | None" = None


class Source(Read):
    """What a line of the balance comes from."""

    id: Ref
    payment_intent: Ref | None = None


class LatestCharge(Read):
    """The money of a PaymentIntent."""

    id: Ref
    amount_refunded: Cents = 0
    balance_transaction: Ref | BalanceLine | None = None


class LastError(Read):
    """Why the last try to charge failed."""

    code: Shown | None = None
    decline_code: Shown | None = None


class _Redirect(Read):
    url: str


class NextAction(Read):
    """What the person has to do."""

    redirect_to_url: _Redirect | None = None


class Intent(Read):
    """A charge in all its states. Units: cents."""

    id: Ref
    amount: Cents
    currency: Shown
    status: Shown
    created: At
    metadata: dict[str, str] = Field(default_factory=dict)
    last_payment_error: LastError | None = None
    next_action: NextAction | None = None
    latest_charge: Ref | LatestCharge | None = None


class CardFault(Read):
    """The intent that a refusal of the card carries."""

    class Inner(Read):
        """Its error."""

        type: str
        code: Shown | None = None
        decline_code: Shown | None = None
        payment_intent: Intent | None = None

    error: Inner


class IntentPage(Read):
    """A page of charges."""

    data: list[Intent]
    has_more: bool


class RefundRow(Read):
    """Money on its way back. Units: cents."""

    id: Ref
    amount: Cents
    status: Shown
    created: At
    payment_intent: Ref | None = None
    metadata: dict[str, str] = Field(default_factory=dict)


class RefundPage(Read):
    """A page of refunds."""

    data: list[RefundRow]
    has_more: bool


class _Evidence(Read):
    due_by: At | None = None


class DisputeLine(Read):
    """A line of the balance that a claim made."""

    amount: Cents
    fee: Cents = 0


class Dispute(Read):
    """A claim of the card network. Units: cents."""

    id: Ref
    amount: Cents
    status: Shown
    reason: Shown
    balance_transactions: list[DisputeLine] = Field(default_factory=list)
    evidence_details: _Evidence | None = None


class DisputePage(Read):
    """A page of claims."""

    data: list[Dispute]
    has_more: bool


class BalancePage(Read):
    """A page of our balance's book."""

    data: list[BalanceLine]
    has_more: bool


class Sum(Read):
    """So much of one currency. Units: cents."""

    amount: Cents
    currency: Shown


class BalanceAnswer(Read):
    """Our balance."""

    available: list[Sum]
    pending: list[Sum]


class _Object(Read):
    object: Shown = ""
    id: Ref | None = None
    status: Shown | None = None
    amount: Cents | None = None
    payment_intent: Ref | None = None


class _Data(Read):
    object: _Object


class EventRow(Read):
    """An event, read by itself so that one nobody can read does not hide its neighbours."""

    id: Ref
    type: Shown
    created: At
    livemode: bool
    data: _Data
