"""What judging and asking must know of a payer, and check R10."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import db, ids
from quid.ledger import queries as books
from quid.payments.types import Unmatched

_WAITING: Final = db.sql("quid.payments", "waiting")
_UNMATCHED: Final = db.sql("quid.payments", "queries").rows("unmatched", Unmatched)
_UNHELD: Final = _WAITING.rows("unheld", Unmatched)


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """A payer on the way into a batch: payments of the last hour, and what stands elsewhere.

    Units: `held` (on hold), `pending`, `owed` and `unripe` in minor units, as of a balance;
    `held_seq` counts what ever happened to the accounts beside the wallet.
    """

    payer: UUID
    sent: int
    held: int
    held_seq: int
    pending: int = 0
    owed: int = 0
    unripe: int = 0


@dataclass(frozen=True, slots=True)
class Similar:
    """Whether the payer has just paid this, and whether they never paid this person before."""

    is_similar: bool
    is_new: bool


_PAYERS: Final = _WAITING.rows("payers", PayerFacts)
_SIMILAR: Final = _WAITING.rows("similar", Similar)


async def payer_facts(
    conn: db.Conn, payers: Mapping[UUID, int], *, since: datetime, bound: int, now: datetime
) -> dict[UUID, PayerFacts]:
    """Tell of payers what judging and answering need; payments are counted up to `bound`.

    `payers` says of each from how many payments on it matters: who has fewer, and nothing on
    hold, is left out.
    """
    rows = await _PAYERS.all(
        conn,
        list(payers),
        [ids.bucket(p) for p in payers],
        list(payers.values()),
        since,
        bound,
        now,
    )
    return {r.payer: r for r in rows}


async def similar(
    conn: db.Conn, *, payer_id: UUID, payee_id: UUID, amount_minor: int, since: datetime
) -> Similar:
    """Look for earlier payments of this payer to this payee; equal ones since `since`."""
    return await _SIMILAR.one(conn, payer_id, payee_id, amount_minor, since)


async def unmatched(conn: db.Conn) -> list[Unmatched]:
    """Compare payments with the journal by id, in short reads, and those that wait with what is
    on hold: check R10, expected empty.
    """
    return [
        found
        async for after, upto in books.id_ranges(conn)
        for found in await _UNMATCHED.all(conn, after, upto)
    ] + await _UNHELD.all(conn)
