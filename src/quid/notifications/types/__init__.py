"""What people are told, as values."""

from quid.notifications.types.notices import (
    ActorView,
    Address,
    ChannelName,
    Kind,
    Message,
    Notice,
    NoticeView,
    Tab,
    Topic,
    Way,
)

__all__ = [
    "ActorView",
    "Address",
    "ChannelName",
    "Kind",
    "Message",
    "Notice",
    "NoticeView",
    "Tab",
    "Topic",
    "Way",
]
