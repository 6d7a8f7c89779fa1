"""What of this slice is sealed: for the day a data key is replaced."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quid.identity.ports import DocumentVault
from quid.identity.store.verification import seal_file, unseal_file
from quid.kit import db, runtime
from quid.kit.errors import NotFound
from quid.kit.fields import Fields
from quid.kit.resealing import Column, Sealed, SealedRow

_SQL: Final = db.sql("quid.identity", "sealed")


@dataclass(frozen=True, slots=True)
class _DocumentRow:
    id: UUID
    user_id: UUID


_DOCUMENTS: Final = _SQL.rows("documents_older", _DocumentRow)
_DOCUMENT_PUT: Final = _SQL.command("document_put")
_FILES_AT_ONCE: Final = 10


class Documents(Sealed):
    """The files of the vault. A crash between file and row has the file sealed once more."""

    @property
    def name(self) -> str:
        """Name it as its `Place` does."""
        return "identity.document.file"

    async def reseal(self, made: Fields, *, limit: int) -> int:
        """Seal some files anew, each read and written with no transaction open."""
        database = runtime.part(db.Database)
        async with database.read() as conn:
            rows = await _DOCUMENTS.all(conn, made.primary, min(limit, _FILES_AT_ONCE))
        vault = runtime.part(DocumentVault)  # type: ignore[type-abstract]  # a port
        for row in rows:
            try:
                sealed = await vault.get(row.id)
            except NotFound:  # a row whose file was removed: there is nothing to seal
                pass
            else:
                content = await asyncio.to_thread(unseal_file, row.id, row.user_id, sealed)
                fresh = await asyncio.to_thread(seal_file, row.id, row.user_id, content)
                await vault.put(row.id, fresh)
            async with database.transaction() as tx:
                await _DOCUMENT_PUT.run(tx, row.id, made.primary)
        return len(rows)


def _column(table: str, column: str, name: str) -> Column:
    find = _SQL.rows(f"{name}_older", SealedRow)
    return Column(f"identity.{table}", column, find, _SQL.command(f"{name}_put"))


SEALED: Final[tuple[Sealed, ...]] = (
    _column("person", "email", "email"),
    _column("person", "phone", "phone"),
    _column("challenge", "email", "challenge"),
    _column("totp", "sealed", "totp"),
    _column("step_up", "sealed_email", "step_up"),
    _column("verification", "facts", "facts"),
    Documents(),
)
