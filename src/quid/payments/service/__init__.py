"""What changes something in payments: sending, wallets, funding."""

from quid.payments.service.fund import Funded, fund
from quid.payments.service.send import OPERATION, SendDesk, SendQueue, send
from quid.payments.service.wallets import CURRENCY, WalletSettings, ensure_wallets, open_wallets

__all__ = [
    "CURRENCY",
    "OPERATION",
    "Funded",
    "SendDesk",
    "SendQueue",
    "WalletSettings",
    "ensure_wallets",
    "fund",
    "open_wallets",
    "send",
]
