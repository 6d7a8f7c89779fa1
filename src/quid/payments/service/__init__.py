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
from quid.payments.service.outside import follow_up, pay_outside, settle, settle_due
from quid.payments.service.outside.quotes import read as read_quote
from quid.payments.service.outside.quotes import read_wish, source_of
from quid.payments.service.pay import pay
from quid.payments.service.quote import Quote, quote
from quid.payments.service.send import OPERATION, SendDesk, SendQueue, send
from quid.payments.service.visibility import hide_past, show_to
from quid.payments.service.waiting import Verify, ask_passkey, cancel, expire_due, send_code, verify
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
    "ask_passkey",
    "ask_to_reverse",
    "cancel",
    "ensure_wallets",
    "expire_due",
    "follow_up",
    "fund",
    "hide_past",
    "open_wallets",
    "pay",
    "pay_outside",
    "quote",
    "read_quote",
    "read_wish",
    "reject",
    "send",
    "send_code",
    "settle",
    "settle_due",
    "show_to",
    "source_of",
    "verify",
]
