"""The inbox and what people wish to hear: rows as they are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import db
from quid.notifications import rules
from quid.notifications.types import Notice, Voice

_SQL: Final = db.sql("quid.notifications", "inbox")
_ADD: Final = _SQL.values("add", UUID)
_ADD_VOICES: Final = _SQL.command("add_voices")
LOCK_OWN: Final = _SQL.values("lock_own", UUID)
MARK: Final = _SQL.command("mark")
MARK_BEFORE: Final = _SQL.values("mark_before", UUID)
_MARK_ANSWERED: Final = _SQL.command("mark_answered")
FORGET: Final = _SQL.command("forget")
PREFER: Final = _SQL.command("prefer")


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """What somebody has chosen of one topic and way."""

    user_id: UUID
    topic: str
    way: str
    is_on: bool


PREFERENCES: Final = _SQL.rows("preferences", PreferenceRow)


class Listed(NamedTuple):
    """A notice to write, and whether its person wants it in the inbox."""

    notice: Notice
    is_listed: bool


async def add(tx: db.Tx, listed: Sequence[Listed]) -> set[UUID]:
    """Write notices, one for each id; give those that are new or have grown.

    Locks: notifications.notification, by id.
    """
    notices = [n for n, _ in listed]
    return set(
        await _ADD.all(
            tx,
            [n.id for n in notices],
            [n.user_id for n in notices],
            [n.kind.value for n in notices],
            [rules.tab_of(n.kind) for n in notices],
            [n.at for n in notices],
            [n.actor_id for n in notices],
            [n.subject[0] for n in notices],
            [n.subject[1] for n in notices],
            [n.comment_id for n in notices],
            [n.detail for n in notices],
            [n.amount_minor for n in notices],
            [n.currency for n in notices],
            [n.count for n in notices],
            [is_listed for _, is_listed in listed],
            [n.at if n.is_read else None for n in notices],
            [k.value for k in rules.MERGED],
        )
    )


async def add_voices(tx: db.Tx, voices: Sequence[Voice]) -> None:
    """Write who stands behind notices that are there: one for each notice and person."""
    if not voices:
        return
    await _ADD_VOICES.run(
        tx,
        [v.notification_id for v in voices],
        [v.actor_id for v in voices],
        [v.at for v in voices],
        [v.comment_id for v in voices],
        [v.count for v in voices],
    )


async def mark_answered(tx: db.Tx, asked: Sequence[tuple[UUID, UUID]], *, now: datetime) -> None:
    """Mark as read that somebody asks to be a friend, for pairs (who was asked, who asks).

    Locks: notifications.notification, without waiting.
    """
    if asked:
        await _MARK_ANSWERED.run(tx, [u for u, _ in asked], [a for _, a in asked], now)
