"""A mail to one person, how it is written out, and who hands it over."""

import base64
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final, NamedTuple, Protocol, runtime_checkable
from uuid import UUID, uuid4

# One address and nothing beside it. The library's own reading of them fails in ways of its own.
_ADDRESS: Final = re.compile(
    r"([^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+)@([^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+)"
)
_ENDS_A_LINE: Final = frozenset(("Cc", "Zl", "Zp"))
_PLAIN: Final = 60
_WORD_BYTES: Final = 36


class MailFailed(Exception):  # noqa: N818 - a state of the world, raised by a mailer
    """The mail could not be handed over; what follows from that is its sender's to know.

    `is_final`: the other side will not take this mail tomorrow either. Units: `after` in seconds,
    where it has asked for a pause.
    """

    def __init__(self, why: str, *, is_final: bool = False, after: float | None = None) -> None:
        super().__init__(why)
        self.is_final = is_final
        self.after = after


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person. Its text may hold a code: never logged, never in an event.

    `key` makes a mail that is handed over twice recognisable as one, where its sender tries again.
    """

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    key: UUID | None = None


@runtime_checkable
class Mailer(Protocol):
    """Hands a mail over. Called after the commit only: a mail cannot be rolled back."""

    async def send(self, mail: Mail, *, now: datetime) -> None:
        """Hand it over, once. Raises: MailFailed."""


class House(NamedTuple):
    """Whom a mail is from: a name, which may be empty, and an address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Where it is at home."""
        return self.address.rpartition("@")[2]


def require_address(text: str) -> str:
    """Let one address through, as it is. Raises: ValueError."""
    if _ADDRESS.fullmatch(text) is None or "=?" in text:
        raise ValueError("no address")
    return text


def house_of(name: str, address: str) -> House:
    """Say whom mails are from. Raises: ValueError for what can stand in no header."""
    _unstructured(name)
    return House(name, require_address(address))


def written(mail: Mail, house: House, *, now: datetime) -> bytes:
    """Write a mail out as it is handed over: lines end in CRLF, each header is one of ours.

    The headers are written here: the library reads what it is given as a header that somebody has
    encoded, and so writes out the line ends which a person has encoded into their name.
    Raises: ValueError. Source: RFC 5322, 2047, 6532.
    """
    body = EmailMessage(policy=policy.SMTP)
    body.set_content(mail.text, cte="quoted-printable")
    name = f"{_phrase(house.name)} " if house.name else ""
    head = (
        ("From", f"{name}<{require_address(house.address)}>"),
        ("To", require_address(mail.to)),
        ("Subject", _unstructured(mail.subject)),
        ("Date", format_datetime(now.astimezone(UTC))),
        ("Message-ID", f"<{(mail.key or uuid4()).hex}@{house.domain}>"),
        ("Auto-Submitted", "auto-generated"),
    )
    return "".join(f"{name}: {value}\r\n" for name, value in head).encode() + body.as_bytes()


def _phrase(text: str) -> str:
    """Write a name before an address."""
    if _is_plain(text) and not set(text) & set('"\\'):
        return f'"{text}"'
    return _unstructured(text, is_plain=False)


def _unstructured(text: str, *, is_plain: bool = True) -> str:
    """Write words for people: as they are where nobody can take them for more, else encoded."""
    if any(unicodedata.category(c) in _ENDS_A_LINE for c in text):
        raise ValueError("a header of more than one line")
    if is_plain and _is_plain(text):
        return text
    encoded = (base64.b64encode(part).decode() for part in _parts(text))
    return "\r\n ".join(f"=?utf-8?b?{part}?=" for part in encoded)


def _is_plain(text: str) -> bool:
    is_readable = text.isascii() and text.isprintable() and "=?" not in text and "  " not in text
    return is_readable and text == text.strip() and len(text) <= _PLAIN


def _parts(text: str) -> Iterator[bytes]:
    """Cut between characters, so that each word can be read by itself."""
    part = b""
    for character in text:
        more = character.encode()
        if len(part) + len(more) > _WORD_BYTES:
            yield part
            part = b""
        part += more
    yield part
