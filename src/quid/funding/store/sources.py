"""Banks and cards: rows, defaults, secrets, and what must end at a provider."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.types import Source
from quid.kit import db, ids, runtime
from quid.kit.crypto import Secret
from quid.kit.fields import Fields, Place

_SQL: Final = db.sql("quid.funding", "sources_store")
_TAKE_TURNS: Final = _SQL.values("take_turns", str)
_LOCK: Final = _SQL.values("lock", UUID)
_PUT: Final = _SQL.command("put")
_GIVE_DEFAULTS: Final = _SQL.command("give_defaults")
_CLEAR_DEFAULT: Final = _SQL.command("clear_default")
_MAKE_DEFAULT: Final = _SQL.command("make_default")
PASS_OWNER: Final = _SQL.command("pass_owner")
DUE_TO_EXPIRE: Final = _SQL.values("due_to_expire", UUID)
DUE_TO_SHRED: Final = _SQL.values("due_to_shred", UUID)
SHRED: Final = _SQL.command("shred")
SHARED_ITEMS: Final = _SQL.values("shared_items", str)
ASK_TO_LOOK: Final = _SQL.command("ask_to_look")
TAKE_LOOKS: Final = _SQL.values("take_looks", str)
LOOKED: Final = _SQL.command("looked")
_ADD_ENDINGS: Final = _SQL.command("add_endings")
END_ENDING: Final = _SQL.command("end_ending")


@dataclass(frozen=True, slots=True)
class Ending:
    """What a provider is still to forget: a bank item by its sealed key, or a card."""

    id: UUID
    user_id: UUID
    token: bytes | None
    method_ref: str | None

    def open(self) -> Secret | None:
        """Open the key, where it is a bank's."""
        if self.token is None:
            return None
        return Secret(runtime.part(Fields).open(_ending(self.id, self.user_id), self.token))


TAKE_ENDINGS: Final = _SQL.rows("take_endings", Ending)


class Superseded(RuntimeError):  # noqa: N818 - what became of the row
    """A source was saved that had not been locked before it was read: a defect."""


async def take_turns(
    tx: db.Tx, user_ids: Sequence[UUID], fingerprints: Sequence[bytes] = ()
) -> None:
    """Let those who change sources of the same people, or of the same accounts, take turns.

    Locks: advisory, of the class of funding, sorted; once in a transaction, before any row.
    """
    await _TAKE_TURNS.all(tx, [_number(n) for n in (*(u.bytes for u in user_ids), *fingerprints)])


def _number(name: bytes) -> int:
    # Two names of one number only take turns.
    return int.from_bytes(hashlib.sha256(name).digest()[:4], signed=True)


async def lock(tx: db.Tx, source_ids: Sequence[UUID]) -> None:
    """Lock sources before they are read. Locks: funding.source, by id."""
    await _LOCK.all(tx, source_ids)


async def put(tx: db.Tx, rows: Sequence[Source], *, now: datetime) -> None:
    """Write new sources (`version` 0) and changed ones, and see to the defaults of their people.

    Locks: funding.source (the caller holds those that exist). Raises: Superseded.
    """
    if not rows:
        return
    done = await _PUT.run(
        tx,
        [r.id for r in rows],
        [r.user_id for r in rows],
        [r.kind for r in rows],
        [r.state for r in rows],
        [r.provider for r in rows],
        [r.item_ref for r in rows],
        [r.account_ref for r in rows],
        [r.customer_ref for r in rows],
        [r.method_ref for r in rows],
        [r.token for r in rows],
        [r.institution for r in rows],
        [r.name for r in rows],
        [r.last4 for r in rows],
        [r.account_type for r in rows],
        [r.exp_month for r in rows],
        [r.exp_year for r in rows],
        [r.verify_method for r in rows],
        [r.tries_left for r in rows],
        [r.verify_until for r in rows],
        [r.amounts for r in rows],
        [r.can_pull for r in rows],
        [r.can_push for r in rows],
        [r.rtp_push for r in rows],
        [r.is_tokenized for r in rows],
        [r.owner_score for r in rows],
        [r.fingerprint for r in rows],
        [r.disabled_code for r in rows],
        [r.created_at for r in rows],
        [r.verified_at for r in rows],
        [r.version for r in rows],
        now,
    )
    if done != len(rows):
        raise Superseded([str(r.id) for r in rows])
    await _GIVE_DEFAULTS.run(tx, sorted({r.user_id for r in rows}))


async def make_default(tx: db.Tx, source: Source, *, is_bank: bool, now: datetime) -> None:
    """Use a VERIFIED source where none is named, in place of the one before.

    Locks: funding.source.
    """
    await _CLEAR_DEFAULT.run(tx, source.user_id, is_bank)
    await _MAKE_DEFAULT.run(tx, source.id, now)


# --- secrets -----------------------------------------------------------------------------------


def seal_token(source_id: UUID, user_id: UUID, token: Secret) -> bytes:
    """Seal the key to a bank item for its row."""
    return runtime.part(Fields).seal(_token(source_id, user_id), token.reveal())


def token_of(source: Source) -> Secret | None:
    """Open the key to a source's bank item; None where it has none (any more)."""
    if source.token is None:
        return None
    return Secret(runtime.part(Fields).open(_token(source.id, source.user_id), source.token))


def seal_amounts(source_id: UUID, user_id: UUID, amounts: tuple[int, int]) -> bytes:
    """Seal the two amounts that were sent to an account, the smaller first."""
    low, high = sorted(amounts)
    return runtime.part(Fields).seal_bytes(_amounts(source_id, user_id), bytes((low, high)))


def amounts_of(source: Source) -> bytes:
    """Open the two amounts, the smaller first, a byte each."""
    place = _amounts(source.id, source.user_id)
    return runtime.part(Fields).open_bytes(place, source.amounts or b"")


def fingerprint(kind: str, text: str) -> bytes:
    """Hash what an account or card is known by, to find the same again."""
    return runtime.part(Fields).blind(f"funding.{kind}", text)


def _token(source_id: UUID, user_id: UUID) -> Place:
    return Place("funding.source", "token", source_id, user_id)


def _amounts(source_id: UUID, user_id: UUID) -> Place:
    return Place("funding.source", "amounts", source_id, user_id)


def _ending(ending_id: UUID, user_id: UUID) -> Place:
    return Place("funding.ending", "token", ending_id, user_id)


# --- what must end elsewhere -------------------------------------------------------------------


async def add_endings(
    tx: db.Tx, things: Sequence[tuple[UUID, Secret | str]], *, now: datetime
) -> None:
    """Write down what a provider is to forget of a person: keys to bank items, names of cards.

    Locks: nothing but the new rows.
    """
    if not things:
        return
    made = [(ids.new(ids.bucket(owner), now), owner, thing) for owner, thing in things]
    fields = runtime.part(Fields)
    await _ADD_ENDINGS.run(
        tx,
        [i for i, _, _ in made],
        [owner for _, owner, _ in made],
        [
            fields.seal(_ending(i, owner), t.reveal()) if isinstance(t, Secret) else None
            for i, owner, t in made
        ],
        [None if isinstance(t, Secret) else t for _, _, t in made],
        now,
    )
