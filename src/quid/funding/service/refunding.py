"""Giving money back to a card: an act of operators, driven like any other operation.

Of a charge of which more than $500 goes back in all, a second operator decides.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.errors import InvalidAmount, StateConflict
from quid.funding.service.booking import shown
from quid.funding.service.operations import start
from quid.funding.store import operations as store
from quid.funding.types import NewOperation, Operation, OpKind, OpState, Purpose
from quid.kit import approvals, db, ids, runtime
from quid.kit.approvals import Act, Approval, Matter
from quid.kit.errors import NotFound
from quid.kit.operators import Deed, Details, Press, pressed

# All that goes back of one charge counts: small parts of it are not a way around.
ALONE_MINOR: Final = 50_000
_CAN_GIVE: Final = frozenset({OpState.SUCCEEDED, OpState.PARTLY_REFUNDED})


async def refund(press: Press, charge_id: UUID, cents: int | None, *, now: datetime) -> UUID:
    """Command: give back a charge, all that is left of it or a part, with our fee's share of it.

    Taken from the payer's wallet as far as it goes, the rest is owed. Gives the refund, to be
    driven; where more than $500 of the charge would have gone back, the question to a second
    operator. Units: minor units of what was paid, the fee aside. Raises: NotFound, StateConflict,
    InvalidAmount, Forbidden, IdempotencyKeyReused. Locks: the key, funding.operation.
    """
    async with runtime.part(db.Database).read() as conn:
        found = await store.read(conn, [charge_id])
    if not found or found[0].kind != OpKind.CARD_CHARGE:
        raise NotFound
    async with pressed(press, people=(found[0].user_id,), now=now) as once:
        if once.done is not None:
            return once.done
        charge, before = await _locked(once.tx, charge_id)
        new = _share(charge, before, cents, now=now)
        if sum(r.cents for r in before) + new.cents > ALONE_MINOR:
            # They decide on an amount, not on whatever is left by then.
            details: Details = {"amount": new.cents, "charge_id": str(charge_id)}
            matter = Matter("operation", shown(charge), details, (charge.user_id,))
            return await approvals.ask(once, REFUND, matter)
        await start(once.tx, new, now=now)
        deed = Deed(
            REFUND.name,
            "operation",
            shown(charge),
            {"amount": new.cents, "fee": new.fee, "refund": ids.show("op", new.id)},
        )
        return once.finish(new.id, deed)


async def _refund(tx: db.Tx, approval: Approval, now: datetime) -> None:
    """Part: give back what a second operator has agreed to; the worker drives it.

    Raises: NotFound, StateConflict, InvalidAmount. Locks: funding.operation.
    """
    known = approval.known()
    charge, before = await _locked(tx, UUID(str(known["charge_id"])))
    await start(tx, _share(charge, before, int(known["amount"] or 0), now=now), now=now)


async def _locked(tx: db.Tx, charge_id: UUID) -> tuple[Operation, list[Operation]]:
    """Lock a charge; give it with what goes back of it already. Raises: NotFound."""
    charge = await store.locked(tx, charge_id)
    if charge is None or charge.payment_id is None:
        raise NotFound
    return charge, await store.refunds_of(tx, charge.payment_id)


def _share(
    charge: Operation, before: list[Operation], cents: int | None, *, now: datetime
) -> NewOperation:
    """Say what goes back, and what of the fee: all parts together give all of it, to the cent."""
    state = OpState(charge.state)
    given = sum(r.cents for r in before)
    # What nobody waited for is all the payer's, and we took no fee of it.
    whole, our_fee = (charge.net, 0) if charge.is_abandoned else (charge.cents, charge.fee)
    left = whole - given
    if state not in _CAN_GIVE or not charge.is_released or left == 0:
        raise StateConflict(
            "Nothing of this can be given back. Nothing was moved.", extra={"state": state.name}
        )
    part = left if cents is None else cents
    if part > left:
        raise InvalidAmount(
            f"At most {left} cents are left to give back. Nothing was moved.", field="amount"
        )
    fee = our_fee * (given + part) // whole - sum(r.fee for r in before)
    return NewOperation(
        id=ids.new(ids.bucket(charge.user_id), now),
        kind=OpKind.CARD_REFUND,
        purpose=Purpose.PAYMENT,
        user_id=charge.user_id,
        source_id=charge.source_id,
        cents=part,
        fee=fee,
        payment_id=charge.payment_id,
    )


REFUND: Final = Act("funding.refund", ("finance",), ("finance", "compliance"), _refund)
ACTS: Final = (REFUND,)
