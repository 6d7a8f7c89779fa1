"""Seals in a folder: one read-only file a day, to be copied away by whoever keeps them."""

import asyncio
import os
import secrets
from datetime import date
from pathlib import Path
from typing import Final

from quid.ledger.errors import SealFault

_SUFFIX: Final = ".seal.json"


class SealFolder:
    """Each file appears whole or not at all, and is never written over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def days(self) -> set[date]:
        """Name the days that are kept."""
        return await asyncio.to_thread(self._days)

    async def keep(self, day: date, text: bytes) -> None:
        """Write the file of a day. Raises: SealFault when another stands there."""
        await asyncio.to_thread(self._keep, day, text)

    async def read(self, day: date) -> bytes:
        """Read the file of a day. Raises: SealFault."""
        try:
            return await asyncio.to_thread(self._path(day).read_bytes)
        except OSError as e:
            raise SealFault(f"the seal of {day} cannot be read: {e.strerror}") from e

    def _path(self, day: date) -> Path:
        return self._folder / f"{day}{_SUFFIX}"

    def _days(self) -> set[date]:
        names = (p.name.removesuffix(_SUFFIX) for p in self._folder.glob(f"*{_SUFFIX}"))
        return {date.fromisoformat(name) for name in names}

    def _keep(self, day: date, text: bytes) -> None:
        path = self._path(day)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(aside, path)  # unlike a rename it fails where a file stands
            except FileExistsError:
                if path.read_bytes() != text:
                    raise SealFault(f"{path} holds another seal of {day}") from None
            finally:
                aside.unlink()
        except OSError as e:
            raise SealFault(f"the seal of {day} cannot be kept in {path}: {e.strerror}") from e
