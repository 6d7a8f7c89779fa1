"""Who may see a payment, and what of it: one rule for every page, list and message."""

from collections.abc import Mapping
from uuid import UUID

from quid.identity.types import TieRow
from quid.kit import ids
from quid.payments.types import Party, PartyView, Story
from quid.social.types import Direction, FeedItem, Talk, Wanted

NOTHING_SAID = Talk(like_count=0, comment_count=0, liked_by_me=False)


def may_see(viewer_id: UUID, story: Story, to_payer: TieRow, to_payee: TieRow) -> bool:
    """Say whether somebody may know of a payment, by what they are to its two people.

    In order: only what has arrived; its parties always; nobody across a block from either, nor who
    has muted one; everybody what both let everybody see; friends of either what both let friends.
    """
    if not story.is_completed:
        return False
    if is_party(viewer_id, story):
        return True
    ties = (to_payer, to_payee)
    if any(t.is_blocked or t.is_muted for t in ties):
        return False
    if story.visibility == "friends":
        return any(t.is_friend for t in ties)
    return story.visibility == "public"


def is_party(viewer_id: UUID, story: Story) -> bool:
    """Say whether it is the viewer's own payment."""
    return viewer_id in (story.payer_id, story.payee_id)


def amount_of(viewer_id: UUID, story: Story) -> int | None:
    """Give the amount to those who may know it: the parties, and others if both allow."""
    return story.amount_minor if story.show_amount or is_party(viewer_id, story) else None


def is_wanted(
    wanted: Wanted, viewer_id: UUID, story: Story, to_payer: TieRow, to_payee: TieRow
) -> bool:
    """Say whether what may be seen belongs on this page.

    An amount that the viewer may not see fits no bound: it could be found by halving.
    """
    is_friends = to_payer.is_friend or to_payee.is_friend
    is_mine = is_party(viewer_id, story)
    is_within = {
        "timeline": is_mine or is_friends,
        "friends": is_friends,
        "mine": is_mine,
        "public": story.visibility == "public",
    }[wanted.scope]
    low, high = wanted.amount_minor_min, wanted.amount_minor_max
    if not is_within or (low is None and high is None):
        return is_within
    amount = amount_of(viewer_id, story)
    if amount is None:
        return False
    return (low is None or amount >= low) and (high is None or amount <= high)


def item_of(
    viewer_id: UUID, story: Story, people: Mapping[UUID, Party], talk: Talk = NOTHING_SAID
) -> FeedItem:
    """Show a payment to somebody who may see it."""
    if story.completed_at is None:
        raise ValueError("a payment that never arrived is nothing to show")
    return FeedItem(
        id=ids.show("pay", story.id),
        kind="charged" if story.request_id else "paid",
        payer=PartyView.of(people[story.payer_id]),
        payee=PartyView.of(people[story.payee_id]),
        note=story.note,
        amount=amount_of(viewer_id, story),
        currency=story.currency,
        direction=_direction(viewer_id, story),
        visibility=story.visibility,
        completed_at=story.completed_at,
        like_count=talk.like_count,
        comment_count=talk.comment_count,
        liked_by_me=talk.liked_by_me,
    )


def _direction(viewer_id: UUID, story: Story) -> Direction | None:
    if viewer_id == story.payer_id:
        return "out"
    return "in" if viewer_id == story.payee_id else None
