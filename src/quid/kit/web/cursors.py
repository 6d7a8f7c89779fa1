"""Cursors of lists in order of time: where a page begins, sealed, for one person and one list."""

import struct
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import runtime
from quid.kit.crypto import CursorKey
from quid.kit.errors import InvalidCursor

_POSITION: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Position(NamedTuple):
    """A line of a list: its time and id."""

    at: datetime
    id: UUID


_FIRST: Final = Position(datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


def write_cursor(purpose: str, last: Position) -> str:
    """Name the place after a line, for whoever was given `purpose` alone."""
    payload = _POSITION.pack((last.at - _EPOCH) // _MICROSECOND, last.id.bytes)
    return runtime.part(CursorKey).write(purpose, payload)


def read_cursor(purpose: str, cursor: str | None) -> Position:
    """Give the place a cursor names; without one, before the newest. Raises: InvalidCursor."""
    if cursor is None:
        return _FIRST
    payload = runtime.part(CursorKey).read(purpose, cursor)
    if len(payload) != _POSITION.size:
        raise InvalidCursor(field="cursor")
    micros, last = _POSITION.unpack(payload)
    return Position(_EPOCH + micros * _MICROSECOND, UUID(bytes=last))
