"""What a payer who may not send is told: the operator's words for them, never the reason inside."""

from collections.abc import Sequence
from uuid import UUID

from quid.identity import queries as people
from quid.kit import db
from quid.payments import errors
from quid.payments.types import Outcome


async def explain(conn: db.Conn, refused: Sequence[tuple[UUID, Outcome | None]]) -> None:
    """Add text and day of review to what frozen payers are told; the rest is left as it is.

    Read here, once a payer is refused: who may send waits for no such read.
    """
    frozen = [(payer, o) for payer, o in refused if isinstance(o, errors.AccountFrozen)]
    if not frozen:
        return
    words = await people.freeze_words(conn, {payer for payer, _ in frozen})
    for payer, refusal in frozen:
        told = words.get(payer)
        if told is None:  # lifted in between
            continue
        refusal.extra = {"reason": told.reason_class, "text": told.text}
        if told.review_on is not None:
            refusal.extra |= {"review_on": told.review_on.isoformat()}
