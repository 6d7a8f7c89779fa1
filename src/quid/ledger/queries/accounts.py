"""Accounts by their owner, and by who holds them locked."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.kit.db import LANE_LOCK_CLASS, Conn
from quid.ledger.queries.balances import Balance
from quid.ledger.types import Kind

_SQL: Final = db.sql("quid.ledger", "accounts")
_OWNED: Final = _SQL.rows("owned", Balance)


@dataclass(frozen=True, slots=True)
class _Net:
    owner: UUID
    kind: int
    net: int


@dataclass(frozen=True, slots=True)
class Debtor:
    """A person who owes us, or did. Units: minor units; `wallet_flags` as `Flag`."""

    owner: UUID
    receivable_id: int
    wallet_id: int
    owed_minor: int
    available_minor: int
    wallet_flags: int


_NETS: Final = _SQL.rows("nets", _Net)
_DEBTORS: Final = _SQL.rows("debtors", Debtor)
_CLEARED: Final = _SQL.rows("cleared", Debtor)
_ADVANCED: Final = _SQL.value("advanced", int)
_HELD_BY_OTHERS: Final = _SQL.values("held_by_others", int)


async def owned(conn: Conn, owner: UUID, currency: str) -> list[Balance]:
    """Read all accounts of a person in a currency, from the primary."""
    return await _OWNED.all(conn, [owner], [ids.bucket(owner)], currency)


async def owned_by(
    conn: Conn, owners: Collection[UUID], currency: str
) -> dict[UUID, list[Balance]]:
    """Read all accounts of many people in a currency, as `owned` those of one; none is no entry."""
    wanted = [*owners]
    found: defaultdict[UUID, list[Balance]] = defaultdict(list)
    for row in await _OWNED.all(conn, wanted, [ids.bucket(o) for o in wanted], currency):
        if row.owner is not None:
            found[row.owner].append(row)
    return found


async def nets(
    conn: Conn, owners: Collection[UUID], kinds: Collection[Kind], *, currency: str
) -> dict[tuple[UUID, Kind], int]:
    """Tell by (person, kind) what stands there, credits minus debits; no account is no entry.

    A debt is the negated net of RECEIVABLE, open credit that of ADVANCE. Units: minor units.
    """
    if not owners:
        return {}
    wanted = [*owners]
    found = await _NETS.all(conn, wanted, [ids.bucket(o) for o in wanted], [*kinds], currency)
    return {(row.owner, Kind(row.kind)): row.net for row in found}


async def debtors(conn: Conn, *, currency: str, after: int, many: int) -> list[Debtor]:
    """List who owes and holds money, by the id of the receivable, from after one on.

    Whose wallet or debt is frozen or closed is left out: nothing can be taken from them.
    """
    return await _DEBTORS.all(conn, currency, after, many)


async def cleared(conn: Conn, *, currency: str, many: int) -> list[Debtor]:
    """List who may not spend for a debt that is there no more."""
    return await _CLEARED.all(conn, currency, many)


async def advanced(conn: Conn, *, currency: str) -> int:
    """Sum up our credit to all people that has not settled yet, in minor units."""
    return await _ADVANCED.get(conn, currency)


async def held_by_others(conn: Conn, accounts: Sequence[int]) -> set[int]:
    """Tell which of these accounts a transaction holds that is not a lane's: a lane's ends soon.

    Not asked by trying to lock them: of a busy account a healthy lane holds the row at any moment.
    """
    return set(await _HELD_BY_OTHERS.all(conn, accounts, LANE_LOCK_CLASS))
