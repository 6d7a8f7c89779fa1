"""Timed work of payments."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from quid.kit import clock, ids, telemetry
from quid.kit.db import Tx
from quid.kit.jobs import Job
from quid.payments import service


async def expire(tx: Tx, now: datetime) -> None:
    """End payments that nobody proved or decided in time; their money is spendable again."""
    await service.expire_due(tx, now=now)


async def settle(tx: Tx, now: datetime) -> Callable[[], Awaitable[None]] | None:
    """Do what follows from what has happened at banks and cards, for each payment by itself."""
    due = await service.settle_due(tx, now=now)
    return partial(_settle, due) if due else None


async def _settle(payment_ids: list[UUID]) -> None:
    for payment_id in payment_ids:
        try:
            await service.settle(payment_id, now=clock.now())
        except Exception as e:  # noqa: BLE001 - a door: one that fails is due again in a minute
            telemetry.log.error(
                "payment.not_settled", payment=ids.show("pay", payment_id), exc_info=e
            )


JOBS: Final = (
    Job("payments.expire", every_seconds=5, run=expire),
    Job("payments.settle", every_seconds=0.5, run=settle),
)
