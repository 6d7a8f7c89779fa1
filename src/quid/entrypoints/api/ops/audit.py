"""The audit log as operators search it, and where its chain stands."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from fastapi import Depends, Query
from pydantic import BaseModel, Field

from quid.kit import db, ids, runtime
from quid.kit.audit import chain
from quid.kit.audit.search import Line, Wanted, search
from quid.kit.crypto import CursorKey
from quid.kit.errors import InvalidCursor, ValidationFailed
from quid.kit.operators import Operator
from quid.kit.web import Moment, in_utc
from quid.kit.web.operators import operator_of, ops_answers, ops_router

router = ops_router("audit")
Reader = Annotated[Operator, Depends(operator_of("compliance", "auditor", "admin"))]
Name = Annotated[str | None, Query(min_length=1, max_length=128)]
_LIST: Final = "ops:audit"


class AuditLine(BaseModel):
    """Who did what to what, when, from where, with which outcome."""

    id: str
    at: datetime
    actor: str
    actor_type: Literal["person", "operator", "system"]
    action: str
    resource_type: str
    resource_id: str
    ip: str | None
    request_id: str | None
    details: dict[str, str | int | bool | None]
    outcome: str

    @classmethod
    def of(cls, line: Line) -> "AuditLine":
        """Show it."""
        return cls.model_validate(
            {
                "id": ids.show("aud", line.id),
                "at": line.at,
                "actor": line.actor,
                "actor_type": line.actor_type,
                "action": line.action,
                "resource_type": line.resource_type,
                "resource_id": line.resource_id,
                "ip": line.ip,
                "request_id": line.request_id,
                "details": msgspec.json.decode(line.details),
                "outcome": line.outcome,
            }
        )


class AuditPage(BaseModel):
    """A page of the audit log, newest first."""

    items: list[AuditLine]
    next_cursor: str | None = None


class ChainView(BaseModel):
    """Where the chain stands: its last block, and the rows that wait for the next one."""

    block_no: int
    hash: str = Field(description="compare it with `audit.chained` of the log")
    waiting: int


class AuditQuery:
    """What to find: all that is given must fit. `since` inclusive, `until` exclusive."""

    def __init__(
        self,
        *,
        actor: Name = None,
        action: Name = None,
        resource_id: Name = None,
        since: Moment | None = None,
        until: Moment | None = None,
    ) -> None:
        for name, text in (("actor", actor), ("action", action), ("resource_id", resource_id)):
            if text is not None and "\0" in text:
                raise ValidationFailed(f"{name}: no control characters.", field=name)
        times = (in_utc(since, field="since"), in_utc(until, field="until"))
        self.wanted = Wanted(actor, action, resource_id, *times)


@router.get("/audit", responses=ops_answers(InvalidCursor))
async def audit(
    _operator: Reader,
    asked: Annotated[AuditQuery, Depends()],
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AuditPage:
    """Find lines of the audit log, newest first."""
    key = runtime.part(CursorKey)
    before = UUID(bytes=key.read(_LIST, cursor)) if cursor else None
    wanted = asked.wanted._replace(before=before)
    async with runtime.part(db.Database).read() as conn:
        lines = await search(conn, wanted, many=limit)
    is_more = len(lines) == limit
    return AuditPage(
        items=[AuditLine.of(line) for line in lines],
        next_cursor=key.write(_LIST, lines[-1].id.bytes) if is_more else None,
    )


@router.get("/audit/chain", responses=ops_answers())
async def chain_state(_operator: Reader) -> ChainView:
    """Say where the chain stands; `quid audit verify` computes it again."""
    async with runtime.part(db.Database).read() as conn:
        head, waiting = await chain.head(conn), await chain.waiting(conn)
    if head is None:
        return ChainView(block_no=0, hash="", waiting=waiting)
    return ChainView(block_no=head.no, hash=head.hash.hex(), waiting=waiting)
