"""What becomes of a provider's event when it is kept. Pure."""

from typing import Final, NamedTuple

from quid.funding.types import EventState, Provider

UNREADABLE: Final = "unreadable"
# Plaid tells of these too; they are of its own moves of our float, or say what another one says.
_LEFT_ALONE: Final = ("sweep.", "refund.")
_LEGACY: Final = frozenset({"guaranteed", "reimbursed", "swept", "swept_settled", "return_swept"})


class Standing(NamedTuple):
    """Where an event begins, and why it waits for a person if it does."""

    state: EventState
    reason: str | None = None


def standing(provider: Provider, kind: str, *, can_act: bool) -> Standing:
    """Say where an event begins. `can_act`: it names a movement and a status that we know.

    A word of a short list that we do not know is not guessed away: a person looks at it. A card
    processor has hundreds of kinds, most of which are not about our charges.
    """
    if kind == UNREADABLE:
        return Standing(EventState.QUARANTINED, "it cannot be read")
    if can_act:
        return Standing(EventState.PENDING)
    is_known = kind.startswith(_LEFT_ALONE) or kind in _LEGACY
    if provider is Provider.PLAID and not is_known:
        return Standing(EventState.QUARANTINED, f"nobody knows what {kind!r} means"[:200])
    return Standing(EventState.IGNORED)
