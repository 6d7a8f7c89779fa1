"""The graph as values: who is whose friend, and what people are to each other, many at a time."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Tie:
    """A friendship, as one of the two has it."""

    user_id: UUID
    friend_id: UUID


@dataclass(frozen=True, slots=True)
class TieRow:
    """What stands between somebody who looks and another.

    `is_blocked`: by either of the two. `is_muted`: by the one who looks.
    """

    viewer_id: UUID
    other_id: UUID
    is_friend: bool
    is_blocked: bool
    is_muted: bool
