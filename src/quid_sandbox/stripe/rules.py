"""Rules of the control routes that mean charges: `POST /_sandbox/rules`, the first match decides.

`{"charge": "processing", "amount": 1368, "seconds": 60}`: it is paid later, or declined with
`code`. `declined` with a `code`: the issuer says no. `fraudulent`, `product_not_received`,
`inquiry`, `warning`: paid, and then there is trouble. `amount` (cents), `customer`, `last4` and
`op_id` say which charges; what is left out matches all.
"""

from datetime import datetime, timedelta

from quid_sandbox.stripe.cards import Card, Decline
from quid_sandbox.stripe.desk import Desk
from quid_sandbox.stripe.errors import Doc


def meant(desk: Desk, intent: Doc, card: Card) -> Doc:
    """The rule for this charge; {} if there is none."""
    facts = {
        "amount": intent["amount"],
        "customer": intent["customer"],
        "last4": card.last4,
        "op_id": intent["metadata"].get("op_id"),
    }
    for rule in desk.tx.all("rule"):
        if "charge" in rule and all(rule.get(name, told) == told for name, told in facts.items()):
            return rule
    return {}


def decline(code: str) -> Decline:
    """The issuer's no of a rule."""
    return Decline("card_declined", "Your card was declined.", code)


def when(desk: Desk, rule: Doc) -> datetime:
    """When what a rule says comes."""
    if "seconds" in rule:
        return desk.now + timedelta(seconds=rule["seconds"])
    return desk.soon()
