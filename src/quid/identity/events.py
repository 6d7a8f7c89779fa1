"""The facts that this slice publishes: ids and states, never a name or a contact."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from quid.kit import ids
from quid.kit.events import Event

TOPIC: Final = "identity"
PERSON_JOINED: Final = "identity.person_joined.v1"


class PersonJoined(msgspec.Struct, frozen=True):
    """Somebody signed up. The floor above opens what a person needs (a ledger account)."""

    user_id: str
    tier: int


def person_joined(user_id: UUID, *, tier: int, at: datetime) -> Event:
    """Tell that a person exists from now on."""
    data = PersonJoined(user_id=ids.show("usr", user_id), tier=tier)
    return Event(TOPIC, PERSON_JOINED, ("usr", user_id), user_id, at, data)
