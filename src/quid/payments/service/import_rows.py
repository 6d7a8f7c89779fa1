"""The rows of a file of payments (CSV), read one at a time, each judged by itself.

A row that is wrong is told and the rest goes on. A file that is no CSV is refused whole: after a
quote that never ends nobody can say where the next row begins, and a guess would move money.
"""

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple, Protocol

from quid.kit import idempotency, text
from quid.kit.errors import MissingField, Refusal, ValidationFailed
from quid.kit.money import read_minor
from quid.payments import errors
from quid.payments.rules import AMOUNT_MINOR_MAX, NOTE_MAX

COLUMNS: Final = ("payer", "payee", "amount", "note", "key")
LINE_MAX: Final = 16_384
_KEY_SHOWN: Final = 64
_HANDLE: Final = re.compile(r"@?([a-z0-9_]{1,30})")
# One way to write an amount: "1,234" is a thousand to some and a little over one to others.
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


class Row(NamedTuple):
    """A payment as the file asks for it. `line` counts from 1, the header included."""

    line: int
    key: str
    key_hash: bytes
    payer: str
    payee: str
    amount_minor: int
    note: str


class BadRow(NamedTuple):
    """A row that asks for nothing that could be sent, and why."""

    line: int
    key: str
    refusal: Refusal


class Digest(Protocol):
    """What is told every byte of the file."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""


def read_rows(file: BinaryIO, digest: Digest) -> Iterator[Row | BadRow]:
    """Read a file from its beginning, a line at a time.

    Raises: ValidationFailed for a header that is not ours and for what is no CSV.
    """
    reader = csv.reader(_lines(file, digest), strict=True)
    try:
        header = _header(next(reader, []))
        while True:
            line = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if cells:
                yield _row(line, header, cells)
    except csv.Error as e:
        raise ValidationFailed(
            f"Line {reader.line_num}: {e}. Nothing after it could be read.", field="file"
        ) from e


def _lines(file: BinaryIO, digest: Digest) -> Iterator[str]:
    """Give the lines as text; what is not UTF-8 stays in them, as signs that no cell may hold."""
    number, encoding = 0, "utf-8-sig"
    while raw := file.readline(LINE_MAX + 1):
        number += 1
        digest.update(raw)
        if len(raw) > LINE_MAX:
            raise ValidationFailed(f"Line {number} has over {LINE_MAX} bytes.", field="file")
        yield raw.decode(encoding, "surrogateescape")
        encoding = "utf-8"


def _header(cells: list[str]) -> dict[str, int]:
    """Map our columns to their places. Raises: ValidationFailed."""
    names = [cell.strip() for cell in cells]
    missing = [name for name in COLUMNS if name not in names]
    extra = [name or "(no name)" for name in names if name not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1} & set(COLUMNS))
    faults = [
        f"{what}: {', '.join(found)}"
        for what, found in (("missing", missing), ("not known", extra), ("given twice", twice))
        if found
    ]
    if faults:
        raise ValidationFailed(
            f"The first line names the columns {', '.join(COLUMNS)}, in any order. "
            f"{'; '.join(faults)}.",
            field="header",
        )
    return {name: names.index(name) for name in COLUMNS}


def _row(line: int, header: dict[str, int], cells: list[str]) -> Row | BadRow:
    if len(cells) != len(header):
        wrong = ValidationFailed(f"{len(cells)} cells where the header names {len(header)}.")
        return BadRow(line, "", wrong)
    by_name = {name: cells[place].strip() for name, place in header.items()}
    try:
        return _read(line, by_name)
    except Refusal as e:
        return BadRow(line, by_name["key"][:_KEY_SHOWN], e)


def _read(line: int, cells: dict[str, str]) -> Row:
    """Read the cells of a row. Raises: a refusal that says which cell is wrong."""
    for name in ("payer", "payee", "amount", "key"):
        if not cells[name]:
            raise MissingField(f"{name}: write something here.", field=name)
    payer, payee = _handle("payer", cells), _handle("payee", cells)
    if not _AMOUNT.fullmatch(cells["amount"]):
        raise errors.InvalidAmount("amount: write it as 1234.50. Nothing was sent.", field="amount")
    amount_minor = read_minor(cells["amount"])
    if not 1 <= amount_minor <= AMOUNT_MINOR_MAX:
        raise errors.InvalidAmount(field="amount")
    note = text.clean(cells["note"], field="note", low=0, high=NOTE_MAX)
    key_hash = idempotency.read_key(header=cells["key"], body=None)
    return Row(line, cells["key"], key_hash, payer, payee, amount_minor, note)


def _handle(name: str, cells: dict[str, str]) -> str:
    found = _HANDLE.fullmatch(cells[name])
    if found is None:
        raise ValidationFailed(f"{name}: a handle, as ana or @ana.", field=name)
    return found[1]
