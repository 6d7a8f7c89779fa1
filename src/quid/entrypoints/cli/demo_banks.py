"""Banks and cards of demo people: linked by the services and on the sandbox's own pages.

Where no sandbox is, or somebody has linked something already, nothing is done.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from quid.funding import queries as funding
from quid.funding import service
from quid.funding.ports import Rails
from quid.funding.service import pulling
from quid.funding.settings import FundingSettings
from quid.funding.store.sources import token_of
from quid.funding.types import Asker, Move, Operation, Provider, Source, SourceKind
from quid.identity import service as identity
from quid.identity.ports import Address, Facts
from quid.identity.queries import verification
from quid.kit import clock, db, ids
from quid.kit.crypto import digest16
from quid.kit.http import Answer, Client, Request
from quid.kit.once import Key
from quid.kit.runtime import Runtime

BANKED: Final[Mapping[str, str]] = {"ana": "Ana Lindt", "ben": "Ben Okafor", "hal": "Hal Reyes"}
CARDED: Final = ("ana", "ben")
OWED_MINOR: Final = 12_000
STOCK_MINOR: Final = 150_000
_BANK: Final = "First Platypus Bank"
_PASSWORD: Final = "pass_good"  # noqa: S105 - the published one of the sandbox
_DOCUMENT: Final = b"%PDF-1.4\n% a demo passport\n%%EOF\n"
_SECONDS: Final = 10.0
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


# --- pages -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Form:
    """A form of a page, with what stands in it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []
        self._is_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, or a field of the last one; boxes stay empty."""
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(_Form(known["action"]))
        elif tag == "input" and known.get("type") != "checkbox":
            self.found[-1].fields[known["name"]] = known.get("value", "")
        self._is_button = tag == "button"

    def handle_data(self, data: str) -> None:
        """Take what stands on a button."""
        if self._is_button:
            self.found[-1].button, self._is_button = data, False


class _Browser:
    """Reads a page, fills its form in, presses a button."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._client = Client(f"{parts.scheme}://{parts.netloc}")
        self._path = parts.path

    async def open(self) -> Answer:
        """Read the first page."""
        return await self._client.send(Request("GET", self._path, _SECONDS))

    async def press(self, page: Answer, button: str, **typed: str) -> Answer:
        """Fill the form of a button in and send it."""
        forms = _Forms()
        forms.feed(page.content.decode())
        form = next((f for f in forms.found if f.button == button), None)
        if form is None:
            raise LookupError(f"the sandbox's page has no button {button}")
        content = urlencode({**form.fields, **typed}).encode()
        path = urlsplit(form.action).path
        request = Request("POST", path, _SECONDS, headers=_FORM, content=content)
        return await self._client.send(request)

    async def close(self) -> None:
        """Drop the connections."""
        await self._client.close()


# --- people ------------------------------------------------------------------------------------


async def verify(rt: Runtime, user_id: UUID, handle: str, *, tier: int) -> None:
    """Let the law know a demo person, as anybody: facts, and for tier 2 a document.

    Done already, nothing is done.
    """
    database = rt.part(db.Database)
    async with database.read() as conn:
        has = await verification.tier_of(conn, user_id) or 0
    if not has:
        address = Address("1 Main St", "Springfield", "97475", "US")
        facts = Facts(BANKED[handle], date(1990, 5, 1), address, "1234")
        await identity.verify(user_id, facts, now=clock.now())
    if max(has, 1) < tier:
        await identity.add_document(user_id, _DOCUMENT, now=clock.now())
        async with database.read() as conn:
            asked = await verification.latest(conn, user_id)
        if asked is not None:
            async with database.transaction() as tx:
                await identity.decide_verification(
                    tx, asked.id, is_verified=True, by="demo", now=clock.now()
                )


