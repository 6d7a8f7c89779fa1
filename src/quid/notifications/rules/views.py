"""Notices as they go over the wire."""

from collections.abc import Mapping
from uuid import UUID

from quid.identity.types import Card
from quid.kit import ids
from quid.notifications.rules.matrix import tab_of
from quid.notifications.types import ActorView, Kind, NoticeRow, NoticeView


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
        actor=ActorView(ids.show("usr", card.id), card.handle, card.display_name) if card else None,
        payment_id=of.get("pay"),
        request_id=of.get("req"),
        comment_id=ids.show("cmt", row.comment_id) if row.comment_id else None,
        deposit_id=of.get("dep"),
        withdrawal_id=of.get("wd"),
        source_id=of.get("fs"),
        detail=row.detail,
        amount=row.amount_minor,
        currency=row.currency,
    )
