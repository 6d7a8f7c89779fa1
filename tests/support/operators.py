"""Operators to act with: made by the service, signed in with their authenticator app."""

import secrets
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

import httpx2
import pyotp

from quid.identity import service as identity
from quid.identity.types import Invite
from quid.kit import clock, db
from quid.kit.roles import Role
from quid.kit.runtime import Runtime
from quid.kit.web import Door
from tests.support.api import PASSWORD, client_of
from tests.support.people import Someone

WHY: Final = "the customer called about it"


class Desk:
    """An operator at work: a client, their handle, and their id as the API shows it."""

    def __init__(self, client: httpx2.AsyncClient, who: Someone) -> None:
        self.client = client
        self.who = who
        self.pressed = 0

    async def press(
        self, path: str, *, key: str | None = None, reason: str | None = WHY, **body: Any
    ) -> httpx2.Response:
        """Press a button of the console: POST with a reason, under a key (new if not given)."""
        said = body if reason is None else {"reason": reason, **body}
        headers = {"idempotency-key": key or secrets.token_hex(8)}
        return await self.client.post(f"/v1/ops/{path}", json=said, headers=headers)

    async def look(self, path: str, **query: str | int) -> Any:
        """Read a page of the console, which must be shown."""
        answer = await self.client.get(f"/v1/ops/{path}", params=dict(query))
        assert answer.status_code == 200, answer.text
        return answer.json()


class Staff:
    """Adds operators to the world of a runtime."""

    def __init__(self, rt: Runtime, app: Door, stack: AsyncExitStack) -> None:
        self._runtime = rt
        self._app = app
        self._stack = stack
        self.secrets: dict[str, str] = {}

    async def join(self, role: Role, handle: str = "", *, linked: str | None = None) -> Someone:
        """Make an operator with a password and an authenticator app of their own."""
        handle = handle or f"op_{role}"
        hashed = await self._runtime.part(identity.Passwords).hash(PASSWORD)
        cmd = Invite(handle, handle.title(), f"{handle}@example.org", role, linked)
        now = clock.now()
        made = await identity.add_operator(cmd, by="test", now=now, own_hash=hashed)
        self.secrets[handle] = pyotp.random_base32()
        async with self._runtime.part(db.Database).transaction() as tx:
            await identity.give_totp(tx, made, self.secrets[handle], now=now)
        return Someone(made, handle)

    async def desk(self, role: Role, handle: str = "", *, linked: str | None = None) -> Desk:
        """Make an operator and sign them in, second factor proved."""
        who = await self.join(role, handle, linked=linked)
        client = await self._stack.enter_async_context(client_of(self._app))
        await self.sign_in(client, who.handle)
        return Desk(client, who)

    async def sign_in(self, client: httpx2.AsyncClient, handle: str) -> Mapping[str, Any]:
        """Sign an operator in, as an API client."""
        first = {"identifier": handle, "password": PASSWORD}
        asked = (await client.post("/v1/auth/token", json=first)).json()["step_up"]
        code = pyotp.TOTP(self.secrets[handle]).at(clock.now())
        proof = {"challenge_id": asked["challenge_id"], "method": "totp", "proof": code}
        answer = await client.post("/v1/auth/step-up", json=proof)
        assert answer.status_code == 200, answer.text
        tokens: Mapping[str, Any] = answer.json()
        client.headers["authorization"] = f"Bearer {tokens['access_token']}"
        return tokens
