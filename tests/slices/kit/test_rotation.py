"""Keys are replaced while everything runs: nothing is unreadable for a moment, and old ones end."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
import pytest

from quid.kit import db, fields
from quid.kit.config import BadSettings
from quid.kit.errors import DatabaseUnavailable
from quid.kit.fields import Fields
from quid.kit.keks import FieldUnreadable, Keyring, LocalKek
from tests.slices.kit.test_fields import HOME

NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOON: Final = NOW + timedelta(minutes=3)
LATER: Final = NOW + timedelta(minutes=20)
OLD: Final = LocalKek(b"o" * 32)
NEW: Final = LocalKek(b"n" * 32)


async def test_a_new_wrapping_key_takes_over_and_the_old_one_may_go(database: db.Database) -> None:
    first = await fields.load(database, Keyring(OLD), now=NOW)
    sealed = first.seal(HOME, "x")
    both = Keyring(NEW, (OLD,))
    assert (await fields.load(database, both, now=NOW)).open(HOME, sealed) == "x"
    assert await fields.rewrap(database, both, now=NOW) == 2
    assert await fields.rewrap(database, both, now=NOW) == 0
    alone = await fields.load(database, Keyring(NEW), now=NOW)
    assert alone.open(HOME, sealed) == "x"
    assert alone.blind("email", "a") == first.blind("email", "a")
    with pytest.raises(BadSettings):
        await fields.load(database, Keyring(OLD), now=NOW)


async def test_a_crash_between_two_leaves_both_readable(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    first = await fields.load(database, Keyring(OLD), now=NOW)
    both = Keyring(NEW, (OLD,))
    row = (await fields.keys(database, now=NOW))[0]
    wrapped = await NEW.wrap(
        await OLD.unwrap(row.wrapped, context=b"quid data key: fields"),
        context=b"quid data key: fields",
    )
    await admin.execute(
        "update kit.data_key set wrapped = $1, kek = $2 where number = 1", wrapped, NEW.name
    )
    half = await fields.load(database, both, now=NOW)
    assert half.open(HOME, first.seal(HOME, "x")) == "x"
    assert await fields.rewrap(database, both, now=NOW) == 1


async def test_a_name_of_the_first_releases_is_tried_with_every_local_key(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    await fields.load(database, Keyring(OLD), now=NOW)
    await admin.execute("update kit.data_key set kek = 'local'")
    assert await fields.rewrap(database, Keyring(NEW, (OLD,)), now=NOW) == 2
    await admin.execute("update kit.data_key set kek = 'vault:transit/quid'")
    with pytest.raises(FieldUnreadable, match="vault:transit/quid, which is not configured here"):
        await fields.rewrap(database, Keyring(NEW, (OLD,)), now=NOW)


async def test_a_new_data_key_is_known_everywhere_before_it_seals(database: db.Database) -> None:
    keys = Keyring(OLD)
    one, other = [await fields.load(database, keys, now=NOW) for _ in range(2)]
    asked = await asyncio.gather(*(fields.add_key(database, keys, now=NOW) for _ in range(4)))
    assert set(asked) == {3}
    await fields.refresh(one, database, keys, now=NOW)
    assert (one.primary, one.numbers) == (1, frozenset({1, 3}))
    await fields.refresh(one, database, keys, now=SOON)
    sealed = one.seal(HOME, "x")
    assert fields.number_of(sealed) == 3
    await fields.refresh(other, database, keys, now=NOW + timedelta(minutes=1))
    assert (other.primary, other.open(HOME, sealed)) == (1, "x")


async def test_what_still_seals_is_never_destroyed(database: db.Database) -> None:
    keys = Keyring(OLD)
    made = await fields.load(database, keys, now=NOW)
    await fields.add_key(database, keys, now=NOW)

    async def retire(at: datetime) -> int:
        async with database.transaction() as tx:
            return await fields.retire(tx, [1, 2, 3], now=at)

    assert await retire(NOW) == 0
    assert await retire(SOON) == 0  # a process may not have heard of the new one yet
    assert await retire(LATER) == 1
    await fields.refresh(made, database, keys, now=LATER)
    assert (made.primary, made.numbers) == (3, frozenset({3}))
    assert await retire(LATER) == 0


async def test_a_running_process_keeps_learning(database: db.Database) -> None:
    keys = Keyring(OLD)
    made = await fields.load(database, keys, now=NOW)
    keeper = asyncio.create_task(fields.keep(made, database, keys, every=0.01))
    await fields.add_key(database, keys, now=NOW)
    for _ in range(1000):
        await asyncio.sleep(0.01)
        if made.primary == 3:
            break
    assert made.numbers == {1, 3}
    keeper.cancel()


async def test_who_cannot_read_the_keys_any_more_seals_nothing(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A keeper that was away for one process alone: the worker destroyed the key it still sealed by.
    keys = Keyring(OLD)
    made = await fields.load(database, keys, now=NOW)
    sealed = made.seal(HOME, "x")
    await fields.add_key(database, Keyring(NEW), now=NOW)
    with pytest.raises(FieldUnreadable):
        await fields.refresh(made, database, keys, now=SOON)
    read_at = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: read_at + fields.STALE_SECONDS - 1)
    made.seal(HOME, "y")
    monkeypatch.setattr(time, "monotonic", lambda: read_at + fields.STALE_SECONDS + 1)
    with pytest.raises(DatabaseUnavailable, match="cannot read our keys"):
        made.seal(HOME, "z")
    assert made.open(HOME, sealed) == "x"


def test_a_key_never_prints_itself() -> None:
    assert "oooo" not in repr(OLD) + OLD.name + repr(Keyring(OLD))
    assert isinstance(Fields({1: b"f" * 32}, primary=1, blind=b"b" * 32), Fields)
