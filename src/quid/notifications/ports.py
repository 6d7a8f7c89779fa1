"""What this slice needs from outside: ways to reach people who are not looking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from quid.notifications.types import Address, ChannelName, Message


class Gone(Exception):  # noqa: N818 - a state of the world, told by a channel
    """The address is dead for ever; the device it belongs to is forgotten."""


class NotDelivered(Exception):  # noqa: N818 - a state of the world, told by a channel
    """It was not taken, or nobody knows; it is tried again.

    `code`: a word for the class of failure, without address or text. Units: `retry_after` in
    seconds, where the other side has asked for a pause. `is_final`: it will never be taken.
    """

    def __init__(
        self, code: str, *, retry_after: float | None = None, is_final: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.is_final = is_final


class Channel(Protocol):
    """Hands messages over. Called with no transaction open; bounds its own time."""

    async def send(self, to: Address, message: Message, *, key: UUID) -> None:
        """Hand it over; the same `key` again is the same message, sent again.

        Raises: Gone, NotDelivered.
        """


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels this installation has (a part of the runtime); of the others nothing is sent."""

    by_name: Mapping[ChannelName, Channel]
