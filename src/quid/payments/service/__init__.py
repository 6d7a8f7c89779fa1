"""What changes something in payments: sending, what ends a waiting, wallets, funding."""

from quid.payments.service.decide import (
    ACTS,
    DECIDERS,
    READERS,
    REVERSERS,
    approve,
    ask_to_reverse,
    reject,
)
from quid.payments.service.fund import Funded, fund
from quid.payments.service.quote import Quote, quote
from quid.payments.service.send import OPERATION, SendDesk, SendQueue, send
from quid.payments.service.visibility import hide_past, show_to
from quid.payments.service.waiting import Verify, cancel, expire_due, send_code, verify
from quid.payments.service.wallets import CURRENCY, WalletSettings, ensure_wallets, open_wallets

__all__ = [
    "ACTS",
    "CURRENCY",
    "DECIDERS",
    "OPERATION",
    "READERS",
    "REVERSERS",
    "Funded",
    "Quote",
    "SendDesk",
    "SendQueue",
    "Verify",
    "WalletSettings",
    "approve",
    "ask_to_reverse",
    "cancel",
    "ensure_wallets",
    "expire_due",
    "fund",
    "hide_past",
    "open_wallets",
    "quote",
    "reject",
    "send",
    "send_code",
    "show_to",
    "verify",
]
