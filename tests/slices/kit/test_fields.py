"""Sealed fields: they open in their place alone, under any key that is still kept."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Final

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit import db, fields
from quid.kit.config import BadSettings
from quid.kit.fields import Fields, Place
from quid.kit.keks import FieldUnreadable, Keyring, LocalKek

NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEK: Final = LocalKek(b"k" * 32)
KEYS: Final = Keyring(KEK)
ROW, OTHER = uuid.UUID(int=7), uuid.UUID(int=8)
HOME: Final = Place("identity.person", "email", ROW, ROW)


def keyset(*numbers: int, primary: int = 1) -> Fields:
    keys = {n: bytes([n]) * 32 for n in numbers or (1,)}
    return Fields(keys, primary=primary, blind=b"b" * 32)


@given(st.text(max_size=300))
def test_what_was_sealed_opens_in_its_place_and_is_never_written_twice_alike(text: str) -> None:
    made = keyset()
    first, second = made.seal(HOME, text), made.seal(HOME, text)
    assert first != second
    assert made.open(HOME, first) == made.open(HOME, second) == text


@pytest.mark.parametrize(
    "place",
    [
        HOME._replace(row=OTHER),
        HOME._replace(owner=OTHER),
        HOME._replace(column="phone"),
        HOME._replace(table="identity.challenge"),
        HOME._replace(table="identity.personemail", column=""),
    ],
)
def test_a_field_copied_elsewhere_does_not_open(place: Place) -> None:
    made = keyset()
    with pytest.raises(FieldUnreadable, match="copied from elsewhere, or changed"):
        made.open(place, made.seal(HOME, "ana@example.org"))


@given(st.integers(0, 43), st.integers(1, 255))
def test_a_changed_byte_does_not_open(at: int, change: int) -> None:
    made = keyset(*range(1, 3))
    sealed = bytearray(made.seal(HOME, "ana@example.org"))
    sealed[at] ^= change
    with pytest.raises(FieldUnreadable):
        made.open(HOME, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"ana@example.org", b"\x02" + bytes(60)])
def test_what_is_no_sealed_field_of_ours_is_told_so(sealed: bytes) -> None:
    with pytest.raises(FieldUnreadable, match="not a sealed field of a version that is known"):
        keyset().open(HOME, sealed)


def test_a_new_key_seals_while_the_old_one_still_opens() -> None:
    old = keyset(1).seal(HOME, "ana@example.org")
    both = keyset(1, 2, primary=2)
    new = both.seal(HOME, "ana@example.org")
    assert (fields.number_of(old), fields.number_of(new)) == (1, 2)
    assert both.open(HOME, old) == both.open(HOME, new) == "ana@example.org"
    with pytest.raises(FieldUnreadable, match="a data key that is not here"):
        keyset(1).open(HOME, new)


def test_a_blind_index_finds_equals_of_one_kind_alone() -> None:
    made, other = keyset(), Fields({1: b"f" * 32}, primary=1, blind=b"c" * 32)
    assert made.blind("email", "a@b.de") == keyset(2, primary=2).blind("email", "a@b.de")
    assert len(made.blind("email", "a@b.de")) == 16
    different = {made.blind("phone", "a@b.de"), made.blind("email", "a@b.dE")}
    assert {made.blind("email", "a@b.de"), other.blind("email", "a@b.de")}.isdisjoint(different)
    assert made.blind("email", "a@b.de") != other.blind("email", "a@b.de")


async def test_keys_are_made_once_however_many_begin(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    made = await asyncio.gather(*(fields.load(database, KEYS, now=NOW) for _ in range(8)))
    sealed = made[0].seal(HOME, "ana@example.org")
    assert {m.open(HOME, sealed) for m in made} == {"ana@example.org"}
    assert len({m.blind("email", "x") for m in made}) == 1
    rows = await admin.fetch("select number, purpose, wrapped from kit.data_key order by number")
    assert [(r[0], r[1]) for r in rows] == [(1, "fields"), (2, "index")]
    again = await fields.load(database, KEYS, now=NOW)
    assert again.open(HOME, sealed) == "ana@example.org"


async def test_another_wrapping_key_stops_the_start(database: db.Database) -> None:
    await fields.load(database, KEYS, now=NOW)
    with pytest.raises(BadSettings, match="field_kek is not the key"):
        await fields.load(database, Keyring(LocalKek(b"x" * 32)), now=NOW)


async def test_a_wrapped_key_does_not_stand_in_for_one_of_another_purpose(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    await fields.load(database, KEYS, now=NOW)
    await admin.execute(
        "update kit.data_key k set wrapped = o.wrapped from kit.data_key o "
        "where o.number <> k.number"
    )
    with pytest.raises(BadSettings, match="field_kek is not the key"):
        await fields.load(database, KEYS, now=NOW)


async def test_a_younger_key_seals_from_its_time_on(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    await fields.load(database, KEYS, now=NOW)
    wrapped = await KEK.wrap(b"n" * 32, context=b"quid data key: fields")
    await admin.execute(
        "insert into kit.data_key values (3, 'fields', $1, 'local', $2, $3)",
        wrapped,
        NOW,
        NOW.replace(minute=1),
    )
    assert (await fields.load(database, KEYS, now=NOW)).primary == 1
    later = await fields.load(database, KEYS, now=NOW.replace(minute=2))
    assert later.primary == 3
    assert fields.number_of(later.seal(HOME, "x")) == 3
