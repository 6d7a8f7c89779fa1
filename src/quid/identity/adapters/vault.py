"""The vault of documents as a folder: one sealed file for each, readable by its owner alone."""

import asyncio
import os
from pathlib import Path
from uuid import UUID

from quid.identity.ports import DocumentVault
from quid.kit.errors import NotFound


class FolderVault(DocumentVault):
    """Writes to a folder (0700) of QUID_HOME. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, document_id: UUID, sealed: bytes) -> None:
        """Keep a file; it is on disk when this returns."""
        await asyncio.to_thread(self._write, self._folder / document_id.hex, sealed)

    async def get(self, document_id: UUID) -> bytes:
        """Give a file back. Raises: NotFound."""
        try:
            return await asyncio.to_thread((self._folder / document_id.hex).read_bytes)
        except FileNotFoundError as e:
            raise NotFound from e

    async def remove(self, document_id: UUID) -> None:
        """Forget a file, which may be gone already."""
        path = self._folder / document_id.hex
        await asyncio.to_thread(path.unlink, missing_ok=True)

    def _write(self, path: Path, sealed: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = path.with_suffix(".part")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
