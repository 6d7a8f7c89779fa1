"""A day seal: what the books were at midnight, as bytes that can be signed and read for ever.

Canonical JSON: names sorted, no spaces, whole numbers, hashes in hex. Version 1.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from quid.kit.crypto import is_signed
from quid.ledger.rules.chain import SHARD, micros

VERSION: Final = 1
_encode: Final = msgspec.json.Encoder(order="sorted").encode


class LaneSeal(msgspec.Struct, frozen=True):
    """A lane at the end of the day. `first` > `last` = no block on that day."""

    lane: int
    first: int
    last: int
    head: str


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed. Units: `amounts` minor units moved on that day, by currency.

    `events` covers what happened to accounts without moving money; `previous` is the hash of the
    seal before, empty for the first.
    """

    version: int = VERSION
    shard: int = SHARD
    day: date
    lanes: list[LaneSeal]
    blocks: int
    transfers: int
    amounts: dict[str, int]
    events: str
    previous: str


@dataclass(frozen=True, slots=True)
class SignedSeal:
    """A seal with its signature, as kept in the database and outside."""

    day: date
    body: bytes
    signature: bytes
    key: bytes

    @property
    def hash(self) -> bytes:
        """What the next seal names."""
        return hashlib.sha256(self.body).digest()

    def read(self) -> Seal:
        """Read the body. Raises: ValueError when it is not a seal in its canonical form."""
        seal = _decode(self.body)
        if write(seal) != self.body or seal.day != self.day:
            raise ValueError(f"the seal of {self.day} is not in its canonical form")
        return seal


class _File(msgspec.Struct):
    seal: Seal
    signature: str
    key: str


def write(seal: Seal) -> bytes:
    """Lay a seal out as it is signed."""
    return _encode(seal)


def _decode(body: bytes) -> Seal:
    return msgspec.json.decode(body, type=Seal)


def to_file(signed: SignedSeal) -> bytes:
    """Write the copy that is kept outside the database. Raises: ValueError."""
    file = _File(signed.read(), signed.signature.hex(), signed.key.hex())
    return msgspec.json.format(_encode(file), indent=1) + b"\n"


def from_file(text: bytes) -> SignedSeal:
    """Read that copy. Raises: ValueError when it is not one."""
    file = msgspec.json.decode(text, type=_File)
    signature, key = bytes.fromhex(file.signature), bytes.fromhex(file.key)
    return SignedSeal(file.seal.day, write(file.seal), signature, key)


class AccountEvent(NamedTuple):
    """What happened to an account, in the order in which it is hashed."""

    id: int
    account_id: int
    at: datetime
    what: str
    flags: int
    floor: int | None
    ceil: int | None
    actor: str


def event_line(event: AccountEvent) -> bytes:
    """Lay an event out as it is hashed."""
    return _encode([micros(f) if isinstance(f, datetime) else f for f in event]) + b"\n"


def faults(seals: Iterable[SignedSeal], *, key: bytes) -> Iterator[tuple[date, str]]:
    """Find what is wrong with the seals themselves, in the order of their days.

    Each must be signed by `key`, follow the day before it and name that one's hash.
    """
    before: SignedSeal | None = None
    for signed in seals:
        try:
            seal = signed.read()
        except ValueError as e:
            yield signed.day, str(e)
            continue
        if not is_signed(signed.body, signed.signature, public=key):
            yield signed.day, "it is not signed by this key"
        if before is None:
            if seal.previous:
                yield signed.day, "the seals before it are missing"
        elif signed.day != before.day + timedelta(days=1):
            yield signed.day, f"the seals between {before.day} and this one are missing"
        elif seal.previous != before.hash.hex():
            yield signed.day, "it names another seal as the one before it"
        before = signed
