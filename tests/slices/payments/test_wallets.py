"""Wallets and money that enters: opened once, given once, funded once per key."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from quid.identity import service as identity
from quid.identity.types import NewPerson
from quid.kit import clock, db, ids, outbox
from quid.kit.errors import ValidationFailed
from quid.kit.runtime import Runtime
from quid.payments import queries
from quid.payments.consumers import CONSUMERS
from quid.payments.service import WalletSettings, ensure_wallets, fund, open_wallets
from quid.payments.service.fund import FUND_MINOR_MAX
from quid.payments.service.wallets import find_wallets
from tests.support.people import People, Someone
from tests.support.sending import asked, code_of, process, send

WALLETS = CONSUMERS[0]


async def join(house: Runtime, handle: str) -> Someone:
    """Add a person who has no wallet yet."""
    someone = Someone(ids.new(ids.random_bucket(), clock.now()), handle)
    new = NewPerson(
        id=someone.id,
        handle=handle,
        display_name=handle,
        email=f"{handle}@example.org",
        password_hash="x",
        tier=1,
    )
    async with house.part(db.Database).transaction() as tx:
        await identity.add_person(tx, new, now=clock.now())
    return someone


async def wallets_of(admin: asyncpg.Connection, owner: UUID) -> list[asyncpg.Record]:
    """Read the accounts of a person."""
    rows: list[asyncpg.Record] = await admin.fetch(
        "select id, credits - debits as net, seq from ledger.account where owner = $1", owner
    )
    return rows


async def consume(house: Runtime) -> None:
    """Let the consumer that opens wallets take what it sees."""
    await outbox.consume(house.part(db.Database), WALLETS)


async def test_wallet_opened_by_all_at_once_is_one_with_one_gift(
    house: Runtime, people: People, admin: asyncpg.Connection
) -> None:
    payer = await people.add("ana")
    async with process() as other:
        for rt in (house, other):
            rt.part(WalletSettings).gift_minor = 10_000
        for n in range(5):
            new = await join(house, f"new{n}")
            await asyncio.gather(
                send(house, asked(payer, new, 100)),
                send(other, asked(payer, new, 100)),
                consume(house),
                consume(other),
                *(ensure_wallets([new.id], now=clock.now()) for _ in range(5)),
                send(house, asked(new, payer, 50)),
            )
            [wallet] = await wallets_of(admin, new.id)
            gifts = await admin.fetchval(
                "select count(*) from payments.activity where user_id = $1 and kind = 2", new.id
            )
            assert gifts == 1
            assert wallet["net"] in (10_000 + 200, 10_000 + 200 - 50)
            assert (
                await admin.fetchval(
                    """select count(*) from kit.audit
                where action = 'payments.gift' and resource_id = $1""",
                    new.shown,
                )
                == 1
            )


async def test_payer_without_a_wallet_can_pay_with_the_gift(house: Runtime, people: People) -> None:
    house.part(WalletSettings).gift_minor = 10_000
    payee = await people.add("ben", funded_minor=0)
    new = await join(house, "new")
    assert code_of(await send(house, asked(new, payee, 10_000))) == "COMPLETED"
    assert code_of(await send(house, asked(new, payee, 1))) == "INSUFFICIENT_FUNDS"


async def test_opening_twice_gives_once(house: Runtime, admin: asyncpg.Connection) -> None:
    house.part(WalletSettings).gift_minor = 10_000
    new = await join(house, "new")
    database = house.part(db.Database)
    for _ in range(3):
        async with database.transaction() as tx:
            await open_wallets(tx, [new.id], now=clock.now())
    [wallet] = await wallets_of(admin, new.id)
    assert (wallet["net"], wallet["seq"]) == (10_000, 1)


async def test_a_gift_that_the_books_refuse_is_not_told_as_given(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    # Once its line said "Demo money", and its refusal stood in the way of any later gift.
    house.part(WalletSettings).gift_minor = 10_000
    new = await join(house, "new")
    await ensure_wallets([new.id], now=clock.now())
    late = Someone(ids.new(ids.bucket(new.id), clock.now()), "late")
    freeze = "select ledger.set_flags(id, {}, {}, 'test') from ledger.account where kind = 501"
    await admin.execute(freeze.format("2::int2", "0::int2"))
    with pytest.raises(RuntimeError, match="DEBIT_ACCOUNT_BLOCKED"):
        await ensure_wallets([late.id], now=clock.now())
    assert await wallets_of(admin, late.id) == []
    await admin.execute(freeze.format("0::int2", "2::int2"))
    await ensure_wallets([late.id], now=clock.now())
    assert [w["net"] for w in await wallets_of(admin, late.id)] == [10_000]


async def test_a_gift_of_another_size_is_not_given_on_top(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    new = await join(house, "new")
    for gift_minor in (10_000, 20_000):
        house.part(WalletSettings).gift_minor = gift_minor
        async with house.part(db.Database).transaction() as tx:
            await open_wallets(tx, [new.id], now=clock.now())
    assert [w["net"] for w in await wallets_of(admin, new.id)] == [10_000]
    lines = await admin.fetch("select * from payments.activity where user_id = $1", new.id)
    assert [x["amount_minor"] for x in lines] == [10_000]


async def test_wallet_of_a_rolled_back_opening_is_not_remembered(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    new = await join(house, "new")
    database = house.part(db.Database)

    async def open_and_fail() -> None:
        async with database.transaction() as tx:
            await open_wallets(tx, [new.id], now=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await open_and_fail()
    async with database.read() as conn:
        assert await find_wallets(conn, [new.id]) == {}
    found = await ensure_wallets([new.id], now=clock.now())
    assert [w["id"] for w in await wallets_of(admin, new.id)] == [found[new.id]]


async def test_full_map_of_wallets_only_costs_a_read(
    house: Runtime, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quid.payments.service.wallets._KNOWN_MAX", 2)
    some = [await people.add(f"person{n}") for n in range(4)]
    for payer in some:
        for payee in some:
            if payer != payee:
                assert code_of(await send(house, asked(payer, payee, 1))) == "COMPLETED"
    assert len(house.part(WalletSettings).known) <= 3


# --- funding -----------------------------------------------------------------------------------


async def test_funding_happens_once_per_key(people: People, admin: asyncpg.Connection) -> None:
    ana = await people.add("ana", funded_minor=0)

    async def add(amount: int, key: str) -> tuple[int, bool]:
        done = await fund(ana.id, amount, key=key, operator="cli:tess", now=clock.now())
        return done.balance_minor, done.is_replayed

    assert await add(500, "a") == (500, False)
    assert await add(500, "a") == (500, True)
    assert await add(500, "b") == (1000, False)
    assert await add(500, "a") == (500, True)
    with pytest.raises(ValidationFailed, match="another amount"):
        await add(501, "a")
    assert sum(w["net"] for w in await wallets_of(admin, ana.id)) == 1000
    lines = await admin.fetchval(
        "select count(*) from payments.activity where user_id = $1", ana.id
    )
    audited = await admin.fetch(
        "select actor, actor_type, outcome from kit.audit where action = 'payments.fund'"
    )
    assert (lines, [tuple(r) for r in audited]) == (2, [("cli:tess", "operator", "ok")] * 2)


async def test_funding_at_once_under_one_key_is_one(
    people: People, admin: asyncpg.Connection
) -> None:
    ana = await people.add("ana", funded_minor=0)
    done = await asyncio.gather(
        *(fund(ana.id, 700, key="k", operator="t", now=clock.now()) for _ in range(8))
    )
    assert sorted(d.is_replayed for d in done) == [False] + [True] * 7
    assert {d.balance_minor for d in done} == {700}
    assert [w["net"] for w in await wallets_of(admin, ana.id)] == [700]


@pytest.mark.parametrize("amount", [0, -1, FUND_MINOR_MAX + 1, 2**63])
async def test_funding_out_of_bounds_is_refused(people: People, amount: int) -> None:
    ana = await people.add("ana", funded_minor=0)
    with pytest.raises(ValidationFailed):
        await fund(ana.id, amount, key="k", operator="t", now=clock.now())


async def test_balance_is_nothing_until_a_wallet_is_open(house: Runtime) -> None:
    new = await join(house, "new")
    async with house.part(db.Database).read() as conn:
        assert await queries.balance(conn, new.id, currency="USD", now=clock.now()) is None
