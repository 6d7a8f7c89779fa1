"""Paper: what a person keeps of a payment."""

from dataclasses import dataclass
from datetime import datetime

from quid.payments.types.views import PaymentView


@dataclass(slots=True)
class ReceiptLine:
    """A transfer of the payment in the ledger: line `row` of `rows` in a block of a lane's chain.

    Units: minor units of `currency`. `block_hash` covers the rows of the block and the one before.
    """

    transfer_id: str
    kind: str
    amount: int
    currency: str
    recorded_at: datetime
    lane: int
    block: int
    row: int
    rows: int
    block_hash: str


@dataclass(slots=True)
class ReceiptView:
    """A payment as one of its parties sees it, with its lines in the ledger and how to verify."""

    payment: PaymentView
    lines: list[ReceiptLine]
    explain: str
    verify: str
    text: str
