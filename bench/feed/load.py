"""So many pages a second, each due at its own moment, whether or not the last was answered.

A process of its own: `python -m bench.feed.load quid PORT` or `join URL`, then `many` or `few`
(friends), RATE, SECONDS; the readers come from BENCH_REQUESTS. A wait counts from the moment its
page was due. Each connection reads on: a first page, then the next ones to the tenth, then a first
one again. Prints a line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import uvloop

from bench.feed.join import JOIN

CONNECTIONS: Final = 32
DEPTH: Final = 10
PAGE: Final = 20
WARM_UP: Final = 2.0
TOP: Final = (datetime(2100, 1, 1, tzinfo=UTC), UUID(int=0))
Turn = Callable[[], Awaitable[str]]


@dataclass(slots=True)
class Page:
    """Where a reader of the API stands."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    token: str
    cursor: str | None = None
    depth: int = 0

    async def turn(self) -> str:
        """Read the next page; give the status."""
        after = f"&cursor={self.cursor}" if self.cursor and self.depth else ""
        self.writer.write(
            f"GET /v1/feed?limit={PAGE}{after} HTTP/1.1\r\nhost: bench\r\n"
            f"authorization: Bearer {self.token}\r\n\r\n".encode()
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
        told = json.loads(await self.reader.readexactly(int(fields[b"content-length"])))
        status = head.split(b" ", 2)[1].decode()
        if status == "200" and len(told["items"]) != PAGE:
            return "short"
        self.cursor, self.depth = told.get("next_cursor"), (self.depth + 1) % DEPTH
        return status


@dataclass(slots=True)
class Join:
    """Where a reader by SQL stands: straight to the database, without a door."""

    conn: asyncpg.Connection
    viewer: UUID
    before: tuple[datetime, UUID] | None = None
    depth: int = 0

    async def turn(self) -> str:
        """Read the next page; say whether it is whole."""
        at, last = (self.before if self.depth else None) or TOP
        rows = await self.conn.fetch(JOIN, self.viewer, at, last)
        self.before, self.depth = (rows[-1]["at"], rows[-1]["id"]), (self.depth + 1) % DEPTH
        return "200" if len(rows) == PAGE else "short"


async def turns(words: list[str], known: dict[str, list[str]]) -> list[Turn]:
    """Open the connections of the readers that are known."""
    found: list[Turn] = []
    for n in range(CONNECTIONS):
        if words[0] == "quid":
            reader, writer = await asyncio.open_connection("127.0.0.1", int(words[1]))
            found.append(Page(reader, writer, known["tokens"][n % len(known["tokens"])]).turn)
        else:
            viewer = UUID(known["readers"][n % len(known["readers"])])
            found.append(Join(await asyncpg.connect(words[1]), viewer).turn)
    return found


async def load(
    words: list[str], known: dict[str, list[str]], *, rate: float, seconds: float
) -> dict[str, object]:
    """Read the pages; give the waits in ms and the statuses, those of the warm-up aside."""
    waits: list[float] = []
    seen: Counter[str] = Counter()
    due: asyncio.Queue[float | None] = asyncio.Queue()
    began = time.perf_counter()

    async def read(turn: Turn) -> None:
        while (at := await due.get()) is not None:
            seen[await turn()] += 1
            if at - began >= WARM_UP:
                waits.append((time.perf_counter() - at) * 1000)

    readers = [asyncio.create_task(read(turn)) for turn in await turns(words, known)]
    began = time.perf_counter()
    for n in range(int(rate * (seconds + WARM_UP))):
        at = began + n / rate
        if (pause := at - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        due.put_nowait(at)
    for _ in readers:
        due.put_nowait(None)
    await asyncio.gather(*readers)
    waits.sort()
    return {
        "pages": sum(seen.values()),
        "statuses": dict(seen),
        "p50_ms": round(waits[len(waits) // 2], 2),
        "p99_ms": round(waits[len(waits) * 99 // 100], 2),
        "max_ms": round(waits[-1], 2),
    }


if __name__ == "__main__":
    *what, kind, rate_, seconds_ = sys.argv[1:]
    readers_ = json.loads(Path(os.environ["BENCH_REQUESTS"]).read_text())[kind]
    done = load(what, readers_, rate=float(rate_), seconds=float(seconds_))
    print(json.dumps(uvloop.run(done)))
