"""What a return of the network means for the source it came from. Source: rails.md 8."""

from typing import Final, Literal

Consequence = Literal["stays", "disabled", "unauthorized", "duplicate", "corrected"]

_STAYS: Final = frozenset({"R01", "R09"})
_DISABLED: Final = frozenset({"R02", "R03", "R04", "R13", "R16", "R20"})
# The payee's bank refused this one payment; the account is as good as before.
_THIS_ONE: Final = frozenset({"R08", "R23"})
_DUPLICATE: Final = "R24"


def consequence_of(code: str | None) -> Consequence:
    """Say what becomes of the source; a code that nobody knows is taken for unauthorized."""
    if code in _STAYS or code in _THIS_ONE:
        return "stays"
    if code in _DISABLED:
        return "disabled"
    if code == _DUPLICATE:
        return "duplicate"
    if code is not None and code.startswith("C"):
        return "corrected"
    return "unauthorized"
