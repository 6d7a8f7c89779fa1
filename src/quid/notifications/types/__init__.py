"""What people are told, as values."""

from quid.notifications.types.notices import (
    ActorView,
    Address,
    ChannelName,
    Chosen,
    Detail,
    Kind,
    Message,
    Notice,
    NoticeRow,
    NoticeView,
    Preference,
    Tab,
    Topic,
    Voice,
    Way,
)

__all__ = [
    "ActorView",
    "Address",
    "ChannelName",
    "Chosen",
    "Detail",
    "Kind",
    "Message",
    "Notice",
    "NoticeRow",
    "NoticeView",
    "Preference",
    "Tab",
    "Topic",
    "Voice",
    "Way",
]
