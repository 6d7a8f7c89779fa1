"""The inbox: what its person sees of it, and how much of that is unread.

Whoever stands behind a block, either way, is in neither: list and count leave out the same. But
that money moved is never hidden, only who it was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID

from quid.identity import queries as people
from quid.identity.queries import graph
from quid.kit import db
from quid.notifications import rules
from quid.notifications.store import inbox as store
from quid.notifications.types import NoticeRow, NoticeView, Preference, Topic, Voice, Way

_SQL: Final = db.sql("quid.notifications", "inbox")
_LISTED: Final = _SQL.rows("listed", NoticeRow)
_BY_IDS: Final = _SQL.rows("by_ids", NoticeRow)
_VOICES: Final = _SQL.rows("voices", Voice)
_ALWAYS: Final = sorted(rules.ALWAYS)
_TABS: Final = {
    "all": ["payments", "social", "security"],
    "payments": ["payments"],
    "social": ["social"],
    "security": ["security"],
}
TabName = Literal["all", "payments", "social", "security"]
Pair = tuple[UUID, UUID]
Wishes = Mapping[tuple[UUID, Topic, Way], bool]


class Before(NamedTuple):
    """Where a page begins: after the notice of this time and id, newest first."""

    at: datetime
    id: UUID


class Page(NamedTuple):
    """Notices of a person, and where the next page begins, if there may be one."""

    items: list[NoticeView]
    last: Before | None


@dataclass(frozen=True, slots=True)
class _Unread:
    user_id: UUID
    actors: list[UUID]
    many: int


_UNREAD: Final = _SQL.rows("unread", _Unread)


async def listed(conn: db.Conn, user_id: UUID, tab: TabName, *, before: Before, limit: int) -> Page:
    """List what a person was told, newest first."""
    gone = list(await graph.blocked_with(conn, user_id))
    rows = await _LISTED.all(conn, user_id, _TABS[tab], before.at, before.id, gone, limit, _ALWAYS)
    last = Before(rows[-1].at, rows[-1].id) if len(rows) == limit else None
    return Page(await _viewed(conn, list((await heard(conn, rows)).values())), last)


async def unread(conn: db.Conn, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count what each person has not read; nobody is left out."""
    found = await _UNREAD.all(conn, list(user_ids), _ALWAYS)
    gone = await _hidden(conn, {(f.user_id, a) for f in found for a in f.actors})
    counts = dict.fromkeys(user_ids, 0)
    for row in found:
        if not row.actors or any((row.user_id, a) not in gone for a in row.actors):
            counts[row.user_id] += row.many
    return counts


async def shown(conn: db.Conn, pairs: Collection[Pair]) -> dict[Pair, NoticeView]:
    """Show notices to their people, by (person, notice); what is not theirs to see is left out."""
    wanted = set(pairs)
    rows = [
        r for r in await _BY_IDS.all(conn, [n for _, n in wanted]) if (r.user_id, r.id) in wanted
    ]
    rows = list((await heard(conn, rows)).values())
    views = await _viewed(conn, rows)
    return {(r.user_id, r.id): v for r, v in zip(rows, views, strict=True)}


async def heard(conn: db.Conn, rows: Collection[NoticeRow]) -> dict[UUID, NoticeRow]:
    """Give notices as their people may read them now, in their order; what a block hides is out."""
    voices: dict[UUID, list[Voice]] = {
        r.id: [Voice(r.id, r.actor_id, r.at, r.comment_id, r.count)] for r in rows if r.actor_id
    }
    merged = [r.id for r in rows if r.kind in rules.MERGED]
    found = await _VOICES.all(conn, merged) if merged else []
    voices |= {notice_id: [] for notice_id in {v.notification_id for v in found}}
    for voice in found:
        voices[voice.notification_id].append(voice)
    gone = await _hidden(
        conn, {(r.user_id, v.actor_id) for r in rows for v in voices.get(r.id, ())}
    )
    kept = {}
    for row in rows:
        left = [v for v in voices.get(row.id, ()) if (row.user_id, v.actor_id) not in gone]
        if (seen := rules.as_heard(row, left)) is not None:
            kept[row.id] = seen
    return kept


async def by_ids(conn: db.Conn, notice_ids: Collection[UUID]) -> dict[UUID, NoticeRow]:
    """Find notices, whoever's they are."""
    return {r.id: r for r in await _BY_IDS.all(conn, list(notice_ids))}


async def _hidden(conn: db.Conn, pairs: Collection[Pair]) -> set[Pair]:
    """Give those pairs of a person and another between whom there is a block."""
    if not pairs:
        return set()
    found = await graph.ties(conn, [p for p, _ in pairs], [o for _, o in pairs])
    return {(t.viewer_id, t.other_id) for t in found if t.is_blocked}


async def wishes(conn: db.Conn, user_ids: Collection[UUID]) -> Wishes:
    """Read what people have chosen; the rest is as the matrix says."""
    rows = await store.PREFERENCES.all(conn, list(user_ids))
    return {(r.user_id, Topic(r.topic), _way(r.way)): r.is_on for r in rows}


async def preferences(conn: db.Conn, user_id: UUID) -> list[Preference]:
    """List all that can reach a person, row by row of the matrix, and what of it is on."""
    chosen = await wishes(conn, [user_id])
    return [
        Preference(
            topic,
            way,
            cell is rules.Cell.TOLD or rules.is_on(topic, way, chosen.get((user_id, topic, way))),
            not rules.may_choose(topic, way),
        )
        for topic in Topic
        for way in rules.WAYS
        if (cell := rules.cell_of(topic, way)) is not rules.Cell.NEVER
    ]


def _way(text: str) -> Way:
    return next(w for w in rules.WAYS if w == text)


async def _viewed(conn: db.Conn, rows: Sequence[NoticeRow]) -> list[NoticeView]:
    cards = await people.cards(conn, list({r.actor_id for r in rows if r.actor_id}))
    return [rules.view_of(r, cards) for r in rows]
