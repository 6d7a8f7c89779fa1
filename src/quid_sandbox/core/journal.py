"""Every message in and out, with its time, its key and what it did.

A test counts effects here: *exactly one* movement. Card and account numbers, passwords and codes
are masked before they are written.
"""

import json
import re
from datetime import datetime
from typing import Any, Final, NamedTuple

from quid_sandbox.core.store import Store

TEXT_MAX: Final = 4000
KEPT: Final = 100_000
NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z_.-])\d{4}(?:[ +]?\d{4}){1,3}[ +]?\d{0,3}(?![0-9A-Za-z.])"
)
SECRET: Final = re.compile(
    r"(?i)((?:cvc|cvv|password|pass|pin|secret)(?:\"\s*:\s*\"|\]?=))(?:\\.|[^\"&\\])*"
)
COLUMNS: Final = (
    "id", "wall_at", "at", "direction", "face", "method", "path", "key", "account", "request",
    "status", "response", "effects", "fault",
)  # fmt: skip


class Message(NamedTuple):
    """One that came in, or went out."""

    direction: str
    face: str
    method: str
    path: str
    key: str = ""
    account: str = ""
    request: str = ""


class Outcome(NamedTuple):
    """What became of it; status 0 when there was no answer."""

    status: int
    response: str = ""
    effects: tuple[str, ...] = ()
    fault: str = ""


class Journal:
    """The table, append-only but for `reset` and what is very old.

    A system that runs for weeks asks every few seconds: only the last hundred thousand are kept.
    """

    def __init__(self, store: Store, *, keep: int = KEPT) -> None:
        self._store, self._keep = store, keep

    def open(self, message: Message, *, wall: datetime, at: datetime) -> int:
        """A message began."""
        with self._store.transaction() as tx:
            tx.query(
                "INSERT INTO journal (wall_at, at, direction, face, method, path, key, account,"
                " request, status, response, effects, fault)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '[]', '')",
                wall.isoformat(),
                at.isoformat(),
                *message[:-1],
                masked(message.request),
            )
            entry = int(tx.query("SELECT last_insert_rowid()")[0][0])
            if entry % max(1, self._keep // 10) == 0:
                tx.query("DELETE FROM journal WHERE id <= ?", entry - self._keep)
            return entry

    def close(self, entry: int, outcome: Outcome) -> None:
        """It ended."""
        with self._store.transaction() as tx:
            tx.query(
                "UPDATE journal SET status = ?, response = ?, effects = ?, fault = ? WHERE id = ?",
                outcome.status,
                masked(outcome.response),
                json.dumps(outcome.effects),
                outcome.fault,
                entry,
            )

    def listed(self, *, after: int = 0, face: str = "", path: str = "") -> list[dict[str, Any]]:
        """Messages in order, of a face and a path if given."""
        with self._store.transaction() as tx:
            rows = tx.query(
                f"SELECT {', '.join(COLUMNS)} FROM journal"  # noqa: S608 - names of this file
                " WHERE id > ? AND (? = '' OR face = ?) AND (? = '' OR path GLOB ?) ORDER BY id",
                after, face, face, path, path,
            )  # fmt: skip
        found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        return [{**row, "effects": json.loads(row["effects"])} for row in found]


def masked(text: str) -> str:
    """The text without numbers of cards and accounts, passwords and codes."""
    # A little more is read than is kept, so that a number across the end is seen whole.
    near = text[: TEXT_MAX + 64]
    return NUMBER.sub(_tail, SECRET.sub(r"\1***", near))[:TEXT_MAX]


def _tail(number: re.Match[str]) -> str:
    return f"****{number.group()[-4:]}"
