"""People who deposit beside the load: each asks once a second, whatever becomes of it.

A process of its own: `python -m bench.providers.beside PORT DEPOSITORS.json SECONDS`. Prints how
many were answered with which status.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from pathlib import Path

import httpx2


async def _person(url: str, token: str, source: str, stop: float, seen: Counter[int]) -> None:
    async with httpx2.AsyncClient(base_url=url, timeout=30) as http:
        while (began := time.monotonic()) < stop:
            headers = {
                "authorization": f"Bearer {token}",
                "idempotency-key": f"beside-{time.time_ns()}",
            }
            body = {"funding_source_id": source, "amount": 100}
            try:
                answer = await http.post("/v1/deposits", headers=headers, json=body)
                seen[answer.status_code] += 1
            except httpx2.TransportError:
                seen[0] += 1
            await asyncio.sleep(max(0.0, 1.0 - (time.monotonic() - began)))


async def _all(port: int, people: list[dict[str, str]], seconds: float) -> Counter[int]:
    seen: Counter[int] = Counter()
    stop = time.monotonic() + seconds
    url = f"http://127.0.0.1:{port}"
    async with asyncio.TaskGroup() as group:
        for person in people:  # nobody asks at the same instant as everybody
            group.create_task(_person(url, person["token"], person["source"], stop, seen))
            await asyncio.sleep(1 / len(people))
    return seen


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[2]).read_text())
    print(json.dumps(asyncio.run(_all(int(sys.argv[1]), wanted, float(sys.argv[3])))))
