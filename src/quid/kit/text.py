"""Text that people typed: one normal form, counted in code points, nothing invisible.

Control characters break logs, mails and CSV files; bidi overrides make a name read as another.
So both are refused, not removed: what is stored is what was sent.
"""

import unicodedata
from typing import Final

from quid.kit.errors import MissingField, ValidationFailed

_JOINERS: Final = frozenset("\u200c\u200d")  # written by Persian, Hindi and emoji: they may stay
_REFUSED: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_EMOJI_TAGS: Final = range(0xE0020, 0xE0080)  # the flags of England, Scotland and Wales


def clean(text: str, *, field: str, low: int, high: int) -> str:
    """Give the text in NFC, without outer blanks.

    Units: `low` and `high` in code points of the result.
    Raises: MissingField when empty where one character is needed, ValidationFailed.
    """
    if any(is_refused(c) for c in text):
        raise ValidationFailed(f"{field}: no control characters.", field=field)
    plain = unicodedata.normalize("NFC", text).strip()
    if not plain and low > 0:
        raise MissingField(f"{field}: write something here.", field=field)
    if not low <= len(plain) <= high:
        raise ValidationFailed(f"{field}: from {low} to {high} characters.", field=field)
    return plain


def is_refused(character: str) -> bool:
    """Whether it is a control, a bidi override, a line separator or another invisible sign."""
    if character in _JOINERS or ord(character) in _EMOJI_TAGS:
        return False
    return unicodedata.category(character) in _REFUSED
