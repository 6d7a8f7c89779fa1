"""What names, identifiers and waits must be. Pure."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from quid.kit import text
from quid.kit.errors import ValidationFailed

CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
CODE_PAUSE: Final = timedelta(seconds=30)
CODES_IN_WINDOW: Final = 3
CODE_WINDOW: Final = timedelta(minutes=10)
TICKET_LIFE: Final = timedelta(minutes=30)
COOKIE_IDLE: Final = timedelta(minutes=30)
COOKIE_LIFE: Final = timedelta(hours=12)
REMEMBERED_LIFE: Final = timedelta(days=30)
REFRESH_LIFE: Final = timedelta(days=30)
ACCESS_LIFE: Final = timedelta(minutes=15)
TOUCH_EVERY: Final = timedelta(minutes=1)
CHALLENGE_KEPT: Final = timedelta(days=1)
SESSION_KEPT: Final = timedelta(days=90)
PASSWORD_LOW: Final = 12
PASSWORD_HIGH: Final = 128
IDENTIFIER_HIGH: Final = 200

_HANDLE: Final = re.compile(r"[a-z0-9_]{3,30}")
_EMAIL: Final = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_TIMEZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,29}(/[A-Za-z0-9_+-]{1,30}){0,2}")
# Expanding (m → rn) and not contracting, so that every way to write a look-alike ends equal.
_FOLD: Final = str.maketrans({"0": "o", "1": "l", "i": "l", "m": "rn", "w": "vv", "_": ""})


@dataclass(frozen=True, slots=True)
class Identifier:
    """What somebody typed to say who they are, in its normal form."""

    kind: Literal["email", "handle"]
    value: str


def fold(handle: str) -> str:
    """Make look-alikes equal: `0/o`, `1/l/i`, `rn/m`, `vv/w`, and `_` is nothing."""
    return handle.translate(_FOLD)


def read_handle(typed: str) -> str:
    """Check a handle. Raises: ValidationFailed."""
    if not _HANDLE.fullmatch(typed):
        raise ValidationFailed("handle: 3 to 30 of a-z, 0-9 and _.", field="handle")
    return typed


def read_identifier(typed: str) -> Identifier | None:
    """Tell an e-mail from a handle; None for what can be neither."""
    plain = unicodedata.normalize("NFC", typed).strip().lower()
    if len(plain) > IDENTIFIER_HIGH or any(text.is_refused(c) for c in plain):
        return None
    if "@" in plain.removeprefix("@"):
        return Identifier("email", plain) if _EMAIL.fullmatch(plain) else None
    handle = plain.removeprefix("@")
    return Identifier("handle", handle) if _HANDLE.fullmatch(handle) else None


def normal_text(typed: str) -> str:
    """Give the form in which two keyboards write the same password."""
    return unicodedata.normalize("NFC", typed)


def read_password(typed: str) -> str:
    """Check a new password: length only, whatever it is made of.

    Units: 12 to 128 code points in NFC.
    Raises: ValidationFailed.
    """
    plain = normal_text(typed)
    if not PASSWORD_LOW <= len(plain) <= PASSWORD_HIGH:
        raise ValidationFailed(
            f"password: {PASSWORD_LOW} to {PASSWORD_HIGH} characters.", field="password"
        )
    return plain


def read_locale(typed: str) -> str:
    """Check a language tag like `en` or `de-AT`. Raises: ValidationFailed."""
    if not _LOCALE.fullmatch(typed):
        raise ValidationFailed("locale: a language tag like en or de-AT.", field="locale")
    return typed


def read_timezone(typed: str) -> str:
    """Check the form of a time zone's name. Raises: ValidationFailed."""
    if not _TIMEZONE.fullmatch(typed):
        raise ValidationFailed("timezone: a name like Europe/Vienna.", field="timezone")
    return typed


def seconds_to_next_code(sent: list[datetime], *, now: datetime) -> int:
    """How long an e-mail must wait for its next code: 30 s, and 3 in 10 minutes.

    Units: whole seconds, rounded up; 0 = now. `sent`: times of earlier codes, oldest first.
    """
    recent = [at for at in sent if at > now - CODE_WINDOW]
    free_at = now
    if recent:
        free_at = max(free_at, recent[-1] + CODE_PAUSE)
    if len(recent) >= CODES_IN_WINDOW:
        free_at = max(free_at, recent[-CODES_IN_WINDOW] + CODE_WINDOW)
    return -((now - free_at) // timedelta(seconds=1))


def cookie_expiry(*, now: datetime, ends_at: datetime, is_remembered: bool) -> datetime:
    """When a browser session dies unless it is used: after 30 idle minutes, or at its end."""
    return ends_at if is_remembered else min(now + COOKIE_IDLE, ends_at)


def avatar_seed(user_id: UUID) -> str:
    """Give what a generated picture is drawn from: equal everywhere, and not the id."""
    return hashlib.sha256(b"avatar" + user_id.bytes).hexdigest()[:12]
