"""The feed as values: timelines, what a viewer sees of a payment, what is asked for."""

from quid.social.types.feed import (
    NEWEST,
    Direction,
    FeedItem,
    FeedPage,
    Position,
    Scope,
    TimelineRow,
    Wanted,
)
from quid.social.types.talk import (
    CommentRow,
    CommentsPage,
    CommentView,
    LikesView,
    NewComment,
    Talk,
    Written,
)

__all__ = [
    "NEWEST",
    "CommentRow",
    "CommentView",
    "CommentsPage",
    "Direction",
    "FeedItem",
    "FeedPage",
    "LikesView",
    "NewComment",
    "Position",
    "Scope",
    "Talk",
    "TimelineRow",
    "Wanted",
    "Written",
]
