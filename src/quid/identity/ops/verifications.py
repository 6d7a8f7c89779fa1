"""Verifications that wait for an operator: what was said, what was shown, and the decision."""

from typing import Annotated, Final

from fastapi import Depends, Response

from quid.identity import service
from quid.identity.errors import AlreadyDone
from quid.identity.queries import verification as queries
from quid.identity.schemas.ops import (
    DecisionBody,
    FactsView,
    VerificationCase,
    VerificationCases,
    VerificationDetail,
)
from quid.kit import clock, db, runtime
from quid.kit.errors import NotFound
from quid.kit.operators import Operator, Press
from quid.kit.web import id_from_path
from quid.kit.web.operators import (
    Because,
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)

router = ops_router("identity")
Reader = Annotated[Operator, Depends(operator_of("analyst", "compliance", "auditor"))]
_DECIDER: Final = Depends(press_of("analyst", "compliance"))
_REVEALER: Final = Depends(press_of("analyst", "compliance", "auditor"))
_MANY: Final = 100


@router.get("/verifications", responses=ops_answers())
async def verifications(_operator: Reader) -> VerificationCases:
    """List what waits for an operator, the oldest first; 100 at most."""
    async with runtime.part(db.Database).read() as conn:
        rows = await queries.waiting(conn, limit=_MANY)
    return VerificationCases(items=[VerificationCase.of(r) for r in rows])


@router.get("/verifications/{verification_id}", responses=ops_answers(NotFound))
async def verification(verification_id: str, _operator: Reader) -> VerificationDetail:
    """Show a verification: whose it is, its documents by name and size, not by content."""
    found = id_from_path("ver", verification_id)
    async with runtime.part(db.Database).read() as conn:
        row = await queries.by_id(conn, found)
        if row is None:
            raise NotFound
        return VerificationDetail.of(row, await queries.documents(conn, found))


@router.post("/verifications/{verification_id}/reveal", responses=press_answers(NotFound))
async def reveal_facts(
    verification_id: str, _body: Because, press: Annotated[Press, _REVEALER]
) -> FactsView:
    """Show what a person said of themselves. Each look is on record."""
    found = id_from_path("ver", verification_id)
    return FactsView.of(await service.reveal_facts(found, press, now=clock.now()))


@router.post(
    "/verifications/{verification_id}/documents/{document_id}/reveal",
    response_class=Response,
    responses={
        **press_answers(NotFound),
        200: {"content": {"application/octet-stream": {}}, "description": "the document"},
    },
)
async def reveal_document(
    verification_id: str,
    document_id: str,
    _body: Because,
    press: Annotated[Press, _REVEALER],
) -> Response:
    """Give a document. Each look is on record."""
    found, document = id_from_path("ver", verification_id), id_from_path("doc", document_id)
    content = await service.reveal_document(found, document, press, now=clock.now())
    # As a file, whatever it holds: nothing in it may run on our pages.
    headers = {"content-disposition": f'attachment; filename="{document_id}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post(
    "/verifications/{verification_id}/decide",
    responses=press_answers(NotFound, AlreadyDone),
)
async def decide(
    verification_id: str, body: DecisionBody, press: Annotated[Press, _DECIDER]
) -> VerificationDetail:
    """Say what was made of the documents: verified raises the person to tier 2."""
    found = id_from_path("ver", verification_id)
    await service.decide_documents(
        found, press, is_verified=body.decision == "verified", now=clock.now()
    )
    async with runtime.part(db.Database).read() as conn:
        row = await queries.by_id(conn, found)
        if row is None:
            raise NotFound
        return VerificationDetail.of(row, await queries.documents(conn, found))
