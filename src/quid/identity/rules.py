"""What names, identifiers and waits must be. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from quid.kit import ids, text
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
OPERATOR_LIFE: Final = timedelta(hours=8)
INVITE_LIFE: Final = timedelta(hours=24)
REFRESH_LIFE: Final = timedelta(days=30)
ACCESS_LIFE: Final = timedelta(minutes=15)
TOUCH_EVERY: Final = timedelta(minutes=1)
CHALLENGE_KEPT: Final = timedelta(days=1)
SESSION_KEPT: Final = timedelta(days=90)
STEP_UP_LIFE: Final = timedelta(minutes=10)  # to prove it, and then to act
STEP_UP_TRIES: Final = 5
STEP_UPS_OPEN: Final = 5  # of one person and purpose, unanswered, in that time
WAIT_AFTER_EMAIL_ALONE: Final = timedelta(hours=24)
TOTP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
PASSKEYS_MAX: Final = 10
PASSKEY_ASKED_LIFE: Final = timedelta(minutes=5)
DEVICE_HIGH: Final = 60
PASSWORD_LOW: Final = 12
PASSWORD_HIGH: Final = 128
IDENTIFIER_HIGH: Final = 200
HANDLE_PAUSE: Final = timedelta(days=30)
ASKS_A_DAY: Final = 20
FRIENDS_MAX: Final = 5_000
ASK_PAUSE: Final = timedelta(days=7)
ASK_DAY: Final = timedelta(days=1)
AGE_LOW: Final = 18
AGE_HIGH: Final = 130

_OF_ADDRESSES: Final = ("://", "www.", "@")
_RECOVERY: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: nothing looks like another
_SAID_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
_HANDLE: Final = re.compile(r"[a-z0-9_]{3,30}")
_EMAIL: Final = re.compile(
    r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_HANDLE_TERM: Final = re.compile(r"@[a-z0-9_]{2,30}")
_MEDIA: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_WORD: Final = re.compile(r"\w+")
_HIGHEST: Final = "\U0010ffff"
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
    if text.masked(typed) != typed:  # everybody would read it
        raise ValidationFailed("handle: not the number of a card.", field="handle")
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


def read_phone(typed: str) -> str | None:
    """Give a phone in E.164; None for what is none. Blanks, dots, dashes and brackets are free."""
    plain = re.sub(r"[\s().\-/]", "", unicodedata.normalize("NFKC", typed))
    return plain if _PHONE.fullmatch(plain) else None


def plain_words(typed: str) -> str:
    """Make equal what a searcher does not tell apart: case, accents, forms of one letter."""
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", typed).casefold())
    return "".join(c for c in flat if unicodedata.category(c) != "Mn")


def read_name(typed: str) -> str:
    """Read a name as people are shown it. Raises: MissingField, ValidationFailed.

    We mail it to others: what reads as an address would be a link in a letter of ours.
    """
    name = text.clean(typed, field="display_name", low=1, high=60)
    plain = unicodedata.normalize("NFKC", name).casefold()
    if any(sign in plain for sign in _OF_ADDRESSES):
        raise ValidationFailed("display_name: a name, not an address.", field="display_name")
    return name


def words_of(display_name: str, handle: str) -> list[str]:
    """Give the words by whose beginnings a person is found, in order.

    The handle stands whole, in parts, and once after `@`, where nothing but handles are found.
    """
    words = {*_WORD.findall(plain_words(display_name)), handle, f"@{handle}"}
    return sorted(words | {part for part in handle.split("_") if part})


def terms_of(query: str) -> list[str]:
    """Give the beginnings of words that a query asks for, the longest first.

    None where no term has two letters: one would find everybody.
    """
    plain = plain_words(query).strip()
    if plain.startswith("@"):
        terms = [plain] if _HANDLE_TERM.fullmatch(plain) else []
    else:
        terms = sorted(set(_WORD.findall(plain)), key=lambda t: (-len(t), t))
    return terms if terms and len(terms[0].removeprefix("@")) >= 2 else []


def end_of(prefix: str) -> str:
    """Give the bound below which, in order of code points, all that begins so stands."""
    return prefix + _HIGHEST


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


def mask_email(email: str) -> str:
    """Show of an e-mail what tells two apart on the phone: `a…z@e….org`."""
    name, _, host = email.partition("@")
    domain, _, ending = host.rpartition(".")
    return f"{_mask(name)}@{domain[:1]}….{ending}"


def mask_phone(phone: str) -> str:
    """Show the last two digits."""
    return f"…{phone[-2:]}"


def case_number(freeze_id: UUID) -> str:
    """Name a hold as people read it aloud: eight letters and digits of its id, all by chance."""
    by_chance = ids.show("frz", freeze_id)[-10:-2].upper()
    return f"{by_chance[:4]}-{by_chance[4:]}"


def _mask(word: str) -> str:
    return f"{word[0]}…{word[-1]}" if len(word) > 2 else f"{word[:1]}…"


def cookie_expiry(*, now: datetime, ends_at: datetime, is_remembered: bool) -> datetime:
    """When a browser session dies unless it is used: after 30 idle minutes, or at its end."""
    return ends_at if is_remembered else min(now + COOKIE_IDLE, ends_at)


def describe_device(user_agent: str) -> str:
    """Say what a device calls itself as a person would: `Firefox on Linux`, else its first word."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    plain = "".join(c for c in user_agent if " " <= c <= "~").split()
    return plain[0][:DEVICE_HIGH] if plain else ""


def write_recovery_code(number: int) -> str:
    """Write 60 random bits as `xxxx-xxxx-xxxx`."""
    signs = "".join(_RECOVERY[(number >> shift) & 31] for shift in range(55, -1, -5))
    return "-".join(signs[i : i + 4] for i in (0, 4, 8))


def read_recovery_code(typed: str) -> str:
    """Give the form that is stored: lower case, no blanks or hyphens, look-alikes made one."""
    plain = "".join(c for c in typed.lower() if c.isalnum())
    return plain.translate(_SAID_AS)


def steps_of(now: datetime) -> tuple[int, int, int]:
    """Give the steps of 30 s whose codes count now: this one, the one before, the one after."""
    step = int(now.timestamp()) // TOTP_SECONDS
    return step, step - 1, step + 1


def is_of_age(birth_date: date, *, on: date) -> bool:
    """Whether somebody born then is 18 or older, and not older than people become."""
    # Whoever was born on February 29 is a year older on March 1 of a common year.
    had_it = (on.month, on.day) >= (birth_date.month, birth_date.day)
    years = on.year - birth_date.year - (not had_it)
    return AGE_LOW <= years <= AGE_HIGH


def media_type_of(content: bytes) -> str:
    """Tell what a document is by its content. Raises: ValidationFailed."""
    for start, media_type in _MEDIA:
        if content.startswith(start):
            return media_type
    raise ValidationFailed("A document is a PDF, a JPEG or a PNG.", field="body")
