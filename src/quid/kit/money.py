"""Money: integer minor units of one currency. No float, no division."""

from dataclasses import dataclass
from typing import Final

MINOR_MAX: Final = 10**15


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount.

    Units: `minor` is in minor units (cents) of `currency` (ISO 4217, upper case).
    Raises: TypeError for a float, a bool or another currency; ValueError beyond 10^15.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        if abs(self.minor) > MINOR_MAX:
            raise ValueError("more money than a ledger row can hold")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def text(self) -> str:
        """Show it for people: `$1,234.50`, `-$0.05`; other currencies with their code."""
        sign = "-" if self.minor < 0 else ""
        whole, cents = divmod(abs(self.minor), 100)
        if self.currency == "USD":
            return f"{sign}${whole:,}.{cents:02d}"
        return f"{sign}{whole:,}.{cents:02d} {self.currency}"


def plain(minor: int) -> str:
    """Write minor units as a decimal number for programs: `-13.68`, `1300.05`."""
    whole, cents = divmod(abs(minor), 100)
    return f"{'-' if minor < 0 else ''}{whole}.{cents:02d}"


def read_minor(text: str) -> int:
    """Read an amount typed by a person, as `13.68`, `13`, `$1,300.05`.

    Units: returns minor units.
    Raises: ValueError for a sign, an exponent, more than two decimals or anything in doubt.
    """
    plain = text.strip().removeprefix("$")
    whole, dot, cents = plain.partition(".")
    groups = whole.split(",")
    grouped_well = len(groups[0]) in (1, 2, 3) and all(len(g) == 3 for g in groups[1:])
    if not (len(groups) == 1 or grouped_well):
        raise ValueError(f"{text!r} is not an amount: write it as 1,234.50")
    digits = "".join(groups)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 13):
        raise ValueError(f"{text!r} is not an amount: write it as 1234.50")
    if dot and not (len(cents) in (1, 2) and cents.isascii() and cents.isdigit()):
        raise ValueError(f"{text!r} is not an amount: at most two decimals")
    return int(digits) * 100 + int((cents or "0").ljust(2, "0"))
