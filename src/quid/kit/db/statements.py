"""SQL in files: named statements, each claimed once in Python with the type of its rows."""

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Generic, TypeVar

from quid.kit.db.session import Argument, Conn

R = TypeVar("R")

_HEAD = re.compile(r"^-- (name|reads|home|params): *(.*)$")


@dataclass(frozen=True, slots=True)
class Statement:
    """One named statement of a file, with what it declares of itself."""

    slice: str
    file: str
    name: str
    text: str
    reads: str
    home: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query(Generic[R]):
    """A statement whose rows are of one frozen dataclass (or one plain value)."""

    statement: Statement
    row: type[R]
    is_value: bool = False

    async def all(self, conn: Conn, *args: Argument) -> list[R]:
        """Give all rows."""
        row = self.row
        rows = await conn.fetch(self.statement.text, *args)
        if self.is_value:
            return [r[0] for r in rows]  # type: ignore[misc]  # the type is checked by test_sql
        return [row(*r) for r in rows]

    async def maybe(self, conn: Conn, *args: Argument) -> R | None:
        """Give the only row, or None."""
        rows = await self.all(conn, *args)
        if len(rows) > 1:
            raise LookupError(f"{self.statement.name}: {len(rows)} rows, one expected")
        return rows[0] if rows else None

    async def one(self, conn: Conn, *args: Argument) -> R:
        """Give the only row. Raises: LookupError when there is none."""
        row = await self.maybe(conn, *args)
        if row is None:
            raise LookupError(f"{self.statement.name}: no row")
        return row


@dataclass(frozen=True, slots=True)
class Value(Generic[R]):
    """A statement with one row of one column."""

    query: Query[R]

    async def get(self, conn: Conn, *args: Argument) -> R:
        """Give the value. Raises: LookupError when there is no row."""
        return await self.query.one(conn, *args)


@dataclass(frozen=True, slots=True)
class Command:
    """A statement that changes rows and gives none back."""

    statement: Statement

    async def run(self, conn: Conn, *args: Argument) -> int:
        """Run it and give the number of rows touched."""
        return await conn.execute(self.statement.text, *args)


REGISTRY: Final[dict[tuple[str, str, str], Query[object] | Command]] = {}


class SqlFile:
    """The statements of one file, each claimed by name in Python (a test finds the unclaimed)."""

    def __init__(self, package: str, name: str) -> None:
        text = files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
        self.slice = package.rpartition(".")[2]
        self.name = name
        self.statements = {s.name: s for s in _parse(self.slice, name, text)}

    def rows(self, name: str, row: type[R]) -> Query[R]:
        """Claim a statement whose rows are of this frozen dataclass."""
        return self._claim(name, Query(self.statements[name], row))

    def value(self, name: str, kind: type[R]) -> Value[R]:
        """Claim a statement that gives one value."""
        return Value(self._claim(name, Query(self.statements[name], kind, is_value=True)))

    def values(self, name: str, kind: type[R]) -> Query[R]:
        """Claim a statement that gives one column."""
        return self._claim(name, Query(self.statements[name], kind, is_value=True))

    def command(self, name: str) -> Command:
        """Claim a statement that gives no rows."""
        command = Command(self.statements[name])
        REGISTRY[(self.slice, self.name, name)] = command
        return command

    def _claim(self, name: str, query: Query[R]) -> Query[R]:
        REGISTRY[(self.slice, self.name, name)] = query  # type: ignore[assignment]  # for the test
        return query


def sql(package: str, name: str) -> SqlFile:
    """Load `<package>/sql/<name>.sql`; a slice that became a package passes its parent's name."""
    return SqlFile(package, name)


def _parse(slice_: str, file: str, text: str) -> list[Statement]:
    found: list[Statement] = []
    head: dict[str, str] = {}
    body: list[str] = []

    def close() -> None:
        if "name" in head:
            if any(s.name == head["name"] for s in found):
                raise ValueError(
                    f"{slice_}/sql/{file}.sql: two statements are named {head['name']}"
                )
            pairs = [p.split() for p in head.get("params", "").split(",") if p.strip()]
            params = tuple((p[0], " ".join(p[1:])) for p in pairs)
            statement = "\n".join(body).strip().rstrip(";")
            found.append(
                Statement(
                    slice_,
                    file,
                    head["name"],
                    statement,
                    head.get("reads", ""),
                    head.get("home", ""),
                    params,
                )
            )

    for line in text.splitlines():
        match = _HEAD.match(line)
        if match and match[1] == "name":
            close()
            head, body = {"name": match[2].strip()}, []
        elif match:
            head[match[1]] = match[2].strip()
        else:
            body.append(line)
    close()
    return found
