"""Rows of the sandbox: one SQLite file, one writer, every request in one transaction.

An object is a JSON document under a type and an id, with an owner (whose list it stands in) and a
key (by which else it is found). Timers, hooks and the journal stand beside them, so a request that
fails leaves none of them behind.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

Doc = dict[str, Any]

TABLES: Final = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, id TEXT NOT NULL,
    owner TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (type, id));
CREATE INDEX IF NOT EXISTS object_owner ON object (type, owner, seq);
CREATE INDEX IF NOT EXISTS object_key ON object (type, key, seq);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS timer (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, face TEXT NOT NULL,
    kind TEXT NOT NULL, ref TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS timer_at ON timer (at, id);
CREATE INDEX IF NOT EXISTS timer_ref ON timer (ref);
CREATE TABLE IF NOT EXISTS hook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, face TEXT NOT NULL, url TEXT NOT NULL,
    kind TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
    next_at REAL NOT NULL, answer TEXT NOT NULL, mischief TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS hook_next ON hook (state, next_at, id);
CREATE INDEX IF NOT EXISTS hook_event ON hook (face, json_extract(body, '$.id'));
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT, wall_at TEXT NOT NULL, at TEXT NOT NULL,
    direction TEXT NOT NULL, face TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    key TEXT NOT NULL, account TEXT NOT NULL, request TEXT NOT NULL, status INTEGER NOT NULL,
    response TEXT NOT NULL, effects TEXT NOT NULL, fault TEXT NOT NULL);
"""
ALL: Final = ("object", "counter", "timer", "hook", "journal")
ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Timer(NamedTuple):
    """Something that happens to `ref` at a virtual time."""

    id: int
    at: datetime
    face: str
    kind: str
    ref: str
    body: Doc


