"""What payments need from above: to ask for a request before it is paid, and to tell it after."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from quid.kit import db
from quid.kit.errors import Refusal
from quid.payments.types import Answering, Moved


class Requests(Protocol):
    """The requests that payments answer, in the transaction of the payment itself. ADR 48.

    Called with the payments locked, where they exist, and before any account of the ledger is. No
    call waits for anything but the database, or commits.
    """

    async def claim(self, tx: db.Tx, answers: Sequence[Answering]) -> list[Refusal | None]:
        """Lock requests by id and say of each payment, in order, why it may not answer; or None.

        A request takes a payment that its own people make, of its amount, while it is open and no
        other payment has it; of several in one call the first. Nothing is written: what becomes
        of the payment `follow` tells, and if nothing came of it nothing is told.
        """

    async def lock(self, tx: db.Tx, request_ids: Sequence[UUID]) -> None:
        """Lock requests by id: one of their payments is about to move."""

    async def follow(self, tx: db.Tx, moved: Sequence[Moved], *, now: datetime) -> None:
        """Write where payments have come to; the caller holds their requests.

        COMPLETED pays the request. On its way or waiting, the payment has it. Ended without
        moving (DECLINED, REJECTED, FAILED, CANCELLED, EXPIRED), the request is free again.
        """
