"""Sockets that listen, and payments that are due at their own moments, answered or not.

A process of its own: `python -m bench.socket.load PORT SOCKETS RATE SECONDS`; people come from
BENCH_REQUESTS. A wait counts from the moment its payment was due until its payee's first socket
has been told. Rate 0: the sockets are opened and kept, until a line comes. Prints a line of JSON.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvloop

CONNECTIONS: Final = 32
WARM_UP: Final = 3.0
LAST_SECONDS: Final = 5.0
_PONG: Final = 0x8A
_PING: Final = 0x9


@dataclass(slots=True)
class Tally:
    """What was heard: the first word of each payment, and all messages by type."""

    heard: dict[str, float] = field(default_factory=dict)
    messages: Counter[str] = field(default_factory=Counter)


class Ear(asyncio.Protocol):
    """A socket, as small as it can be: it answers pings and looks for payments."""

    def __init__(self, head: bytes, tally: Tally) -> None:
        self.head = head
        self.tally = tally
        self.buffer = b""
        self.is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's own
        self.transport.write(self.head)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self.buffer.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(self.buffer[:200].decode()))
                return
            self.buffer, self.is_open = self.buffer[end + 4 :], True
        while self._take():
            pass

    def _take(self) -> bool:
        """Take a frame, if one is whole: of a server they are not masked."""
        if len(self.buffer) < 2:
            return False
        length, start = self.buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(self.buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(self.buffer[2:10]), 10
        if len(self.buffer) < start + length:
            return False
        opcode, payload = self.buffer[0] & 0xF, self.buffer[start : start + length]
        self.buffer = self.buffer[start + length :]
        if opcode == _PING:
            self.transport.write(bytes([_PONG, 0x80 | length, 0, 0, 0, 0]) + payload)
        elif opcode == 1:
            self._hear(payload)
        return True

    def _hear(self, payload: bytes) -> None:
        kind = payload.split(b'"type":"', 1)[1].split(b'"', 1)[0].decode()
        self.tally.messages[kind] += 1
        if kind == "hello" and not self.opened.done():
            self.opened.set_result(None)
        elif kind == "payment_received":
            note = json.loads(payload)["data"]["payment"]["note"]
            self.tally.heard.setdefault(note, time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        self.tally.messages["closed"] += 1
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed"))


async def listen(port: int, sockets: int, heads: list[str], tally: Tally) -> list[Ear]:
    """Open the sockets, twenty at a time."""
    ears = []
    loop = asyncio.get_running_loop()
    upgrade = (
        "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    for first in range(0, sockets, 20):
        some = []
        for n in range(first, min(sockets, first + 20)):
            line = next(h for h in heads[n % len(heads)].split("\r\n") if h.startswith("auth"))
            head = f"GET /v1/ws HTTP/1.1\r\nhost: bench\r\n{line}\r\n{upgrade}".encode()
            ear = Ear(head, tally)
            await loop.create_connection(lambda e=ear: e, "127.0.0.1", port)  # type: ignore[misc]
            some.append(ear)
        await asyncio.gather(*(e.opened for e in some))
        ears += some
    return ears


async def pay(
    port: int, known: dict[str, list[str]], *, rate: float, seconds: float
) -> tuple[dict[str, float], list[float], Counter[str]]:
    """Send the payments; give when each was due by its note, waits for answers, and statuses."""
    due: asyncio.Queue[tuple[int, float] | None] = asyncio.Queue()
    asked: dict[str, float] = {}
    answered: list[float] = []
    statuses: Counter[str] = Counter()
    prefix = f"{time.time_ns():x}"

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (turn := await due.get()) is not None:
            n, at = turn
            note = f"{prefix}-{n}"
            asked[note] = at
            people = len(known["heads"])
            body = json.dumps(json.loads(known["bodies"][n % people]) | {"note": note}).encode()
            head = f"{known['heads'][n % people]}idempotency-key: {note}\r\n"
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            statuses[answer[9:12].decode()] += 1
            length = answer.lower().split(b"content-length:", 1)[1].split(b"\r", 1)[0]
            await reader.readexactly(int(length))
            answered.append((time.perf_counter() - at) * 1000)
        writer.close()

    senders = [asyncio.create_task(send()) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for n in range(int(rate * (seconds + WARM_UP))):
        at = began + n / rate
        if (pause := at - time.perf_counter()) > 0:
            await asyncio.sleep(pause)
        due.put_nowait((n, at))
    for _ in senders:
        due.put_nowait(None)
    await asyncio.gather(*senders)
    counted = {k: v for k, v in asked.items() if v >= began + WARM_UP}
    return counted, answered[-len(counted) :], statuses


async def run(
    known: dict[str, list[str]], port: int, sockets: int, rate: float, seconds: float
) -> dict[str, object]:
    """Listen, pay, compare."""
    tally = Tally()
    ears = await listen(port, sockets, known["heads"], tally)
    if not rate:
        print(json.dumps({"open": sum(e.is_open for e in ears)}), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        return {"open": sum(not e.transport.is_closing() for e in ears)}
    asked, answered, statuses = await pay(port, known, rate=rate, seconds=seconds)
    await asyncio.wait({asyncio.create_task(_until_told(asked, tally))}, timeout=LAST_SECONDS)
    waits = [(tally.heard[k] - at) * 1000 for k, at in asked.items() if k in tally.heard]
    return {
        "payments": len(asked),
        "told": len(waits),
        "statuses": dict(statuses),
        "messages": dict(tally.messages),
        "answered_p95_ms": _at(answered, 95),
        **{f"p{share}_ms": _at(waits, share) for share in (50, 95, 99)},
        "max_ms": _at(waits, 100),
    }


async def _until_told(asked: dict[str, float], tally: Tally) -> None:
    for note in asked:
        while note not in tally.heard:  # noqa: ASYNC110 - a load does not wake itself up
            await asyncio.sleep(0.05)


def _at(waits: list[float], share: int) -> float:
    return round(sorted(waits)[min(len(waits) - 1, len(waits) * share // 100)], 1)


if __name__ == "__main__":
    port_, sockets_, rate_, seconds_ = sys.argv[1:]
    people = json.loads(Path(os.environ["BENCH_REQUESTS"]).read_text())
    work = run(people, int(port_), int(sockets_), float(rate_), float(seconds_))
    print(json.dumps(uvloop.run(work)), flush=True)
