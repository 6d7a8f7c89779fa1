"""The queue of what is told to the other side: kept in the store, signed when it leaves, retried.

Hooks go out at wall time, whatever the virtual clock says.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from quid_sandbox.core.clock import wall
from quid_sandbox.core.face import Face, Forgery
from quid_sandbox.core.faults import Deed, Faults
from quid_sandbox.core.journal import Journal, Message, Outcome
from quid_sandbox.core.store import Store
from quid_sandbox.core.world import World

AT_ONCE: Final = 16
WAIT: Final = 10.0
REORDER: Final = 1.0
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
STALE: Final = -3600
COLUMNS: Final = ("id", "face", "url", "kind", "body", "state", "tries", "next_at", "answer")


class Leaving(NamedTuple):
    """A hook on its way."""

    id: int
    face: str
    url: str
    kind: str
    body: str
    tries: int
    mischief: str


class Hooks:
    """Sends what is new or due again; one task of the process."""

    def __init__(
        self, store: Store, world: World, *, faces: Mapping[str, Face], faults: Faults
    ) -> None:
        self._store, self._world, self._faces, self._faults = store, world, faces, faults
        self._journal = Journal(store)
        self._wake = asyncio.Event()
        self._busy: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """A transaction that may have queued a hook was committed."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._wake.clear()
            for row in self._due():
                task = asyncio.create_task(self._send(row))
                self._busy.add(task)
                task.add_done_callback(self._done)
            with_more = len(self._busy) < AT_ONCE
            try:
                async with asyncio.timeout(0.5 if with_more else 5.0):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _done(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._wake.set()

    def _due(self) -> list[Leaving]:
        """Take what may go now; what is new draws its fault here, once."""
        now = wall().timestamp()
        with self._store.transaction() as tx:
            for ident, face, kind in tx.query(
                "SELECT id, face, kind FROM hook WHERE state = 'new'"
            ):
                deed = self._faults.draw(face, kind, "", "", hook=True)
                self._judge(tx.query, ident, deed, now)
            rows = tx.query(
                "UPDATE hook SET state = 'sending', tries = tries + 1 WHERE id IN (SELECT id"
                " FROM hook WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?)"
                " RETURNING id, face, url, kind, body, tries, mischief",
                now, AT_ONCE - len(self._busy),
            )  # fmt: skip
        return [Leaving(*row) for row in sorted(rows)]

    def _judge(self, query: Any, ident: int, deed: Deed | None, now: float) -> None:  # noqa: ANN401 - the store's query
        kind = "" if deed is None else deed.kind
        pause = {"reordered": REORDER, "delayed": deed.seconds if deed else 0.0}.get(kind, 0.0)
        query(
            "UPDATE hook SET state = ?, next_at = ?, mischief = ? WHERE id = ?",
            "lost" if kind == "lost" else "waiting", now + pause, kind, ident,
        )  # fmt: skip
        for _ in range((deed.copies if deed else 0) - 1 if kind == "copies" else 0):
            query(
                "INSERT INTO hook (face, url, kind, body, state, tries, next_at, answer, mischief)"
                " SELECT face, url, kind, body, 'waiting', 0, next_at, '', 'copies' FROM hook"
                " WHERE id = ?",
                ident,
            )

    async def _send(self, hook: Leaving) -> None:
        raw = hook.body.encode()
        with self._store.transaction() as tx:
            headers = self._faces[hook.face].sign(tx, self._world, raw, _forgery(hook.mischief))
        if hook.mischief == "reserialised":
            raw = json.dumps(json.loads(hook.body), indent=1).encode()
        message = Message("out", hook.face, "POST", hook.url, key=str(hook.id), request=hook.body)
        entry = self._journal.open(message, wall=wall(), at=self._world.clock.now())
        status, answer = await post(hook.url, raw, headers)
        self._journal.close(
            entry, Outcome(status, answer, (f"hook.{hook.kind} {hook.id}",), hook.mischief)
        )
        pause = None if 200 <= status < 300 else self._faces[hook.face].retry(hook.tries)
        state = "sent" if 200 <= status < 300 else "given_up" if pause is None else "waiting"
        with self._store.transaction() as tx:
            tx.query(
                "UPDATE hook SET state = ?, next_at = ?, answer = ? WHERE id = ?",
                state, wall().timestamp() + (pause or 0.0), f"{status} {answer}"[:200], hook.id,
            )  # fmt: skip

    async def drop(self) -> None:
        """Let go of what is on its way: its rows are about to be others."""
        leaving = list(self._busy)
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)

    def recover(self) -> None:
        """What was being sent when the process died is sent again: the other side must bear it."""
        with self._store.transaction() as tx:
            tx.query("UPDATE hook SET state = 'waiting' WHERE state = 'sending'")

    def resend(self, ident: int) -> bool:
        """Send one again, whatever became of it."""
        with self._store.transaction() as tx:
            found = tx.query(
                "UPDATE hook SET state = 'waiting', next_at = 0, mischief = '' WHERE id = ?"
                " RETURNING id",
                ident,
            )
        self.wake()
        return bool(found)

    def listed(self) -> list[dict[str, Any]]:
        """All of them, in order."""
        with self._store.transaction() as tx:
            rows = tx.query(f"SELECT {', '.join(COLUMNS)} FROM hook ORDER BY id")  # noqa: S608 - names of this file
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _forgery(mischief: str) -> Forgery:
    return Forgery(
        shift={"stale": STALE, "future": -STALE}.get(mischief, 0),
        bad=mischief == "bad_signature",
        other_key=mischief == "other_kid",
    )


async def post(url: str, raw: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """POST a JSON body to this machine; (0, reason) when there was no answer."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        return 0, "the sandbox calls nobody but this machine"
    lines = {
        "host": parts.netloc,
        "content-type": "application/json",
        "content-length": str(len(raw)),
        "connection": "close",
        **headers,
    }
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    head = f"POST {target or '/'} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    try:
        async with asyncio.timeout(WAIT):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
            try:
                writer.write(head.encode() + b"\r\n" + raw)
                answer = (await reader.read(4096)).decode(errors="replace")
            finally:
                writer.close()
        status = answer.split(" ", 2)[1]
        return (int(status), answer.partition("\r\n\r\n")[2]) if status.isdigit() else (0, answer)
    except (TimeoutError, OSError, IndexError) as gone:
        return 0, f"{type(gone).__name__}: {gone}"
