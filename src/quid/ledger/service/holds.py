"""Transfers with a meaning of their own: holds, reversals, pairs, groups. `post` books them.

A hold is money moved aside, from a wallet to the same person's reserved account: what can be spent
is simply the wallet. It is captured (to anybody, in parts), released, or expires.
"""

from collections.abc import Iterable
from uuid import UUID

from quid.kit import ids
from quid.ledger.types import Act, Code, Hold, NewHold, Original, Transfer


def place_hold(new: NewHold) -> Transfer:
    """Set money aside. The hold has the transfer's id; its limits count now."""
    return Transfer(
        id=new.id,
        debit=new.wallet,
        credit=new.reserved,
        amount_minor=new.amount_minor,
        code=Code.HOLD_PLACED,
        cause_id=new.cause_id,
        flags=Act.HOLD_PLACE,
        checks=new.checks,
        expires_at=new.expires_at,
        purpose=new.purpose,
    )


def capture(
    id_: UUID, hold: Hold, to: int, amount_minor: int = 0, code: Code = Code.PAYMENT
) -> Transfer:
    """Pay from a hold, to any account that the code allows; 0 = all that is left of it.

    Refused as HOLD_EXPIRED from `expires_at` on, even before the sweep has come.
    """
    return Transfer(
        id=id_,
        debit=hold.reserved_id,
        credit=to,
        amount_minor=amount_minor,
        code=code,
        cause_id=hold.cause_id or hold.id,
        flags=Act.HOLD_CAPTURE,
        source_id=hold.id,
    )


def release(id_: UUID, hold: Hold, amount_minor: int = 0) -> Transfer:
    """Give back to the wallet; 0 = all that is left. The limits it counted on are given back."""
    return Transfer(
        id=id_,
        debit=hold.reserved_id,
        credit=hold.account_id,
        amount_minor=amount_minor,
        code=Code.HOLD_RELEASED,
        cause_id=hold.cause_id or hold.id,
        flags=Act.HOLD_RELEASE,
        source_id=hold.id,
    )


def expire(hold: Hold) -> Transfer:
    """Give back what is left of a hold whose time is over: one id for whoever comes first."""
    return release(ids.leg(hold.id, "expire"), hold)._replace(code=Code.HOLD_EXPIRED)


def reverse(id_: UUID, original: Original, amount_minor: int = 0) -> Transfer:
    """Undo a transfer, in parts or (0) all that is not undone yet; the payee's floor holds."""
    return Transfer(
        id=id_,
        debit=original.payee,
        credit=original.payer,
        amount_minor=amount_minor,
        code=Code.REVERSAL,
        cause_id=original.cause_id or original.id,
        flags=Act.REVERSAL,
        source_id=original.id,
    )


def at_most(take: Transfer, rest: Transfer) -> list[Transfer]:
    """Move what the bounds of `take` allow of its amount, and the rest by `rest`.

    Both belong to one `group`, side by side. Either may move nothing.
    """
    amount = take.amount_minor
    return [
        take._replace(flags=Act.AT_MOST),
        rest._replace(flags=Act.REMAINDER, amount_minor=amount),
    ]


def group(number: int, items: Iterable[Transfer]) -> list[Transfer]:
    """Book them all or none: `number` is not 0 and each group of a call has its own."""
    return [item._replace(group=number) for item in items]
