"""Each flow of docs/money-flows performed, and its rows compared with the page."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from quid.kit import clock, db
from quid.kit.runtime import Runtime
from quid.ledger import jobs, queries
from quid.ledger import service as ledger
from quid.ledger.types import Hold, Kind, NewAccount, NewHold, Purpose, Transfer
from quid.payments import service as payments
from tests.support.ledger import new_id, now
from tests.support.money_flows import flow, flow_of, flows_of_pages
from tests.support.people import People, Someone
from tests.support.sending import asked, code_of, send

CLAIM = re.compile(r'flow\(\s*\w+,\s*"([\w-]+\.md)",\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Pair:
    """Ana and Ben with their accounts, and the ledger to act on."""

    house: Runtime
    ana: Someone
    ben: Someone
    wallets: list[int]
    reserved: int

    @property
    def names(self) -> dict[UUID, str]:
        return {self.ana.id: "Ana", self.ben.id: "Ben"}

    async def post(self, *items: Transfer) -> None:
        async with self.house.part(db.Database).transaction() as tx:
            outcomes = await ledger.post(tx, items, now=clock.now())
        assert all(o.result.name == "POSTED" for o in outcomes)

    async def place(self, amount_minor: int, *, seconds: float | None = None) -> Hold:
        ends = None if seconds is None else now() + timedelta(seconds=seconds)
        terms = (self.wallets[0], self.reserved, amount_minor, Purpose.CHALLENGE, ends)
        placing = ledger.place_hold(NewHold(new_id(), *terms))
        await self.post(placing)
        async with self.house.part(db.Database).read() as conn:
            return (await queries.holds(conn, [placing.id]))[placing.id]

    async def undo(self, transfer_id: UUID, *parts: int) -> None:
        async with self.house.part(db.Database).read() as conn:
            original = (await queries.originals(conn, [transfer_id]))[transfer_id]
        for part in parts:
            await self.post(ledger.reverse(new_id(), original, part))

    async def pay(self, amount_minor: int) -> UUID:
        command = asked(self.ana, self.ben, amount_minor)
        assert code_of(await send(self.house, command)) == "COMPLETED"
        return command.payment_id


@pytest.fixture
async def pair(app_runtime: Runtime, people: People) -> Pair:
    ana, ben = [await people.add(name) for name in ("ana", "ben")]
    wallets = await payments.ensure_wallets([ana.id, ben.id], now=clock.now())
    async with app_runtime.part(db.Database).transaction() as tx:
        [reserved] = await ledger.open_accounts(tx, [NewAccount(Kind.RESERVED, "USD", ana.id)])
    return Pair(app_runtime, ana, ben, [wallets[ana.id], wallets[ben.id]], reserved)


async def test_fund(people: People, app_runtime: Runtime, admin: asyncpg.Connection) -> None:
    assert app_runtime
    ana = await people.add("ana")
    async with flow(admin, "fund.md", "An operator funds a wallet", {ana.id: "Ana"}):
        for _ in range(2):
            await payments.fund(ana.id, 2_500, key="k", operator="test", now=clock.now())


async def test_pay(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "pay.md", "A payment from the balance", pair.names):
        await pair.pay(1_368)


async def test_hold_captured(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "hold.md", "Set aside and paid", pair.names):
        hold = await pair.place(4_000)
        await pair.post(ledger.capture(new_id(), hold, pair.wallets[1]))


async def test_hold_captured_in_part(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "hold.md", "Paid in part, the rest back", pair.names):
        hold = await pair.place(4_000)
        capture = ledger.capture(new_id(), hold, pair.wallets[1], 3_000)
        await pair.post(*ledger.group(1, [capture, ledger.release(new_id(), hold)]))


async def test_hold_released(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "release.md", "Released", pair.names):
        await pair.post(ledger.release(new_id(), await pair.place(4_000)))


async def test_hold_expired(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "release.md", "Its time is over", pair.names):
        await pair.place(4_000, seconds=-1)
        for _ in range(2):
            async with pair.house.part(db.Database).transaction() as tx:
                await jobs.expire_holds(tx, clock.now())


async def test_reversal(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "reversal.md", "In full", pair.names):
        await pair.undo(await pair.pay(3_000), 0)


async def test_reversal_in_parts(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "reversal.md", "In parts", pair.names):
        await pair.undo(await pair.pay(3_000), 1_200, 0)


async def test_reversal_of_a_hold(pair: Pair, admin: asyncpg.Connection) -> None:
    async with flow(admin, "reversal.md", "What was paid from a hold", pair.names):
        hold = await pair.place(4_000)
        capture = ledger.capture(new_id(), hold, pair.wallets[1])
        await pair.post(capture)
        await pair.undo(capture.id, 0)


def test_every_flow_of_a_page_is_performed() -> None:
    texts = [p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py")]
    assert flows_of_pages() == {claim for text in texts for claim in CLAIM.findall(text)}


@pytest.mark.parametrize(
    ("right", "wrong"), [("| 13.68", "| 13.69"), ("Ben wallet |", "Ana wallet |"), ("86.32", "86")]
)
async def test_a_page_that_is_wrong_is_noticed(
    pair: Pair, admin: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    from tests.support import money_flows  # noqa: PLC0415 - what is replaced is this module's

    page = (money_flows.FOLDER / "pay.md").read_text(encoding="utf-8")
    text = money_flows.sections(page)["A payment from the balance"]
    monkeypatch.setattr(money_flows, "described", lambda *_: flow_of(text.replace(right, wrong, 1)))
    with pytest.raises(AssertionError):
        async with flow(admin, "pay.md", "A payment from the balance", pair.names):
            await pair.pay(1_368)
