"""Ids: UUIDs in version-7 layout whose low 10 bits are the owner's bucket.

48 bits of time choose the partition, 64 bits are free, 10 bits say where the row lives
(`bucket(id)` needs no look-up). Outside they are `prefix_` + 26 characters of lower-case
Crockford base32, so that an id of the wrong kind is told apart before any query.
"""

import hashlib
import itertools
import os
import re
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

BUCKETS: Final = 1024
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_SHOWN: Final = re.compile(f"[{_ALPHABET}]{{26}}")
_TO_BASE_32: Final = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_PAIRS: Final = [a + b for a in _ALPHABET for b in _ALPHABET]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class _Chance:
    """Random numbers of the system, taken many at a time; a forked process begins anew."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget all numbers and take another name."""
        self.process = os.urandom(6).hex()
        self.count = itertools.count(1)
        self._numbers: list[int] = []

    def number(self) -> int:
        """Give 64 random bits."""
        if not self._numbers:
            self._numbers = list(struct.unpack("512Q", os.urandom(4096)))
        return self._numbers.pop()


_chance = _Chance()
os.register_at_fork(after_in_child=_chance.begin)


def _lay_out(ms: int, random_64: int, bucket: int) -> UUID:
    high = (ms << 16) | 0x7000 | (random_64 >> 52)
    low = (0b10 << 62) | ((random_64 & ((1 << 52) - 1)) << 10) | bucket
    return UUID(int=(high << 64) | low)


def new(bucket: int, now: datetime) -> UUID:
    """Make an id whose time is `now` and whose home is `bucket` (0 to 1023)."""
    return _lay_out((now - _EPOCH) // _MS, _chance.number(), bucket)


def ascending(owners: Sequence[tuple[UUID, datetime]]) -> list[UUID]:
    """Make an id in the bucket of each owner, at its time; of one moment, the later is greater."""
    chances = sorted(_chance.number() for _ in owners)
    return [
        _lay_out((at - _EPOCH) // _MS, chance, bucket(owner))
        for (owner, at), chance in zip(owners, chances, strict=True)
    ]


def mark() -> str:
    """Make a name that no other request has, of this process or another; it is no secret."""
    return f"{_chance.process}{next(_chance.count):04x}"


def random_bucket() -> int:
    """Draw a home for a new person."""
    return int.from_bytes(os.urandom(2)) % BUCKETS


def bucket(value: UUID) -> int:
    """Where the row lives."""
    return value.int & (BUCKETS - 1)


def time_of(value: UUID) -> datetime:
    """The instant in the id, to the millisecond."""
    return _EPOCH + (value.int >> 80) * _MS


def first_of(at: datetime) -> UUID:
    """Give the lowest id of an instant: all that were made before it are smaller."""
    return UUID(int=((at - _EPOCH) // _MS) << 80)


def leg(value: UUID, text: str) -> UUID:
    """Derive another id of the same time and bucket: the same inputs give the same id."""
    digest = hashlib.sha256(value.bytes + text.encode()).digest()
    return _lay_out(value.int >> 80, int.from_bytes(digest[:8]), bucket(value))


def derived(at: datetime, text: str, bucket: int) -> UUID:
    """Make the id of an effect of the server from fixed facts.

    `at` is a property of the object, never the time of arrival: else a second delivery would
    get a second id and move money twice.
    """
    digest = hashlib.sha256(text.encode()).digest()
    return _lay_out((at - _EPOCH) // _MS, int.from_bytes(digest[:8]), bucket)


@lru_cache(maxsize=20_000)
def show(prefix: str, value: UUID) -> str:
    """Write an id for the outside: `pay_` + 26 characters. Remembered: each is shown often."""
    n = value.int
    out = [_PAIRS[(n >> shift) & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(out)}"


def read(prefix: str, text: str) -> UUID | None:
    """Read an id from the outside; None where it is not one of this kind."""
    if len(text) != len(prefix) + 27 or not text.startswith(prefix + "_"):
        return None
    return _read(text[len(prefix) + 1 :])


@lru_cache(maxsize=20_000)
def _read(shown: str) -> UUID | None:
    """Read 26 characters. Remembered: every reader of an event reads the same ones."""
    if _SHOWN.fullmatch(shown) is None:  # `int` would take signs, spaces and underscores too
        return None
    n = int(shown.translate(_TO_BASE_32), 32)
    return UUID(int=n) if n < 1 << 128 else None
