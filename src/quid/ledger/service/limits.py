"""Locks taken ahead, and limits counted without money: for what is not posted yet."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from quid.kit.db import Tx
from quid.ledger import store
from quid.ledger.errors import AccountUnknown
from quid.ledger.types import Check, Counted, Meter, Result


async def lock(tx: Tx, accounts: Iterable[int]) -> None:
    """Lock accounts, in their one order, before whatever else this transaction does to them.

    `consume`, `give_back`, `set_bounds` and `set_flags` lock one account each: whoever calls
    several of them, or one and then `post`, locks all accounts of all of them here, first.
    Locks: ledger.account by id. Raises: AccountUnknown.
    """
    wanted = sorted(set(accounts))
    if await store.LOCK_ACCOUNTS.get(tx, wanted) != len(wanted):
        raise AccountUnknown


async def consume(tx: Tx, account: int, amount_minor: int, checks: Sequence[Check]) -> Counted:
    """Count an amount on limits of an account, all or none, without moving money.

    Not idempotent by itself: it belongs to the change of state, in the same transaction, that
    happens once. Units: minor units. Raises: AccountUnknown; ValueError for another's check.
    Locks: ledger.account.
    """
    if any(check.account != account for check in checks):
        raise ValueError("a limit counts on the account that is locked for it")
    row = await store.CONSUME.one(
        tx,
        account,
        amount_minor,
        [c.meter for c in checks],
        [c.cap_minor for c in checks],
        [c.cap_count for c in checks],
        [c.tag for c in checks],
    )
    if row.counted_at is None:
        raise AccountUnknown
    result = Result.POSTED if row.tag is None else Result.LIMIT_EXCEEDED
    return Counted(result, row.counted_at, row.tag, row.used, row.resets_at)


async def give_back(
    tx: Tx, account: int, meters: Collection[Meter], amount_minor: int, counted_at: datetime
) -> None:
    """Take one count back from the slot in which it was made: as if it had never counted.

    `counted_at` is that of `consume`, or `recorded_at` of the transfer that carried the checks.
    What its window has forgotten is left alone. Not idempotent, as `consume`.
    Units: minor units. Locks: ledger.account.
    Raises: PostgresError 22023 for more than was counted, which no correct caller gives back.
    """
    await store.GIVE_BACK.run(tx, account, [*meters], amount_minor, counted_at)
