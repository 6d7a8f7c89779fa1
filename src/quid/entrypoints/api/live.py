"""The pages of a stranger's first ten minutes: the live page, the mailbox, one button.

They show to anybody that payments happen, and mails of everybody, so they exist in demo mode alone;
elsewhere these addresses are not there.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Final

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from quid.entrypoints.api import pages
from quid.entrypoints.api.demo import demo_only
from quid.identity import queries as people
from quid.identity.ports import Letterbox
from quid.kit import clock, db, idempotency, ids, runtime
from quid.kit.errors import NotFound, Refusal
from quid.kit.once import Key
from quid.kit.web import count_request, require_same_origin
from quid.ledger import queries as books
from quid.payments import queries as payments
from quid.payments.schemas import PaymentRequest
from quid.payments.service import CURRENCY, OPERATION, SendQueue
from quid.payments.types import Party, Payment, SendPayment, State

_PAYMENTS_SHOWN: Final = 10
_LANES_SHOWN: Final = 4
_MAILS_SHOWN: Final = 50
FRESH_SECONDS: Final = 0.7
_README: Final = Path(__file__).resolve().parents[4] / "README.md"


router = APIRouter(include_in_schema=False, dependencies=[Depends(demo_only)])


# --- what the live page shows ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person of a payment."""

    handle: str
    display_name: str


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """A payment as everybody may see it in demo mode, signed in or not. Amount in minor units.

    Of one that is not public there are neither people nor note; of one that is, no amount that
    the two did not agree to show.
    """

    id: str
    payer: PersonShown | None
    payee: PersonShown | None
    amount: int | None
    currency: str
    note: str | None
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BooksShown:
    """Sums over all accounts, minor units; `difference` is debits minus credits."""

    currency: str
    debits: int
    credits: int
    difference: int
    accounts: int
    transfers: int


@dataclass(frozen=True, slots=True)
class LaneShown:
    """The head of a chain: its last block, that block's hash, time and number of transfers."""

    lane: int
    block: int
    hash: str
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Live:
    """One picture of the system, taken at `as_of`."""

    as_of: datetime
    books: BooksShown
    last_batch: int | None
    lanes: list[LaneShown]
    payments: list[PaymentShown]


class Pulse:
    """The latest picture. However many look, a process takes a new one every 0.7 s at most.

    A picture costs four short reads. A failure is shared for as long as a picture, so that a
    database that is down is not asked by every viewer.
    """

    def __init__(self) -> None:
        self._taken_at = 0.0
        self._picture: asyncio.Task[bytes] | None = None

    async def picture(self) -> bytes:
        """Give the latest picture as JSON. Raises: DatabaseUnavailable."""
        now = asyncio.get_running_loop().time()
        old = self._picture
        if old is None or (old.done() and now - self._taken_at >= FRESH_SECONDS):
            self._taken_at = now
            old = self._picture = asyncio.create_task(_take_picture(), name="live-picture")
        return await asyncio.shield(old)  # a viewer who leaves stops it for nobody


async def _take_picture() -> bytes:
    as_of = clock.now()
    async with runtime.part(db.Database).read() as conn:
        totals = await books.totals(conn)
        heads = await books.heads(conn)
        latest = await payments.latest(conn, limit=_PAYMENTS_SHOWN)
    ours = [t for t in totals if t.currency == CURRENCY]
    debits, credits_ = sum(t.debits for t in ours), sum(t.credits for t in ours)
    lanes = sorted(heads[:_LANES_SHOWN], key=lambda h: h.lane)
    live = Live(
        as_of=as_of,
        books=BooksShown(
            currency=CURRENCY,
            debits=debits,
            credits=credits_,
            difference=debits - credits_,
            accounts=sum(t.accounts for t in ours),
            transfers=sum(t.transfers for t in ours),
        ),
        last_batch=heads[0].size if heads else None,
        lanes=[LaneShown(h.lane, h.block_no, h.hash.hex(), h.at, h.size) for h in lanes],
        payments=[_shown(p) for p in latest],
    )
    return msgspec.json.encode(live)


