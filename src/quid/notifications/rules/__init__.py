"""What is told to whom, which way it goes, and in which words. Pure."""

from quid.notifications.rules.matrix import (
    ALWAYS,
    MATRIX,
    MERGED,
    NEWS,
    STALE,
    TOPIC_OF,
    WAYS,
    Cell,
    cell_of,
    is_on,
    may_choose,
    may_go,
    tab_of,
)
from quid.notifications.rules.telling import TYPES, Parties, answered, payment_talked_of, told
from quid.notifications.rules.texts import NOBODY, WORDS, by_mail, link, named, on_screen, words_of
from quid.notifications.rules.views import as_heard, view_of

__all__ = [
    "ALWAYS",
    "MATRIX",
    "MERGED",
    "NEWS",
    "NOBODY",
    "STALE",
    "TOPIC_OF",
    "TYPES",
    "WAYS",
    "WORDS",
    "Cell",
    "Parties",
    "answered",
    "as_heard",
    "by_mail",
    "cell_of",
    "is_on",
    "link",
    "may_choose",
    "may_go",
    "named",
    "on_screen",
    "payment_talked_of",
    "tab_of",
    "told",
    "view_of",
    "words_of",
]
