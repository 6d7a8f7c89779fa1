"""Text that people typed: one normal form, counted in code points, nothing invisible.

Control characters break logs, mails and CSV files; bidi overrides make a name read as another.
So both are refused, not removed: what is stored is what was sent. What is much too long is refused
unread, for the normal form of many accents takes the square of their number in time.

Numbers of cards and of taxpayers do not belong in a note that others read: they stay nowhere, but
for four digits.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from quid.kit.errors import MissingField, ValidationFailed

_JOINERS: Final = frozenset("\u200c\u200d")  # written by Persian, Hindi and emoji: they may stay
_REFUSED: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_BETWEEN: Final = r"[ \-.\u00a0\u200c\u200d\u2010-\u2015]"  # what people write between digits
_RUN: Final = re.compile(rf"\d(?:{_BETWEEN}?\d){{8,}}")
_GROUP: Final = re.compile(r"\d+")
_TAX: Final = re.compile(r"(?<!\d)(?:\d{3}([- ])\d{2}\1|\d{2}-\d{3})\d{4}(?!\d)")  # SSN, ITIN; EIN
_CARD_DIGITS: Final = range(13, 20)
_MASK: Final = "\u2022"
_COMPOSED_OF_MAX: Final = 4  # code points that become one in NFC
# Flags of England, Scotland and Wales: nowhere else do these invisible letters say anything.
_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
# Letters and signs without a shape: fillers of Hangul, the empty braille cell and note head.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
_UNSEEN: Final = frozenset(("Mn", "Cf", "Zs"))


def clean(text: str, *, field: str, low: int, high: int, has_lines: bool = False) -> str:
    """Give the text in NFC, without outer blanks, numbers of cards and taxpayers masked.

    Of what nobody would see nothing is left: it is blank. `has_lines`: it may be several lines,
    which all end alike.
    Units: `low` and `high` in code points of the result.
    Raises: MissingField when empty where one character is needed, ValidationFailed.
    """
    if has_lines:
        text = text.replace("\r\n", "\n")
    seen = text.replace("\n", " ") if has_lines else text
    if text.isascii() and text.isprintable():
        plain = text.strip()
    elif len(text) > _COMPOSED_OF_MAX * high:
        raise ValidationFailed(f"{field}: from {low} to {high} characters.", field=field)
    elif any(is_refused(c) for c in _FLAG.sub("", seen)):
        raise ValidationFailed(f"{field}: no control characters.", field=field)
    else:
        plain = unicodedata.normalize("NFC", text).strip()
        if all(_is_unseen(c) for c in plain):
            plain = ""
    if not plain and low > 0:
        raise MissingField(f"{field}: write something here.", field=field)
    if not low <= len(plain) <= high:
        raise ValidationFailed(f"{field}: from {low} to {high} characters.", field=field)
    return masked(plain)


def is_refused(character: str) -> bool:
    """Whether it is a control, a bidi override, a line separator or another invisible sign."""
    return character not in _JOINERS and unicodedata.category(character) in _REFUSED


def _is_unseen(character: str) -> bool:
    return character in _BLANK or unicodedata.category(character) in _UNSEEN


def masked(text: str) -> str:
    """Hide numbers of cards (13 to 19 digits that check, as people group them) and of taxpayers.

    The last four digits and the length stay.
    """
    if _RUN.search(text) is None:
        return text
    return _RUN.sub(lambda run: _hide_cards(_TAX.sub(_hide, run[0])), text)


def _hide(found: re.Match[str]) -> str:
    return _without_digits(found[0][:-4]) + found[0][-4:]


def _hide_cards(run: str) -> str:
    for start, end in _cards(run):
        shown = run[start:end]
        last = list(re.finditer(r"\d", shown))[-4].start()
        hidden = run[:start] + _without_digits(shown[:last]) + shown[last:]
        return hidden + _hide_cards(run[end:])
    return run


def _cards(run: str) -> Iterator[tuple[int, int]]:
    """Find neighbouring groups of digits that together are a card, the longest first."""
    groups = list(_GROUP.finditer(run))
    for first in range(len(groups)):
        for last in reversed(range(first, min(first + 19, len(groups)))):
            digits = "".join(group[0] for group in groups[first : last + 1])
            if len(digits) in _CARD_DIGITS and 2 <= int(digits[0]) <= 6 and _checks(digits):
                yield groups[first].start(), groups[last].end()


def _checks(digits: str) -> bool:
    """Whether the last digit is right (Luhn)."""
    odd = sum(int(d) for d in digits[-1::-2])
    return (odd + sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])) % 10 == 0


def _without_digits(text: str) -> str:
    return re.sub(r"\d", _MASK, text)
