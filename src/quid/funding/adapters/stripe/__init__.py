"""Stripe: cards saved and charged on its pages, its events and its book of our float.

Source: rails.md 4 of the blueprint. A charge is a PaymentIntent.
"""

from quid.funding.adapters.stripe.book import StripeBook
from quid.funding.adapters.stripe.cards import StripeCards
from quid.funding.adapters.stripe.events import StripeEvents
from quid.funding.adapters.stripe.wire import StripeWire

__all__ = ["StripeBook", "StripeCards", "StripeEvents", "StripeWire"]
