"""Deliveries: what is on its way, whose turn it is, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from quid.kit import db, ids
from quid.notifications.types import ChannelName

_SQL: Final = db.sql("quid.notifications", "deliveries")
_QUEUE: Final = _SQL.command("queue")
_FINISH: Final = _SQL.command("finish")
PUT_OFF: Final = _SQL.command("put_off")
End = Literal["SENT", "FAILED", "SKIPPED"]


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that somebody has taken in hand; `attempts` counts this try."""

    id: UUID
    notification_id: UUID
    user_id: UUID
    device_id: UUID | None
    attempts: int


CLAIM: Final = _SQL.rows("claim", Due)


class NewDelivery(NamedTuple):
    """A notice to be sent to one address: a device, or by e-mail."""

    notification_id: UUID
    user_id: UUID
    channel: ChannelName
    device_id: UUID | None = None


class Ended(NamedTuple):
    """What became of a delivery, and the class of what went wrong."""

    id: UUID
    state: End
    error: str | None = None


async def queue(tx: db.Tx, deliveries: Sequence[NewDelivery], *, now: datetime) -> None:
    """Write what is to be sent; what stands there already is left alone."""
    if not deliveries:
        return
    await _QUEUE.run(
        tx,
        [ids.leg(d.notification_id, f"{d.channel}:{d.device_id}") for d in deliveries],
        [d.notification_id for d in deliveries],
        [d.user_id for d in deliveries],
        [d.channel for d in deliveries],
        [d.device_id for d in deliveries],
        now,
    )


async def finish(tx: db.Tx, ended: Sequence[Ended], *, now: datetime) -> None:
    """Write what became of deliveries; the first word stands."""
    if ended:
        await _FINISH.run(
            tx, [e.id for e in ended], [e.state for e in ended], [e.error for e in ended], now
        )
