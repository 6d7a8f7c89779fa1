"""Which field of a row was changed: the one whose other value gives the hash that was written."""

import itertools
import struct
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.ledger.rules.chain import EPOCH, MICROSECOND, Row, micros, row_hash

Value = int | str | UUID | datetime | None
_NEAR: Final = 10_000
_NULLABLE: Final = frozenset(Row._fields[12:])


def blame(row: Row, expected: bytes, likely: Mapping[str, list[Value]]) -> tuple[str, str]:
    """Name the changed field and say what it is and was; ("", "") when no single one explains it.

    Tries what the neighbours make `likely`, then every other value of each byte of each field,
    then numbers near by.
    """
    tries: Iterator[tuple[str, Value]] = itertools.chain(
        ((name, value) for name, values in likely.items() for value in values),
        ((name, other) for name, value in _fields(row) for other in _others(name, value)),
        ((name, other) for name, value in _fields(row) for other in _near(value)),
    )
    for name, value in tries:
        place = Row._fields.index(name)
        if hash_or_none(Row._make((*row[:place], value, *row[place + 1 :]))) == expected:
            return name, f"{name} is {row[place]}, was {value}"
    return "", ""


def hash_or_none(row: Row) -> bytes | None:
    """Hash a row that may hold anything; None for what has no layout."""
    try:
        return row_hash(row)
    except (struct.error, OverflowError):
        return None


def _fields(row: Row) -> Iterator[tuple[str, Value]]:
    return zip(Row._fields, row, strict=True)


def _others(name: str, value: Value) -> Iterator[Value]:
    if name in _NULLABLE:
        yield None
    match value:
        case UUID():
            yield from (UUID(bytes=b) for b in _other_bytes(value.bytes))
        case int():
            yield from (int.from_bytes(b, signed=True) for b in _other_bytes(_long(value)))
        case str():
            yield from (b.decode("latin-1") for b in _other_bytes(value.encode()))
        case datetime():
            yield from _other_instants(value)
        case None:
            return


def _long(value: int) -> bytes:
    return value.to_bytes(8, signed=True)


def _other_instants(value: datetime) -> Iterator[datetime]:
    for other in _other_bytes(_long(micros(value))):
        try:
            yield EPOCH + int.from_bytes(other, signed=True) * MICROSECOND
        except OverflowError:
            continue


def _other_bytes(value: bytes) -> Iterator[bytes]:
    for place in reversed(range(len(value))):
        for byte in range(256):
            if byte != value[place]:
                yield value[:place] + bytes([byte]) + value[place + 1 :]


def _near(value: Value) -> Iterator[int]:
    if isinstance(value, int):
        for step in range(1, _NEAR):
            yield value + step
            yield value - step
