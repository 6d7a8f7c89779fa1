"""Acts that need two operators: one asks, another one decides, and then it happens, once.

An act is registered by wiring with the roles that may ask and decide. What it does when approved
is `execute`, in the transaction of the decision; a refusal there leaves the question open.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from quid.kit import db, ids, runtime
from quid.kit.errors import Forbidden, NotFound, Refusal
from quid.kit.operators import Deed, Details, Once, Operator, Press, Role, pressed

LIFE: Final = timedelta(hours=24)
_SQL: Final = db.sql("quid.kit", "approvals")
_NO_BUCKET: Final = 0

State = Literal["PENDING", "APPROVED", "REFUSED", "EXPIRED"]


class Decided(Refusal):
    """The question has been answered the other way, or its day is over."""

    code = "STATE_CONFLICT"
    category = "conflict"
    title = "Already done"
    text = "This has been decided. Nothing changed."


class Matter(NamedTuple):
    """What an act is about: its resource, what it must know, and whose affairs it touches."""

    resource_type: str
    resource_id: str
    payload: Details
    people: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """A question to a second operator, with its answer once there is one."""

    id: UUID
    act: str
    resource_type: str
    resource_id: str
    payload: str
    people: list[UUID]
    reason: str
    asked_by: UUID
    asked_role: str
    asked_at: datetime
    expires_at: datetime
    decision: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    decided_reason: str | None

    def state(self, now: datetime) -> State:
        """Where it stands: a question nobody answers dies after a day."""
        if self.decision == "APPROVED":
            return "APPROVED"
        if self.decision == "REFUSED":
            return "REFUSED"
        return "PENDING" if now < self.expires_at else "EXPIRED"

    def known(self) -> Mapping[str, str | int | bool | None]:
        """Give the payload."""
        return msgspec.json.decode(self.payload, type=dict[str, str | int | bool | None])


Execute = Callable[[db.Tx, Approval, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Act:
    """An act that needs two: its name in the audit log, who may ask, who may decide, what it does.

    `execute` is a part: it moves or changes in the transaction of the approval and may refuse.
    """

    name: str
    ask_roles: tuple[Role, ...]
    approve_roles: tuple[Role, ...]
    execute: Execute


class Acts:
    """The acts of this process by name (a part of the runtime)."""

    def __init__(self, acts: Iterable[Act]) -> None:
        self._acts = {a.name: a for a in acts}

    def named(self, name: str) -> Act:
        """Find an act. Raises: NotFound for one that this version does not know."""
        found = self._acts.get(name)
        if found is None:
            raise NotFound
        return found

    def deciders(self, name: str) -> tuple[Role, ...]:
        """Give the roles that may decide an act; none for one that this version does not know."""
        found = self._acts.get(name)
        return found.approve_roles if found else ()


_ASK: Final = _SQL.command("ask")
_LOCK: Final = _SQL.rows("lock", Approval)
_DECIDE: Final = _SQL.command("decide")
_ONE: Final = _SQL.rows("one", Approval)
_PAGE: Final = _SQL.rows("page", Approval)


async def ask(once: Once, act: Act, matter: Matter) -> UUID:
    """Ask for a second operator, inside a press that concerns `matter.people`; finishes it.

    Gives the id of the question. Raises: Forbidden for a role that may not ask.
    """
    if once.done is not None:
        return once.done
    operator = once.press.operator
    if operator.role not in act.ask_roles:
        raise Forbidden("Your role may not ask for this. Nothing changed.")
    approval_id = ids.new(_NO_BUCKET, once.now)
    payload = msgspec.json.encode(dict(matter.payload)).decode()
    await _ASK.run(
        once.tx, approval_id, act.name, matter.resource_type, matter.resource_id, payload,
        list(matter.people), once.press.reason, operator.id, operator.role, once.now,
        once.now + LIFE,
    )  # fmt: skip
    details = {**matter.payload, "approval_id": ids.show("apr", approval_id)}
    deed = Deed(act.name, matter.resource_type, matter.resource_id, details, outcome="asked")
    return once.finish(approval_id, deed)


async def decide(approval_id: UUID, press: Press, *, is_approved: bool, now: datetime) -> None:
    """Answer a question as another operator; if approved, the act happens in this transaction.

    The same answer by a second operator is the first one's. Raises: NotFound, Decided, Forbidden
    for the asker, for a role that may not decide and for somebody too close; what the act raises.
    Locks: the key (advisory), kit.approval, what the act locks.
    """
    wanted = "APPROVED" if is_approved else "REFUSED"
    async with runtime.part(db.Database).read() as conn:
        found = await one(conn, approval_id)
    act = runtime.part(Acts).named(found.act)
    _require_second(found, act, press.operator)
    async with pressed(press, people=found.people, now=now) as once:
        if once.done is not None:
            return
        approval = await _LOCK.one(once.tx, approval_id)
        if approval.decision == wanted:
            details: dict[str, str | int | bool | None] = {"is_repeated": True}
        else:
            _require_pending(approval, now)
            details = {"asked_by": ids.show("usr", approval.asked_by)}
            await _DECIDE.run(once.tx, approval_id, wanted, press.operator.id, now, press.reason)
            if is_approved:
                await act.execute(once.tx, approval, now)
        details["approval_id"] = ids.show("apr", approval_id)
        resource = (approval.resource_type, approval.resource_id)
        once.finish(approval_id, Deed(act.name, *resource, details, outcome=wanted.lower()))


def _require_second(approval: Approval, act: Act, operator: Operator) -> None:
    if operator.role not in act.approve_roles:
        raise Forbidden("Your role may not decide this. Nothing changed.")
    if operator.id == approval.asked_by:
        raise Forbidden("Another operator must decide what you have asked. Nothing changed.")


def _require_pending(approval: Approval, now: datetime) -> None:
    state = approval.state(now)
    if state == "EXPIRED":
        raise Decided("Nobody decided within 24 hours. Nothing changed. Ask again.")
    if state != "PENDING":
        raise Decided(f"This was {state.lower()} on {approval.decided_at:%Y-%m-%d %H:%M} UTC.")


async def one(conn: db.Conn, approval_id: UUID) -> Approval:
    """Find a question. Raises: NotFound."""
    found = await _ONE.maybe(conn, approval_id)
    if found is None:
        raise NotFound
    return found


async def page(
    conn: db.Conn, *, pending_at: datetime | None, before: UUID | None, many: int
) -> list[Approval]:
    """List questions, newest first; only those open at an instant, where one is given."""
    return await _PAGE.all(conn, pending_at, before, many)
