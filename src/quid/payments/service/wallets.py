"""Wallets: a person's account in the ledger, opened when it is first needed.

`ledger` and `identity` do not know each other; this floor joins them. In demo mode opening a
wallet comes with a gift, so that a stranger's own account can pay.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import audit, db, ids, runtime
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Code, NewAccount, Result, Transfer
from quid.ledger.types import Kind as Account
from quid.payments import store
from quid.payments.types import Kind, State

CURRENCY: Final = "USD"
_KNOWN_MAX: Final = 200_000


@dataclass(slots=True)
class WalletSettings:
    """What a new wallet begins with (a part of the runtime). `gift_minor` is 0 outside demo mode.

    `known` maps people to their wallets: a wallet never changes its account, so the map of a
    process is never wrong, only incomplete.
    """

    gift_minor: int = 0
    known: dict[UUID, int] = field(default_factory=dict)

    def learn(self, found: dict[UUID, int]) -> None:
        """Add wallets; a full map is emptied first, it only saves reads."""
        if len(self.known) + len(found) > _KNOWN_MAX:
            self.known.clear()
        self.known.update(found)


async def find_wallets(conn: db.Conn, owners: Iterable[UUID]) -> dict[UUID, int]:
    """Map people to their wallets; who has none is left out."""
    settings = runtime.part(WalletSettings)
    wanted = set(owners)
    missing = [o for o in wanted if o not in settings.known]
    if missing:
        settings.learn(await books.wallets(conn, missing, CURRENCY))
    return {o: settings.known[o] for o in wanted if o in settings.known}


async def ensure_wallets(owners: Iterable[UUID], *, now: datetime) -> dict[UUID, int]:
    """Command: map people to their wallets, opening what is missing.

    Locks: ledger.account. Idempotent: the account's natural key; the gift's derived id.
    """
    database = runtime.part(db.Database)
    wanted = set(owners)
    async with database.read() as conn:
        found = await find_wallets(conn, wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        async with database.transaction() as tx:
            opened = await open_wallets(tx, missing, now=now)
        # Only now: what a rolled-back transaction opened must not be remembered.
        runtime.part(WalletSettings).learn(opened)
        found |= opened
    return found


async def open_wallets(tx: db.Tx, owners: list[UUID], *, now: datetime) -> dict[UUID, int]:
    """Part: open wallets, with the gift of demo mode, in the caller's transaction.

    Locks: ledger.account, the lane's head. Idempotent, as the command.
    """
    accounts = await ledger.open_accounts(
        tx, [NewAccount(owner=o, kind=Account.WALLET, currency=CURRENCY) for o in owners]
    )
    wallets = dict(zip(owners, accounts, strict=True))
    gift_minor = runtime.part(WalletSettings).gift_minor
    if gift_minor:
        await _give(tx, wallets, gift_minor, now=now)
    return wallets


async def _give(tx: db.Tx, wallets: dict[UUID, int], gift_minor: int, *, now: datetime) -> None:
    # Fixed facts only: a second opening derives the same ids and moves nothing.
    gifts = {o: ids.derived(ids.time_of(o), f"gift:{o}", ids.bucket(o)) for o in wallets}
    capital = {
        b: await ledger.house_account(tx, kind=Account.CAPITAL, bucket=b, currency=CURRENCY)
        for b in sorted({ids.bucket(o) for o in wallets})
    }
    outcomes = await ledger.post(
        tx,
        [
            Transfer(
                id=gifts[o],
                debit=capital[ids.bucket(o)],
                credit=wallet,
                amount_minor=gift_minor,
                code=Code.OPENING,
            )
            for o, wallet in wallets.items()
        ],
        now=now,
    )
    refused = {o.result for o in outcomes} - {Result.POSTED, Result.ID_REUSED}
    if refused:  # what is stored of it would stand for ever: roll all back, and open another time
        raise RuntimeError(f"a gift was refused: {', '.join(r.name for r in refused)}")
    given = [
        (owner, outcome)
        for owner, outcome in zip(wallets, outcomes, strict=True)
        if outcome.result is Result.POSTED and not outcome.is_replayed
    ]
    await store.add_activity(
        tx,
        [
            store.Line(
                user_id=owner,
                at=outcome.recorded_at,
                id=gifts[owner],
                kind=Kind.DEPOSIT,
                is_incoming=True,
                state=State.COMPLETED,
                amount_minor=gift_minor,
                currency=CURRENCY,
                counterparty_id=None,
                note="Demo money",
                balance_after_minor=outcome.credit_after,
            )
            for owner, outcome in given
        ],
    )
    await audit.record(
        tx,
        [
            audit.Entry(
                actor="demo",
                actor_type="system",
                action="payments.gift",
                resource_type="person",
                resource_id=ids.show("usr", owner),
                outcome="ok",
                at=now,
                details={"amount_minor": gift_minor, "currency": CURRENCY},
            )
            for owner, _ in given
        ],
    )
