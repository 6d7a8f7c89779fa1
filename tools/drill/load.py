"""Clients that pay. What they were answered stays in this process's memory alone."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field

from tools.drill.telling import Told

CLIENTS = 16
ANSWER_SECONDS = 30.0
NOTE = "drill "


@dataclass(slots=True)
class Person:
    """A demo person who is signed in."""

    handle: str
    id: str = ""
    token: str = ""


@dataclass(slots=True)
class Ask:
    """A payment that was asked for, and what is known of it. Amounts in cents."""

    payer: Person
    payee: Person
    amount: int
    key: str
    status: int = 0
    payment_id: str = ""
    refusal: str = ""

    @property
    def is_unknown(self) -> bool:
        """Whether no final answer came: sent again, the same key decides."""
        return self.status == 0 or self.status >= 500


class Client:
    """One connection of HTTP/1.1, opened again when it breaks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> None:
        """Connect, if not connected. Raises: OSError."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)

    def drop(self) -> None:
        """Forget the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def post(
        self, path: str, body: dict[str, object], **headers: str
    ) -> tuple[int, dict[str, object]]:
        """Send and give status and answer. Raises: OSError, EOFError, TimeoutError: unknown."""
        await self.connect()
        assert self._streams is not None  # noqa: S101 - just connected
        reader, writer = self._streams
        raw = json.dumps(body).encode()
        named = {"Host": "localhost", "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{k}: {v}" for k, v in named.items())]
        head = "\r\n".join([*lines, f"Content-Length: {len(raw)}", "", ""])
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                writer.write(head.encode() + raw)
                await writer.drain()
                answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                size = int(answer.partition("content-length: ")[2].partition("\r\n")[0])
                content = await reader.readexactly(size)
        except BaseException:
            self.drop()
            raise
        return int(answer.split(" ", 2)[1]), json.loads(content)


@dataclass(slots=True)
class Load:
    """Clients that pay until told to stop, each waiting for its answer before the next."""

    port: int
    people: list[Person]
    asks: list[Ask] = field(default_factory=list)
    answered_at: float = 0.0
    acknowledged: int = 0
    is_over: bool = False

    async def pay_on(self, number: int) -> None:
        """Be one client."""
        client = Client(self.port)
        mind = random.Random(number)  # noqa: S311 - who pays whom is no secret
        while not self.is_over:
            try:
                await client.connect()
            except OSError:
                await asyncio.sleep(0.02)
                continue
            payer, payee = mind.sample(self.people, 2)
            key = f"drill-{number}-{len(self.asks)}"
            ask = Ask(payer, payee, mind.randint(1, 25), key)
            self.asks.append(ask)
            await self.send(client, ask)
        client.drop()

    async def send(self, client: Client, ask: Ask) -> None:
        """Send a payment, for the first time or again, and note the answer."""
        body: dict[str, object] = {
            "payee_id": ask.payee.id,
            "amount": ask.amount,
            "currency": "USD",
            "note": NOTE + ask.key,
        }
        token = f"Bearer {ask.payer.token}"
        try:
            ask.status, answer = await client.post(
                "/v1/payments", body, Authorization=token, Idempotency_Key=ask.key
            )
        except (OSError, EOFError, TimeoutError):
            ask.status, ask.refusal = 0, ""
            return
        ask.refusal = str(answer.get("code", ""))
        payment = answer.get("payment")
        if ask.status == 201 and isinstance(payment, dict):
            ask.payment_id = str(payment["id"])
            self.answered_at = time.monotonic()
            self.acknowledged += 1

    async def resend(self) -> tuple[int, int]:
        """Send what is unknown again, under its own key; give how many, and how many had moved."""
        unknown = [ask for ask in self.asks if ask.is_unknown]
        deadline = time.monotonic() + ANSWER_SECONDS
        clients = [Client(self.port) for _ in range(CLIENTS)]

        async def one(client: Client, mine: list[Ask]) -> None:
            for ask in mine:
                while ask.is_unknown and time.monotonic() < deadline:
                    await self.send(client, ask)

        before = self.acknowledged
        await asyncio.gather(*(one(c, unknown[n::CLIENTS]) for n, c in enumerate(clients)))
        for client in clients:
            client.drop()
        return len(unknown), self.acknowledged - before


async def sign_in(port: int, people: list[Person], password: str) -> None:
    """Get a token and the public id of everybody. Raises: Told."""

    async def one(person: Person) -> None:
        client = Client(port)
        body: dict[str, object] = {"identifier": person.handle, "password": password}
        for _ in range(20):  # the password check sheds load, and says so: come again
            status, answer = await client.post("/v1/auth/token", body)
            if status != 503:
                break
            await asyncio.sleep(0.2)
        client.drop()
        if status != 200:
            raise Told(f"{person.handle} cannot sign in: {answer}")
        person.token = str(answer["access_token"])

    await asyncio.gather(*(one(person) for person in people))
