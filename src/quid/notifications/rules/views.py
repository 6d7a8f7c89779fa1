"""Notices as they go over the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from quid.identity.types import Card, avatar_seed
from quid.kit import ids
from quid.notifications.rules.matrix import ALWAYS, MERGED, tab_of
from quid.notifications.types import ActorView, Detail, Kind, NoticeRow, NoticeView, Voice


def as_heard(row: NoticeRow, voices: Sequence[Voice]) -> NoticeRow | None:
    """Give a notice as its person may read it, None: not at all.

    `voices`: of those who stand behind it the ones that no block hides, the latest first.
    """
    if row.actor_id is None:
        return row
    if not voices:
        return replace(row, actor_id=None) if row.kind in ALWAYS else None
    if row.kind not in MERGED:
        return row
    latest, count = voices[0], sum(v.count for v in voices)
    return replace(row, actor_id=latest.actor_id, comment_id=latest.comment_id, count=count)


def view_of(row: NoticeRow, cards: Mapping[UUID, Card]) -> NoticeView:
    """Show a notice; whoever is gone is named no more."""
    shown = ids.show(row.subject_prefix, row.subject_id)
    of = {row.subject_prefix: shown}
    card = cards.get(row.actor_id) if row.actor_id else None
    kind = Kind(row.kind)
    return NoticeView(
        id=ids.show("ntf", row.id),
        kind=kind,
        tab=tab_of(kind),
        at=row.at,
        is_read=row.is_read,
        count=row.count,
        actor=_actor(card) if card else None,
        payment_id=of.get("pay"),
        request_id=of.get("req"),
        comment_id=ids.show("cmt", row.comment_id) if row.comment_id else None,
        deposit_id=of.get("dep"),
        withdrawal_id=of.get("wd"),
        source_id=of.get("fs"),
        dispute_id=of.get("dsp"),
        detail=cast("Detail | None", row.detail),
        amount=row.amount_minor,
        currency=row.currency,
    )


def _actor(card: Card) -> ActorView:
    shown = ids.show("usr", card.id)
    return ActorView(shown, card.handle, card.display_name, avatar_seed(card.id))