def _shown(payment: Payment) -> PaymentShown:
    row = payment.row
    is_public = (row.state, row.payer_visibility, row.payee_visibility) == (
        State.COMPLETED,
        "public",
        "public",
    )
    has_amount = not is_public or (row.payer_show_amount and row.payee_show_amount)
    return PaymentShown(
        id=ids.show("pay", row.id),
        payer=_person(payment.payer) if is_public else None,
        payee=_person(payment.payee) if is_public else None,
        amount=row.amount_minor if has_amount else None,
        currency=row.currency,
        note=row.note if is_public else None,
        state=row.state.name,
        at=row.times[-1],
    )


def _person(party: Party) -> PersonShown:
    return PersonShown(party.handle, party.display_name)


def _pulse() -> Pulse:
    """Find the pulse of this process; the first viewer starts it."""
    try:
        return runtime.part(Pulse)
    except LookupError:
        made = Pulse()
        runtime.current().put(made)
        return made


# --- pages -------------------------------------------------------------------------------------


@router.api_route("/about/live", methods=pages.GET)
async def live_page(request: Request) -> Response:
    """Show the books as they stand now."""
    return pages.page(request, "live")


@router.get("/live.json")
async def live() -> Response:
    """Give the numbers of the live page. They tell of everybody, so in demo mode alone."""
    return _json(await _pulse().picture())


@router.api_route("/mailbox", methods=pages.GET)
async def mailbox(request: Request) -> Response:
    """Show the mails that this system would have sent."""
    return pages.page(request, "mailbox")


@router.get("/mailbox.json")
async def mails() -> Response:
    """Give the latest mails, codes included."""
    box = runtime.part(Letterbox)  # type: ignore[type-abstract]  # wiring gives one
    return _json(msgspec.json.encode({"items": await box.latest(_MAILS_SHOWN)}))


@router.api_route("/readme", methods=pages.GET)
async def readme() -> Response:
    """Give the README of the checkout, or of the installed package."""
    text = _README.read_text() if _README.exists() else metadata.metadata("quid")["Description"]
    return Response(text, headers={"cache-control": "no-cache"}, media_type="text/plain")


def _json(body: bytes, status: int = 200) -> Response:
    media_type = "application/json" if status < 400 else "application/problem+json"
    return Response(body, status, {"cache-control": "no-store"}, media_type)


# --- one button --------------------------------------------------------------------------------


@router.post("/demo/pay")
async def pay(request: Request) -> Response:
    """Let Ana pay Ben $1, on the way of every payment, without a session.

    Idempotent: (ana, "payments.send", key).
    """
    headers = request.headers
    origin = headers.get("origin")
    if origin is not None:
        require_same_origin(origin=origin, scheme=request.url.scheme, host=headers.get("host"))
    now = clock.now()
    async with runtime.part(db.Database).read() as conn:
        ana = await people.by_handle(conn, "ana")
        ben = await people.by_handle(conn, "ben")
    if ana is None or ben is None:
        raise NotFound("Ana and Ben are not here: this system has no demo data. Nothing was sent.")
    await count_request(ana.id)
    body = PaymentRequest(
        payee_id=ids.show("usr", ben.id), amount=100, currency="USD", note="From the live page"
    )
    key = idempotency.read_key(header=headers.get("idempotency-key"), body=None)
    command = SendPayment(
        key=Key(ana.id, OPERATION, key, body.request_hash()),
        payer_id=ana.id,
        payee_id=ben.id,
        amount_minor=body.amount,
        currency=body.currency,
        note=body.note,
        visibility=None,
        show_amount=None,
        payment_id=ids.new(ids.bucket(ana.id), now),
        session_id=None,
        asked_at=now,
        request_id=str(request.scope.get("quid.request_id", "")),
    )
    outcome = await runtime.part(SendQueue).submit(command)
    if isinstance(outcome, Refusal):
        raise outcome
    answer = _json(outcome.answer.body, outcome.answer.status)
    if outcome.is_replayed:
        answer.headers["idempotency-replayed"] = "true"
    return answer
