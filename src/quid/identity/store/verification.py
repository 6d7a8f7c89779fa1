"""Verifications and documents: what is sealed, and where."""

from typing import Final
from uuid import UUID

from quid.kit import db, runtime
from quid.kit.fields import Fields, Place

_SQL: Final = db.sql("quid.identity", "verification_store")
ASKED_SINCE: Final = _SQL.value("asked_since", int)
ASK: Final = _SQL.command("ask")
DECIDE: Final = _SQL.command("decide")
RAISE_TIER: Final = _SQL.command("raise_tier")
ADD_DOCUMENT: Final = _SQL.command("add_document")


def seal_facts(verification_id: UUID, user_id: UUID, facts: bytes) -> bytes:
    """Seal what a person said of themselves."""
    return runtime.part(Fields).seal_bytes(_facts(verification_id, user_id), facts)


def unseal_facts(verification_id: UUID, user_id: UUID, sealed: bytes) -> bytes:
    """Open what a person said of themselves."""
    return runtime.part(Fields).open_bytes(_facts(verification_id, user_id), sealed)


def seal_file(document_id: UUID, user_id: UUID, content: bytes) -> bytes:
    """Seal a document's content."""
    return runtime.part(Fields).seal_bytes(_file(document_id, user_id), content)


def unseal_file(document_id: UUID, user_id: UUID, sealed: bytes) -> bytes:
    """Open a document's content."""
    return runtime.part(Fields).open_bytes(_file(document_id, user_id), sealed)


def _facts(verification_id: UUID, user_id: UUID) -> Place:
    return Place("identity.verification", "facts", verification_id, user_id)


def _file(document_id: UUID, user_id: UUID) -> Place:
    return Place("identity.document", "file", document_id, user_id)
