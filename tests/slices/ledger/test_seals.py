"""Day seals: made once, whole, whatever dies between; they tell of books that were rewritten."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import asyncpg
import pytest

from quid.kit import db, ids
from quid.kit.crypto import Signer
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.adapters.folder import SealFolder
from quid.ledger.errors import SealFault
from quid.ledger.queries.verify import Verdict, noted_in
from quid.ledger.rules import Row, block_hash, row_hash
from quid.ledger.rules import seals as rules
from quid.ledger.rules.seals import SignedSeal
from quid.ledger.service.reconcile import Controls, Scope, reconcile
from quid.ledger.settings import LedgerSettings
from quid.ledger.types import Outcome, Result
from tests.support.ledger import Town, found_town, now, replace

SPOILS = pytest.mark.spoils("it rewrites the books as a superuser")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
KEY = Signer(b"7" * 32)


@pytest.fixture
def vault(tmp_path: Path) -> SealFolder:
    return SealFolder(tmp_path / "seals")


@pytest.fixture
async def recon(db_url: str) -> AsyncIterator[db.Database]:
    opened = db.Database(db.Options(db_url, name="sealer", role="quid_recon"))
    await opened.open()
    yield opened
    await opened.close()


class Years:
    """A town whose clock is set."""

    def __init__(self, town: Town, admin: asyncpg.Connection) -> None:
        self.town, self.admin, self.ahead = town, admin, timedelta()

    @property
    def now(self) -> datetime:
        return now() + self.ahead

    @property
    def today(self) -> date:
        return self.now.date()

    async def move(self, by: timedelta) -> None:
        self.ahead += by
        await self.admin.execute("update ledger.calendar set clock_ahead = $1", self.ahead)

    async def to_midnight(self, before: timedelta) -> None:
        midnight = datetime.combine(self.today + DAY, time(), UTC)
        await self.move(midnight - before - self.now)

    async def pay(self, lane: int = 0, amount: int = 25) -> Outcome:
        item = replace(self.town.payment(0, 1, amount), id=ids.new(7, self.now))
        async with self.town.database.transaction() as tx:
            [outcome] = await ledger.post(db.Tx(tx.raw, lane), [item], now=self.now)
        assert outcome.result is Result.POSTED
        return outcome


@pytest.fixture
async def years(database: db.Database, admin: asyncpg.Connection) -> Years:
    return Years(await found_town(database), admin)


async def seal(recon: db.Database, vault: SealFolder) -> list[SignedSeal]:
    return await ledger.seal_days(recon, KEY, vault, after=MINUTE, now=now())


async def two_days(years: Years, recon: db.Database, vault: SealFolder) -> list[SignedSeal]:
    await years.pay(lane=3)
    await years.move(DAY)
    await years.pay(lane=3, amount=40)
    await years.pay(lane=4, amount=1)
    await years.move(DAY)
    return await seal(recon, vault)


async def verified(database: db.Database, seals: list[SignedSeal]) -> Verdict:
    async with database.read() as conn:
        return await queries.verify(conn, noted=noted_in([s.read() for s in seals]))


async def faults(database: db.Database, seals: list[SignedSeal]) -> list[str]:
    async with database.read() as conn:
        return [what for _, what in await queries.seal_faults(conn, seals, key=KEY.public)]


async def copies(vault: SealFolder) -> list[SignedSeal]:
    return [rules.from_file(await vault.read(day)) for day in sorted(await vault.days())]


async def test_a_seal_says_what_the_day_was(
    years: Years, recon: db.Database, vault: SealFolder
) -> None:
    first, second = await two_days(years, recon, vault)
    one, two = first.read(), second.read()
    assert (one.blocks, one.transfers, one.amounts) == (2, 4, {"USD": 30_025})
    assert (two.blocks, two.transfers, two.amounts) == (2, 2, {"USD": 41})
    assert [(n.lane, n.first, n.last) for n in one.lanes] == [(0, 1, 1), (3, 1, 1)]
    assert [(n.lane, n.first, n.last) for n in two.lanes] == [(0, 2, 1), (3, 2, 2), (4, 1, 1)]
    assert (one.previous, two.previous) == ("", first.hash.hex())
    assert await copies(vault) == [first, second]
    assert await faults(recon, await copies(vault)) == []
    assert (await verified(recon, [first, second])).is_sound


async def test_sealing_again_makes_nothing_new_and_a_day_without_blocks_has_its_seal(
    years: Years, recon: db.Database, vault: SealFolder
) -> None:
    assert await seal(recon, vault) == []
    await two_days(years, recon, vault)
    assert await seal(recon, vault) == []
    await years.move(2 * DAY)
    made = await seal(recon, vault)
    assert [(s.read().blocks, s.read().transfers) for s in made] == [(0, 0), (0, 0)]
    await years.pay(lane=3)
    assert await faults(recon, await copies(vault)) == []


async def test_a_day_is_not_sealed_before_it_has_ended(
    years: Years, recon: db.Database, vault: SealFolder
) -> None:
    await years.to_midnight(before=timedelta(seconds=30))
    day = years.today
    async with recon.transaction() as tx:
        with pytest.raises(asyncpg.InvalidParameterValueError, match="has not ended"):
            await tx.raw.execute("select ledger.close_day($1)", day)
    assert await seal(recon, vault) == []
    await years.move(2 * MINUTE)
    assert [s.day for s in await seal(recon, vault)] == [day]


@pytest.mark.parametrize("lane", [0, 9])
async def test_no_block_follows_into_a_closed_day_whatever_the_clock_says(
    years: Years, recon: db.Database, vault: SealFolder, lane: int
) -> None:
    await years.to_midnight(before=MINUTE)
    await years.pay(lane=0)
    day = years.today
    await years.move(3 * MINUTE)
    [signed] = await seal(recon, vault)
    await years.move(-3 * MINUTE)  # lane 9 is new; its first block has nothing to follow
    posted = await years.pay(lane=lane)
    assert posted.recorded_at == datetime.combine(day + DAY, time(), UTC)
    assert (await verified(recon, [signed])).is_sound
    async with recon.read() as conn:
        assert all(head.size for head in await queries.heads(conn))


async def test_midnight_under_load_leaves_no_block_outside_its_day(
    years: Years, recon: db.Database, vault: SealFolder, database: db.Database
) -> None:
    await years.to_midnight(before=timedelta(seconds=2))
    lanes = [await database.lane("midnight") for _ in range(3)]
    stop = asyncio.Event()

    async def pay(lane: db.Lane) -> int:
        posted = 0
        while not stop.is_set():
            item = replace(years.town.payment(posted % 3, (posted + 1) % 3, 1))
            item = replace(item, id=ids.new(7, years.now))
            async with lane.transaction() as tx:
                await ledger.post(tx, [item], now=years.now)
            posted += 1
        return posted

    async def over_midnight() -> list[SignedSeal]:
        made: list[SignedSeal] = []
        while not made:  # by then the clock is a minute past midnight; sealed while all lanes post
            await years.move(timedelta(seconds=10))
            made = await seal(recon, vault)
            await asyncio.sleep(0.1)
        stop.set()
        return made

    payers = [asyncio.create_task(pay(lane)) for lane in lanes]
    [signed] = await over_midnight()
    posted = await asyncio.gather(*payers)
    for lane in lanes:
        await lane.drop()
    body = signed.read()
    assert 0 < body.transfers < sum(posted) + 3
    assert (await verified(recon, [signed])).is_sound
    midnight = datetime.combine(body.day + DAY, time(), UTC)
    before = await years.admin.fetchval("select count(*) from ledger.block where at < $1", midnight)
    assert before == body.blocks


class Power(BaseException):
    """The plug is pulled."""


CUTS = ("close_day", "keep", "file")


@pytest.mark.parametrize("cut_off", [(at, is_done) for at in CUTS for is_done in (False, True)])
async def test_a_seal_that_was_cut_off_anywhere_is_made_the_next_time(
    years: Years,
    recon: db.Database,
    vault: SealFolder,
    monkeypatch: pytest.MonkeyPatch,
    cut_off: tuple[str, bool],
) -> None:
    at, is_done = cut_off
    await years.pay()
    day = years.today
    await years.move(DAY)

    keep, run = vault.keep, db.Command.run
    wanted = db.REGISTRY.get(("ledger", "seals", at))

    async def cut_keep(day: date, text: bytes) -> None:
        if at == "file" and not is_done:
            raise Power
        await keep(day, text)
        if at == "file":
            raise Power

    async def cut_run(self: db.Command, conn: db.Conn, *args: object) -> int:
        if self is wanted and not is_done:
            raise Power
        done = await run(self, conn, *args)
        if self is wanted:
            raise Power
        return done

    monkeypatch.setattr(vault, "keep", cut_keep)
    monkeypatch.setattr(db.Command, "run", cut_run)
    with pytest.raises(Power):
        await seal(recon, vault)
    monkeypatch.undo()
    await seal(recon, vault)
    [signed] = await copies(vault)
    assert signed.day == day
    assert await faults(recon, [signed]) == []


async def test_two_who_seal_at_once_make_one_seal(
    years: Years, recon: db.Database, vault: SealFolder
) -> None:
    await years.pay()
    await years.move(DAY)
    made = await asyncio.gather(*(seal(recon, vault) for _ in range(4)))
    assert len([s for one in made for s in one]) == 1
    assert await faults(recon, await copies(vault)) == []


@SPOILS
async def test_a_chain_rewritten_with_all_its_hashes_is_found_by_the_seal(
    years: Years, recon: db.Database, vault: SealFolder, admin: asyncpg.Connection
) -> None:
    seals = await two_days(years, recon, vault)
    await admin.execute("set session_replication_role = replica")
    await admin.execute("update ledger.journal set amount = 26 where lane = 3 and block_no = 1")
    previous = await admin.fetchval("select ledger.genesis(3::int2)")
    for block in await admin.fetch("select * from ledger.block where lane = 3 order by no"):
        rows = await admin.fetch(
            f"select {', '.join(Row._fields)} from ledger.journal where id = any ($1) "
            "order by array_position($1, id)",
            block["ids"],
        )
        hashes = b"".join(row_hash(Row(*r)) for r in rows)
        previous = block_hash(previous, block["no"], hashes)
        await admin.execute(
            "update ledger.block set row_hashes = $2, hash = $3 where lane = 3 and no = $1",
            *(block["no"], hashes, previous),
        )
    await admin.execute("update ledger.lane set head = $1 where lane = 3", previous)
    assert (await verified(recon, [])).is_sound, "without the seals nothing is to be seen"
    breaks = (await verified(recon, seals)).breaks
    assert [(b.lane, b.block_no, b.field) for b in breaks] == [(3, 1, "hash"), (3, 2, "hash")]
    controls = Controls(LedgerSettings(), seal_key=KEY.public)
    report = await reconcile(recon, Scope(), now=years.now, controls=controls)
    assert any(f.check == "R6" and "noted outside" in f.place for f in report.findings)


@SPOILS
async def test_a_block_slipped_into_a_sealed_day_is_found(
    years: Years, recon: db.Database, vault: SealFolder, admin: asyncpg.Connection
) -> None:
    seals = await two_days(years, recon, vault)
    await admin.execute("update ledger.calendar set closed_until = null")
    await years.move(-DAY)
    await years.pay(lane=8)
    [found] = (await verified(recon, seals)).breaks
    assert (found.lane, found.block_no, found.field) == (8, 1, "at")


FORGERIES = {
    "another body": (
        "update ledger.seal set body = replace(body, '\"blocks\":2', '\"blocks\":3')",
        "it is not signed by this key",
    ),
    "not canonical": (
        "update ledger.seal set body = body || ' '",
        "the seal of .* is not in its canonical form",
    ),
    "another signature": (
        "update ledger.seal set signature = sha512('x')",
        "it is not signed by this key",
    ),
    "a day gone": (
        "delete from ledger.seal where day = (select min(day) from ledger.seal)",
        "the seals before it are missing",
    ),
    "an account's history": (
        "update ledger.account_event set flags = 1 where id = 1",
        "what happened to accounts is not what was sealed",
    ),
    "an event more": (
        (
            "insert into ledger.account_event (account_id, at, what, flags, actor) "
            "select account_id, at, what, flags, actor from ledger.account_event limit 1"
        ),
        "what happened to accounts is not what was sealed",
    ),
}


@SPOILS
@pytest.mark.parametrize("how", FORGERIES)
async def test_a_forged_seal_or_history_is_found(
    years: Years, recon: db.Database, vault: SealFolder, admin: asyncpg.Connection, how: str
) -> None:
    change, expected = FORGERIES[how]
    await two_days(years, recon, vault)
    await admin.execute("set session_replication_role = replica")
    await admin.execute(change)
    async with recon.read() as conn:
        found = await faults(recon, await queries.seals(conn))
    assert any(re.search(expected, f) for f in found), found
    report = await reconcile(
        recon, Scope(), now=years.now, controls=Controls(LedgerSettings(), seal_key=KEY.public)
    )
    assert {f.check for f in report.findings} == {"R6"}


async def test_an_exchanged_or_missing_copy_is_found(
    years: Years, recon: db.Database, vault: SealFolder
) -> None:
    first, second = await two_days(years, recon, vault)
    forger = Signer(b"8" * 32)
    body = first.body.replace(b'"blocks":2', b'"blocks":9')
    own_key = SignedSeal(first.day, body, forger.sign(body), forger.public)
    assert "it is not signed by this key" in await faults(recon, [own_key, second])
    by_us = SignedSeal(first.day, body, KEY.sign(body), KEY.public)
    found = await faults(recon, [by_us, second])
    assert "the database has another seal of this day" in found
    assert "it names another seal as the one before it" in found
    assert "the copy of this seal is missing" in await faults(recon, [first])
    assert await faults(recon, [first, second]) == []


async def test_a_copy_is_never_written_over(vault: SealFolder, tmp_path: Path) -> None:
    day = date(2026, 1, 2)
    await vault.keep(day, b"one")
    await vault.keep(day, b"one")
    with pytest.raises(SealFault, match="holds another seal"):
        await vault.keep(day, b"two")
    [path] = (tmp_path / "seals").iterdir()
    assert (path.name, path.read_bytes()) == ("2026-01-02.seal.json", b"one")
    with pytest.raises(SealFault, match="cannot be read"):
        await vault.read(date(2026, 1, 3))


async def test_a_seal_is_kept_as_it_is(
    years: Years, recon: db.Database, vault: SealFolder, admin: asyncpg.Connection
) -> None:
    await two_days(years, recon, vault)
    for verb in ("update ledger.seal set body = ''", "delete from ledger.seal"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await admin.execute(verb)
