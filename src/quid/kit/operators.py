"""Operators, and what stands around each of their acts.

An act is pressed: it has a reason and a key, its people are strangers to the operator, and it
writes one line into the audit log in the transaction of its effect. A second press of the same
key, by anybody, gets the first result.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import audit, db, idempotency, ids, runtime, telemetry
from quid.kit.once import Answer, Key
from quid.kit.roles import ROLES, Role

__all__ = [
    "ALL_OPERATORS",
    "REASON_HIGH",
    "REASON_LOW",
    "ROLES",
    "Deed",
    "Desk",
    "Details",
    "Once",
    "Operator",
    "Press",
    "Role",
    "by_command",
    "entry",
    "pressed",
    "record",
]

Details = Mapping[str, str | int | bool | None]
# Keys of presses belong to all operators together, so that two of them share one effect.
ALL_OPERATORS: Final = UUID(int=0)
REASON_LOW: Final = 10
REASON_HIGH: Final = 500
_NOTHING: Final[Details] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts for the house. `linked_user_id`: the person they are in private life."""

    id: UUID
    handle: str
    role: Role
    session_id: UUID
    linked_user_id: UUID | None = None

    @property
    def name(self) -> str:
        """The operator's name in the audit log."""
        return ids.show("usr", self.id)


class Desk(ABC):
    """Knows operators (a part of the runtime, given by the identity slice)."""

    @abstractmethod
    async def operator(self, *, authorization: str | None, cookie: str | None) -> Operator:
        """Name the caller of an operator route, second factor proved or not.

        Raises: SignInRequired, Forbidden for a person.
        """

    @abstractmethod
    async def require_proof(self, operator: Operator) -> None:
        """Make sure that this session has proved its second factor. Raises: StepUpRequired."""

    @abstractmethod
    async def require_distance(
        self, conn: db.Conn, operator: Operator, people: Collection[UUID]
    ) -> None:
        """Make sure that none of them is the operator, their own person, or a friend of it.

        Raises: Forbidden.
        """


@dataclass(frozen=True, slots=True)
class Press:
    """One press of an operator: who, under which key, and why."""

    operator: Operator
    key: Key
    reason: str


class Deed(NamedTuple):
    """What was done to what, for the audit log. `details` as in `audit.Entry`."""

    action: str
    resource_type: str
    resource_id: str
    details: Details = _NOTHING
    outcome: str = "ok"


class Once:
    """The transaction of a press. `done` is what the first press made, if this is not the first."""

    def __init__(self, tx: db.Tx, press: Press, done: UUID | None, now: datetime) -> None:
        self._tx = tx
        self.press = press
        self.done = done
        self.now = now
        self.deed: Deed | None = None
        self.made: UUID | None = None

    @property
    def tx(self) -> db.Tx:
        """The transaction; none for a press that was answered before: it must change nothing."""
        if self.done is not None:
            raise RuntimeError("a second press must not act")
        return self._tx

    def finish(self, made: UUID, deed: Deed) -> UUID:
        """Say what was made and what the audit log shall say of it."""
        self.made, self.deed = made, deed
        return made


@asynccontextmanager
async def pressed(
    press: Press, *, people: Collection[UUID] = (), now: datetime
) -> AsyncIterator[Once]:
    """Open the transaction of an act that concerns these people.

    The block looks at `done` first; where that is None it acts in `tx` and calls `finish`.
    Raises: Forbidden for an operator too close to them, IdempotencyKeyReused.
    Locks: the key (advisory).
    """
    async with runtime.part(db.Database).transaction() as tx:
        [stored] = await idempotency.claim(tx, [press.key])
        if stored is not None:
            idempotency.replay(stored, press.key)
            yield Once(tx, press, stored.object_id, now)
            return
        if people:
            await runtime.part(Desk).require_distance(tx, press.operator, people)  # type: ignore[type-abstract]  # wiring gives one
        once = Once(tx, press, None, now)
        yield once
        if once.deed is None or once.made is None:
            raise RuntimeError("an operator's act ended without `finish`")
        await audit.record(tx, [entry(press.operator, once.deed, press.reason, now=now)])
        await idempotency.finish(tx, [(press.key, once.made, Answer(200, b""))], now=now)


def by_command(by: str, deed: Deed, *, now: datetime) -> audit.Entry:
    """Write an act at the command line, or of a rule, for the audit log."""
    return audit.Entry(
        actor=by,
        actor_type="operator",
        action=deed.action,
        resource_type=deed.resource_type,
        resource_id=deed.resource_id,
        outcome=deed.outcome,
        at=now,
        details=deed.details,
    )


async def record(operator: Operator, deed: Deed, reason: str | None, *, now: datetime) -> None:
    """Write a line of its own into the audit log: a look that must be accounted for, a refusal."""
    async with runtime.part(db.Database).transaction() as tx:
        await audit.record(tx, [entry(operator, deed, reason, now=now)])


def entry(operator: Operator, deed: Deed, reason: str | None, *, now: datetime) -> audit.Entry:
    """Write an act of an operator for the audit log."""
    why: Details = {} if reason is None else {"reason": reason}
    return audit.Entry(
        actor=operator.name,
        actor_type="operator",
        action=deed.action,
        resource_type=deed.resource_type,
        resource_id=deed.resource_id,
        outcome=deed.outcome,
        at=now,
        request_id=telemetry.request_id(),
        details={**deed.details, "role": operator.role, **why},
    )
