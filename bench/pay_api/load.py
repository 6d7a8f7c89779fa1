"""The load: many connections, each sends its next payment when the last is answered.

A process of its own: `python -m bench.pay_api.load PLAN.json`. Prints one JSON line. Latency starts
when the request is written and ends when the whole answer has arrived.
"""

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvloop

_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send. `heads` end before the key; `bodies` belong to the heads, one for one.

    `pause`: seconds from an answer to the connection's next request; 0 = as fast as it goes.
    """

    host: str
    port: int
    connections: int
    seconds: float
    warm_up: float
    prefix: str
    heads: list[str]
    bodies: list[str]
    pause: float = 0.0


@dataclass(slots=True)
class Tally:
    """What came back after the warm-up. Latencies in seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


class Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, number: int, plan: Plan, tally: Tally, counts_from: float) -> None:
        self.number = number
        self.plan = plan
        self.tally = tally
        self.counts_from = counts_from
        self.stops_at = counts_from + plan.seconds
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sent = 0
        self.buffer = b""
        self.started = 0.0
        n = len(plan.heads)
        self.requests = [
            (plan.heads[i].encode(), plan.bodies[i].encode())
            for i in range(number, n, plan.connections)
        ] or [(plan.heads[number % n].encode(), plan.bodies[number % n].encode())]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's own
        self.send()

    def send(self) -> None:
        head, body = self.requests[self.sent % len(self.requests)]
        key = f"{self.plan.prefix}-{self.number}-{self.sent}".encode()
        self.sent += 1
        self.started = time.perf_counter()
        self.transport.write(
            b"%sidempotency-key: %s\r\ncontent-length: %d\r\n\r\n%s" % (head, key, len(body), body)
        )

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(_END)
        if end < 0:
            return
        head = self.buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r", 1)[0])
        if len(self.buffer) < end + 4 + length:
            return
        status = head[9:12].decode()
        self.buffer = b""
        now = time.perf_counter()
        if now >= self.counts_from:
            self.tally.latencies.append(now - self.started)
            self.tally.statuses[status] = self.tally.statuses.get(status, 0) + 1
        if now < self.stops_at:
            if self.plan.pause:
                asyncio.get_running_loop().call_later(self.plan.pause, self.send)
            else:
                self.send()
        else:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))


async def run(plan: Plan) -> Tally:
    """Drive all connections to the end."""
    tally = Tally()
    counts_from = time.perf_counter() + plan.warm_up
    loop = asyncio.get_running_loop()
    clients = [Client(n, plan, tally, counts_from) for n in range(plan.connections)]
    for client in clients:
        await loop.create_connection(lambda c=client: c, plan.host, plan.port)  # type: ignore[misc]
    await asyncio.gather(*(c.done for c in clients))
    return tally


def main() -> None:
    """Read the plan, run it, print the figures."""
    plan = Plan(**json.loads(Path(sys.argv[1]).read_text()))
    cpu_before = os.times()
    tally = uvloop.run(run(plan))
    cpu = os.times()
    ordered = sorted(tally.latencies)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000

    print(
        json.dumps(
            {
                "answers": len(ordered),
                "per_second": len(ordered) / plan.seconds,
                "statuses": tally.statuses,
                "p50_ms": at(0.50),
                "p95_ms": at(0.95),
                "p99_ms": at(0.99),
                "client_cpu_us": (cpu.user + cpu.system - cpu_before.user - cpu_before.system)
                * 1e6
                / max(1, len(ordered)),
            }
        )
    )


if __name__ == "__main__":
    main()
