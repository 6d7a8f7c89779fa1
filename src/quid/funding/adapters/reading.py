"""Reading what providers write: whatever is new is let through, whatever is missing is not.

Money never passes through a float: decimals are read as they are written, and cents are whole.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from quid.funding.errors import ContractBroken
from quid.funding.ports import ProviderKey
from quid.kit.http import is_loopback

KEY_MAX: Final = 50
_CENTS_MAX: Final = 10**15


class Read(BaseModel):
    """A part of an answer. Its errors show where something is wrong, never what stood there."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


M = TypeVar("M", bound=Read)
S = TypeVar("S", bound=msgspec.Struct)


def loads(content: bytes) -> object:
    """Read JSON with exact decimals. Raises: ValueError, RecursionError for what is no JSON."""
    return json.loads(content, parse_float=Decimal, parse_constant=_refuse)


def read(model: type[M], content: bytes) -> M:
    """Read an answer. Raises: ContractBroken, which names the fields that are not as agreed."""
    try:
        return model.model_validate(loads(content))
    except ValidationError as e:
        raise ContractBroken("UNREADABLE", where(e)) from None
    except (ValueError, RecursionError):
        raise ContractBroken("UNREADABLE", "no JSON") from None


def read_raw(shape: type[S], content: bytes) -> S:
    """Read an answer whose items are kept as they came. Raises: ContractBroken."""
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise ContractBroken("UNREADABLE", f"not as {shape.__name__}") from None


def where(error: ValidationError) -> str:
    """Name the fields of an error, and nothing of their contents."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return ", ".join(".".join(map(str, fault["loc"])) for fault in faults[:5])


def hosted(url: str, hosts: frozenset[str]) -> str:
    """Let the address of a hosted page through. Raises: ContractBroken for a foreign one."""
    try:
        parts = urlsplit(url)
        is_ours = parts.netloc in hosts and (parts.scheme == "https" or is_loopback(url))
    except ValueError:
        is_ours = False
    if not is_ours or not url.isprintable():
        raise ContractBroken("FOREIGN_PAGE", "the address is not on the provider's list")
    return url


def bounded(key: ProviderKey) -> str:
    """Let a key through. Raises: ValueError for one that a provider would cut."""
    if not 0 < len(key) <= KEY_MAX:
        raise ValueError(f"a key of 1 to {KEY_MAX} characters")
    return key


def plain(text: str, *, most: int) -> str:
    """Write what stands on a statement: letters, digits and spaces, so many at most."""
    kept = "".join(c for c in text if c.isascii() and (c.isalnum() or c == " "))
    return " ".join(kept.split())[:most].strip() or "Quid"


def dollars(cents: int) -> str:
    """Write cents as `12.34`. Units: cents."""
    return f"{cents // 100}.{cents % 100:02d}"


def instant(at: datetime) -> str:
    """Write a time as `2026-03-02T12:00:00Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def whole_cents(value: object) -> int:
    """Read dollars as they are written. Raises: ValueError for what is not whole cents."""
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise ValueError("an amount is a decimal")  # noqa: TRY004 - pydantic reads ValueError
    try:
        cents = Decimal(value) * 100
    except InvalidOperation:
        raise ValueError("an amount is a decimal") from None
    if not cents.is_finite() or abs(cents) > _CENTS_MAX or cents != cents.to_integral_value():
        raise ValueError("an amount is whole cents")
    return int(cents)


def floor_cents(value: object) -> int | None:
    """Read a balance that banks may give more digits: rounded down, never up."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a balance is a number")  # noqa: TRY004 - as above
    cents = Decimal(value) * 100
    if not cents.is_finite() or abs(cents) > _CENTS_MAX:
        raise ValueError("a balance is a number")
    return int(cents.to_integral_value(rounding="ROUND_FLOOR"))


def _aware(value: object) -> datetime:
    if isinstance(value, bool):
        raise ValueError("a time is a number of seconds")  # noqa: TRY004 - as above
    if isinstance(value, int):
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, OSError) as e:
            raise ValueError("a time is a number of seconds") from e
    if not isinstance(value, str):
        raise ValueError("a time is a text")  # noqa: TRY004 - as above
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _shown(value: object) -> object:
    """Keep of a name what can be shown and stored."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if c.isprintable())[:200]


Dollars = Annotated[int, BeforeValidator(whole_cents)]
Balance = Annotated[int | None, BeforeValidator(floor_cents)]
Cents = Annotated[int, Field(strict=True, ge=-_CENTS_MAX, le=_CENTS_MAX)]
At = Annotated[datetime, BeforeValidator(_aware)]
Ref = Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]
Shown = Annotated[str, BeforeValidator(_shown)]
