"""Writes: calls of the stored functions, which alone may change the books."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quid.kit import db

_SQL: Final = db.sql("quid.ledger", "store")


@dataclass(frozen=True, slots=True)
class Posted:
    """What `ledger.post_batch` gives: arrays by item.

    `clock_apart` set = the clocks disagree and nothing was done: the arrays are None. Else only
    `tags`, `used` and `resets_at` may be None, when no limit refused anything, and `moved`, when
    no item acts on a hold or a transfer: then each moved what it asked for.
    """

    results: list[int]
    replayed: list[bool]
    debit_seq: list[int | None]
    debit_after: list[int | None]
    credit_after: list[int | None]
    recorded_at: list[datetime]
    tags: list[str | None] | None
    used: list[int | None] | None
    resets_at: list[datetime | None] | None
    clock_apart: timedelta | None
    moved: list[int] | None


@dataclass(frozen=True, slots=True)
class FlagsSet:
    """Flags of an account after a change; None = no such account."""

    flags: int | None
    is_refused: bool | None


@dataclass(frozen=True, slots=True)
class CountedRow:
    """What `ledger.consume` gives: `counted_at` None = no such account, a tag = over that limit."""

    counted_at: datetime | None
    tag: str | None
    used: int | None
    resets_at: datetime | None


POST: Final = _SQL.rows("post", Posted)
OPEN_ACCOUNTS: Final = _SQL.value("open_accounts", list[int])
SET_FLAGS: Final = _SQL.rows("set_flags", FlagsSet)
SET_FLOOR: Final = _SQL.value("set_floor", bool)
LOCK_ACCOUNTS: Final = _SQL.value("lock_accounts", int)
CONSUME: Final = _SQL.rows("consume", CountedRow)
GIVE_BACK: Final = _SQL.command("give_back")
ENSURE_PARTITIONS: Final = _SQL.value("ensure_partitions", int)
FORGET_USAGE: Final = _SQL.value("forget_usage", int)
