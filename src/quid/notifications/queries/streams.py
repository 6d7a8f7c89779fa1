"""Reads of streams: what is new since when."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from quid.kit import db
from quid.notifications.store.streams import FrameRow, StreamRow

_SQL: Final = db.sql("quid.notifications", "frames")
_NEWEST: Final = _SQL.rows("newest", StreamRow)
_AWAKE_AMONG: Final = _SQL.values("awake_among", UUID)
_AFTER: Final = _SQL.rows("after", FrameRow)


async def newest(conn: db.Conn, user_ids: Collection[UUID]) -> dict[UUID, int]:
    """Give the newest id of each person's stream; who has none is left out."""
    return {s.user_id: s.last for s in await _NEWEST.all(conn, list(user_ids))}


async def awake_among(conn: db.Conn, user_ids: Collection[UUID]) -> set[UUID]:
    """Say whose streams are awake: for those who would else name thousands in vain."""
    return set(await _AWAKE_AMONG.all(conn, list(user_ids)))


async def after(conn: db.Conn, asked: Mapping[UUID, int], *, most: int) -> list[FrameRow]:
    """Read the frames after an id of each person's, by person and id; `most` of one person."""
    return await _AFTER.all(conn, list(asked), list(asked.values()), most)
