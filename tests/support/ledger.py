"""People with wallets and money, made through the ledger's own service."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from quid.kit import db, ids
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import Check, Code, Kind, NewAccount, Outcome, Result, Transfer

USD: Final = "USD"

T = TypeVar("T", Transfer, Check)


def now() -> datetime:
    """The clock of the test, which is also the database's."""
    return datetime.now(UTC)  # noqa: TID251 - a test is a door


def seeded(seed: int) -> random.Random:
    """Chance that comes again."""
    return random.Random(seed)  # noqa: S311 - no secret is drawn


def new_id(bucket: int = 7) -> UUID:
    """An id of now."""
    return ids.new(bucket, now())


@dataclass(frozen=True, slots=True)
class Town:
    """Some wallets and the house account that fills them."""

    database: db.Database
    capital: int
    wallets: list[int]

    async def post(self, *items: Transfer, lane: int = db.SHARED_LANE) -> list[Outcome]:
        """Post in a transaction of its own."""
        async with self.database.transaction() as tx:
            return await ledger.post(db.Tx(tx.raw, lane), items, now=now())

    async def pay(self, payer: int, payee: int, amount_minor: int) -> Outcome:
        """Pay from one wallet of the town (by place) to another."""
        [outcome] = await self.post(self.payment(payer, payee, amount_minor))
        return outcome

    def payment(
        self, payer: int, payee: int, amount_minor: int, checks: Sequence[Check] = ()
    ) -> Transfer:
        """A payment with a new id; wallets by place."""
        debit, credit = self.wallets[payer], self.wallets[payee]
        return Transfer(new_id(), debit, credit, amount_minor, Code.PAYMENT, checks=tuple(checks))

    async def open_reserved(self) -> list[int]:
        """Open the accounts that hold what is set aside, one beside each wallet."""
        async with self.database.transaction() as tx:
            found = await queries.balances(tx, self.wallets)
            wanted = [NewAccount(Kind.RESERVED, USD, found[w].owner) for w in self.wallets]
            return await ledger.open_accounts(tx, wanted)

    async def nets(self) -> list[int]:
        """What each wallet holds."""
        async with self.database.read() as conn:
            rows = await conn.fetch(
                "select credits - debits from ledger.account where id = any ($1) "
                "order by array_position($1, id)",
                self.wallets,
            )
        return [int(str(row[0])) for row in rows]


async def found_town(
    database: db.Database, people: int = 3, each_minor: int = 10_000, currency: str = USD
) -> Town:
    """Open wallets and fill them from capital."""
    owners = [new_id(place) for place in range(people)]
    async with database.transaction() as tx:
        wallets = await ledger.open_accounts(
            tx, [NewAccount(Kind.WALLET, currency, owner) for owner in owners]
        )
        capital = await ledger.house_account(tx, kind=Kind.CAPITAL, bucket=0, currency=currency)
        if each_minor:
            outcomes = await ledger.post(
                tx,
                [Transfer(new_id(), capital, w, each_minor, Code.OPENING) for w in wallets],
                now=now(),
            )
            assert {o.result for o in outcomes} == {Result.POSTED}
    return Town(database, capital, wallets)


def replace(item: T, **changes: Any) -> T:
    """Give the same transfer or check with other fields."""
    return item._replace(**changes)
