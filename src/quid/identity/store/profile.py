"""What people say of themselves, and the words by which they are found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.identity import rules
from quid.identity.types import Privacy
from quid.kit import db


@dataclass(frozen=True, slots=True)
class Named:
    """A person's names."""

    id: UUID
    handle: str
    display_name: str


_SQL: Final = db.sql("quid.identity", "profile")
_CLAIM_HANDLE: Final = _SQL.command("claim_handle")
_CLAIMED_BY: Final = _SQL.value("claimed_by", UUID)
HANDLE_CHANGED_AT: Final = _SQL.values("handle_changed_at", datetime)
CHANGE_HANDLE: Final = _SQL.command("change_handle")
CHANGE_PROFILE: Final = _SQL.command("change_profile")
_CHANGE_PRIVACY: Final = _SQL.command("change_privacy")
_FORGET_WORDS: Final = _SQL.command("forget_words")
_ADD_WORDS: Final = _SQL.command("add_words")
_WORDLESS: Final = _SQL.rows("wordless", Named)


async def claim_handle(tx: db.Tx, folded: str, user_id: UUID) -> bool:
    """Take a handle for ever; False where it is or was somebody else's.

    Locks: identity.handle_claim.
    """
    await _CLAIM_HANDLE.run(tx, folded, user_id)
    return await _CLAIMED_BY.get(tx, folded) == user_id


async def change_privacy(tx: db.Tx, user_id: UUID, p: Privacy) -> None:
    """Write what a person allows. Locks: identity.person."""
    await _CHANGE_PRIVACY.run(
        tx, user_id, p.default_visibility, p.show_amount, p.friend_list, p.findable_by_email,
        p.findable_by_phone, p.who_may_request, p.reminders,
    )  # fmt: skip


async def set_words(tx: db.Tx, people: list[Named]) -> None:
    """Let people be found by their present names. Locks: identity.word."""
    await _FORGET_WORDS.run(tx, [p.id for p in people])
    pairs = [(p.id, word) for p in people for word in rules.words_of(p.display_name, p.handle)]
    await _ADD_WORDS.run(tx, [i for i, _ in pairs], [word for _, word in pairs])


async def read_wordless(tx: db.Tx, n: int) -> int:
    """Make up to `n` people findable who are not yet; give how many there were.

    Locks: identity.person.
    """
    found = await _WORDLESS.all(tx, n)
    await set_words(tx, found)
    return len(found)
