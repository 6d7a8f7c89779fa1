"""Reads of people as others see them: cards, search, friends; and what they allow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from quid.identity import rules
from quid.identity.store import contacts
from quid.identity.types import Card, FriendRow, Privacy, SeenCard
from quid.kit import db

_SQL: Final = db.sql("quid.identity", "people")
_CARD_SEEN_BY: Final = _SQL.rows("card_seen_by", SeenCard)
_PUBLIC_CARDS: Final = _SQL.rows("public_cards", Card)
_FOUND_BY_WORDS: Final = _SQL.rows("found_by_words", SeenCard)
_HANDLE_BY_CONTACT: Final = _SQL.values("handle_by_contact", str)
_FRIENDS: Final = _SQL.rows("friends", FriendRow)
_EDGE_SEEN_BY: Final = _SQL.rows("edge_seen_by", FriendRow)
_MUTED: Final = _SQL.rows("muted", FriendRow)
_FRIENDS_AMONG: Final = _SQL.values("friends_among", UUID)
_PRIVACY: Final = _SQL.rows("privacy", Privacy)
_REMINDED_AMONG: Final = _SQL.values("reminded_among", UUID)


class Before(NamedTuple):
    """Where a page of people begins: after the one of this time and id, newest first."""

    at: datetime
    id: UUID


async def card_seen_by(conn: db.Conn, handle: str, *, viewer: UUID) -> SeenCard | None:
    """Find a person by their exact handle; a block either way reads as nobody."""
    return await _CARD_SEEN_BY.maybe(conn, handle, viewer) if _is_handle(handle) else None


async def public_cards(conn: db.Conn, handles: Sequence[str]) -> list[Card]:
    """Give the cards of people by exact handle, as strangers may see them: no operators.

    Somebody on hold is there as for anybody: that they are is nobody's business.
    """
    return await _PUBLIC_CARDS.all(conn, [h for h in handles if _is_handle(h)])


def _is_handle(text: str) -> bool:
    who = rules.read_identifier(text)
    return who is not None and who.kind == "handle" and who.value == text


async def search(conn: db.Conn, query: str, *, viewer: UUID, limit: int) -> list[SeenCard]:
    """Find people: by the beginnings of words of name or handle, by `@` and the beginning of a
    handle, by exact e-mail or phone of those who wish so. Friends first.

    Never the viewer, nor anybody across a block.
    """
    contact = _contact(query)
    if contact is not None:
        handle = await _HANDLE_BY_CONTACT.maybe(conn, *contact, viewer)
        card = await card_seen_by(conn, handle, viewer=viewer) if handle else None
        return [card] if card else []
    terms = rules.terms_of(query)
    if not terms:
        return []
    first, rest = terms[0], terms[1:]
    ends = [rules.end_of(t) for t in rest]
    return await _FOUND_BY_WORDS.all(conn, viewer, first, rules.end_of(first), rest, ends, limit)


def _contact(query: str) -> tuple[bytes | None, bytes | None] | None:
    """Give the blind indexes of an e-mail or a phone; None for what is neither."""
    if "@" in query.strip().removeprefix("@"):
        who = rules.read_identifier(query)
        is_email = who is not None and who.kind == "email"
        return (contacts.email_index(who.value) if who and is_email else None, None)
    phone = rules.read_phone(query)
    return None if phone is None else (None, contacts.phone_index(phone))


async def friends(
    conn: db.Conn, user_id: UUID, *, state: str, before: Before, limit: int
) -> list[FriendRow]:
    """List those who are `state` to a person (BLOCKED: whom they refuse), latest first."""
    if state == "MUTED":
        return await _MUTED.all(conn, user_id, *before, limit)
    return await _FRIENDS.all(conn, user_id, state, *before, limit)


async def edge_seen_by(conn: db.Conn, user_id: UUID, friend_id: UUID) -> FriendRow | None:
    """Say what somebody is to a person; None for a stranger."""
    return await _EDGE_SEEN_BY.maybe(conn, user_id, friend_id)


async def friends_among(conn: db.Conn, user_id: UUID, others: Sequence[UUID]) -> set[UUID]:
    """Say which of these are friends of a person."""
    return set(await _FRIENDS_AMONG.all(conn, user_id, others))


async def privacy(conn: db.Conn, user_id: UUID) -> Privacy | None:
    """Say what a person allows others."""
    return await _PRIVACY.maybe(conn, user_id)


async def reminded_among(conn: db.Conn, user_ids: Sequence[UUID]) -> set[UUID]:
    """Say which of these people let themselves be reminded of what they were asked."""
    return set(await _REMINDED_AMONG.all(conn, user_ids))
