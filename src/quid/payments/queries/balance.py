"""What people have."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.funding.queries import moves
from quid.kit import db
from quid.ledger import queries as books
from quid.ledger.types import Kind as Account
from quid.ledger.types import Purpose
from quid.payments.types import Balance, Held, HeldFor

_HELD_FOR: Final[dict[int, HeldFor]] = {
    Purpose.CHALLENGE: "challenge",
    Purpose.REVIEW: "review",
    Purpose.FUNDING: "payment",
}


async def balance(conn: db.Conn, user_id: UUID, *, currency: str, now: datetime) -> Balance | None:
    """Give what a person has, from the primary; None while no wallet is open."""
    return (await balances(conn, [user_id], currency=currency, now=now)).get(user_id)


async def balances(
    conn: db.Conn, user_ids: Collection[UUID], *, currency: str, now: datetime
) -> dict[UUID, Balance]:
    """Give what many people have, from the primary; whoever has no wallet is left out."""
    accounts = await books.owned_by(conn, user_ids, currency)
    net = {u: {a.kind: a.credits - a.debits for a in own} for u, own in accounts.items()}
    holding = [u for u, kinds in net.items() if kinds.get(Account.RESERVED)]
    held: defaultdict[UUID, list[Held]] = defaultdict(list)
    owner = {a.id: u for u in holding for a in accounts[u]}
    for hold in await books.open_holds(conn, holding) if holding else []:
        if hold.cause_id is not None:
            held[owner[hold.account_id]].append(
                Held(_HELD_FOR[hold.purpose], hold.left, hold.cause_id)
            )
    # Whoever has had no transfer from a bank has none that may return.
    pulled = [u for u, kinds in net.items() if Account.INCOMING in kinds]
    unripe = await moves.unripe(conn, pulled, now=now) if pulled else {}
    return {
        user_id: Balance(
            available=kinds[Account.WALLET],
            pending=kinds.get(Account.INCOMING, 0),
            on_hold=kinds.get(Account.RESERVED, 0) + kinds.get(Account.HELD, 0),
            owed=-kinds.get(Account.RECEIVABLE, 0),
            currency=currency,
            version=sum(a.seq for a in accounts[user_id]),
            holds=tuple(held[user_id]),
            unripe=unripe.get(user_id, 0),
        )
        for user_id, kinds in net.items()
        if Account.WALLET in kinds
    }
