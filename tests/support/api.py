"""The real application in the test's process, and clients that speak HTTP to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx2

from quid.kit.web import Door
from tests.support import contract

ORIGIN: Final = "http://quid.test"
PASSWORD: Final = "correct horse battery"


def settings(home: Path, *, database_url: str, valkey_url: str) -> Mapping[str, str]:
    """Give the environment of a server for tests: no gifts, cheap passwords, no limit in the way.

    Writes the secrets file into `home`.
    """
    names = ("token_seed", "cursor_key", "field_kek", "seal_seed", "vapid_key")
    keys = {name: str(n) * 2 for n, name in enumerate(names, 1)}
    secrets = "".join(f'{name} = "dev_{two * 32}"\n' for name, two in keys.items())
    (home / "secrets.toml").write_text(secrets, encoding="utf-8")
    return {
        "QUID_DATABASE_URL": database_url,
        "QUID_ALLOW_UNSAFE_DATABASE": "1",
        "QUID_VALKEY_URL": valkey_url,
        "QUID_HOME": str(home),
        "QUID_PROFILE": "local",
        "QUID_DEMO": "0",
        "QUID_RATE_LIMIT_PER_MINUTE": "100000",
        "QUID_ARGON2_MEMORY_KIB": "8",
        "QUID_ARGON2_TIME_COST": "1",
    }


@asynccontextmanager
async def serving(app: Door) -> AsyncIterator[Door]:
    """Start the application and stop it after the block, as a server does.

    Its start and its stop run in one task of their own: what they open belongs to that task.
    """
    to_app: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    from_app: asyncio.Queue[str] = asyncio.Queue()

    async def send(message: Mapping[str, object]) -> None:
        await from_app.put(f"{message['type']} {message.get('message', '')}")

    async def expect(event: str) -> None:
        answer = asyncio.ensure_future(from_app.get())
        await asyncio.wait({answer, life}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert answer.done(), f"the application ended before {event}: {life}"
        assert answer.result().startswith(f"lifespan.{event}.complete"), answer.result()

    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(app(scope, to_app.get, send), name="lifespan")
    await to_app.put({"type": "lifespan.startup"})
    await expect("startup")
    try:
        yield app
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        await expect("shutdown")
        await life


def client_of(app: Door, **headers: str) -> httpx2.AsyncClient:
    """Give a client of the application; each answer must be as the OpenAPI document promises.

    A fault inside the application is raised in the test.
    """
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),
        base_url=ORIGIN,
        headers=headers,
        event_hooks={"response": [contract.check]},
    )


async def signed_in(client: httpx2.AsyncClient, handle: str) -> httpx2.AsyncClient:
    """Sign a person of `support.people` in, as an API client; the token stays with the client."""
    answer = await client.post("/v1/auth/token", json={"identifier": handle, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
    return client
