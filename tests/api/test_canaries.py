"""Secrets and personal data go in through every field there is, and come out nowhere.

Numbers of cards and taxpayers, passwords, codes and e-mail addresses are sent through each text
field of each operation, as the document lists them; then the database, the log, Valkey, the
metrics, the mails, the files and the answers to mistakes are searched. Contents that people mean
to store (notes, names) are found in their own columns.
"""

import itertools
import os
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
import pytest
import redis.asyncio as redis

from tests.api.matrix import CASES
from tests.api.matrix.fixtures import kept, template
from tests.api.matrix.model import CALLERS, Case, Request, request_of
from tests.api.matrix.world import Kept
from tests.support.contract import document
from tests.support.server import serving

__all__ = ["kept", "template"]

CANARIES: Final = 10_000 if os.environ.get("QUID_PROOF") == "night" else 200
# What goes into a field of this name; into any other, numbers of cards and taxpayers.
KINDS: Final = {
    "password": "password",
    "new_password": "password",
    "current_password": "password",
    "identifier": "email",
    "email": "email",
    "proof": "token",
    "code": "token",
    "ticket": "token",
    "refresh_token": "token",
}
SECRETS: Final = re.compile(r'"(?:access_token|refresh_token|ticket|secret|totp_secret)":"([^"]+)"')


@dataclass(slots=True)
class Planted:
    """What went in where, and what answers said to it."""

    where: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    issued: set[str] = field(default_factory=set)


def _card(rng: random.Random) -> str:
    body = "4" + "".join(rng.choices("0123456789", k=14))
    odd = sum(int(d) for d in body[-2::-2])
    even = sum(sum(divmod(2 * int(d), 10)) for d in body[-1::-2])
    return body + str(-(odd + even) % 10)


def canary(kind: str, rng: random.Random) -> str:
    """Make a thing of a kind that was never seen before."""
    mark = "".join(rng.choices("bcdfghjklmnpqrstvwxz", k=12))
    if kind == "card":
        return _card(rng)
    if kind == "tax":
        return f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"
    return f"{mark}@example.org" if kind == "email" else f"{kind}-{mark}-{rng.randint(10, 99)}"


