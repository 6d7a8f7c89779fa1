"""The wire of what operators see of providers. Amounts in minor units."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from quid.funding.queries.rails import OperationLine, Posting
from quid.funding.types import (
    BreakerRow,
    BreakRow,
    Call,
    EventRow,
    EventState,
    InboxRow,
    OpKind,
    OpState,
    Provider,
    Purpose,
    RailEventRow,
    ReconRunRow,
)
from quid.kit import ids
from quid.kit.web.operators import Because
from quid.ledger.types import Code, Kind

PREFIXES = ("dep", "wd", "op")
_PREFIX = {OpKind.DEPOSIT: "dep", OpKind.WITHDRAWAL: "wd", OpKind.INSTANT_WITHDRAWAL: "wd"}
ProviderName = Literal["plaid", "stripe"]


def shown(kind: int, op_id: UUID) -> str:
    """Write the id of an operation for the outside."""
    return ids.show(_PREFIX.get(OpKind(kind), "op"), op_id)


def _provider(number: int) -> ProviderName:
    return "plaid" if number == Provider.PLAID else "stripe"


class RailOperation(BaseModel):
    """At a provider. `unsure_since`: a call may or may not have happened; null: hidden."""

    id: str
    kind: str
    purpose: str
    payment_id: str | None
    user_id: str
    funding_source_id: str
    provider: ProviderName
    network: str
    amount: int | None
    fee: int
    net: int | None
    currency: str
    state: str
    unsure_since: datetime | None
    authorization_ref: str | None
    provider_ref: str | None
    is_advanced: bool
    is_released: bool
    refunded: int
    settle_on: date | None
    available_on: date | None
    failure_code: str | None
    deadline: datetime
    next_at: datetime | None
    attempts: int
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, o: OperationLine) -> "RailOperation":
        """Show an operation."""
        return cls(
            id=shown(o.kind, o.id),
            kind=OpKind(o.kind).name.lower(),
            purpose=Purpose(o.purpose).name.lower(),
            payment_id=ids.show("pay", o.payment_id) if o.payment_id else None,
            user_id=ids.show("usr", o.user_id),
            funding_source_id=ids.show("fs", o.source_id),
            provider=_provider(o.provider),
            network=o.network,
            amount=o.cents,
            fee=o.fee,
            net=o.net,
            currency=o.currency,
            state=OpState(o.state).name,
            unsure_since=o.unsure_since,
            authorization_ref=o.authorization_ref,
            provider_ref=o.provider_ref,
            is_advanced=o.is_advanced,
            is_released=o.is_released,
            refunded=o.refunded_minor,
            settle_on=o.settle_on,
            available_on=o.available_on,
            failure_code=o.failure_code,
            deadline=o.deadline,
            next_at=o.next_at,
            attempts=o.attempts,
            created_at=o.created_at,
            changed_at=o.changed_at,
        )


class RailOperations(BaseModel):
    """A page of operations."""

    items: list[RailOperation]
    next_cursor: str | None


class RailStep(BaseModel):
    """A state an operation came to, and what moved it."""

    state: str
    at: datetime
    cause: str

    @classmethod
    def of(cls, e: EventRow) -> "RailStep":
        """Show a step."""
        return cls(state=OpState(e.state).name, at=e.at, cause=e.cause)


class RailCall(BaseModel):
    """A call to the provider. No outcome: it is being made, or nobody knows."""

    step: str
    key: str
    sent_at: datetime
    outcome: str | None
    code: str | None
    done_at: datetime | None

    @classmethod
    def of(cls, c: Call) -> "RailCall":
        """Show a call."""
        return cls(
            step=c.step,
            key=c.key,
            sent_at=c.sent_at,
            outcome=c.outcome,
            code=c.code,
            done_at=c.done_at,
        )


class RailPosting(BaseModel):
    """A row of the journal that an operation caused."""

    id: str
    code: str
    debit: str
    debit_account: str
    credit: str
    credit_account: str
    amount: int | None
    currency: str
    recorded_at: datetime

    @classmethod
    def of(cls, p: Posting) -> "RailPosting":
        """Show a row."""
        return cls(
            id=ids.show("trf", p.id),
            code=Code(p.code).name,
            debit=Kind(p.debit_kind).name,
            debit_account=str(p.debit_id),
            credit=Kind(p.credit_kind).name,
            credit_account=str(p.credit_id),
            amount=p.amount,
            currency=p.currency,
            recorded_at=p.recorded_at,
        )


class RailEventView(BaseModel):
    """A line of a provider's own list, and what became of it here."""

    id: str
    provider: ProviderName
    event_id: str
    kind: str
    object_ref: str | None
    status: str | None
    amount: int | None
    failure: str | None
    at: datetime
    received_at: datetime
    state: str
    reason: str | None
    done_at: datetime | None

    @classmethod
    def of(cls, e: RailEventRow) -> "RailEventView":
        """Show an event."""
        return cls(
            id=ids.show("rev", e.id),
            provider=_provider(e.provider),
            event_id=e.event_id,
            kind=e.kind,
            object_ref=e.object_ref,
            status=e.status,
            amount=e.cents,
            failure=e.failure,
            at=e.at,
            received_at=e.received_at,
            state=EventState(e.state).name,
            reason=e.reason,
            done_at=e.done_at,
        )


