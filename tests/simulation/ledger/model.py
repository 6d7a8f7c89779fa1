"""The ledger as the pages describe it, in plain Python, without a look at the SQL."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from quid.ledger.types import Check, Outcome, Result, Transfer

SLOTS = {1: (3600, 25), 2: (21600, 29)}
INT8_MAX = 2**63 - 1
LEGAL = {
    # code, debit kind, credit kind; None = any
    (1, 201, 201),
    (80, 220, None),
    (80, 501, None),
    (80, None, 220),
    (80, None, 501),
    (81, 501, None),
    (81, None, 501),
}


@dataclass
class Account:
    kind: int
    currency: str
    floor: int | None
    ceil: int | None
    flags: int = 0
    debits: int = 0
    credits: int = 0
    seq: int = 0

    @property
    def net(self) -> int:
        return self.credits - self.debits


def is_legal(code: int, debit: Account, credit: Account) -> bool:
    return any(
        code == c and d in (None, debit.kind) and k in (None, credit.kind) for c, d, k in LEGAL
    )


def fields(item: Transfer) -> tuple[object, ...]:
    return item.debit, item.credit, item.amount_minor, int(item.code), item.flags, item.cause_id


@dataclass
class Model:
    lowest_id: UUID
    end_id: UUID
    accounts: dict[int, Account] = field(default_factory=dict)
    stored: dict[UUID, tuple[tuple[object, ...], Outcome]] = field(default_factory=dict)
    used: dict[tuple[int, int], dict[int, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0]))
    )

    def post(self, items: list[Transfer], at: datetime) -> list[Outcome]:
        return [self.one(item, at) for item in items]

    def one(self, item: Transfer, at: datetime) -> Outcome:
        if not self.lawful(item.id):
            return self.no(Result.ID_INVALID, at)
        known = self.stored.get(item.id)
        if known is not None:
            if known[0] != fields(item):
                return self.no(Result.ID_REUSED, at)
            return known[1]._replace(is_replayed=True)
        outcome = self.judge(item, at)
        if outcome.result is Result.POSTED:
            outcome = self.book(item, at)
        if outcome.result is Result.POSTED or outcome.result >= 40:
            self.stored[item.id] = (fields(item), outcome)
        return outcome

    def lawful(self, id_: UUID) -> bool:
        is_v7 = (id_.int >> 76) & 0xF == 7 and (id_.int >> 62) & 0b11 == 0b10
        return is_v7 and self.lowest_id <= id_ < self.end_id

    def judge(self, item: Transfer, at: datetime) -> Outcome:  # noqa: PLR0911 - the table of results
        if not 1 <= item.amount_minor <= 10**15:
            return self.no(Result.AMOUNT_INVALID, at)
        if item.debit == item.credit:
            return self.no(Result.SAME_ACCOUNT, at)
        if item.flags:
            return self.no(Result.FLAGS_INVALID, at)
        debit, credit = self.accounts.get(item.debit), self.accounts.get(item.credit)
        if debit is None:
            return self.no(Result.DEBIT_ACCOUNT_UNKNOWN, at)
        if credit is None:
            return self.no(Result.CREDIT_ACCOUNT_UNKNOWN, at)
        if debit.currency != credit.currency:
            return self.no(Result.CURRENCY_MISMATCH, at)
        if not is_legal(item.code, debit, credit):
            return self.no(Result.CODE_NOT_ALLOWED, at)
        if 4 & (debit.flags | credit.flags):
            return self.no(Result.ACCOUNT_CLOSED, at)
        if debit.flags & 3:
            return self.no(Result.DEBIT_ACCOUNT_BLOCKED, at)
        if credit.flags & 2:
            return self.no(Result.CREDIT_ACCOUNT_FROZEN, at)
        for check in item.checks:
            if (over := self.over(check, item.amount_minor, at)) is not None:
                return over
        if debit.floor is not None and debit.net - item.amount_minor < debit.floor:
            return self.no(Result.INSUFFICIENT_FUNDS, at)
        if credit.ceil is not None and credit.net + item.amount_minor > credit.ceil:
            return self.no(Result.CEILING_EXCEEDED, at)
        if max(debit.debits, credit.credits) + item.amount_minor > INT8_MAX:
            return self.no(Result.OVERFLOW, at)
        return self.no(Result.POSTED, at)

    def over(self, check: Check, amount: int, at: datetime) -> Outcome | None:
        seconds, slots = SLOTS[check.meter]
        current = int(at.timestamp()) // seconds
        counting = {
            slot: used
            for slot, used in self.used[check.account, check.meter].items()
            if current - slots < slot
        }
        total = sum(u[0] for u in counting.values())
        times = sum(u[1] for u in counting.values())
        is_over = check.cap_minor is not None and total + amount > check.cap_minor
        is_over |= check.cap_count is not None and times + 1 > check.cap_count
        if not is_over:
            return None
        oldest = min(counting, default=current)
        ends = datetime.fromtimestamp((oldest + slots) * seconds, UTC)
        no = self.no(Result.LIMIT_EXCEEDED, at)
        return no._replace(check=check.tag, used_minor=total, resets_at=ends)

    def book(self, item: Transfer, at: datetime) -> Outcome:
        debit, credit = self.accounts[item.debit], self.accounts[item.credit]
        debit.debits += item.amount_minor
        credit.credits += item.amount_minor
        debit.seq += 1
        credit.seq += 1
        for check in item.checks:
            seconds, _ = SLOTS[check.meter]
            used = self.used[check.account, check.meter][int(at.timestamp()) // seconds]
            used[0] += item.amount_minor
            used[1] += 1
        return Outcome(
            result=Result.POSTED,
            is_replayed=False,
            moved_minor=item.amount_minor,
            debit_seq=debit.seq,
            debit_after=debit.net,
            credit_after=credit.net,
            recorded_at=at,
            check=None,
            used_minor=None,
            resets_at=None,
        )

    @staticmethod
    def no(result: Result, at: datetime) -> Outcome:
        return Outcome(result, False, 0, None, None, None, at, None, None, None)
