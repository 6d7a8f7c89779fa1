"""What people say of a payment: likes and comments."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.kit.once import Key
from quid.payments.types import PartyView


@dataclass(frozen=True, slots=True)
class Talk:
    """How much is said of a payment, as one viewer counts it: nobody across a block."""

    like_count: int
    comment_count: int
    liked_by_me: bool


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as stored."""

    id: UUID
    payment_id: UUID
    author_id: UUID
    text: str
    at: datetime


class NewComment(NamedTuple):
    """What somebody wants to write under a payment; a key makes it once, however often sent."""

    id: UUID
    payment_id: UUID
    author_id: UUID
    text: str
    key: Key | None


class Written(NamedTuple):
    """The comment of a request, now or when its key was first sent."""

    id: UUID
    is_replayed: bool


@dataclass(slots=True)
class LikesView:
    """Who likes it: how many, and whether the viewer does."""

    like_count: int
    liked_by_me: bool


@dataclass(slots=True)
class CommentView:
    """A comment as one viewer sees it. `can_delete`: they wrote it, or the payment is theirs."""

    id: str
    author: PartyView
    text: str
    at: datetime
    can_delete: bool


@dataclass(slots=True)
class CommentsPage:
    """A page of comments, oldest first. With a cursor there may be more."""

    items: list[CommentView]
    next_cursor: str | None