async def link(rt: Runtime, found: Mapping[str, UUID]) -> bool:
    """Give ana, ben and hal a bank, ana and ben a card; say whether there is a sandbox for it."""
    try:
        rt.part(Rails)
    except LookupError:
        return False
    if not rt.part(FundingSettings).is_sandbox:
        return False
    for handle, name in BANKED.items():
        kinds = {source.kind for source in await _sources(rt, found[handle])}
        if SourceKind.BANK not in kinds:
            await _link_bank(found[handle], f"user_{name.lower().replace(' ', '_')}")
        if handle in CARDED and not kinds - {SourceKind.BANK}:
            await _link_card(found[handle])
    return True


async def _link_bank(user_id: UUID, user: str) -> None:
    opened = await service.start_link(Asker(user_id), "/", now=clock.now())
    browser = _Browser(opened.url)
    page = await browser.press(await browser.open(), _BANK)
    page = await browser.press(page, "Log in", username=user, password=_PASSWORD)
    await browser.press(page, "Continue", account0="1")
    await browser.close()
    await service.finish_link(user_id, opened.session_id, now=clock.now())


async def _link_card(user_id: UUID) -> None:
    opened = await service.start_card(Asker(user_id), "/", now=clock.now())
    browser = _Browser(opened.url)
    await browser.press(await browser.open(), "Save card")
    await browser.close()
    await service.finish_card(user_id, opened.session_id, now=clock.now())


async def _sources(rt: Runtime, user_id: UUID) -> list[Source]:
    async with rt.part(db.Database).read() as conn:
        return await funding.sources(conn, user_id)


# --- a returned pull ---------------------------------------------------------------------------


async def stock(rt: Runtime, user_id: UUID) -> None:
    """Let a demo person put in $1,500.00, once: a withdrawal is paid of what came from banks.

    The gifts of a demo are capital in our books and nothing at the provider.
    """
    op = await pull(rt, user_id, STOCK_MINOR)
    await _simulate(rt, op, "funds_available")


async def pull(rt: Runtime, user_id: UUID, cents: int = OWED_MINOR) -> Operation:
    """Take money from a demo person's bank, once; it has settled, and is theirs to spend.

    Units: minor.
    """
    bank = next(s for s in await _sources(rt, user_id) if s.kind == SourceKind.BANK)
    key = Key(user_id, service.DEPOSIT, digest16(b"demo"), digest16(b"demo"))
    move = Move(
        id=ids.new(ids.bucket(user_id), clock.now()),
        key=key,
        user_id=user_id,
        source_id=bank.id,
        cents=cents,
    )
    asked = await service.deposit(move, now=clock.now())
    op = (await service.drive(asked.op_id, within=_SECONDS, now=clock.now())).operation
    await _simulate(rt, op, "posted")
    await _simulate(rt, op, "settled")
    return op


async def give_back(rt: Runtime, user_id: UUID, op: Operation) -> None:
    """Let the bank return it: what the wallet has not is owed. It wants its customer again, too."""
    await _simulate(rt, op, "returned", failure_reason={"ach_return_code": "R01"})
    [bank] = await _sources(rt, user_id)
    token = token_of(bank)
    if token is not None and bank.item_ref is not None:
        await _ask(rt, "/sandbox/item/reset_login", access_token=token.reveal())
        await service.refresh_item(Provider.PLAID, bank.item_ref, now=clock.now())


async def _simulate(rt: Runtime, op: Operation, event: str, **more: object) -> None:
    """Let a transfer come to its next state, and believe what the provider then tells."""
    path = "/sandbox/transfer/simulate"
    await _ask(rt, path, transfer_id=op.provider_ref, event_type=event, **more)
    await pulling.pull(Provider.PLAID, poll=timedelta(0), now=clock.now())


async def _ask(rt: Runtime, path: str, **body: object) -> None:
    """Ask the bank network of the sandbox, with its keys."""
    settings = rt.part(FundingSettings)
    client = Client(settings.plaid_url)
    headers = {
        "content-type": "application/json",
        "plaid-client-id": settings.plaid_client_id,
        "plaid-secret": settings.plaid_secret.get_secret_value(),
    }
    content = json.dumps(body).encode()
    await client.send(Request("POST", path, _SECONDS, headers=headers, content=content))
    await client.close()
