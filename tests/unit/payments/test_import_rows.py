"""A file of payments is read exactly, row by row, or refused before anything is sent."""

import csv
import hashlib
import io
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit.errors import ValidationFailed
from quid.kit.money import plain
from quid.payments.service.import_rows import LINE_MAX, BadRow, Row, read_rows

HEADER: Final = "payer,payee,amount,note,key\n"


def read(text: str | bytes) -> list[Row | BadRow]:
    raw = text.encode() if isinstance(text, str) else text
    digest = hashlib.sha256()
    found = list(read_rows(io.BytesIO(raw), digest))
    assert digest.digest() == hashlib.sha256(raw).digest()
    return found


def one(cells: str) -> Row | BadRow:
    [row] = read(HEADER + cells)
    return row


def code_of(row: Row | BadRow) -> tuple[str, str | None]:
    assert isinstance(row, BadRow), row
    assert row.refusal.detail
    return row.refusal.code, row.refusal.field


def test_a_row_is_read_exactly() -> None:
    [row, last] = read(
        "\ufeff" + HEADER + '@ana,ben,13.68," pizza, ""big""",k-1\r\n\nben,ana,5,,k\n'
    )
    assert isinstance(row, Row)
    assert row[:2] == (2, "k-1")
    assert row[3:] == ("ana", "ben", 1368, 'pizza, "big"')
    assert isinstance(last, Row)
    assert (last.line, last.amount_minor, last.note) == (4, 500, "")


def test_columns_stand_in_any_order() -> None:
    [row] = read("key,note,amount,payee,payer\nk,n,1,ben,ana\n")
    assert isinstance(row, Row)
    assert (row.payer, row.payee, row.note, row.key) == ("ana", "ben", "n", "k")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "missing: payer, payee, amount, note, key"),
        ("payer,payee,amount,note\n", "missing: key"),
        ("payer,payee,amount,note,key,iban,bic\n", "not known: iban, bic"),
        ("payer,payee,amount,note,key,\n", "not known: (no name)"),
        ("payer,payee,amount,note,key,key\n", "given twice: key"),
        ("Payer,payee,amount,note,key\n", "missing: payer; not known: Payer"),
        ("ana,ben,1.00,rent,k1\n", "missing: payer"),
    ],
)
def test_another_header_is_refused_and_named(header: str, said: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        read(header + "ana,ben,1,n,k\n")
    assert said in refused.value.detail
    assert refused.value.field == "header"


@given(st.integers(1, 500_000))
def test_every_amount_is_exact(minor: int) -> None:
    row = one(f"ana,ben,{plain(minor)},n,k")
    assert isinstance(row, Row)
    assert row.amount_minor == minor


@pytest.mark.parametrize(
    "amount",
    [
        *("0", "0.00", "5000.01", "-1", "+1", "1e3", "1.234", ".5", "1.", "$1", "1 0", "NaN"),
        *("\u0661", "0x1", "9" * 400, "1\u00a0000", "'1", "1,234", "1.5.0", "13,68", "1_0"),
    ],
)
def test_an_amount_in_doubt_is_refused(amount: str) -> None:
    assert code_of(one(f'ana,ben,"{amount}",n,k')) == ("INVALID_AMOUNT", "amount")


@pytest.mark.parametrize(
    ("cells", "code", "field"),
    [
        (",ben,1,n,k", "MISSING_FIELD", "payer"),
        ("ana,,1,n,k", "MISSING_FIELD", "payee"),
        ("ana,ben,,n,k", "MISSING_FIELD", "amount"),
        ("ana,ben,1,n,", "MISSING_FIELD", "key"),
        ("Ana,ben,1,n,k", "VALIDATION_ERROR", "payer"),
        ("ana,b\x00n,1,n,k", "VALIDATION_ERROR", "payee"),
        (f"ana,ben,1,{'n' * 501},k", "VALIDATION_ERROR", "note"),
        ("ana,ben,1,a\u202eb,k", "VALIDATION_ERROR", "note"),
        (f"ana,ben,1,n,{'k' * 65}", "VALIDATION_ERROR", "Idempotency-Key"),
        ("ana,ben,1,n,\u00e9", "VALIDATION_ERROR", "Idempotency-Key"),
        ("ana,ben,1,n", "VALIDATION_ERROR", None),
        ("ana,ben,1,n,k,", "VALIDATION_ERROR", None),
    ],
)
def test_a_bad_row_says_which_cell_and_the_rest_goes_on(
    cells: str, code: str, field: str | None
) -> None:
    [before, bad, after] = read(f"{HEADER}ana,ben,1,n,k1\n{cells}\nana,ben,2,n,k2\n")
    assert code_of(bad) == (code, field)
    assert (before.line, bad.line, after.line) == (2, 3, 4)
    assert isinstance(after, Row)


def test_what_is_not_utf8_costs_its_own_row() -> None:
    [bad, good] = read(HEADER.encode() + b"ana,ben,1,caf\xe9,k1\nana,ben,1,caf\xc3\xa9,k2\n")
    assert code_of(bad) == ("VALIDATION_ERROR", "note")
    assert isinstance(good, Row)
    assert good.note == "caf\u00e9"


def test_a_note_is_never_read_as_a_row() -> None:
    """Whoever may write a note could else write payments."""
    note = "hello\nana,eve,5000.00,,k9\nana,eve,5000.00,,k8"
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerow(["ana", "ben", "1", note, "k1"])
    [bad, good] = read(HEADER + sheet.getvalue() + "ana,ben,2,n,k2\n")
    assert code_of(bad) == ("VALIDATION_ERROR", "note")
    assert isinstance(good, Row)
    assert good.line == 5


@pytest.mark.parametrize(
    "broken",
    [
        'ana,ben,1,"never closed,k1\nana,eve,5000,,k2\n',
        'ana,ben,1,"closed" too soon,k1\n',
        "ana,ben,1,n,k1\rana,eve,5000,,k2\n",
        f"ana,ben,1,{'n' * LINE_MAX},k1\n",
        'ana,ben,1,"' + "n\n" * 100_000 + '",k1\n',
    ],
)
def test_what_is_no_csv_is_refused_with_its_line(broken: str) -> None:
    rows = read_rows(io.BytesIO((HEADER + "ana,ben,1,n,k0\n" + broken).encode()), hashlib.sha256())
    assert isinstance(next(rows), Row)
    with pytest.raises(ValidationFailed, match=r"Line \d+") as refused:
        list(rows)
    assert refused.value.field == "file"


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_refusal(raw: bytes) -> None:
    try:
        rows = read(HEADER.encode() + raw)
    except ValidationFailed:
        return
    assert len(rows) <= raw.count(b"\n") + raw.count(b"\r") + 1


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(CELL, CELL, CELL, CELL, CELL), max_size=5))
def test_what_another_writer_wrote_are_so_many_rows(rows: list[tuple[str, ...]]) -> None:
    sheet = io.StringIO(newline="")
    csv.writer(sheet, quoting=csv.QUOTE_ALL).writerows(rows)
    found = read(HEADER + sheet.getvalue())
    assert len(found) == len(rows)