class Tx:
    """What a handler may do, all of it or nothing."""

    def __init__(self, db: sqlite3.Connection, seed: str) -> None:
        self._db, self._seed = db, seed
        self.effects: list[str] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """All or nothing of a part: an exception undoes it and goes on."""
        self._db.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO part")
            self._db.execute("RELEASE part")
            raise
        self._db.execute("RELEASE part")

    # ------------------------------------------------------------------ objects

    def put(self, kind: str, body: Doc, *, ident: str = "", owner: str = "", key: str = "") -> Doc:
        """Write an object under `ident`, else its own `id`; an old one keeps its place.

        An empty owner or key leaves what an old one has.
        """
        self._db.execute(
            "INSERT INTO object (type, id, owner, key, body) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (type, id) DO UPDATE SET body = excluded.body,"
            " owner = coalesce(nullif(excluded.owner, ''), owner),"
            " key = coalesce(nullif(excluded.key, ''), key)",
            (kind, ident or body["id"], owner, key, json.dumps(body)),
        )
        return body

    def get(self, kind: str, ident: str) -> Doc | None:
        """The object of an id."""
        return self._one("SELECT body FROM object WHERE type = ? AND id = ?", kind, ident)

    def find(self, kind: str, key: str) -> Doc | None:
        """The newest object of a key."""
        return self._one(
            "SELECT body FROM object WHERE type = ? AND key = ? ORDER BY seq DESC LIMIT 1",
            kind,
            key,
        )

    def all(self, kind: str, *, owner: str | None = None, newest: bool = False) -> list[Doc]:
        """The objects of a type, of one owner if given; oldest first, or newest."""
        where = "" if owner is None else " AND owner = ?"
        rows = self._db.execute(
            f"SELECT body FROM object WHERE type = ?{where}"  # noqa: S608 - two fixed texts
            f" ORDER BY seq {'DESC' if newest else 'ASC'}",
            (kind,) if owner is None else (kind, owner),
        )
        return [json.loads(row[0]) for row in rows]

    def delete(self, kind: str, ident: str) -> bool:
        """Forget an object; False if there was none."""
        done = self._db.execute("DELETE FROM object WHERE type = ? AND id = ?", (kind, ident))
        return done.rowcount > 0

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - SQLite's own
        """Rows of any statement, where documents would be too slow."""
        return list(self._db.execute(sql, values))

    def _one(self, sql: str, *values: str) -> Doc | None:
        row = self._db.execute(sql, values).fetchone()
        return None if row is None else json.loads(row[0])

    # ------------------------------------------------------------------ ids

    def next(self, name: str, step: int = 1) -> int:
        """The next value of a counter, from `step` on."""
        row = self._db.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE"
            " SET value = value + excluded.value RETURNING value",
            (name, step),
        ).fetchone()
        return int(row[0])

    def new_id(self, prefix: str, length: int = 24) -> str:
        """A new id: the same for the same seed and the same calls before."""
        text = f"{self._seed}:{prefix}:{self.next('id')}"
        number = int.from_bytes(hashlib.sha512(text.encode()).digest(), "big")
        letters = []
        for _ in range(length):
            number, letter = divmod(number, 62)
            letters.append(ALPHABET[letter])
        return prefix + "".join(letters)

    # ------------------------------------------------------------------ time, hooks, effects

    def later(self, at: datetime, face: str, kind: str, ref: str, body: Doc | None = None) -> None:
        """Let the face's `act` be called with this at a virtual time."""
        self._db.execute(
            "INSERT INTO timer (at, face, kind, ref, body) VALUES (?, ?, ?, ?, ?)",
            (at.timestamp(), face, kind, ref, json.dumps(body or {})),
        )

    def forget_timers(self, ref: str) -> None:
        """What was to happen to `ref` will not."""
        self._db.execute("DELETE FROM timer WHERE ref = ?", (ref,))

    def due(self, until: datetime, limit: int) -> list[Timer]:
        """The earliest timers up to a time, in order."""
        rows = self._db.execute(
            "SELECT id, at, face, kind, ref, body FROM timer WHERE at <= ? ORDER BY at, id LIMIT ?",
            (until.timestamp(), limit),
        )
        return [
            Timer(ident, datetime.fromtimestamp(at, UTC), face, kind, ref, json.loads(body))
            for ident, at, face, kind, ref, body in rows
        ]

    def done(self, timer: Timer) -> bool:
        """Take a timer off; False if something before it did."""
        return self._db.execute("DELETE FROM timer WHERE id = ?", (timer.id,)).rowcount > 0

    def last_timer(self) -> int:
        """The number of the newest timer that was ever set."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'timer'").fetchone()
        return int(row[0]) if row else 0

    def earlier_since(self, last: int, at: datetime) -> bool:
        """Whether a timer set after `last` is due before a time."""
        row = self._db.execute(
            "SELECT 1 FROM timer WHERE id > ? AND at < ? LIMIT 1", (last, at.timestamp())
        ).fetchone()
        return row is not None

    def hook(self, face: str, url: str, kind: str, raw: str) -> None:
        """Send this body to a URL after the commit; the face signs it when it goes."""
        self._db.execute(
            "INSERT INTO hook (face, url, kind, body, state, tries, next_at, answer, mischief)"
            " VALUES (?, ?, ?, ?, 'new', 0, 0, '', '')",
            (face, url, kind, raw),
        )

    def effect(self, what: str, ident: str) -> None:
        """Name what this call did, for the journal: `transfer.created`, id."""
        self.effects.append(f"{what} {ident}")


class Store:
    """The file. Everything runs on one thread, so a transaction is never interleaved."""

    def __init__(self, path: Path, seed: str) -> None:
        self._path, self._seed = path, seed
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # The sandbox may lose its last second with the machine; a killed process loses nothing.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(TABLES)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """All or nothing."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield Tx(self._db, self._seed)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def is_new(self) -> bool:
        """Whether nothing was ever written."""
        return self._db.execute("SELECT 1 FROM counter LIMIT 1").fetchone() is None

    def reset(self) -> None:
        """Forget everything, ids and the numbers of journal and hooks too."""
        with self.transaction() as tx:
            for table in (*ALL, "sqlite_sequence"):
                tx.query(f"DELETE FROM {table}")  # noqa: S608 - names of this file

    def snapshot(self, name: str) -> None:
        """Copy the file beside itself."""
        with closing(sqlite3.connect(self._beside(name))) as copy:
            self._db.backup(copy)

    def restore(self, name: str) -> None:
        """Put a copy back.

        Raises:
            FileNotFoundError: there is no copy of that name.
        """
        if not self._beside(name).exists():
            raise FileNotFoundError(name)
        with closing(sqlite3.connect(self._beside(name))) as copy:
            copy.backup(self._db)

    def _beside(self, name: str) -> Path:
        if not name.isalnum():
            raise ValueError("a snapshot's name has letters and digits")
        return self._path.with_name(f"snapshot-{name}.sqlite")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
