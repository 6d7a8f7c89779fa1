"""Pages that were opened, and consents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.types import Asker, ConsentMethod, LinkSession, SessionState
from quid.kit import db, ids

_SQL: Final = db.sql("quid.funding", "sources_store")
_ADD_SESSION: Final = _SQL.command("add_session")
_LOCK_SESSION: Final = _SQL.values("lock_session", UUID)
_END_SESSION: Final = _SQL.command("end_session")
_ADD_CONSENTS: Final = _SQL.command("add_consents")
VOID_CONSENTS: Final = _SQL.command("void_consents")


async def add(tx: db.Tx, s: LinkSession) -> None:
    """Write down a page that was opened. Locks: nothing but the new row."""
    await _ADD_SESSION.run(
        tx, s.id, s.user_id, s.is_card, s.purpose, s.source_id, s.session_ref, s.ip,
        s.user_agent, s.created_at, s.expires_at,
    )  # fmt: skip


async def lock(tx: db.Tx, session_id: UUID) -> None:
    """Lock a page before it is read. Locks: funding.link_session."""
    await _LOCK_SESSION.all(tx, session_id)


async def end(
    tx: db.Tx, session_id: UUID, state: SessionState, made: Sequence[UUID], *, now: datetime
) -> None:
    """Write down what came of a page. Locks: funding.link_session (the caller holds it)."""
    await _END_SESSION.run(tx, session_id, state, made, now)


async def add_consents(
    tx: db.Tx,
    asker: Asker,
    source_ids: Sequence[UUID],
    given: tuple[ConsentMethod, str, bytes],
    *,
    now: datetime,
) -> None:
    """Write down that a person lets us move money. `given`: how, which text, its hash.

    Locks: nothing but the new rows.
    """
    if source_ids:
        made = [ids.new(ids.bucket(asker.user_id), now) for _ in source_ids]
        await _ADD_CONSENTS.run(
            tx, made, asker.user_id, source_ids, *given, asker.ip, asker.user_agent, now
        )
