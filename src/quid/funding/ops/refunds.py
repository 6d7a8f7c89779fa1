"""What finance gives back to a card."""

from typing import Annotated, Final

from fastapi import Depends

from quid.funding import service
from quid.funding.errors import InvalidAmount, StateConflict
from quid.funding.ops.rails import operation_id
from quid.funding.schemas.moves import RefundRequest, refund_view
from quid.funding.service.refunding import refund as give_back
from quid.funding.store import operations as store
from quid.funding.types import RefundDecided
from quid.kit import clock, db, ids, runtime
from quid.kit.errors import NotFound
from quid.kit.operators import Press
from quid.kit.web.operators import ops_router, press_answers, press_of

router: Final = ops_router("rails")
Finance = Annotated[Press, Depends(press_of("finance"))]
_WITHIN: Final = 3.0


@router.post(
    "/rails/ops/{operation}/refund",
    status_code=202,
    responses=press_answers(NotFound, StateConflict, InvalidAmount),
)
async def refund(operation: str, press: Finance, body: RefundRequest) -> RefundDecided:
    """Give a card charge back: all that is left of it, or a part, with the fee's share.

    Where that makes more than $500 of the charge, a second operator decides.
    """
    now = clock.now()
    made = await give_back(press, operation_id(operation), body.amount, now=now)
    async with runtime.part(db.Database).read() as conn:
        if not await store.read(conn, [made]):
            return RefundDecided(None, ids.show("apr", made))
    await service.drive(made, within=_WITHIN, now=now)
    async with runtime.part(db.Database).read() as conn:
        [found] = await store.read(conn, [made])
    return RefundDecided(refund_view(found), None)
