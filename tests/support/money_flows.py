"""The pages of docs/money-flows beside the books: what they say is booked, and what was."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from quid.ledger.types import Code, Kind

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "money-flows"
_BOOKED: Final = ["#", "code", "debit", "credit", "amount"]
_HELD: Final = ["account", "before", "after"]
_ROWS: Final = """
select j.code, d.kind as debit_kind, d.owner as debit_owner, c.kind as credit_kind,
  c.owner as credit_owner, j.amount
from ledger.journal j
join ledger.account d on d.id = j.debit_id
join ledger.account c on c.id = j.credit_id
join ledger.block b on b.lane = j.lane and b.no = j.block_no and b.at = j.recorded_at
where not j.id = any ($1)
order by j.recorded_at, j.lane, j.block_no, array_position(b.ids, j.id)"""
_NETS: Final = """
select a.kind, a.owner, sum((a.credits - a.debits) * c.sign)::int8 as net
from ledger.account a
join ledger.chart c on c.kind = a.kind
group by a.kind, a.owner"""


class Booking(NamedTuple):
    """A row of the journal, accounts by their names. Units: minor units."""

    code: str
    debit: str
    credit: str
    amount_minor: int


class Flow(NamedTuple):
    """What a page says of one flow. `nets`: before and after, minor units."""

    booked: list[Booking]
    nets: dict[str, tuple[int, int]]


def sections(page: str) -> dict[str, str]:
    """Cut a page into its sections, by heading."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def tables(text: str) -> list[list[list[str]]]:
    """Read the tables of a text, each as rows of cells, its header first."""
    blocks = re.findall(r"(?:^\|.*\|\n?)+", text, re.MULTILINE)
    rows = [[line.strip("| ").split("|") for line in block.splitlines()] for block in blocks]
    return [[[cell.strip() for cell in row] for row in table] for table in rows]


def described(name: str, heading: str) -> Flow:
    """Read a flow from its page."""
    return flow_of(sections((FOLDER / name).read_text(encoding="utf-8"))[heading])


def flow_of(text: str) -> Flow:
    """Read the two tables of a flow."""
    booked, held = tables(text)
    assert (booked[0], held[0]) == (_BOOKED, _HELD)
    assert [row[0] for row in booked[2:]] == [str(n) for n in range(1, len(booked) - 1)]
    return Flow(
        [Booking(code, debit, credit, minor(a)) for _, code, debit, credit, a in booked[2:]],
        {account: (minor(before), minor(after)) for account, before, after in held[2:]},
    )


def minor(text: str) -> int:
    """Read an amount as the pages write it: -1,234.50."""
    assert re.fullmatch(r"-?[\d,]+\.\d\d", text), text
    return int(text.replace(",", "").replace(".", ""))


def flows_of_pages() -> set[tuple[str, str]]:
    """List every flow that a page describes."""
    return {
        (path.name, heading)
        for path in FOLDER.glob("*.md")
        for heading, text in sections(path.read_text(encoding="utf-8")).items()
        if any(table[0] == _BOOKED for table in tables(text))
    }


@asynccontextmanager
async def flow(
    admin: asyncpg.Connection, name: str, heading: str, people: Mapping[UUID, str]
) -> AsyncIterator[None]:
    """Compare what the block books with a section of a page.

    `people` gives the names in the page by id; the nets before must be as the page says, too.
    """
    expected = described(name, heading)
    before = await _nets(admin, people)
    known = [row[0] for row in await admin.fetch("select id from ledger.journal")]
    yield
    rows = await admin.fetch(_ROWS, known)
    booked = [
        Booking(
            Code(r["code"]).name,
            _name(r["debit_kind"], r["debit_owner"], people),
            _name(r["credit_kind"], r["credit_owner"], people),
            r["amount"],
        )
        for r in rows
    ]
    assert booked == expected.booked
    after = await _nets(admin, people)
    moved = {account for b in booked for account in (b.debit, b.credit)}
    assert {a: (before.get(a, 0), after[a]) for a in moved} == expected.nets


async def _nets(admin: asyncpg.Connection, people: Mapping[UUID, str]) -> dict[str, int]:
    rows = await admin.fetch(_NETS)
    return {_name(r["kind"], r["owner"], people): r["net"] for r in rows}


def _name(kind: int, owner: UUID | None, people: Mapping[UUID, str]) -> str:
    whose = people.get(owner, str(owner)) if owner else "house"
    return f"{whose} {Kind(kind).name.lower()}"
