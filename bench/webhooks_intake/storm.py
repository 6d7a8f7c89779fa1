"""So many webhooks a second, each due at its own moment, whether or not the last was answered.

A process of its own: `python -m bench.webhooks_intake.storm PORT KIND RATE SECONDS`; KIND is
`equal` or `different`. A wait is counted from the moment it was due. Prints one line of JSON.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections import Counter

from quid.kit import clock

SECRET = b"whsec_bench"
CONNECTIONS = 32


def request(name: str) -> bytes:
    """A webhook as the card processor signs it."""
    raw = json.dumps(
        {
            "id": name,
            "object": "event",
            "type": "payment_intent.succeeded",
            "created": 1_700_000_000,
            "livemode": False,
            "data": {"object": {"id": "pi_1", "object": "payment_intent", "status": "succeeded"}},
            "more": "x" * 1500,
        }
    ).encode()
    at = int(clock.now().timestamp())
    digest = hmac.new(SECRET, f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    head = (
        "POST /v1/webhooks/stripe HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        f"stripe-signature: t={at},v1={digest}\r\ncontent-length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:] if line)
    await reader.readexactly(int(fields[b"content-length"]))
    return int(head.split(b" ", 2)[1])


async def storm(port: int, kind: str, rate: float, seconds: float) -> dict[str, object]:
    """Send them; give the waits in ms and the statuses."""
    waits: list[float] = []
    seen: Counter[int] = Counter()
    due: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
    equal = request("evt_same")

    async def send() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (one := await due.get()) is not None:
            at, raw = one
            writer.write(raw)
            seen[await _answer(reader)] += 1
            waits.append((time.perf_counter() - at) * 1000)
        writer.close()

    senders = [asyncio.create_task(send()) for _ in range(CONNECTIONS)]
    many, began = int(rate * seconds), time.perf_counter()
    for n in range(many):
        at = began + n / rate
        pause = at - time.perf_counter()
        if pause > 0:
            await asyncio.sleep(pause)
        due.put_nowait((at, equal if kind == "equal" else request(f"evt_{began}_{n}")))
    for _ in senders:
        due.put_nowait(None)
    await asyncio.gather(*senders)
    took = time.perf_counter() - began
    waits.sort()
    return {
        "kind": kind,
        "sent": many,
        "seconds": round(took, 2),
        "p50_ms": round(waits[len(waits) // 2], 2),
        "p99_ms": round(waits[len(waits) * 99 // 100], 2),
        "max_ms": round(waits[-1], 2),
        "statuses": dict(seen),
    }


if __name__ == "__main__":
    found = storm(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
    print(json.dumps(asyncio.run(found)))
