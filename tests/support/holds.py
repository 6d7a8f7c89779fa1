"""Money set aside in a town: one reserved account beside each wallet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import Check, Hold, NewHold, Original, Outcome, Purpose, Result, Transfer
from tests.support.ledger import Town, new_id


@dataclass(frozen=True, slots=True)
class Safe:
    """A town whose people can set money aside."""

    town: Town
    reserved: list[int]

    def placing(
        self,
        person: int,
        amount_minor: int,
        *,
        expires_at: datetime | None = None,
        checks: tuple[Check, ...] = (),
    ) -> Transfer:
        """A hold to be placed, on a wallet by place."""
        return ledger.place_hold(
            NewHold(
                id=new_id(),
                wallet=self.town.wallets[person],
                reserved=self.reserved[person],
                amount_minor=amount_minor,
                purpose=Purpose.REVIEW,
                expires_at=expires_at,
                checks=checks,
            )
        )

    async def place(
        self,
        person: int,
        amount_minor: int,
        *,
        expires_at: datetime | None = None,
        checks: tuple[Check, ...] = (),
    ) -> Hold:
        """Place a hold, and give it as it stands."""
        item = self.placing(person, amount_minor, expires_at=expires_at, checks=checks)
        [outcome] = await self.town.post(item)
        assert outcome.result is Result.POSTED
        return await self.hold(item.id)

    async def capture(self, hold: Hold, payee: int, amount_minor: int = 0) -> Outcome:
        """Pay a wallet from a hold."""
        item = ledger.capture(new_id(), hold, self.town.wallets[payee], amount_minor)
        [outcome] = await self.town.post(item)
        return outcome

    async def release(self, hold: Hold, amount_minor: int = 0) -> Outcome:
        """Give back from a hold."""
        [outcome] = await self.town.post(ledger.release(new_id(), hold, amount_minor))
        return outcome

    async def hold(self, id_: UUID) -> Hold:
        """Read a hold."""
        async with self.town.database.read() as conn:
            return (await queries.holds(conn, [id_]))[id_]

    async def original(self, id_: UUID) -> Original:
        """Read a transfer as a reversal would undo it."""
        async with self.town.database.read() as conn:
            return (await queries.originals(conn, [id_]))[id_]

    async def nets(self) -> list[int]:
        """What the wallets hold, then what is set aside."""
        async with self.town.database.read() as conn:
            found = await queries.balances(conn, [*self.town.wallets, *self.reserved])
        return [found[a].net for a in [*self.town.wallets, *self.reserved]]


async def open_safe(town: Town) -> Safe:
    """Open the reserved accounts of a town."""
    return Safe(town, await town.open_reserved())
