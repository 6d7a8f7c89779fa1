"""HTTP of verification: facts in one request, each document in one of its own."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request

from quid.identity import service
from quid.identity.errors import AlreadyDone, NotYet
from quid.identity.queries import verification as queries
from quid.identity.schemas.verification import VerificationAnswer, VerificationBody
from quid.kit import clock, db, runtime
from quid.kit.errors import Forbidden, RateLimited, ValidationFailed
from quid.kit.web import Caller, SignInRequired, answers, signed_in

router = APIRouter()
SignedInCaller = Annotated[Caller, Depends(signed_in)]
_CHANGE = answers(SignInRequired, ValidationFailed, AlreadyDone, NotYet, Forbidden, RateLimited)
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/pdf", "image/jpeg", "image/png")
        },
    }
}


@router.get("/me/verification", responses=answers(SignInRequired, RateLimited))
async def where_i_stand(caller: SignedInCaller) -> VerificationAnswer:
    """Say the caller's tier, whether something is being checked, and what the next tier needs."""
    async with runtime.part(db.Database).read() as conn:
        return VerificationAnswer.of(await queries.view(conn, caller.user_id))


@router.post("/me/verification", responses=_CHANGE)
async def verify(body: VerificationBody, caller: SignedInCaller) -> VerificationAnswer:
    """Say who one is in law: of tier 1 as soon as the verifier agrees, mostly at once."""
    return VerificationAnswer.of(
        await service.verify(caller.user_id, body.facts(), now=clock.now())
    )


@router.post("/me/verification/documents", responses=_CHANGE, openapi_extra=_FILE)
async def add_document(request: Request, caller: SignedInCaller) -> VerificationAnswer:
    """Send one document of at most 10 MiB as the body; an operator looks at it for tier 2."""
    content = await request.body()
    return VerificationAnswer.of(
        await service.add_document(caller.user_id, content, now=clock.now())
    )
