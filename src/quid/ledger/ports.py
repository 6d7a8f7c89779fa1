"""What this slice needs from outside."""

from datetime import date
from typing import Protocol, runtime_checkable


@runtime_checkable
class SealVault(Protocol):
    """Keeps a copy of each seal where the database's masters do not reach. Write once."""

    async def days(self) -> set[date]:
        """Name the days that are kept."""

    async def keep(self, day: date, text: bytes) -> None:
        """Keep a copy; keeping the same again changes nothing. Raises: SealFault."""

    async def read(self, day: date) -> bytes:
        """Give a copy back. Raises: SealFault."""
