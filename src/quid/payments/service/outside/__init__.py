"""Payments for which a bank or card pays: begun, followed, ended."""

from quid.payments.service.outside import quotes
from quid.payments.service.outside.begin import pay_outside, require_plan
from quid.payments.service.outside.settle import (
    SEND_METERS,
    cancel_outside,
    follow_up,
    returned,
    settle,
    settle_due,
)
from quid.payments.service.outside.start import begin_released, may_advance

__all__ = [
    "SEND_METERS",
    "begin_released",
    "cancel_outside",
    "follow_up",
    "may_advance",
    "pay_outside",
    "quotes",
    "require_plan",
    "returned",
    "settle",
    "settle_due",
]
