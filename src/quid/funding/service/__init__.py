"""Everything in this slice that changes something."""

from quid.funding.service.changing import (
    choose_default,
    disable,
    disable_by,
    needs_repair,
    pass_owner,
    remove,
)
from quid.funding.service.driving import Drives, drive, sweep
from quid.funding.service.linking import finish_link, finish_session, finish_token, start_link
from quid.funding.service.moving import (
    DEPOSIT,
    WITHDRAW,
    Asked,
    deposit,
    require_fit,
    require_rails,
    terms_of,
    withdraw,
)
from quid.funding.service.operations import (
    abandon,
    apply,
    keep,
    observe,
    release,
    start,
    touched,
)
from quid.funding.service.plan import drawable, plan
from quid.funding.service.recovering import let_spend, recover
from quid.funding.service.refreshing import refresh_item
from quid.funding.service.saved_cards import finish_card, start_card
from quid.funding.service.stopping import cancel
from quid.funding.service.typed import add_numbers, confirm

__all__ = [
    "DEPOSIT",
    "WITHDRAW",
    "Asked",
    "Drives",
    "abandon",
    "add_numbers",
    "apply",
    "cancel",
    "choose_default",
    "confirm",
    "deposit",
    "disable",
    "disable_by",
    "drawable",
    "drive",
    "finish_card",
    "finish_link",
    "finish_session",
    "finish_token",
    "keep",
    "let_spend",
    "needs_repair",
    "observe",
    "pass_owner",
    "plan",
    "recover",
    "refresh_item",
    "release",
    "remove",
    "require_fit",
    "require_rails",
    "start",
    "start_card",
    "start_link",
    "sweep",
    "terms_of",
    "touched",
    "withdraw",
]
