"""The people of a demo whom one signs in as, each there to show something."""

from dataclasses import dataclass
from typing import Final

from quid.identity.types import Visibility


@dataclass(frozen=True, slots=True)
class Persona:
    """A demo person. `funds_minor` in cents of USD; `days`: how long they have been here.

    `line`: why one would be them; empty for those who are there for the company.
    """

    handle: str
    name: str
    tier: int
    funds_minor: int
    visibility: Visibility = "friends"
    days: int = 400
    line: str = ""


PERSONAS: Final = (
    Persona("ana", "Ana Lindt", 2, 200_000, "public", line="Friends, a bank, a card: the usual"),
    Persona("ben", "Ben Okafor", 2, 180_000, "public", line="Ana's friend: the other side of it"),
    Persona("cleo", "Cleo Marsh", 0, 0, days=0, line="Signed up today, with nothing yet"),
    Persona("dot", "Dot Ferrari", 1, 40_000, "private", line="Private, at most $100 a week"),
    Persona("shop", "Corner Shop", 2, 50_000, "public", line="Is paid all day long"),
    Persona("finn", "Finn Abel", 1, 32_000, line="On hold: may not send or withdraw"),
    Persona("gus", "Gus Tran", 0, 15_000, days=3, line="Three days here, and busy"),
    Persona("hal", "Hal Reyes", 1, 9_000, line="His bank took money back: he owes it"),
)
