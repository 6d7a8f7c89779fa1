"""Effects into the books: one `post` for all that a word of a provider brings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from quid.funding.events import OperationChanged, ReceivableOpened, WalletMove
from quid.funding.rules import effects as rules
from quid.funding.rules.effects import Effect
from quid.funding.service.passing import Passed
from quid.funding.types import Operation, OpKind, OpState
from quid.kit import db, ids, outbox
from quid.kit.events import Event
from quid.ledger import service as ledger
from quid.ledger.types import Check, Code, Flag, Kind, Meter, NewAccount, Outcome, Result, Transfer

TOPIC: Final = "funding"
PREFIX: Final = {
    OpKind.DEPOSIT: "dep",
    OpKind.WITHDRAWAL: "wd",
    OpKind.INSTANT_WITHDRAWAL: "wd",
}
_METER: Final = {
    OpKind.WITHDRAWAL: Meter.BANK_OUT_7D,
    OpKind.INSTANT_WITHDRAWAL: Meter.BANK_OUT_7D,
}


class NotBooked(RuntimeError):  # noqa: N818 - what became of the effect
    """The ledger refused an effect; nothing of the transaction stands. `outcome` says why."""

    def __init__(self, effect: str, outcome: Outcome) -> None:
        super().__init__(f"{effect}: {outcome.result.name}")
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Booked:
    """What came of effects: what they did to wallet and debt, and what is owed more.

    Units: minor units. `is_new`: at least one of them had not been booked before.
    """

    moves: tuple[WalletMove, ...] = ()
    short: int = 0
    is_new: bool = True
    at: datetime | None = None
    wallet_after: int | None = None


def shown(op: Operation) -> str:
    """Write the id of an operation for the outside; providers know it by this name."""
    return ids.show(PREFIX.get(OpKind(op.kind), "op"), op.id)


async def accounts_of(tx: db.Tx, op: Operation, effects: Sequence[Effect]) -> dict[Kind, int]:
    """Part: give the accounts that effects touch, opened where they are missing.

    Of the house those of the operation's bucket, so that two lanes do not queue on one row.
    """
    kinds = sorted({k for e in effects for r in e.rows for k in (r.debit, r.credit)})
    kinds = sorted({*kinds, Kind.WALLET})
    wanted = [
        NewAccount(
            kind,
            op.currency,
            owner=op.user_id if kind in rules.PERSONAL else None,
            part=op.provider if kind in rules.BY_PROVIDER else 0,
            house_bucket=0 if kind in rules.PERSONAL else ids.bucket(op.id),
        )
        for kind in kinds
    ]
    return dict(zip(kinds, await ledger.open_accounts(tx, wanted), strict=True))


async def book(
    tx: db.Tx, passed: Passed, *, now: datetime, checks: tuple[Check, ...] = ()
) -> Booked:
    """Part: post what passing on books, all of it or nothing of the transaction.

    Who owes afterwards may not spend from then on. `checks` are limits of the first row.
    Raises: NotBooked. Locks: ledger.account by id. Emits: funding.receivable_opened.v1.
    Idempotent: ids derived from the operation.
    """
    op, effects = passed.op, passed.effects
    if not effects and not passed.gives_back:
        return Booked(is_new=False)
    accounts = await accounts_of(tx, op, effects)
    wallet = accounts[Kind.WALLET]
    await ledger.lock(tx, accounts.values())
    if passed.gives_back and op.counted_at is not None:
        meter = _METER.get(OpKind(op.kind), Meter.BANK_IN_7D)
        await ledger.give_back(tx, wallet, [meter], op.cents, op.counted_at)
    items = [
        item
        for place, effect in enumerate(effects, 1)
        for item in rules.transfers(effect, accounts, op.id, op.provider, group=place)
    ]
    if checks and items:
        items[0] = items[0]._replace(checks=checks)
    outcomes = await ledger.post(tx, items, now=now)
    pairs = list(zip(items, outcomes, strict=True))
    _require(pairs)
    await _after(tx, op, accounts, pairs)
    return Booked(
        moves=tuple(m for pair in pairs if (m := _move(accounts, *pair))),
        short=_short(accounts, pairs),
        is_new=any(not o.is_replayed for o in outcomes),
        at=outcomes[0].recorded_at if outcomes else None,
        wallet_after=next(
            (a for i, o in reversed(pairs) if (a := _after_of(wallet, i, o)) is not None), None
        ),
    )


def _require(pairs: Sequence[tuple[Transfer, Outcome]]) -> None:
    """Raise for what was refused by itself, not for the neighbours that fell with it."""
    failed = [(i, o) for i, o in pairs if not o.result.is_success]
    failed.sort(key=lambda pair: pair[1].result is Result.GROUP_FAILED)
    if failed:
        item, outcome = failed[0]
        raise NotBooked(item.code.name, outcome)


def _short(accounts: dict[Kind, int], pairs: Sequence[tuple[Transfer, Outcome]]) -> int:
    owed = accounts.get(Kind.RECEIVABLE)
    return sum(o.moved_minor for i, o in pairs if i.debit == owed and not o.is_replayed)


async def _after(
    tx: db.Tx, op: Operation, accounts: dict[Kind, int], pairs: Sequence[tuple[Transfer, Outcome]]
) -> None:
    """Let who owes spend nothing, in this transaction, and who owes nothing any more spend."""
    owed = accounts.get(Kind.RECEIVABLE)
    # What was booked before says how things stood then, not now.
    new = [(i, o) for i, o in pairs if not o.is_replayed]
    left = [a for i, o in new if owed is not None and (a := _after_of(owed, i, o)) is not None]
    if owed is None or not left:
        return
    wallet = accounts[Kind.WALLET]
    if left[-1] < 0:
        await ledger.set_flags(tx, wallet, to_set=Flag.NO_SPEND)
    else:
        await ledger.set_flags(tx, wallet, to_clear=Flag.NO_SPEND)
    short = _short(accounts, pairs)
    if short:
        told = ReceivableOpened(
            user_id=ids.show("usr", op.user_id),
            operation_id=shown(op),
            amount=short,
            owed=-left[-1],
            currency=op.currency,
        )
        await outbox.append(tx, [_event(told.TYPE, op, told, pairs[0][1].recorded_at)])


def _after_of(account: int, item: Transfer, outcome: Outcome) -> int | None:
    if not outcome.moved_minor:
        return None
    if item.credit == account:
        return outcome.credit_after
    return outcome.debit_after if item.debit == account else None


def _move(accounts: dict[Kind, int], item: Transfer, outcome: Outcome) -> WalletMove | None:
    """Tell what became of the wallet; where it had nothing to do with it, what of the debt."""
    wallet, owed = accounts[Kind.WALLET], accounts.get(Kind.RECEIVABLE)
    mine = wallet if wallet in (item.debit, item.credit) else owed
    is_mine = mine is not None and mine in (item.debit, item.credit)
    if not is_mine or not outcome.moved_minor or outcome.is_replayed:
        return None
    after = _after_of(wallet, item, outcome)
    return WalletMove(
        transfer_id=ids.show("trf", item.id),
        amount=outcome.moved_minor if item.credit == mine else -outcome.moved_minor,
        balance_after=after,
        at=outcome.recorded_at,
        what=Code(item.code).name.lower(),
    )


async def tell(
    tx: db.Tx, op: Operation, moves: Sequence[WalletMove] = (), *, now: datetime
) -> None:
    """Part: say that an operation has come to another state. Emits: operation_changed.v1."""
    told = OperationChanged(
        operation_id=shown(op),
        user_id=ids.show("usr", op.user_id),
        kind=OpKind(op.kind).name.lower(),
        state=OpState(op.state).name,
        amount=op.cents,
        fee=op.fee,
        currency=op.currency,
        source_id=ids.show("fs", op.source_id),
        payment_id=None if op.payment_id is None else ids.show("pay", op.payment_id),
        failure_code=op.failure_code,
        moves=tuple(moves),
    )
    await outbox.append(tx, [_event(told.TYPE, op, told, now)])


def _event(
    type_: str, op: Operation, told: OperationChanged | ReceivableOpened, at: datetime
) -> Event:
    return Event(
        topic=TOPIC,
        type=type_,
        subject=(PREFIX.get(OpKind(op.kind), "op"), op.id),
        key=op.user_id,
        at=at,
        data=told,
    )
