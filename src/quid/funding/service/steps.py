"""The steps of an operation at its provider: which comes next, and the call that makes it.

A step is chosen and written down in one transaction, made with none open, and settled in another.
It is made again under the key it was first made with, until what became of it is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from quid.funding.errors import (
    Ambiguous,
    ContractBroken,
    InsufficientFloat,
    InvalidRequest,
    ProviderError,
)
from quid.funding.ports import (
    Authorized,
    CardOrder,
    Charge,
    Chargeback,
    Network,
    Order,
    ProviderKey,
    Rails,
    Refund,
    Transfer,
)
from quid.funding.queries import by_ids
from quid.funding.rules.course import PULLS, PUSHES
from quid.funding.service.asking import origin
from quid.funding.service.booking import shown
from quid.funding.store import operations as store
from quid.funding.store import sources as source_store
from quid.funding.types import Call, Operation, OpKind, OpState, Provider, Source
from quid.identity.queries import verification as people
from quid.kit import db, failpoints, runtime

StepName = Literal["authorize", "submit", "cancel", "prepare", "confirm", "look", "stop", "refund"]


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A charge that has succeeded, with what became of it since."""

    charge: Charge
    claims: Sequence[Chargeback]


Answer = Authorized | Transfer | Charge | CardSeen | Refund | ProviderError | None
STATEMENT: Final = "QUID"
# An authorization lives an hour; after a little more nothing can come of it.
AUTHORIZATION_LIFE: Final = timedelta(minutes=65)
_NETWORKS: Final[dict[str, Network]] = {n: n for n in ("ach", "same-day-ach", "rtp")}


@dataclass(frozen=True, slots=True)
class Step:
    """A call that is written down. `is_again`: an earlier one may have had its effect.

    `order` is what banks are asked; cards need no more than the operation and the source.
    """

    name: StepName
    op: Operation
    source: Source
    key: ProviderKey
    is_again: bool
    asked_at: datetime
    charge_ref: str | None
    authorized_at: datetime | None
    order: Order | None


def next_of(op: Operation, *, now: datetime) -> StepName | None:
    """Say what is to be done at the provider where an operation stands; None = nothing."""
    if op.kind == OpKind.CARD_CHARGE:
        return _next_of_card(op, now=now)
    state = OpState(op.state)
    if op.kind == OpKind.CARD_REFUND:
        return "refund" if state < OpState.DECLINED else None
    if op.kind not in PULLS | PUSHES:
        return None
    if state <= OpState.SUBMITTING:
        return "submit" if state is OpState.SUBMITTING else "authorize"
    return "cancel" if state is OpState.PENDING and op.is_abandoned else None


def _next_of_card(op: Operation, *, now: datetime) -> StepName | None:
    state = OpState(op.state)
    is_over = op.is_abandoned or now >= op.deadline
    if state in {OpState.NEW, OpState.CONFIRMING}:
        if op.provider_ref is None:
            return "prepare"
        # Stopping one that has succeeded tells so: nobody is charged for what is given up.
        return "stop" if is_over else "confirm"
    if state is OpState.REQUIRES_ACTION and is_over:
        return "stop"
    return "look" if state < OpState.DECLINED else None


async def written(tx: db.Tx, op: Operation, name: StepName, *, now: datetime) -> Step:
    """Part: write a call down before it is made. Locks: funding.call."""
    calls = {c.step: c for c in await store.calls(tx, op.id)}
    source = (await by_ids(tx, [op.source_id]))[op.source_id]
    before = calls.get(name)
    is_again = before is not None and before.outcome in (None, "unknown")
    key = _key(op, name, before, is_again=is_again)
    await store.intend(tx, op.id, name, key, now=now)
    authorized = calls.get("authorize")
    legal_name = await people.legal_name(tx, op.user_id) if op.kind in PULLS | PUSHES else None
    return Step(
        name=name,
        op=op,
        source=source,
        key=ProviderKey(key),
        is_again=is_again,
        asked_at=now,
        charge_ref=await _charge_of(tx, op),
        authorized_at=authorized.done_at if authorized is not None else None,
        order=_order(op, source, ProviderKey(key), legal_name or ""),
    )


async def _charge_of(tx: db.Tx, op: Operation) -> str | None:
    """Give what a refund is of."""
    if op.kind != OpKind.CARD_REFUND or op.payment_id is None:
        return None
    charge = await store.charge_of(tx, op.payment_id)
    return None if charge is None else charge.provider_ref


def _key(op: Operation, name: StepName, before: Call | None, *, is_again: bool) -> str:
    """Name the call for the provider: the same as long as it is not known what came of it.

    A decision that was given stays under its key for two days: who asks for another, because we
    had no float or the person has signed in again, asks under the next number. It moves nothing.
    """
    if before is None:
        return f"{shown(op)}:{name}"
    if is_again or name != "authorize":
        return before.key
    numbered = before.key.split(":")[2:]
    return f"{shown(op)}:{name}:{int(numbered[0]) + 1 if numbered else 2}"


