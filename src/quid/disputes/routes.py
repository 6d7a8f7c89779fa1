"""HTTP of disputes: report a payment, appeal, look, answer, take back."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from quid.disputes import errors, queries, rules, schemas, service
from quid.disputes.queries import About, Place
from quid.disputes.types import Claim, DisputesPage, DisputeView
from quid.kit import clock, db, idempotency, ids, ratelimit, runtime
from quid.kit.errors import (
    InvalidCursor,
    MissingField,
    NotFound,
    RateLimited,
    SignInRequired,
    ValidationFailed,
)
from quid.kit.web import Caller, answers, id_from_path, signed_in
from quid.kit.web.cursors import Position, read_cursor, write_cursor

router = APIRouter(prefix="/v1", tags=["disputes"])
SignedInCaller = Annotated[Caller, Depends(signed_in)]
KeyHeader = Annotated[str | None, Header(max_length=1000, alias="Idempotency-Key")]
_About = tuple[Claim, UUID]
OPENED_A_MINUTE: Final = 10
_PRIVATE: Final = (SignInRequired, RateLimited, ValidationFailed)
_KEYED: Final = (idempotency.IdempotencyKeyMissing, idempotency.IdempotencyKeyReused)
_ACT: Final = (*_PRIVATE, *_KEYED, NotFound, errors.StateConflict)
_ANSWERED: Final[dict[int | str, dict[str, Any]]] = {
    201: {
        "description": "Opened, now or when this key was first sent",
        "headers": {
            "Idempotency-Replayed": {
                "schema": {"const": "true"},
                "description": "there when this key was answered before",
            }
        },
    }
}
_OPENED: Final = _ANSWERED | answers(
    *_PRIVATE,
    NotFound,
    MissingField,
    *_KEYED,
    errors.NotDisputable,
    errors.AlreadyOpen,
)


@router.post("/disputes", status_code=201, responses=_OPENED)
async def report(
    body: schemas.ReportBody, response: Response, caller: SignedInCaller, key: KeyHeader = None
) -> DisputeView:
    """Report a payment of mine that has arrived, within 120 days; no money moves by it.

    The other party is told nothing of it.
    """
    return await _open((body.claim, body.payment()), body, response, caller, key)


@router.post("/payments/{payment_id}/appeal", status_code=201, responses=_OPENED)
async def appeal_payment(
    payment_id: str,
    body: schemas.TextBody,
    response: Response,
    caller: SignedInCaller,
    key: KeyHeader = None,
) -> DisputeView:
    """Ask that somebody looks at a payment of mine that your checks have stopped, once."""
    about: _About = ("rejected", id_from_path("pay", payment_id))
    return await _open(about, body, response, caller, key)


@router.post("/me/holds/{hold_id}/appeal", status_code=201, responses=_OPENED)
async def appeal_hold(
    hold_id: str,
    body: schemas.TextBody,
    response: Response,
    caller: SignedInCaller,
    key: KeyHeader = None,
) -> DisputeView:
    """Ask that somebody looks at a hold on my account; one appeal of each is open at a time."""
    about: _About = ("hold", id_from_path("frz", hold_id))
    return await _open(about, body, response, caller, key)


@router.get("/disputes", responses=answers(*_PRIVATE, InvalidCursor))
async def disputes(
    caller: SignedInCaller,
    payment_id: Annotated[str | None, Query(max_length=64, description="of it alone")] = None,
    hold_id: Annotated[str | None, Query(max_length=64, description="of it alone")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> DisputesPage:
    """List my reports and appeals, the latest first; of what is not mine there are none."""
    purpose = f"disputes:{caller.user_id}"
    before = Place(*read_cursor(purpose, cursor))
    about = About(_wanted("pay", payment_id), _wanted("frz", hold_id))
    async with runtime.part(db.Database).read() as conn:
        found = await queries.of_person(conn, caller.user_id, about, before=before, limit=limit)
    more = None
    if len(found) == limit:
        last = found[-1].row
        more = write_cursor(purpose, Position(last.opened_at, last.id))
    return DisputesPage([rules.view_of(d) for d in found], more)


@router.get("/disputes/{dispute_id}", responses=answers(*_PRIVATE, NotFound))
async def dispute_of(dispute_id: str, caller: SignedInCaller) -> DisputeView:
    """Show a report or appeal of mine. Anybody else's is not there."""
    return await _shown(id_from_path("dsp", dispute_id), caller)


@router.post("/disputes/{dispute_id}/info", responses=answers(*_ACT, MissingField))
async def answer(
    dispute_id: str, body: schemas.TextBody, caller: SignedInCaller, key: KeyHeader = None
) -> DisputeView:
    """Answer what was asked of me, once for each question."""
    found, said = id_from_path("dsp", dispute_id), schemas.words(body.text)
    act = schemas.key_of(key, caller.user_id, service.ANSWER, found, said)
    await service.answer(act, found, said, now=clock.now())
    return await _shown(found, caller)


@router.post("/disputes/{dispute_id}/withdraw", responses=answers(*_ACT))
async def withdraw(dispute_id: str, caller: SignedInCaller, key: KeyHeader = None) -> DisputeView:
    """Take back what I said. It ends here."""
    found = id_from_path("dsp", dispute_id)
    act = schemas.key_of(key, caller.user_id, service.WITHDRAW, found)
    await service.withdraw(act, found, now=clock.now())
    return await _shown(found, caller)


async def _open(
    about: _About,
    body: schemas.TextBody,
    response: Response,
    caller: Caller,
    key: str | None,
) -> DisputeView:
    await ratelimit.take(f"dispute:{caller.user_id.hex}", per_minute=OPENED_A_MINUTE)
    now, me = clock.now(), caller.user_id
    key_hash = idempotency.read_key(header=key, body=None)
    command = body.command(ids.new(ids.bucket(me), now), me, key_hash, about=about)
    opened = await service.open_dispute(command, now=now)
    if opened.is_replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return await _shown(opened.dispute_id, caller)


def _wanted(prefix: str, given: str | None) -> UUID | None:
    """Read what a list is narrowed to; an id of another kind is nobody's."""
    return None if given is None else ids.read(prefix, given) or UUID(int=0)


async def _shown(dispute_id: UUID, caller: Caller) -> DisputeView:
    async with runtime.part(db.Database).read() as conn:
        found = await queries.found(conn, dispute_id)
    if found is None or found.row.opened_by != caller.user_id:
        raise NotFound
    return rules.view_of(found)
