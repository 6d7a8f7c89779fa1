"""What banks and cards are known by goes through every route of theirs, and stays nowhere in clear.

Numbers, tokens, fingerprints and our keys at providers; webhooks and the lists of providers hold
some of them, and come in too.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx2
import pytest

from quid.funding.service import pulling
from quid.funding.types import Provider
from quid.kit import clock, ids
from quid.kit.web import Door
from quid_sandbox.stripe.cards import BY_NAME
from tests.api.test_canaries import found_in
from tests.api.test_funding_typed import Sinks, sinks
from tests.support.api import client_of
from tests.support.operators import Staff
from tests.support.payers import keyed
from tests.support.sandbox import Ear, Sandbox, listening, running
from tests.support.wallets import TYPED, Wallet, ana, banked, ben, do_jobs, providers

__all__ = ["ana", "banked", "ben", "providers", "sinks"]

KEYS: Final = (
    "plaid_client_id",
    "plaid_secret",
    "stripe_key",
    "stripe_webhook_secret",
    "control_token",
)


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    """Where the providers ring; what they say is passed on to our own door."""
    with listening() as heard:
        yield heard


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, ear: Ear) -> Iterator[Sandbox]:
    """Providers that ring."""
    hooks = {"hook_plaid": ear.url, "hook_stripe": ear.url}
    home = tmp_path_factory.mktemp("sandbox")
    with running(home, clock="real", pace=0.1, **hooks) as started:
        yield started


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks, and what was answered."""

    http: httpx2.AsyncClient
    answers: list[str] = field(default_factory=list)

    async def ask(self, method: str, path: str, **body: object) -> Any:
        """Ask for what is not refused."""
        answer = await self.http.request(method, f"/v1/{path}", json=body or None, headers=keyed())
        assert answer.status_code < 300, answer.text
        self.answers.append(answer.text)
        return answer.json()


async def move_money(ana: Wallet, payee: str) -> Asker:
    """Link, put in, take out, pay by bank and card, and look at all of it."""
    bank = await ana.link("user_ana_lindt", accounts=(0, 1))
    card = (await ana.save_card()).json()
    asker = Asker(ana.owner.http)
    move = {"funding_source_id": bank["id"], "amount": 500}
    for what in ("deposits", "withdrawals"):
        await asker.ask("POST", f"{what}/quote", **move)
        made = await asker.ask("POST", what, **move)
        await asker.ask("GET", f"{what}/{made[what[:-1]]['id']}")
        await asker.ask("GET", what)
    pay = {"payee_id": payee, "amount": 700, "currency": "USD"}
    for source in (bank, card):
        named = {"funding_source_id": source["id"]}
        await asker.ask("POST", "payments/quote", **pay, **named)
        await asker.ask("POST", "payments", **pay, **named)
    for path in ("transactions", "payments", "balance", "me/limits", "funding-sources"):
        await asker.ask("GET", path)
    return asker


async def ring(app: Door, ear: Ear) -> None:
    """Pass on what providers have said, and read their lists."""
    await asyncio.to_thread(ear.wait, 5)
    async with client_of(app) as client:
        for headers, raw in list(ear.heard):
            name = "plaid" if "plaid-verification" in headers else "stripe"
            rung = await client.post(f"/v1/webhooks/{name}", content=raw, headers=headers)
            assert rung.status_code == 200, rung.text
    for provider in Provider:
        pulled = await pulling.pull(provider, poll=timedelta(0), now=clock.now())
        assert pulled is not None
        assert pulled.is_whole


async def look_as_operator(staff: Staff) -> list[str]:
    """Read every page of the console that shows banks, cards and providers."""
    asker = Asker((await staff.desk("finance")).client)
    for name in ("ops", "events", "inbox", "breakers", "breaks"):
        shown = await asker.ask("GET", f"ops/rails/{name}")
        assert shown["items"] or name.startswith("break")
        for one in shown["items"] if name == "ops" else ():
            whole = await asker.ask("GET", f"ops/rails/ops/{one['id']}")
            await asker.ask("GET", f"ops/people/{whole['operation']['user_id']}/funding-sources")
    return asker.answers


def secrets_of(sandbox: Sandbox, ear: Ear) -> Iterator[tuple[str, str]]:
    """Give what must not be found, and what it is."""
    for item in sandbox.state("item"):
        yield "token of an item", item["access_token"]
    for account in sandbox.state("account"):
        yield "number of an account", account["numbers"]["account"]
    for token in sandbox.state("public_token"):
        yield "public token", token["id"]
    for headers, _ in ear.heard:
        for name in ("plaid-verification", "stripe-signature"):
            if name in headers:
                yield "signature", headers[name]
    for name in KEYS:
        yield name, getattr(sandbox, name)
    card = BY_NAME["visa"]
    yield "typed number", TYPED["account"]
    yield "number of a card", card.number
    yield "fingerprint of a card", card.fingerprint
    yield "legal name", "Ana Lindt"


@pytest.fixture
async def answers(sinks: Sinks, ana: Wallet, ben: Wallet, ear: Ear, app: Door) -> list[str]:
    """All of it has happened; what was answered."""
    del sinks  # made before the first request, it hears the whole log
    assert (await ben.post("/bank", **TYPED)).status_code == 200
    asker = await move_money(ana, ids.show("usr", ben.owner.who.id))
    await ring(app, ear)
    await do_jobs()
    return asker.answers


async def test_no_secret_of_a_bank_or_card_stays_in_clear(
    answers: list[str], sinks: Sinks, staff: Staff, sandbox: Sandbox, ear: Ear
) -> None:
    shown = "\n".join([*answers, *await look_as_operator(staff)])
    found = {**await sinks(), "answers": shown}
    assert "http.called" in found["log"]
    secrets = list(secrets_of(sandbox, ear))
    assert len({what for what, _ in secrets}) == 13
    leaks = {
        f"{what} is in {sink}"
        for what, secret in secrets
        for sink, text in found.items()
        if found_in(secret, text)
    }
    assert leaks == set()
