"""Sources under the hood: at once, swapped, elsewhere, gone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from quid.funding import queries, service
from quid.funding.errors import (
    ChallengeFailed,
    ExternalServiceError,
    SourceInUse,
    StateConflict,
)
from quid.funding.jobs import sources
from quid.funding.ports import Rails
from quid.funding.service import pulling
from quid.funding.store import sources as store
from quid.funding.types import (
    Asker,
    Opened,
    OpState,
    Provider,
    Source,
    SourceState,
    TypedNumbers,
)
from quid.kit import clock, db
from quid.kit.jobs import run_once
from quid.kit.keks import FieldUnreadable
from quid.kit.runtime import Runtime
from quid.ledger.types import Kind
from tests.support.people import Someone
from tests.support.sandbox import Sandbox
from tests.support.teller import Teller
from tests.support.visits import Visitor

TYPED = TypedNumbers("Tartan Bank", "011401533", "1111222233330042", "checking")


async def _opened(who: Someone) -> Opened:
    return await service.start_link(Asker(who.id), "/", now=clock.now())


async def _all(teller: Teller, who: Someone) -> list[Source]:
    async with teller.database.read() as conn:
        return await queries.sources(conn, who.id)


async def test_a_page_that_many_finish_at_once_gives_one_source(
    ana: Someone, teller: Teller, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    # The sandbox's time is by hand: its page ends when that says, and ours with it.
    page = await _opened(ana)
    Visitor(sandbox).link(page.url, "user_ana_lopez")
    await admin.execute("update funding.link_session set expires_at = now() + interval '1 hour'")
    made = await asyncio.gather(
        *(service.finish_link(ana.id, page.session_id, now=clock.now()) for _ in range(8))
    )
    assert len({tuple(m) for m in made}) == 1
    assert [s.id for s in await _all(teller, ana)] == list(made[0])
    assert await admin.fetchval("select count(*) from funding.consent") == 1
    linked = "select count(*) from kit.audit where action = 'funding.link'"
    assert await admin.fetchval(linked) == 1
    told = "select count(*) from kit.outbox where type = 'funding.source_changed.v1'"
    assert await admin.fetchval(told) == 1


async def test_the_same_numbers_typed_at_once_are_one_source_and_two_deposits(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    made = await asyncio.gather(
        *(service.add_numbers(Asker(ana.id), TYPED, now=clock.now()) for _ in range(5))
    )
    assert len(set(made)) == 1
    assert len(await _all(teller, ana)) == 1
    assert await admin.fetchval("select count(*) from funding.operation") == 2


async def test_tries_at_once_are_three_in_all(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    source_id = await service.add_numbers(Asker(ana.id), TYPED, now=clock.now())
    one = await admin.fetchval("select min(cents) from funding.operation")
    tries = [service.confirm(ana.id, source_id, [one, one], now=clock.now()) for _ in range(10)]
    kinds = [type(r) for r in await asyncio.gather(*tries, return_exceptions=True)]
    assert kinds.count(ChallengeFailed) == 3
    assert kinds.count(StateConflict) == 7
    assert [s.state for s in await _all(teller, ana)] == [SourceState.FAILED]


async def test_a_token_that_was_copied_to_another_row_does_not_open(
    ana: Someone, ben: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    hers, his = await teller.bank(ana), await teller.bank(ben, login="user_ben_cole")
    await admin.execute("update funding.source set token = $2 where id = $1", his.id, hers.token)
    [swapped] = await _all(teller, ben)
    with pytest.raises(FieldUnreadable):
        store.token_of(swapped)


async def test_nobody_is_sent_to_a_page_of_another_host(
    ana: Someone, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    app_runtime.put(replace(app_runtime.part(Rails), hosts=frozenset({"secure.plaid.test"})))
    with pytest.raises(ExternalServiceError):
        await _opened(ana)
    assert await admin.fetchval("select count(*) from funding.link_session") == 0


async def test_all_sources_of_a_sign_in_rest_until_it_is_repaired(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    bank = await teller.bank(ana)
    saving = await teller.bank(ana, "Plaid Saving")
    await admin.execute("update funding.source set item_ref = $1", bank.item_ref)
    async with teller.database.transaction() as tx:
        rests = await service.needs_repair(tx, bank.id, now=clock.now())
    assert set(rests) == {bank.id, saving.id}
    async with teller.database.read() as conn:
        assert await queries.usable(conn, [bank.id, saving.id]) == {}
        assert await queries.defaults(conn, [ana.id]) == {}
    assert bank.item_ref is not None
    await service.refresh_item(Provider.PLAID, bank.item_ref, now=clock.now())
    async with teller.database.read() as conn:
        assert set(await queries.usable(conn, [bank.id, saving.id])) == {bank.id, saving.id}
        assert (await queries.defaults(conn, [ana.id]))[ana.id].bank is not None


async def test_what_the_bank_has_ended_moves_nothing(ana: Someone, teller: Teller) -> None:
    bank = await teller.bank(ana)
    token = store.token_of(bank)
    assert token is not None
    await teller.rails.link.unlink(token)
    await service.refresh_item(Provider.PLAID, bank.item_ref or "", now=clock.now())
    [gone] = await _all(teller, ana)
    assert (gone.state, gone.can_pull, gone.can_push, gone.is_default) == (
        SourceState.DISABLED,
        False,
        False,
        False,
    )


async def test_choosing_the_default_twice_is_choosing_it_once(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    await teller.bank(ana)
    second = await teller.bank(ana, "Plaid Saving")
    told = "select count(*) from kit.outbox where type = 'funding.source_changed.v1'"
    noted = "select count(*) from kit.audit where action = 'funding.choose_default'"
    versions = "select array_agg(version order by id) from funding.source"
    seen = []
    for _ in range(2):
        await service.choose_default(ana.id, second.id, now=clock.now())
        seen.append([await admin.fetchval(q) for q in (told, noted, versions)])
    assert seen[0] == seen[1]
    assert seen[0][:2] == [1, 1]


async def test_disabling_twice_is_disabling_once(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    first, second = await teller.bank(ana), await teller.bank(ana, "Plaid Saving")
    for code in ("R02", "R10"):
        async with teller.database.transaction() as tx:
            await service.disable(tx, first.id, code, now=clock.now())
    found = {s.id: s for s in await _all(teller, ana)}
    assert found[first.id].disabled_code == "R02"
    assert found[second.id].is_default
    told = "select count(*) from kit.outbox where type = 'funding.source_changed.v1'"
    assert await admin.fetchval(told) == 1


async def test_a_row_that_was_not_locked_before_it_was_read_is_not_saved(
    ana: Someone, teller: Teller
) -> None:
    bank = await teller.bank(ana)
    async with teller.database.transaction() as tx:
        await service.disable(tx, bank.id, "R02", now=clock.now())
    with pytest.raises(store.Superseded):
        async with teller.rt.part(db.Database).transaction() as tx:
            await store.put(tx, [replace(bank, name="older", version=1)], now=clock.now())


async def test_a_source_that_is_removed_while_a_transfer_begins_keeps_its_key_until_that_has_ended(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    bank = await teller.bank(ana)
    await teller.deposit(ana, bank, 1000)
    with pytest.raises(SourceInUse):
        await service.remove(ana.id, bank.id, now=clock.now())
    # The removal did not see the transfer: both began at once.
    await admin.execute("update funding.source set state = 90, is_default = false")
    token = "select token from funding.source"
    for state, has_token in ((20, True), (40, False)):
        await admin.execute("update funding.operation set state = $1", state)
        for job in sources.JOBS:
            await run_once(teller.database, job, now=clock.now())
        assert (await admin.fetchval(token) is not None) is has_token


async def test_two_sources_of_one_person_end_at_once_and_the_third_is_the_default(
    ana: Someone, teller: Teller
) -> None:
    names = ("Plaid Checking", "Plaid Saving", "Empty Checking")
    for n in range(4):
        banks = [await teller.bank(ana, name, login=f"user_ana_{n}") for name in names]

        async def end(source: Source) -> None:
            async with teller.database.transaction() as tx:
                await service.disable(tx, source.id, "R02", now=clock.now())

        await asyncio.gather(
            *(end(b) for b in banks[:2]),
            service.choose_default(ana.id, banks[2].id, now=clock.now()),
        )
        async with teller.database.read() as conn:
            left = (await queries.defaults(conn, [ana.id]))[ana.id].bank
        assert left is not None
        assert left.id == banks[2].id
        await service.remove(ana.id, banks[2].id, now=clock.now())


async def test_two_small_deposits_arrive_and_are_the_houses_cost(
    ana: Someone, teller: Teller, admin: asyncpg.Connection
) -> None:
    teller.fund()
    source_id = await service.add_numbers(Asker(ana.id), TYPED, now=clock.now())
    rows = await admin.fetch("select id, cents from funding.operation")
    for row in rows:
        assert (await teller.drive(row["id"])).state == OpState.PENDING
    teller.box.advance(days=7)
    await pulling.pull(Provider.PLAID, poll=timedelta(0), now=clock.now())
    states = {r["state"] for r in await admin.fetch("select state from funding.operation")}
    assert states == {OpState.COMPLETED}
    cents = [r["cents"] for r in rows]
    cost = "select sum(debits - credits) from ledger.account where kind = $1"
    assert await admin.fetchval(cost, Kind.COST_RAIL) == sum(cents)
    assert await service.confirm(ana.id, source_id, cents, now=clock.now()) == source_id
