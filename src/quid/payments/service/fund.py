"""Money that an operator puts into a wallet: capital → wallet, code OPENING."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import audit, db, ids, runtime
from quid.kit.errors import ValidationFailed
from quid.ledger import service as ledger
from quid.ledger.types import Code, Result, Transfer
from quid.ledger.types import Kind as Account
from quid.payments import store
from quid.payments.service.wallets import CURRENCY, ensure_wallets
from quid.payments.types import Kind, State

FUND_MINOR_MAX: Final = 100_000_000


@dataclass(frozen=True, slots=True)
class Funded:
    """What came of it. Minor units. `is_replayed`: this key had funded the wallet before."""

    transfer_id: UUID
    balance_minor: int
    is_replayed: bool


async def fund(
    user_id: UUID, amount_minor: int, *, key: str, operator: str, now: datetime
) -> Funded:
    """Command: put money into a person's wallet.

    Units: minor units, 1 to 100,000,000. Idempotent: (person, key); another amount under the same
    key is refused. Raises: ValidationFailed. Locks: ledger.account, the lane's head.
    """
    if not 1 <= amount_minor <= FUND_MINOR_MAX:
        raise ValidationFailed("Fund between $0.01 and $1,000,000.", field="amount")
    wallet = (await ensure_wallets([user_id], now=now))[user_id]
    transfer_id = ids.derived(ids.time_of(user_id), f"fund:{user_id}:{key}", ids.bucket(user_id))
    async with runtime.part(db.Database).transaction() as tx:
        capital = await ledger.house_account(
            tx, kind=Account.CAPITAL, bucket=ids.bucket(user_id), currency=CURRENCY
        )
        [outcome] = await ledger.post(
            tx, [Transfer(transfer_id, capital, wallet, amount_minor, Code.OPENING)], now=now
        )
        if outcome.result is Result.ID_REUSED:
            raise ValidationFailed("This key has funded another amount.", field="key")
        if outcome.result is not Result.POSTED:
            raise ValidationFailed(f"The ledger refused: {outcome.result.name}.", field="handle")
        if not outcome.is_replayed:
            line = store.Line(
                user_id=user_id,
                at=outcome.recorded_at,
                id=transfer_id,
                kind=Kind.DEPOSIT,
                is_incoming=True,
                state=State.COMPLETED,
                amount_minor=amount_minor,
                currency=CURRENCY,
                counterparty_id=None,
                note="",
                balance_after_minor=outcome.credit_after,
            )
            await store.add_activity(tx, [line])
            entry = audit.Entry(
                actor=operator,
                actor_type="operator",
                action="payments.fund",
                resource_type="person",
                resource_id=ids.show("usr", user_id),
                outcome="ok",
                at=now,
                details={"amount_minor": amount_minor, "currency": CURRENCY},
            )
            await audit.record(tx, [entry])
    return Funded(transfer_id, outcome.credit_after or 0, outcome.is_replayed)
