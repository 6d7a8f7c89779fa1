"""Taking back what is owed: each second, from those who owe and hold money, as much as there is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from quid.funding.events import ReceivableRecovered, WalletMove
from quid.funding.rules import effects
from quid.funding.service.booking import TOPIC
from quid.funding.store.operations import CURRENCY
from quid.kit import audit, db, ids, outbox, telemetry
from quid.kit.events import Event
from quid.ledger import queries, service
from quid.ledger.queries import Debtor
from quid.ledger.types import Code, Flag, Kind, Outcome, Result, Transfer

MANY: Final = 200
_FROM_THE_FIRST: Final = -1
_RECOVERED: Final = telemetry.counter(
    "quid_funding_recovered_minor_total", "minor units that people paid back"
)


async def recover(tx: db.Tx, *, now: datetime) -> int:
    """Part: take from each wallet what its person owes, or what is there; say how many paid.

    Who owes nothing any more may spend again, in this transaction.
    Locks: ledger.account by id. Emits: funding.receivable_recovered.v1. Idempotent: a line is
    named by where both accounts stood.
    """
    found = await queries.debtors(tx, currency=CURRENCY, after=_FROM_THE_FIRST, many=MANY)
    if not found:
        return 0
    accounts = [a for d in found for a in (d.wallet_id, d.receivable_id)]
    await service.lock(tx, accounts)
    balances = await queries.balances(tx, accounts)
    items = [
        _line(d, balances[d.wallet_id].seq, -balances[d.receivable_id].net)
        for d in found
        if balances[d.receivable_id].net < 0 < balances[d.wallet_id].net
        # What the ledger refuses once it refuses for ever under that name.
        and not balances[d.wallet_id].flags & (Flag.FROZEN | Flag.CLOSED)
    ]
    owners = {d.wallet_id: d for d in found}
    outcomes = await service.post(tx, items, now=now)
    done = [
        (owners[i.debit], i, o)
        for i, o in zip(items, outcomes, strict=True)
        if o.result is Result.POSTED and not o.is_replayed
    ]
    for debtor, _, outcome in done:
        if outcome.credit_after == 0:
            await service.set_flags(tx, debtor.wallet_id, to_clear=Flag.NO_SPEND)
    await outbox.append(tx, [_told(d, i, o) for d, i, o in done])
    await audit.record(tx, [_paid(d, o, now) for d, _, o in done])
    _RECOVERED.inc(sum(o.moved_minor for _, _, o in done))
    return len(done)


async def let_spend(tx: db.Tx, *, now: datetime) -> int:
    """Part: let those spend again whose debt went away without us; say how many.

    An operator's adjustment or a write-off ends a debt, and knows nothing of what it forbade.
    Locks: ledger.account by id. Idempotent.
    """
    found = await queries.cleared(tx, currency=CURRENCY, many=MANY)
    if not found:
        return 0
    accounts = [a for d in found for a in (d.wallet_id, d.receivable_id)]
    await service.lock(tx, accounts)
    balances = await queries.balances(tx, accounts)
    free = [d for d in found if balances[d.receivable_id].net == 0]
    for debtor in free:
        await service.set_flags(tx, debtor.wallet_id, to_clear=Flag.NO_SPEND)
    await audit.record(tx, [_entry(d, "funding.let_spend", {}, now) for d in free])
    return len(free)


def _line(debtor: Debtor, seq: int, owed: int) -> Transfer:
    effect = effects.recovery(owed)._replace(n=seq)
    accounts = {Kind.WALLET: debtor.wallet_id, Kind.RECEIVABLE: debtor.receivable_id}
    return effects.transfers(effect, accounts, debtor.owner, 0)[0]


def _told(debtor: Debtor, item: Transfer, outcome: Outcome) -> Event:
    told = ReceivableRecovered(
        user_id=ids.show("usr", debtor.owner),
        amount=outcome.moved_minor,
        owed=-(outcome.credit_after or 0),
        currency=CURRENCY,
        move=WalletMove(
            transfer_id=ids.show("trf", item.id),
            amount=-outcome.moved_minor,
            balance_after=outcome.debit_after or 0,
            at=outcome.recorded_at,
            what=Code.RECOVERY.name.lower(),
        ),
    )
    return Event(
        topic=TOPIC,
        type=told.TYPE,
        subject=("usr", debtor.owner),
        key=debtor.owner,
        at=outcome.recorded_at,
        data=told,
    )


def _paid(debtor: Debtor, outcome: Outcome, now: datetime) -> audit.Entry:
    details = {"amount": outcome.moved_minor, "owed": -(outcome.credit_after or 0)}
    return _entry(debtor, "funding.recover", details, now)


def _entry(debtor: Debtor, action: str, details: Mapping[str, int], now: datetime) -> audit.Entry:
    return audit.Entry(
        actor="funding.recovery",
        actor_type="system",
        action=action,
        resource_type="person",
        resource_id=ids.show("usr", debtor.owner),
        outcome="ok",
        at=now,
        details=details,
    )
