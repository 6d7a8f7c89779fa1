"""People who link banks and cards over HTTP, with the sandbox as their bank and processor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2
import pytest

from quid.funding.jobs import sources
from quid.funding.types import Provider, Source, SourceKind, SourceState
from quid.identity import service as identity
from quid.identity.ports import Address, Facts
from quid.kit import clock, db, ids, runtime
from quid.kit.jobs import run_once
from tests.support.payers import Payer, Town
from tests.support.sandbox import Sandbox, running
from tests.support.visits import Visitor

SOURCES: Final = "/v1/funding-sources"
TYPED: Final[Mapping[str, Any]] = {
    "method": "manual",
    "bank_name": "Tartan Bank",
    "routing": "011401533",
    "account": "1111222233330042",
    "kind": "checking",
}
_PROVED: Final = "update identity.session set proved_at = $2, proved_by = 'totp' where user_id = $1"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The providers, for one module, on the real clock."""
    with running(tmp_path_factory.mktemp("sandbox"), clock="real", pace=0.2) as started:
        yield started


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """Give the environment in which a server finds its providers."""
    return {
        "QUID_PLAID_URL": sandbox.plaid,
        "QUID_PLAID_CLIENT_ID": sandbox.plaid_client_id,
        "QUID_PLAID_SECRET": sandbox.plaid_secret,
        "QUID_STRIPE_URL": sandbox.stripe,
        "QUID_STRIPE_KEY": sandbox.stripe_key,
        "QUID_STRIPE_WEBHOOK_SECRETS": sandbox.stripe_webhook_secret,
    }


@pytest.fixture
def providers(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Let an application that starts after this one find them, and find them well."""
    sandbox.order("DELETE", "faults")
    for name, value in settings_of(sandbox).items():
        monkeypatch.setenv(name, value)
    return sandbox


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's banks and cards."""

    owner: Payer
    visitor: Visitor

    async def known_as(self, legal_name: str) -> None:
        """Be verified: the law's name stands from here on."""
        address = Address("1 Main St", "Springfield", "97475", "US")
        facts = Facts(legal_name, date(1990, 5, 1), address, "1234")
        await identity.verify(self.owner.who.id, facts, now=clock.now())

    async def prove(self, admin: asyncpg.Connection) -> None:
        """Have proven lately who one is."""
        await admin.execute(_PROVED, self.owner.who.id, clock.now() + timedelta(minutes=5))

    async def post(self, path: str, **body: object) -> httpx2.Response:
        """Send."""
        return await self.owner.http.post(f"{SOURCES}{path}", json=body)

    async def page(self, **body: object) -> dict[str, Any]:
        """Open a page for a bank."""
        answer = await self.post("/bank/link", **{"return_path": "/wallet", **body})
        assert answer.status_code == 200, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    async def finish(self, page: dict[str, Any]) -> httpx2.Response:
        """Come back from a page."""
        return await self.post("/bank", method="link", link_session_id=page["link_session_id"])

    async def link(self, user: str, **how: Any) -> dict[str, Any]:
        """Link a bank by its page."""
        page = await self.page()
        self.visitor.link(page["url"], user, **how)
        answer = await self.finish(page)
        assert answer.status_code == 200, answer.text
        linked: dict[str, Any] = answer.json()
        return linked

    async def save_card(self, name: str = "visa", **how: str) -> httpx2.Response:
        """Link a card by its page."""
        answer = await self.post("/card", purpose="charge", return_path="/wallet")
        assert answer.status_code == 200, answer.text
        self.visitor.save_card(answer.json()["url"], name, **how)
        return await self.post("/card", setup_session_id=answer.json()["setup_session_id"])

    async def all(self) -> list[dict[str, Any]]:
        """What there is."""
        answer = await self.owner.http.get(SOURCES)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def one(self, source_id: str) -> dict[str, Any]:
        """One of them."""
        answer = await self.owner.http.get(f"{SOURCES}/{source_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def bank_row(user_id: UUID, *, at: datetime, **about: Any) -> Source:
    """Make the row of a proven bank that can do everything; `about` says what is different."""
    row = Source(
        id=ids.new(ids.bucket(user_id), at),
        user_id=user_id,
        kind=SourceKind.BANK,
        state=SourceState.VERIFIED,
        is_default=False,
        provider=Provider.PLAID,
        item_ref="item",
        account_ref="account",
        customer_ref=None,
        method_ref=None,
        token=None,
        institution="First Bank",
        name="Checking",
        last4="0000",
        account_type="checking",
        exp_month=None,
        exp_year=None,
        verify_method="instant",
        tries_left=None,
        verify_until=None,
        amounts=None,
        can_pull=True,
        can_push=True,
        rtp_push=True,
        is_tokenized=False,
        owner_score=100,
        fingerprint=None,
        disabled_code=None,
        created_at=at,
        verified_at=at,
        changed_at=at,
        version=0,
    )
    return replace(row, **about)


async def do_jobs() -> None:
    """Do the timed work on sources, with what it does after its commit."""
    for job in sources.JOBS:
        await run_once(runtime.part(db.Database), job, now=clock.now())


@pytest.fixture(autouse=True)
def banked(providers: Sandbox) -> Sandbox:
    """Before the application of a module's tests starts: it finds its providers."""
    return providers


@pytest.fixture
async def ana(town: Town, admin: asyncpg.Connection, sandbox: Sandbox) -> Wallet:
    """Ana Lindt in law, her proof fresh."""
    wallet = Wallet(await town.payer("ana", tier=0), Visitor(sandbox))
    await wallet.known_as("Ana Lindt")
    await wallet.prove(admin)
    return wallet


@pytest.fixture
async def ben(town: Town, admin: asyncpg.Connection, sandbox: Sandbox) -> Wallet:
    """Ben, whom the law does not know yet, his proof fresh."""
    wallet = Wallet(await town.payer("ben", tier=0), Visitor(sandbox))
    await wallet.prove(admin)
    return wallet
