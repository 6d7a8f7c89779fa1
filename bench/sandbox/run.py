"""Open transfers, let days go by, then ask at a rate whatever the answers take."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx2

from tests.support.bank import Linked, link
from tests.support.sandbox import Sandbox, running

TRANSFERS: Final = 10_000
SECONDS: Final = 15
RATE: Final = 200
DAY_SECONDS_MAX: Final = 5.0
P99_MS_MAX: Final = 50.0
AT_ONCE: Final = 16


async def open_many(ana: Linked, count: int) -> float:
    """Open transfers as a client does; give how many a second."""
    box, left = ana.box, iter(range(count))
    headers = {"plaid-client-id": box.plaid_client_id, "plaid-secret": box.plaid_secret}
    account = {"access_token": ana.token, "account_id": ana.accounts["Plaid Checking"]}

    async def work(client: httpx2.AsyncClient) -> None:
        for number in left:
            asked = {
                "type": "debit", "network": "ach", "amount": "5.00", "ach_class": "web",
                "user": {"legal_name": "Ana Lopez"}, "idempotency_key": f"b{number}", **account,
            }  # fmt: skip
            answer = await client.post("/transfer/authorization/create", json=asked)
            ident = answer.json()["authorization"]["id"]
            move = {"authorization_id": ident, "description": "Quid", **account}
            (await client.post("/transfer/create", json=move)).raise_for_status()

    began = time.monotonic()
    async with httpx2.AsyncClient(base_url=box.plaid, headers=headers, timeout=60) as client:
        await asyncio.gather(*(work(client) for _ in range(AT_ONCE)))
    return count / (time.monotonic() - began)


async def at_a_rate(box: Sandbox, seconds: int) -> list[float]:
    """Ask on the beat, never waiting for answers before; give the milliseconds, sorted.

    Over plain sockets: a client of the usual kind needs more of the processor than the sandbox.
    """
    body = b'{"after_id": 0, "count": 25}'
    lines = [
        "POST /transfer/event/sync HTTP/1.1", "host: bench", f"content-length: {len(body)}",
        f"plaid-client-id: {box.plaid_client_id}", f"plaid-secret: {box.plaid_secret}",
    ]  # fmt: skip
    request = "\r\n".join([*lines, "", ""]).encode() + body
    port = int(box.plaid.rpartition(":")[2])
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(AT_ONCE):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    took: list[float] = []

    async def ask(due: float) -> None:
        reader, writer = await free.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        free.put_nowait((reader, writer))
        # From when it was due, not from when it was sent: a queue counts.
        took.append((time.monotonic() - due) * 1000)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(seconds * RATE):
            due = began + number / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(ask(due))
    return sorted(took)


def main(words: list[str]) -> int:
    """Run it; exit 1 when a promise is not kept."""
    options = dict(word[2:].split("=", 1) for word in words if "=" in word)
    count = int(options.get("transfers", TRANSFERS))
    seconds = int(options.get("seconds", SECONDS))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "home") as box:
        box.order("POST", "clock", {"set": "2026-03-02T14:00:00+00:00"})
        per_second = asyncio.run(open_many(link(box), count))
        print(f"{count:,} transfers opened, {per_second:,.0f}/s", flush=True)
        took = []
        for day in ("posted", "settled"):
            box.web.timeout = httpx2.Timeout(120)
            began = time.monotonic()
            happened = box.advance(hours=12)["happened"]
            took.append(time.monotonic() - began)
            print(f"{day}: {happened:,} steps in {took[-1]:.2f} s", flush=True)
        found = asyncio.run(at_a_rate(box, seconds))
    p99 = found[len(found) * 99 // 100]
    print(f"{RATE} requests/s: p50 {found[len(found) // 2]:.1f} ms, p99 {p99:.1f} ms")
    return 0 if max(took) < DAY_SECONDS_MAX and p99 < P99_MS_MAX else 1
