"""A fact and its envelope, as values: what slices publish, without the way it travels.

Apart from `outbox`, so that a slice's `events` can be read and tested without a database.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from quid.kit import ids


# Not frozen: several are made for each payment, and freezing trebles the time that takes.
@dataclass(slots=True)
class Event:
    """A fact to tell upstairs.

    `topic` is the slice's stream, `type` like `payments.payment_completed.v1`, `subject` the
    object (prefix, id), `key` the aggregate whose order is kept. `data`: ids, amounts in minor
    units, states; never names, notes, contacts or tokens.
    """

    topic: str
    type: str
    subject: tuple[str, UUID]
    key: UUID
    at: datetime
    data: msgspec.Struct
    version: int = 1


class Envelope(msgspec.Struct, frozen=True):
    """CloudEvents attributes as they stand in the payload."""

    id: str
    source: str
    type: str
    subject: str
    time: str
    partitionkey: str
    data: msgspec.Raw
    aggregateversion: int = 1
    specversion: str = "1.0"
    datacontenttype: str = "application/json"

    @property
    def event_id(self) -> UUID:
        """The id inside. Raises: ValueError when it is not one of ours."""
        value = ids.read("evt", self.id)
        if value is None:
            raise ValueError(f"{self.id} is not an event id")
        return value