class RailEvents(BaseModel):
    """A page of events."""

    items: list[RailEventView]
    next_cursor: str | None


class RailOperationWhole(BaseModel):
    """An operation with its course, its calls, what the provider told, and what it moved."""

    operation: RailOperation
    course: list[RailStep]
    calls: list[RailCall]
    events: list[RailEventView]
    postings: list[RailPosting]


class WebhookView(BaseModel):
    """A webhook as it came, without its bytes."""

    id: str
    provider: ProviderName
    kind: str
    topic: str
    object_ref: str | None
    is_live: bool
    received_at: datetime
    answered_at: datetime | None
    tries: int
    reason: str | None

    @classmethod
    def of(cls, i: InboxRow) -> "WebhookView":
        """Show a webhook."""
        return cls(
            id=ids.show("hook", i.id),
            provider=_provider(i.provider),
            kind=i.kind,
            topic=i.topic,
            object_ref=i.object_ref,
            is_live=i.is_live,
            received_at=i.received_at,
            answered_at=i.answered_at,
            tries=i.tries,
            reason=i.reason,
        )


class Webhooks(BaseModel):
    """A page of webhooks."""

    items: list[WebhookView]
    next_cursor: str | None


class BreakView(BaseModel):
    """A difference with a provider's books. Not opened: it may be a matter of time."""

    id: str
    provider: ProviderName
    kind: str
    object_ref: str
    currency: str
    ours: str
    theirs: str
    amount: int
    runs: int
    first_at: datetime
    last_at: datetime
    opened_at: datetime | None
    ended_at: datetime | None
    resolved_by: str | None
    resolved_reason: str | None

    @classmethod
    def of(cls, b: BreakRow) -> "BreakView":
        """Show a difference."""
        return cls(
            id=ids.show("brk", b.id),
            provider=_provider(b.provider),
            kind=b.kind,
            object_ref=b.object_ref,
            currency=b.currency,
            ours=b.ours,
            theirs=b.theirs,
            amount=b.amount_minor,
            runs=b.runs,
            first_at=b.first_at,
            last_at=b.last_at,
            opened_at=b.opened_at,
            ended_at=b.ended_at,
            resolved_by=ids.show("usr", b.resolved_by) if b.resolved_by else None,
            resolved_reason=b.resolved_reason,
        )


class RailRun(BaseModel):
    """A comparison with a provider's books."""

    id: str
    provider: ProviderName
    started_at: datetime
    ended_at: datetime | None
    theirs: int | None
    ours: int | None
    breaks: int | None

    @classmethod
    def of(cls, r: ReconRunRow) -> "RailRun":
        """Show a run."""
        return cls(
            id=ids.show("rrn", r.id),
            provider=_provider(r.provider),
            started_at=r.started_at,
            ended_at=r.ended_at,
            theirs=r.theirs,
            ours=r.ours,
            breaks=r.breaks,
        )


class Breaks(BaseModel):
    """A page of differences, and the latest comparisons."""

    items: list[BreakView]
    next_cursor: str | None
    runs: list[RailRun]


class BreakerView(BaseModel):
    """The switch of a class of calls: as the worker sees it, and as operators want it."""

    service: str
    state: Literal["closed", "half_open", "open"]
    changed_at: datetime
    forced: Literal["open", "closed"] | None
    forced_by: str | None
    forced_at: datetime | None
    forced_reason: str | None

    @classmethod
    def of(cls, b: BreakerRow) -> "BreakerView":
        """Show a switch."""
        return cls(
            service=b.service,
            state=("closed", "half_open", "open")[b.state],
            changed_at=b.changed_at,
            forced=b.forced,
            forced_by=ids.show("usr", b.forced_by) if b.forced_by else None,
            forced_at=b.forced_at,
            forced_reason=b.forced_reason if b.forced else None,
        )


class Breakers(BaseModel):
    """Every switch."""

    items: list[BreakerView]


class Force(Because):
    """Hold a switch, or let it think for itself again (`auto`)."""

    to: Literal["open", "closed", "auto"]


class CompareNow(Because):
    """Compare one provider's books with ours."""

    provider: ProviderName


class Compared(BaseModel):
    """What was compared, sent or not. `differences` may be time, `breaks` lists what is not."""

    provider: ProviderName
    theirs: int
    ours: int
    differences: int


class BreakAsked(BaseModel):
    """A question to a second operator."""

    approval_id: str
