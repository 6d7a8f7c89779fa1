"""Who may find which payment in their feed: ids are written, for each reader; never what they say.

Friends are read here and again when the feed is: who has become one meanwhile is back-filled, who
is one no more sees nothing of it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from quid.identity.queries import graph
from quid.kit import db, runtime
from quid.payments import queries as payments
from quid.payments.types import Story
from quid.social.ports import KEPT, TimelineStore
from quid.social.types import TimelineRow

_ROWS_AT_ONCE: Final = 5_000
_BACK_FILL: Final = 200


async def fan_out(tx: db.Tx, payment_ids: Collection[UUID]) -> set[UUID]:
    """Write payments that have arrived to the timelines of their people and, unless private, of
    all their friends; give whose they are. Repeating it changes nothing.

    Locks: nothing but new rows of social.timeline, by their key.
    """
    found = (await payments.stories(tx, payment_ids)).values()
    told = sorted((s for s in found if s.is_completed), key=_position)
    shared = {p for s in told if s.visibility != "private" for p in _people(s)}
    friends = defaultdict[UUID, list[UUID]](list)
    for tie in await graph.friends_of(tx, sorted(shared)) if shared else ():
        friends[tie.user_id].append(tie.friend_id)
    of_viewer = defaultdict[UUID, list[Story]](list)
    for story in told:
        viewers = set(_people(story))
        if story.visibility != "private":
            viewers.update(*(friends[p] for p in _people(story)))
        for viewer_id in viewers:
            of_viewer[viewer_id].append(story)
    await _write(tx, of_viewer)
    return set(of_viewer)


async def back_fill(tx: db.Tx, pairs: Collection[tuple[UUID, UUID]], *, now: datetime) -> set[UUID]:
    """Write what new friends have shared lately to each other's timelines; give whose they are.

    Of each the newest 200 of 90 days, unless private. Repeating it changes nothing.
    Locks: nothing but new rows of social.timeline, by their key.
    """
    recent: dict[UUID, list[Story]] = {}
    # One read for each of them: friendships begin one at a time.
    for person in {p for pair in pairs for p in pair}:
        told = await payments.recent_of(tx, person, since=now - KEPT, limit=_BACK_FILL)
        recent[person] = [s for s in told if s.visibility != "private"]
    of_viewer = defaultdict[UUID, dict[UUID, Story]](dict)
    for one, other in pairs:
        of_viewer[one].update((s.id, s) for s in recent[other])
        of_viewer[other].update((s.id, s) for s in recent[one])
    await _write(tx, {v: sorted(told.values(), key=_position) for v, told in of_viewer.items()})
    return set(of_viewer)


async def _write(tx: db.Tx, of_viewer: Mapping[UUID, Sequence[Story]]) -> None:
    """Write rows in the order of their key: writers of the same ones wait, never in a circle."""
    store = runtime.part(TimelineStore)  # type: ignore[type-abstract]  # a port
    left = iter(_rows(of_viewer))
    while some := list(islice(left, _ROWS_AT_ONCE)):
        await store.add(tx, some)


def _rows(of_viewer: Mapping[UUID, Iterable[Story]]) -> Iterator[TimelineRow]:
    for viewer_id in sorted(of_viewer):
        for story in of_viewer[viewer_id]:
            if story.completed_at is not None:
                yield TimelineRow(viewer_id, story.completed_at, story.id)


def _people(story: Story) -> tuple[UUID, UUID]:
    return story.payer_id, story.payee_id


def _position(story: Story) -> tuple[datetime | None, UUID]:
    return story.completed_at, story.id
