"""The control routes of tests: `/_sandbox/...`, with a token, on a port of their own."""

import hmac
import inspect
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

import msgspec

from quid_sandbox.core.calls import Reply
from quid_sandbox.core.clock import MANUAL
from quid_sandbox.core.engine import Engine
from quid_sandbox.core.face import Face
from quid_sandbox.core.faults import Fault, Faults
from quid_sandbox.core.hooks import Hooks
from quid_sandbox.core.journal import Journal
from quid_sandbox.core.server import Receive, Scope, Send, answer, read_body
from quid_sandbox.core.store import Store
from quid_sandbox.core.world import World

PREFIX: Final = "/_sandbox/"


class Parts(NamedTuple):
    """What the control routes reach."""

    store: Store
    world: World
    faces: Mapping[str, Face]
    engine: Engine
    hooks: Hooks
    faults: Faults


class Order(NamedTuple):
    """A control request: what follows its name in the path, its body, its query."""

    rest: str
    body: dict[str, Any]
    query: Mapping[str, str]


class Control:
    """Time, faults, books, the journal."""

    def __init__(self, parts: Parts) -> None:
        self._store, self._world, self._faces, self._engine, self._hooks, self._faults = parts
        self._journal = Journal(parts.store)
        self._orders: dict[tuple[str, str], Callable[[Order], object]] = {
            ("GET", "clock"): lambda _: self._time(),
            ("POST", "clock"): self._clock,
            ("GET", "faults"): lambda _: self._faults.listed(),
            ("POST", "faults"): self._fault,
            ("DELETE", "faults"): lambda _: self._faults.clear(),
            ("GET", "journal"): self._messages,
            ("GET", "hooks"): lambda _: self._hooks.listed(),
            ("POST", "hooks"): lambda order: {"resent": self._hooks.resend(int(order.rest))},
            ("GET", "state"): lambda order: self._rows(order.rest),
            ("GET", "rules"): lambda _: self._rows("rule"),
            ("POST", "rules"): self._rule,
            ("POST", "books"): self._books,
            ("POST", "reset"): self._reset,
            ("POST", "snapshot"): lambda order: self._store.snapshot(order.body["name"]),
            ("POST", "restore"): self._restore,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one control request."""
        body = await read_body(receive)
        bearer = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if not hmac.compare_digest(bearer, f"Bearer {self._world.keys.control_token}"):
            await answer(send, Reply.json({"error": "the control token is needed"}, 401))
            return
        name, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode("latin-1")).items()}
        try:
            order = Order(rest, json.loads(body or b"{}"), query)
            reply = await self._run(scope["method"], name, order)
        except (ValueError, KeyError, TypeError, FileNotFoundError) as wrong:
            reply = Reply.json({"error": f"{type(wrong).__name__}: {wrong}"}, 400)
        self._hooks.wake()
        await answer(send, reply)

    async def _run(self, method: str, name: str, order: Order) -> Reply:
        found = self._orders.get((method, name))
        if found is None:
            return Reply.json({"error": "no such control route"}, 404)
        done = found(order)
        return Reply.json(await done if inspect.isawaitable(done) else done)

    def _fault(self, order: Order) -> list[dict[str, Any]]:
        self._faults.add(msgspec.convert(order.body, Fault))
        return self._faults.listed()

    def _messages(self, order: Order) -> list[dict[str, Any]]:
        return self._journal.listed(
            after=int(order.query.get("after", "0")),
            face=order.query.get("face", ""),
            path=order.query.get("path", ""),
        )

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        with self._store.transaction() as tx:
            return tx.all(kind)

    def _rule(self, order: Order) -> list[dict[str, Any]]:
        with self._store.transaction() as tx:
            tx.put("rule", order.body, ident=f"{tx.next('rule'):06}")
            return tx.all("rule")

    def reset(self) -> None:
        """Everything as in the beginning, but the keys and the clock."""
        self._faults.clear()
        self._store.reset()
        with self._store.transaction() as tx:
            tx.next("born")
            tx.put("clock", self._world.clock.document())
            for face in self._faces.values():
                face.seed(tx, self._world, self._world.clock.now())

    def _books(self, order: Order) -> None:
        """Falsify a provider's own book: delete, double or alter an entry."""
        kind, ident, do = order.body["type"], order.body["id"], order.body["do"]
        with self._store.transaction() as tx:
            body = tx.get(kind, ident)
            if body is None:
                raise KeyError(ident)
            if do == "delete":
                tx.delete(kind, ident)
            elif do == "double":
                double = tx.new_id("double_")
                tx.query(
                    "INSERT INTO object (type, id, owner, key, body) SELECT type, ?, owner, key,"
                    " json_set(body, '$.id', ?) FROM object WHERE type = ? AND id = ?",
                    double, double, kind, ident,
                )  # fmt: skip
            elif do == "alter":
                tx.put(kind, body | order.body["change"], ident=ident)
            else:
                raise ValueError("do is delete, double or alter")

    async def _clock(self, order: Order) -> dict[str, Any]:
        """One of rate, set, advance (seconds), next_event; what is due happens before the answer.

        What happens sees the clock stand at its own time.
        """
        clock, given = self._world.clock, order.body
        if "rate" in given:
            clock.go(float(given["rate"]))
            return self._time()
        if clock.rate != MANUAL:
            raise ValueError("time that goes by itself is not moved by hand: set rate 0 first")
        if "set" in given:
            until = datetime.fromisoformat(given["set"]).astimezone(UTC)
        elif "advance" in given:
            until = clock.now() + timedelta(seconds=float(given["advance"]))
        elif given.get("next_event"):
            until = max(self._engine.next_at() or clock.now(), clock.now())
        else:
            raise ValueError("one of rate, set, advance, next_event")
        happened = await self._engine.catch_up(until)
        clock.set(until)
        self._keep_time()
        return self._time(happened)

    def _keep_time(self) -> None:
        with self._store.transaction() as tx:
            tx.put("clock", self._world.clock.document())

    async def _reset(self, _: Order) -> None:
        await self._hooks.drop()
        self.reset()

    async def _restore(self, order: Order) -> None:
        await self._hooks.drop()
        self._store.restore(order.body["name"])
        self._hooks.recover()
        with self._store.transaction() as tx:
            self._world.clock.restore(tx.get("clock", "clock"))

    def _time(self, happened: int = 0) -> dict[str, Any]:
        clock, upcoming = self._world.clock, self._engine.next_at()
        return {
            "now": clock.now().isoformat(),
            "rate": clock.rate,
            "next_event": upcoming.isoformat() if upcoming else None,
            "happened": happened,
        }