def fields_of(case: Case) -> Iterator[tuple[str, str]]:
    """List the text fields of an operation: of its body and of its address."""
    method, path = case.operation.split(" ")
    operation = document()["paths"][path][method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _resolved(content.get("schema", {}))
    for name, member in schema.get("properties", {}).items():
        if _is_text(member):
            yield "body", name
    for parameter in operation.get("parameters", ()):
        if _is_text(parameter["schema"]):
            yield parameter["in"], parameter["name"]


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = (
        document()["components"]["schemas"][reference] if reference else schema
    )
    return found


def _is_text(schema: Mapping[str, Any]) -> bool:
    if "anyOf" in schema:
        return any(_is_text(one) for one in schema["anyOf"])
    return schema.get("type") == "string" and "enum" not in schema and "const" not in schema


def _with(asked: Request, place: str, name: str, value: str) -> Request:
    """Put a value into a field of a request."""
    if place == "body":
        return asked._replace(body={**(asked.body or {}), name: value})
    if place == "header":
        return asked._replace(headers={**asked.headers, name.lower(): value})
    if place == "query":
        joint = "&" if "?" in asked.url else "?"
        return asked._replace(url=f"{asked.url}{joint}{name}={value}")
    return asked._replace(url=asked.url.rpartition("/")[0] + "/" + value)


async def plant(planted: Planted, kept: Kept, address: str, rng: random.Random) -> None:
    """Send a canary through every field of every operation."""
    async with httpx2.AsyncClient(base_url=address, timeout=30) as client:
        for case in {c.operation: c for c in reversed(CASES)}.values():
            may = [c for c in CALLERS if case.outcomes[c] < 400 and c in kept.headers]
            caller = "owner" if "owner" in may or not may else may[0]
            asked = request_of(case, caller, kept.facts)
            for place, name in fields_of(case):
                kinds = [KINDS[name]] if name in KINDS else ["card", "tax"]
                for kind, shape in itertools.product(kinds, ("{}", "my {} here")):
                    value = canary(kind, rng)
                    planted.where[value] = f"{kind} as {name} of {case.operation}"
                    filled = shape.format(value) if kind in ("card", "tax") else value
                    sent = _with(asked, place, name, filled)
                    headers = {**kept.headers[caller], **sent.headers}
                    if place != "header":
                        headers["idempotency-key"] = f"key-{len(planted.where)}"
                    answer = await client.request(
                        sent.method, sent.url, json=sent.body, headers=headers
                    )
                    planted.answers.append(answer.text)
                    planted.issued.update(SECRETS.findall(answer.text), client.cookies.values())
                    client.cookies.clear()


async def rows_of(conn: asyncpg.Connection) -> dict[str, str]:
    """Read every row of every table as text."""
    names = await conn.fetch("""
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname !~ '^pg_|^information_schema$'""")
    found = {}
    for [name] in names:
        rows = await conn.fetch(f"select t::text from {name} t")
        found[f"table {name}"] = "\n".join(r[0] for r in rows)
    return found


READERS: Final = {
    "string": ("GET",),
    "hash": ("HGETALL",),
    "set": ("SMEMBERS",),
    "list": ("LRANGE", 0, -1),
    "zset": ("ZRANGE", 0, -1),
}


async def valkey_of(url: str) -> str:
    """Read every key and what it holds (not by DUMP, which packs numbers)."""
    found = []
    async with redis.Redis.from_url(url) as client:
        async for key in client.scan_iter():
            kind = await client.type(key)
            command, *more = READERS[kind.decode() if isinstance(kind, bytes) else kind]
            held = await client.execute_command(command, key, *more)  # type: ignore[no-untyped-call]  # theirs
            found += [key, repr(held).encode()]
    return b"\n".join(found).decode("latin-1")


def files_of(home: Path) -> dict[str, str]:
    """Read every file of a home but its keys."""
    return {
        str(path.relative_to(home)): path.read_text(encoding="latin-1")
        for path in home.rglob("*")
        if path.is_file() and path.name != "secrets.toml"
    }


def found_in(value: str, text: str) -> bool:
    """Whether a text holds a value, in clear or as the digits of its bytes."""
    return value in text or value.encode().hex() in text


async def sinks_of(
    admin: asyncpg.Connection, valkey_url: str, home: Path, address: str
) -> dict[str, str]:
    """Read every place where something could have stayed."""
    async with httpx2.AsyncClient(base_url=address) as client:
        metrics = (await client.get("/metrics")).text
    tables = await rows_of(admin)
    return {**tables, **files_of(home), "Valkey": await valkey_of(valkey_url), "metrics": metrics}


def leaks_of(planted: Planted, sinks: Mapping[str, str]) -> list[str]:
    """Say what is where it should not be."""
    found = [
        f"{what} is in {sink}"
        for value, what in planted.where.items()
        for sink, text in sinks.items()
        if found_in(value, text) and not _may_be(what, sink)
    ]
    found += [
        f"a secret that was given out is in {sink}"
        for sink, text in sinks.items()
        if sink != "answers" and any(found_in(secret, text) for secret in planted.issued)
    ]
    return sorted(found)


def _may_be(what: str, sink: str) -> bool:
    """Say where a thing belongs: an address on the mail that went to it."""
    return what.startswith("email") and sink.startswith("mailbox/")


async def test_nothing_secret_stays_in_clear(
    kept: Kept, db_url: str, valkey_url: str, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    rng = random.Random(random.randrange(2**31))  # noqa: S311 - of the run's seed
    planted = Planted()
    with serving(tmp_path, database_url=db_url, valkey_url=valkey_url) as (address, _):
        while len(planted.where) < CANARIES:
            await plant(planted, kept, address, rng)
        sinks = await sinks_of(admin, valkey_url, tmp_path, address)
    assert leaks_of(planted, {**sinks, "answers": "\n".join(planted.answers)}) == []


@pytest.mark.spoils("a number is written past the door that masks it")
async def test_a_leak_is_found_in_every_sink(
    db_url: str, valkey_url: str, tmp_path: Path, admin: asyncpg.Connection
) -> None:
    card, address, token = "4242424242424242", "canary@example.org", "token-canary"
    planted = Planted({card: "card", address: "email"}, issued={token})
    await admin.execute("update identity.person set display_name = $1", card)
    await admin.execute("create table public.planted (answer bytea)")
    await admin.execute("insert into public.planted values ($1)", address.encode())
    (tmp_path / "mailbox").mkdir()
    (tmp_path / "mailbox" / "1.eml").write_text(f"{address} {token}", encoding="utf-8")
    with serving(tmp_path, database_url=db_url, valkey_url=valkey_url) as (url, _):
        async with redis.Redis.from_url(valkey_url) as client:
            await client.hset("k", address, card)
        sinks = await sinks_of(admin, valkey_url, tmp_path, url)
    assert leaks_of(planted, sinks) == [
        "a secret that was given out is in mailbox/1.eml",
        "card is in Valkey",
        "card is in table identity.person",
        "email is in Valkey",
        "email is in table public.planted",
    ]
