"""A person with every account that the rails touch, and what a bank or card does to them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import Code, Flag, Kind, NewAccount, Outcome, Result, Transfer
from tests.support.ledger import USD, new_id, now

OWN: Final = (
    *(Kind.WALLET, Kind.INCOMING, Kind.HELD),
    *(Kind.ADVANCE, Kind.RECEIVABLE),
)
_BANKS: Final = count(1)


@dataclass(frozen=True, slots=True)
class Rails:
    """Accounts by their kind: one person's and those of the house at one bank."""

    database: db.Database
    accounts: dict[Kind, int]

    def move(
        self,
        code: Code,
        debit: Kind,
        credit: Kind,
        amount_minor: int,
        *,
        effective_at: datetime | None = None,
    ) -> Transfer:
        """One row of the rails, between accounts by their kind."""
        return Transfer(
            new_id(),
            self.accounts[debit],
            self.accounts[credit],
            amount_minor,
            code,
            effective_at=effective_at,
        )

    def taken(self, code: Code, asset: Kind, amount_minor: int) -> list[Transfer]:
        """Take from the wallet what there is, owe the rest."""
        return ledger.at_most(
            self.move(code, Kind.WALLET, asset, amount_minor),
            self.move(code, Kind.RECEIVABLE, asset, amount_minor),
        )

    async def post(self, *items: Transfer) -> list[Outcome]:
        """Post in a transaction of its own."""
        async with self.database.transaction() as tx:
            return await ledger.post(tx, items, now=now())

    async def together(self, *items: Transfer, cause: UUID | None = None) -> list[Result]:
        """Post as one group, of one business object if it is named; tell the results."""
        group = ledger.group(1, [i._replace(cause_id=cause) for i in items])
        return [o.result for o in await self.post(*group)]

    async def deposit(self, amount_minor: int) -> None:
        """A pull that was accepted, settled, released and is available."""
        steps = (
            (Code.PULL_ACCEPTED, Kind.RAIL_IN, Kind.INCOMING),
            (Code.PULL_SETTLED, Kind.RAIL_PENDING, Kind.RAIL_IN),
            (Code.PULL_RELEASED, Kind.INCOMING, Kind.WALLET),
            (Code.PULL_AVAILABLE, Kind.RAIL_AVAILABLE, Kind.RAIL_PENDING),
        )
        items = [self.move(*step, amount_minor) for step in steps]
        results = await self.together(*items, cause=new_id())
        assert set(results) == {Result.POSTED}

    async def spend(self, amount_minor: int) -> Result:
        """Ask for money out: what only a wallet that may spend can do."""
        wish = self.move(Code.WITHDRAWAL_REQUESTED, Kind.WALLET, Kind.PAYOUTS, amount_minor)
        [outcome] = await self.post(wish)
        return outcome.result

    async def flag(self, kind: Kind, flag: Flag) -> None:
        """Set a flag of one of the accounts."""
        async with self.database.transaction() as tx:
            await ledger.set_flags(tx, self.accounts[kind], to_set=flag)

    async def nets(self, *kinds: Kind) -> dict[Kind, int]:
        """What stands on these accounts: credits minus debits; all that is not zero by default."""
        async with self.database.read() as conn:
            found = await queries.balances(conn, self.accounts.values())
        every = {kind: found[account].net for kind, account in self.accounts.items()}
        return {k: n for k, n in every.items() if (k in kinds if kinds else n)}


async def lay_rails(database: db.Database) -> Rails:
    """Open a person's accounts and the house's, all of one bucket, at a bank of their own."""
    owner, bank = new_id(7), next(_BANKS)
    kinds = [*Kind]
    async with database.transaction() as tx:
        opened = await ledger.open_accounts(
            tx,
            [
                NewAccount(kind, USD, owner)
                if kind in OWN
                else NewAccount(kind, USD, part=bank, house_bucket=7)
                for kind in kinds
            ],
        )
    return Rails(database, dict(zip(kinds, opened, strict=True)))
