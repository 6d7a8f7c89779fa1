"""Receipt: what a payment was, and where the ledger has it."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends

from quid.kit import db, ids, runtime
from quid.kit.errors import NotFound, RateLimited, SignInRequired
from quid.kit.web import Caller, answers, id_from_path, signed_in
from quid.ledger import queries as books
from quid.ledger.queries.explain import ExplainedTransfer
from quid.ledger.types import Code
from quid.payments import queries, rules
from quid.payments.types import ReceiptLine, ReceiptView

router = APIRouter()
_KEEP: Final = (
    "Keep this: a line of the ledger and the hash of its block never change. Whoever runs this "
    "system finds the lines by `explain` and computes the hash again from its rows by `verify`."
)


@router.get(
    "/payments/{payment_id}/receipt", responses=answers(SignInRequired, NotFound, RateLimited)
)
async def receipt(payment_id: str, caller: Annotated[Caller, Depends(signed_in)]) -> ReceiptView:
    """Show one of my payments with its lines in the ledger, as proof. Anybody else's is no more."""
    me = caller.user_id
    async with runtime.part(db.Database).read() as conn:
        found = await queries.payment(conn, id_from_path("pay", payment_id), viewer_id=me)
        if found is None:
            raise NotFound
        explained = await books.explain(conn, found.row.id)
    lines = [_line(t) for t in explained.transfers if me in (t.debit_owner, t.credit_owner)]
    days = sorted({line.recorded_at.date() for line in lines})
    span = f" --from {days[0]} --to {days[-1]}" if days else ""
    return ReceiptView(
        payment=rules.view_of(found, viewer_id=me),
        lines=lines,
        explain=f"quid ledger explain {ids.show('pay', found.row.id)}",
        verify=f"quid ledger verify{span}",
        text=_KEEP,
    )


def _line(transfer: ExplainedTransfer) -> ReceiptLine:
    """Show a transfer without its accounts and what they hold: that is the other's business."""
    return ReceiptLine(
        transfer_id=ids.show("trf", transfer.id),
        kind=Code(transfer.code).name.lower(),
        amount=transfer.amount,
        currency=transfer.currency,
        recorded_at=transfer.recorded_at,
        lane=transfer.lane,
        block=transfer.block_no,
        row=transfer.place or 0,
        rows=transfer.size or 0,
        block_hash=transfer.hash.hex() if transfer.hash is not None else "",
    )