def _order(op: Operation, source: Source, key: ProviderKey, legal_name: str) -> Order | None:
    token = source_store.token_of(source)
    if token is None or source.account_ref is None or op.network not in _NETWORKS:
        return None
    return Order(
        op_id=shown(op),
        key=key,
        user_ref=str(op.user_id),
        legal_name=legal_name,
        cents=op.net,
        direction="pull" if op.kind in PULLS else "push",
        network=_NETWORKS[op.network],
        token=token,
        account_ref=source.account_ref,
        statement=STATEMENT,
        ip=op.ip,
        user_agent=op.user_agent,
        authorization_ref=op.authorization_ref,
    )


# --- the call ----------------------------------------------------------------------------------


async def make(step: Step) -> Answer:
    """Make a call. What does not return an answer is given as the error that says what is known.

    None = looked up, and it is provably not there. No transaction is open.
    """
    failpoints.reach("operation.call")
    try:
        answer = await _made(step)
    except ProviderError as e:
        return e
    failpoints.reach("operation.called")
    return answer


async def _made(step: Step) -> Answer:
    rails = runtime.part(Rails)
    if step.op.kind == OpKind.CARD_REFUND:
        return await _refunded(rails, step)
    if step.op.kind == OpKind.CARD_CHARGE:
        return await _made_of_card(rails, step)
    if step.order is None:
        raise InvalidRequest("SOURCE_WITHOUT_ACCOUNT")
    if step.name == "authorize":
        await _require_float(rails, step)
        return await rails.ach.authorize(step.order)
    if step.name == "submit":
        return await _submit(rails, step, step.order)
    if step.op.provider_ref is None:
        raise InvalidRequest("NOT_SUBMITTED")
    await rails.ach.cancel(step.op.provider_ref)
    return await rails.ach.get(ref=step.op.provider_ref)


async def _require_float(rails: Rails, step: Step) -> None:
    """A push is asked for only where our money at the provider covers it."""
    treasury = rails.treasury.get(Provider(step.op.provider))
    if step.op.kind not in PUSHES or treasury is None or step.is_again:
        return
    position = await treasury.position()
    if position.available < step.op.net:
        raise InsufficientFloat("FLOAT", f"{position.available} of {step.op.net}")


async def _submit(rails: Rails, step: Step, order: Order) -> Transfer | None:
    """Create it, once: what may be there already is looked for by its authorization."""
    is_over = (
        step.authorized_at is not None and step.asked_at - step.authorized_at > AUTHORIZATION_LIFE
    )
    if step.is_again or is_over:
        found = await rails.ach.get(authorization_ref=order.authorization_ref)
        if found is not None or is_over:
            return found
        if step.op.is_abandoned:  # it may still arrive, and nobody wants another
            raise Ambiguous("ABANDONED")
    return await rails.ach.submit(order)


async def _refunded(rails: Rails, step: Step) -> Refund:
    """Give money back, once: what may have been given already is looked for by its operation."""
    op = step.op
    if step.charge_ref is None:
        raise InvalidRequest("REFUND_WITHOUT_CHARGE")
    if step.is_again or op.provider_ref is not None:
        listed = await rails.card.refunds(step.charge_ref)
        names = {op.provider_ref, shown(op)}
        found = next((r for r in listed if {r.ref, r.op_id} & names), None)
        if found is not None:
            return found
        if op.provider_ref is not None:  # it was given: never again, whatever the list says
            raise ContractBroken("REFUND_NOT_LISTED")
    return await rails.card.refund(step.charge_ref, op.net, shown(op), key=step.key)


async def _made_of_card(rails: Rails, step: Step) -> Charge | CardSeen | None:
    op, source = step.op, step.source
    if source.customer_ref is None or source.method_ref is None:
        raise InvalidRequest("SOURCE_WITHOUT_CARD")
    order = CardOrder(
        op_id=shown(op),
        key=step.key,
        cents=op.net,
        customer_ref=source.customer_ref,
        method_ref=source.method_ref,
        statement=STATEMENT,
        return_url=f"{origin()}/",
        ref=op.provider_ref,
    )
    if op.provider_ref is None:
        return await rails.card.prepare(order)
    if step.name == "stop":
        return await rails.card.cancel(op.provider_ref, key=step.key)
    if step.name == "look":
        found = await rails.card.get(op.provider_ref)
        if found is None or op.state < OpState.SUCCEEDED:
            return found
        return CardSeen(found, await rails.card.chargebacks(op.provider_ref))
    if step.is_again:
        found = await rails.card.get(op.provider_ref)
        if found is not None and found.status != "prepared":
            return found
    return await rails.card.confirm(order)
