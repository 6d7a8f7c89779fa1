"""The socket on a bad day: processes die, rings are lost; what a device knows is what the API says.

Two processes of the API and a worker, real ones, on the servers of the run.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx2
import pytest

from quid.entrypoints.local import ports
from quid.notifications.service import listeners
from tests.support.api import signed_in
from tests.support.lossy import lossy
from tests.support.payers import Payer
from tests.support.people import People
from tests.support.socket import Ear, Known, agrees, listening, opened, told, until
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]

NOWHERE: Final = "redis://127.0.0.1:1/0"
pytestmark = pytest.mark.alone


@dataclass(slots=True)
class Processes:
    """What the test has started."""

    environ: Mapping[str, str]
    folder: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, part: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Start the API or a worker."""
        log = (self.folder / f"{part}{len(self.running)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"quid.entrypoints.{part}"],
                env={**self.environ, "QUID_API_WORKERS": "1", "QUID_LANES": "1", **settings},
                stdout=log,
                stderr=log,
            )
        self.running.append(process)
        return process

    async def api(self, **settings: str) -> tuple[str, "subprocess.Popen[bytes]"]:
        """Start an API process; give its address, ready."""
        port = ports.choose({})
        process = self.start("api", QUID_PORT=str(port.number), **settings)
        address = f"http://127.0.0.1:{port.number}"
        async with httpx2.AsyncClient(base_url=address) as client:
            for _ in range(600):
                try:
                    if (await client.get("/healthz")).status_code == 200:
                        break
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)
        port.release()
        return address, process

    def stop(self) -> None:
        """End all of them."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running:
            process.wait(30)


@pytest.fixture
async def processes(app: object, tmp_path: Path) -> AsyncIterator[Processes]:
    """Starts processes beside the application of the test, with its settings."""
    assert app is not None
    made = Processes(dict(os.environ), tmp_path)
    yield made
    made.stop()


async def _client(
    stack: AsyncExitStack, address: str, who: Payer | None = None
) -> httpx2.AsyncClient:
    client = await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=30))
    if who is not None:
        client.headers["authorization"] = who.http.headers["authorization"]
    return client


async def _pay_often(payer: Payer, payee: Payer, many: int) -> None:
    for n in range(many):
        answer = await payer.pay(payee.who, 1 + n)
        assert answer.status_code == 201, answer.text
        await asyncio.sleep(0.02)


async def test_a_bad_day(processes: Processes, people: People, valkey_url: str) -> None:
    """One start of the processes for all of it: a start costs more than the day."""
    ana, ben = await people.add("ana", tier=2), await people.add("ben", tier=2)
    async with AsyncExitStack() as stack:
        way = await stack.enter_async_context(lossy(valkey_url, "frames", 0.3))
        (first, dying), (second, _) = await asyncio.gather(processes.api(), processes.api())
        worker = processes.start("worker", QUID_VALKEY_URL=way)
        of_ana, of_ben = await _client(stack, second), await _client(stack, second)
        payer = Payer(ana, await signed_in(of_ana, "ana"))
        payee = Payer(ben, await signed_in(of_ben, "ben"))
        phone = Payer(ben, await signed_in(await _client(stack, first), "ben"))

        known, tablet = Known(), Known()
        stays = await stack.enter_async_context(listening(second, payee.http, tablet))
        paying = asyncio.create_task(_pay_often(payer, payee, 60))
        async with listening(first, phone.http, known) as falls:
            await falls.heard("payment_received", 5)
            dying.kill()
            assert await falls.closed() == 1006
        async with listening(second, phone.http, known) as resumed:
            await resumed.heard("payment_received", 20)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            processes.start("worker", QUID_VALKEY_URL=way)
            await paying
            for ear in (resumed, stays):
                await ear.heard("payment_received", 60)
                await agrees(ear, payee.http)
                assert ear.known.resyncs == []
            assert [_amount(f) for f in told(known, "payment_received")] == list(range(1, 61))
            await _ends_with_its_session(resumed, phone, payer, stays)


def _amount(data: dict[str, dict[str, int]]) -> int:
    return data["payment"]["amount"]


async def _ends_with_its_session(ends: Ear, phone: Payer, payer: Payer, stays: Ear) -> None:
    """What is paid after a session has ended is told to the other device alone."""
    frames = len(ends.known.frames)
    # The process that it signed in at is dead; the session is not.
    async with httpx2.AsyncClient(base_url=str(payer.http.base_url)) as other:
        other.headers["authorization"] = phone.http.headers["authorization"]
        assert (await other.post("/v1/auth/sign-out")).status_code == 204
    await payer.pay(phone.who, 4321)
    await stays.until(lambda k: _amount(told(k, "payment_received")[-1]) == 4321)
    assert await ends.closed() == listeners.ENDED
    assert [f["type"] for f in ends.known.frames[frames:]] == ["session_ended"]


async def test_nobody_rings(processes: Processes, people: People) -> None:
    """As if the worker died each time between its commit and the ring: the sweep finds it."""
    ana, ben = await people.add("ana", tier=2), await people.add("ben", tier=2)
    async with AsyncExitStack() as stack:
        address, api = await processes.api()
        processes.start("worker", QUID_VALKEY_URL=NOWHERE)
        payer = Payer(ana, await signed_in(await _client(stack, address), "ana"))
        payee = Payer(ben, await signed_in(await _client(stack, address), "ben"))
        ear = await stack.enter_async_context(listening(address, payee.http))
        await _pay_often(payer, payee, 5)
        await ear.heard("payment_received", 5)
        await agrees(ear, payee.http)

        # A process that stops says so, and lets nobody wait for it.
        line = await opened(address, payee.http)
        api.send_signal(signal.SIGTERM)
        assert await ear.closed() == 1012
        await until(lambda: api.poll() is not None)
        await line.wait_closed()
        assert line.close_code == 1012
