"""Runs flows in processes that may die: `python -m tests.crash.failpoints.zygote`.

It loads the application once and forks for each order, because a cell that starts an interpreter
costs a second and a fork a twentieth of it. It opens nothing itself: no socket, thread or loop.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import AsyncExitStack

import msgspec

from quid.entrypoints.api.app import create
from quid.kit import db, failpoints, outbox, runtime
from quid.kit.runtime import Runtime
from tests.crash.failpoints.acts import ACTS, CONSUMERS
from tests.crash.failpoints.orders import DIED, Fault, Order, Told
from tests.support.api import client_of, serving

SECONDS = 40


class InjectedError(Exception):
    """An error that no code expects."""


class Watch:
    """Notes each point met, and makes the fault when its turn has come."""

    def __init__(self, fault: Fault | None) -> None:
        self.met: list[str] = []
        self._counts: Counter[str] = Counter()
        self._fault = fault
        self._is_on = False

    def start(self) -> None:
        """Begin: what the application does while it starts is not part of a flow."""
        failpoints.reach = self.reach  # type: ignore[assignment]  # a method in a function's place
        self._is_on = True

    def stop(self) -> None:
        """End: nor what it does while it stops."""
        self._is_on = False

    def reach(self, point: str) -> None:
        """Stand in the place of `kit.failpoints.reach`."""
        if not self._is_on:
            return
        self.met.append(point)
        self._counts[point] += 1
        fault = self._fault
        if fault is None or point != fault.point or self._counts[point] != fault.nth:
            return
        if fault.how == "die":
            os._exit(DIED)
        raise InjectedError(point)


async def run(order: Order, app: object) -> Told:
    """Run one order in this process."""
    watch = Watch(order.fault)
    told = Told(met=watch.met)
    async with serving(app) as door, AsyncExitStack() as stack:  # type: ignore[arg-type]  # made below
        with runtime.use(door._runtime) as rt:
            watch.start()
            for step in order.steps:
                if step.act:
                    await ACTS[step.act](rt, order.facts)
                    told.statuses.append(0)
                    told.bodies.append("")
                    continue
                client = await stack.enter_async_context(
                    client_of(door, **order.clients[step.caller])
                )
                client.cookies.update(order.cookies[step.caller])
                answer = await client.request(
                    step.method, step.url, json=step.body, headers=step.headers
                )
                told.statuses.append(answer.status_code)
                told.bodies.append(answer.text)
            watch.stop()
            if order.drain:
                await drain(rt)
    return told


async def drain(rt: Runtime) -> None:
    """Do what the worker would: take every event that there is."""
    database = rt.part(db.Database)
    behind = "select 1 from kit.outbox o join kit.outbox_cursor c on (o.xid, o.id) > (c.xid, c.id)"
    for _ in range(1000):
        for consumer in CONSUMERS:
            await outbox.consume(database, consumer)
        async with database.read() as conn:
            if not await conn.fetch(f"{behind} limit 1"):
                return
        await asyncio.sleep(0.01)  # somebody's older transaction is still open on this server
    raise TimeoutError("events are left")


def child(order: Order, app: object, out: int) -> None:
    """Run the order and write what is to be told; never return."""
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(order.environ)
    signal.alarm(SECONDS)
    try:
        told = asyncio.run(run(order, app))
    except BaseException as e:  # noqa: BLE001 - whatever it is, the test must read of it
        told = Told(error=f"{type(e).__name__}: {e}")
    os.write(out, msgspec.json.encode(told))
    os._exit(0)


def forked(order: Order, app: object) -> Told:
    """Run the order in a fork, and give what it told, or that it died."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        child(order, app, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == DIED:
        return Told(died=True)
    return msgspec.json.decode(said, type=Told) if code == 0 else Told(error=f"exit {code}")


def main() -> None:
    """Answer orders until the test closes our input."""
    app = create()
    for line in sys.stdin.buffer:
        told = forked(msgspec.json.decode(line, type=Order), app)
        sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
