"""The world in which the cells are tried. It is made once in a process and kept as a database.

A test gets a clone of that database and signs nobody in again: what a client knows (its token, its
cookie) is kept beside it, and stays good because every application of the tests has the same keys.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx2
import pytest

from quid.entrypoints.api.app import create
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope, Invite
from quid.kit import clock, ids, runtime
from quid.kit.operators import Role
from quid.kit.web import Door
from tests.api.matrix import AREAS
from tests.api.matrix.model import CALLERS, HANDLES, OPERATORS, Place
from tests.support import api
from tests.support.api import PASSWORD, client_of, signed_in
from tests.support.database import connected
from tests.support.people import People, Someone

OWN: Final = {**HANDLES, "foreign": "ana"}
# A world is kept for longer than the ten minutes that a proof is good for.
PROVED: Final = """
  update identity.session set proved_at = $1, proved_by = 'totp' where is_operator"""
NOTE: Final = "for the roof of the boat house"


@dataclass(frozen=True, slots=True)
class World:
    """Clients by caller; facts that paths and bodies name; marks that answers may show."""

    clients: Mapping[str, httpx2.AsyncClient]
    facts: Mapping[str, str]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """A world at rest: its database, and what each client carries."""

    database: str
    headers: Mapping[str, Mapping[str, str]]
    cookies: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, str]
    marks: Mapping[str, str]

    @asynccontextmanager
    async def opened(self, app: Door) -> AsyncIterator[World]:
        """Give every caller a client of an application that stands on a clone of the database."""
        async with AsyncExitStack() as stack:
            clients = {}
            for caller, headers in self.headers.items():
                client = await stack.enter_async_context(client_of(app, **headers))
                client.cookies.update(dict(self.cookies[caller]))
                clients[caller] = client
            yield World(clients, self.facts, self.marks)


async def make(database_url: str, valkey_url: str, home: Path) -> Kept:
    """Make the world in a migrated database of its own."""
    settings = api.settings(home, database_url=database_url, valkey_url=valkey_url)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in settings.items():
            patched.setenv(name, value)
        async with api.serving(create()) as app, AsyncExitStack() as stack:
            with runtime.use(app._runtime) as rt:
                admin = await stack.enter_async_context(connected(database_url))
                clients = {n: await stack.enter_async_context(client_of(app)) for n in CALLERS}
                people = await _people(People(rt))
                await _operators(rt)
                place = Place(rt, admin, people, clients, _facts(people), {})
                await _sign_in(clients)
                await admin.execute(PROVED, clock.now() + timedelta(days=1))
                await signed_in(clients["unproven"], "op_unproven")
                await _history(place)
                for area in AREAS:
                    if area.prepare is not None:
                        await area.prepare(place)
                return Kept(
                    urlsplit(database_url).path.removeprefix("/"),
                    {
                        n: {k: c.headers[k] for k in _KEPT if k in c.headers}
                        for n, c in clients.items()
                    },
                    {n: dict(c.cookies) for n, c in clients.items()},
                    place.facts,
                    place.marks,
                )


_KEPT: Final = ("authorization", "origin")


async def _people(people: People) -> dict[str, Someone]:
    handles = (*HANDLES.values(), "eve")
    made = {handle: await people.add(handle, tier=2) for handle in handles}
    freeze = FreezePerson(
        user_id=made["gus"].id,
        scope=FreezeScope.ALL,
        reason_class=FreezeReason.SECURITY,
        text="Somebody else may have had your password.",
        review_on=clock.now().date() + timedelta(days=7),
        reason="for the matrix",
        by="test",
    )
    await identity.freeze(freeze, now=clock.now())
    return made


async def _operators(rt: runtime.Runtime) -> None:
    own = await rt.part(identity.Passwords).hash(PASSWORD)
    roles: dict[str, Role] = {**{role: role for role in OPERATORS}, "unproven": "admin"}
    for name, role in roles.items():
        handle = f"op_{name}"
        cmd = Invite(handle, handle.title(), f"{handle}@example.org", role)
        await identity.add_operator(cmd, by="test", now=clock.now(), own_hash=own)


def _facts(people: Mapping[str, Someone]) -> dict[str, str]:
    now = clock.now()
    return {
        **{handle: someone.shown for handle, someone in people.items()},
        "email": "ana@example.org",
        "nobody": ids.show("usr", ids.new(1, now)),
        "challenge": ids.show("chl", ids.new(1, now)),
        "key": "completed-key",
    }


async def _sign_in(clients: Mapping[str, httpx2.AsyncClient]) -> None:
    handles = {**HANDLES, "ended": "ana", "forged": "ana"}
    handles |= {role: f"op_{role}" for role in OPERATORS}
    for caller, handle in handles.items():
        await signed_in(clients[caller], handle)
    assert (await clients["ended"].post("/v1/auth/sign-out")).status_code == 204
    token = clients["forged"].headers["authorization"]
    clients["forged"].headers["authorization"] = token[:-8] + token[-8:].swapcase()
    body = {"identifier": "ana", "password": PASSWORD}
    answer = await clients["foreign"].post("/v1/auth/sign-in", json=body)
    assert answer.status_code == 200
    clients["foreign"].headers["origin"] = "http://elsewhere.test"


async def _history(place: Place) -> None:
    """Ana has paid Ben, once with success, and once more than she has.

    She has blocked Dora, and Fred is her friend.
    """
    ana, facts = place.clients["owner"], place.facts
    for key, amount, status in (("completed-key", 1368, 201), ("declined-key", 20_000, 422)):
        body = {"payee_id": facts["ben"], "amount": amount, "currency": "USD", "note": NOTE}
        sent = await ana.post("/v1/payments", json=body, headers={"idempotency-key": key})
        assert sent.status_code == status
    assert (await ana.put(f"/v1/friends/{facts['dora']}/block")).status_code == 204
    for asker, asked in (("friend", "ana"), ("owner", "fred")):
        answer = await place.clients[asker].put(f"/v1/friends/{facts[asked]}")
        assert answer.status_code == 200
    listed = (await ana.get("/v1/payments")).json()["items"]
    found = {p["state"]: p["id"] for p in listed}
    facts |= {"completed": found["COMPLETED"], "declined": found["DECLINED"]}
    place.marks.update(
        email=facts["email"],
        completed=facts["completed"],
        declined=facts["declined"],
        note=NOTE,
        ana=facts["ana"],
        dora=facts["dora"],
        balance='"available":8632',
    )
