"""Payments as viewers see them, by the one rule of who may see what.

Nothing of it is remembered: what both people wish, and what the viewer is to them, is read each
time, so that a change holds for whatever is read next.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity.queries import graph
from quid.identity.types import TieRow
from quid.kit import db
from quid.payments import queries as payments
from quid.payments.types import Story
from quid.social import rules
from quid.social.queries import talk
from quid.social.types import FeedItem, Talk, Wanted

_TIES_AT_ONCE: Final = 5_000
_TALKED_OF: Final = db.sql("quid.social", "feed").values("talked_of", UUID)


class _Pair(NamedTuple):
    """Somebody who looks, and at which payment."""

    viewer_id: UUID
    story: Story


_Ties = dict[tuple[UUID, UUID], TieRow]


async def may_see(conn: db.Conn, viewer_id: UUID, payment_id: UUID) -> Story | None:
    """Give a payment to somebody who may see it; None for everybody else, as if it were not."""
    return (await visible(conn, viewer_id, [payment_id])).get(payment_id)


async def visible(
    conn: db.Conn,
    viewer_id: UUID,
    payment_ids: Collection[UUID],
    wanted: Wanted | None = None,
) -> dict[UUID, Story]:
    """Give those of the payments that somebody may see, and wants to."""
    stories = await payments.stories(conn, payment_ids)
    pairs = [_Pair(viewer_id, s) for s in stories.values()]
    ties = await _ties(conn, pairs)
    return {
        p.story.id: p.story
        for p in pairs
        if rules.may_see(*p, *_both(ties, p))
        and (wanted is None or rules.is_wanted(wanted, *p, *_both(ties, p)))
    }


async def seeing(conn: db.Conn, pairs: Collection[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Give those of the pairs (viewer, payment) of which the viewer may see the payment."""
    return {(p.viewer_id, p.story.id) for p in await _there(conn, pairs)}


async def _there(conn: db.Conn, pairs: Collection[tuple[UUID, UUID]]) -> list[_Pair]:
    stories = await payments.stories(conn, {payment for _, payment in pairs})
    asked = [_Pair(v, stories[p]) for v, p in dict.fromkeys(pairs) if p in stories]
    ties = await _ties(conn, asked)
    return [p for p in asked if rules.may_see(*p, *_both(ties, p))]


async def items(conn: db.Conn, viewer_id: UUID, stories: Sequence[Story]) -> list[FeedItem]:
    """Show payments to somebody who may see them, with their people and what is said of them."""
    if not stories:
        return []
    people = await payments.parties_of(conn, {p for s in stories for p in (s.payer_id, s.payee_id)})
    said = await _said(conn, viewer_id, [s.id for s in stories])
    return [rules.item_of(viewer_id, s, people, said[s.id]) for s in stories]


async def seen(
    conn: db.Conn, viewer_id: UUID, payment_ids: Collection[UUID]
) -> dict[UUID, FeedItem]:
    """Show payments to somebody; one that they may not see is left out."""
    stories = await visible(conn, viewer_id, payment_ids)
    shown = await items(conn, viewer_id, [*stories.values()])
    return dict(zip(stories, shown, strict=True))


async def seen_by_many(
    conn: db.Conn, pairs: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], FeedItem]:
    """Show payments to viewers, for pairs (viewer, payment); what they may not see is left out."""
    shown = await _there(conn, pairs)
    if not shown:
        return {}
    told = {p.story.id: p.story for p in shown}.values()
    people = await payments.parties_of(conn, {p for s in told for p in (s.payer_id, s.payee_id)})
    said = await _said_to_many(conn, shown)
    return {
        (p.viewer_id, p.story.id): rules.item_of(
            *p, people, said.get((p.viewer_id, p.story.id), rules.NOTHING_SAID)
        )
        for p in shown
    }


async def _ties(conn: db.Conn, pairs: Iterable[_Pair]) -> _Ties:
    wanted = iter({(p.viewer_id, o) for p in pairs for o in (p.story.payer_id, p.story.payee_id)})
    ties: _Ties = {}
    while some := list(islice(wanted, _TIES_AT_ONCE)):
        viewers, others = zip(*some, strict=True)
        ties |= {(t.viewer_id, t.other_id): t for t in await graph.ties(conn, viewers, others)}
    return ties


def _both(ties: _Ties, pair: _Pair) -> tuple[TieRow, TieRow]:
    viewer, story = pair
    return ties[viewer, story.payer_id], ties[viewer, story.payee_id]


async def _said(conn: db.Conn, viewer_id: UUID, payment_ids: Sequence[UUID]) -> dict[UUID, Talk]:
    blocked = await graph.blocked_with(conn, viewer_id)
    return await talk.counts(conn, viewer_id, payment_ids, blocked=blocked)


async def _said_to_many(conn: db.Conn, pairs: Sequence[_Pair]) -> dict[tuple[UUID, UUID], Talk]:
    """Count what is said for each viewer. Of what has just arrived nothing is: one read tells."""
    talked_of = set(await _TALKED_OF.all(conn, list({p.story.id for p in pairs})))
    of_viewer: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for viewer_id, story in pairs:
        if story.id in talked_of:
            of_viewer[viewer_id].append(story.id)
    return {
        (viewer_id, payment_id): counted
        for viewer_id, payment_ids in of_viewer.items()
        for payment_id, counted in (await _said(conn, viewer_id, payment_ids)).items()
    }
