"""Opening accounts, setting their flags and bounds."""

from collections.abc import Sequence

from quid.kit.db import Tx
from quid.ledger import store
from quid.ledger.errors import AccountNotEmpty, AccountUnknown
from quid.ledger.types import Flag, Kind, NewAccount


async def open_accounts(
    tx: Tx, accounts: Sequence[NewAccount], *, actor: str = "system"
) -> list[int]:
    """Open accounts and give their ids, in order; those that are there already are just named.

    Locks: nothing that is there. Idempotent: by the natural key of each.
    """
    if not accounts:
        return []
    return await store.OPEN_ACCOUNTS.get(
        tx,
        [a.owner for a in accounts],
        [a.kind for a in accounts],
        [a.currency for a in accounts],
        [a.part for a in accounts],
        [a.bucket for a in accounts],
        actor,
    )


async def house_account(tx: Tx, *, kind: Kind, bucket: int, currency: str, part: int = 0) -> int:
    """Give the house's account of a bucket, opened on first use.

    A transfer takes the one of its cause's bucket, so that two lanes do not queue on one row.
    """
    opened = await open_accounts(tx, [NewAccount(kind, currency, part=part, house_bucket=bucket)])
    return opened[0]


async def set_flags(
    tx: Tx,
    account: int,
    *,
    to_set: Flag = Flag.NONE,
    to_clear: Flag = Flag.NONE,
    actor: str = "system",
) -> Flag:
    """Set and clear bits of an account; give the flags after.

    Raises: AccountUnknown; AccountNotEmpty when closing one that holds money.
    Locks: ledger.account.
    """
    row = await store.SET_FLAGS.one(tx, account, to_set, to_clear, actor)
    if row.flags is None:
        raise AccountUnknown
    if row.is_refused:
        raise AccountNotEmpty
    return Flag(row.flags)


async def set_bounds(tx: Tx, account: int, *, floor: int, actor: str = "system") -> None:
    """Say how far down an advance may go: `floor` is the credit of its person, below zero.

    Only an account of kind ADVANCE has bounds of its own. One that is below already may move back
    up. Units: minor units. Raises: AccountUnknown.
    Locks: ledger.account; before a `post` of the same transaction, `lock` both together.
    """
    if not await store.SET_FLOOR.get(tx, account, floor, actor):
        raise AccountUnknown
