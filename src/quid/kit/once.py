"""A request that happens once, as values: its key and its first answer.

Apart from `idempotency`, so that a slice's commands can carry a key without a database.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Key:
    """Who asks for what under which key, and the fingerprint of the body."""

    user_id: UUID
    operation: str
    key_hash: bytes
    request_hash: bytes

    @property
    def scope(self) -> tuple[UUID, str, bytes]:
        """What must be unique."""
        return (self.user_id, self.operation, self.key_hash)

    @property
    def cache_name(self) -> str:
        """The name in layer 1; the tag keeps a person's keys on one node of a cluster."""
        return f"idem:{{u:{self.user_id.hex}}}:{self.operation}:{self.key_hash.hex()}"


class Answer(NamedTuple):
    """What was answered the first time: HTTP status and body."""

    status: int
    body: bytes
