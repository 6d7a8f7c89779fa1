"""What a payer was shown, signed, and wishes for: a plan that holds two minutes, stored nowhere."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from quid.funding.types import Line, LineKind
from quid.kit import ids, runtime
from quid.kit.crypto import CursorKey
from quid.kit.errors import InvalidCursor, NotFound
from quid.payments.types import Quoted, QuotedLine, Wish

LIFE: Final = timedelta(minutes=2)


class _Paper(msgspec.Struct, array_like=True):
    expires_at: datetime
    lines: list[tuple[LineKind, UUID | None, int, int]]


_decoder: Final = msgspec.msgpack.Decoder(_Paper)


def _purpose(payer_id: UUID, payee_id: UUID, amount_minor: int) -> str:
    """Bind a token to its payer, payee and amount: for another payment it is none of ours."""
    return f"quote:{payer_id.hex}:{payee_id.hex}:{amount_minor}"


def lines_of(lines: Sequence[Line]) -> tuple[QuotedLine, ...]:
    """Take of a plan what its payer agrees to."""
    return tuple(QuotedLine(x.kind, x.source_id, x.cents, x.fee) for x in lines)


def write(
    lines: Sequence[Line], *, payer_id: UUID, payee_id: UUID, amount_minor: int, now: datetime
) -> tuple[str, datetime]:
    """Sign a plan; give the token and until when it holds. Units: minor units."""
    expires_at = now + LIFE
    paper = _Paper(expires_at, [tuple(x) for x in lines_of(lines)])  # type: ignore[misc]  # its fields
    purpose = _purpose(payer_id, payee_id, amount_minor)
    return runtime.part(CursorKey).write(purpose, msgspec.msgpack.encode(paper)), expires_at


def read(token: str, *, payer_id: UUID, payee_id: UUID, amount_minor: int) -> Quoted:
    """Read what was signed for this payment; of anything else, a quote that holds no more."""
    try:
        payload = runtime.part(CursorKey).read(_purpose(payer_id, payee_id, amount_minor), token)
        paper = _decoder.decode(payload)
    except (InvalidCursor, msgspec.MsgspecError):
        return _NONE
    return Quoted(tuple(QuotedLine(*line) for line in paper.lines), paper.expires_at)


_NONE: Final = Quoted((), datetime(1970, 1, 1, tzinfo=UTC))


def read_wish(
    named: str | None, token: str | None, *, payer_id: UUID, payee_id: UUID, amount_minor: int
) -> Wish | None:
    """Read where the money of a payment is to come from; None for the balance alone.

    `named`: the `fs_` id of a bank or card, or `balance`; `token`: what was shown of this payment.
    Raises: NotFound.
    """
    if token is None:
        if named is None:
            return _ANY
        return None if named == "balance" else Wish(source_of(named))
    quoted = read(token, payer_id=payer_id, payee_id=payee_id, amount_minor=amount_minor)
    return Wish(source_of(named), quoted)


_ANY: Final = Wish()


def source_of(funding_source_id: str | None) -> UUID | None:
    """Read which bank or card is named; None for the balance, or none. Raises: NotFound."""
    if funding_source_id in (None, "balance"):
        return None
    found = ids.read("fs", funding_source_id or "")
    if found is None:
        raise NotFound(field="funding_source_id")
    return found
