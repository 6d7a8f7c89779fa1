"""The ledger as the pages describe it, in plain Python, without a look at the SQL."""

from collections.abc import Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from quid.ledger.types import Check, Counted, Outcome, Result, Transfer
from tests.simulation.ledger.books import (
    AT_MOST,
    CAPTURE,
    DATED,
    EXPIRED,
    INT8_MAX,
    PASSES,
    PLACE,
    RELEASE,
    REMAINDER,
    REVERSE,
    REVERSIBLE,
    SLOTS,
    Books,
    Held,
    Moved,
    is_legal,
)

Fields = tuple[object, ...]


def fields(item: Transfer, group: UUID | None) -> Fields:
    return (
        *(item.debit, item.credit, item.amount_minor, int(item.code), int(item.flags)),
        *(item.cause_id, item.source_id, item.expires_at, item.purpose, item.effective_at, group),
    )


def groups(items: list[Transfer]) -> Iterator[list[Transfer]]:
    run: list[Transfer] = []
    for item in items:
        if run and not (item.group and item.group == run[-1].group):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


@dataclass
class Model:
    lowest_id: UUID
    end_id: UUID
    books: Books = field(default_factory=Books)
    stored: dict[UUID, tuple[Fields, Outcome]] = field(default_factory=dict)
    first: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def count_slots(self) -> None:
        """Remember what counted when a call began: the oldest part of it ends first."""
        self.first = {
            pair: [slot for slot, (_, n) in slots.items() if n]
            for pair, slots in self.books.used.items()
        }

    def post(self, items: list[Transfer], at: datetime) -> list[Outcome]:
        self.count_slots()
        return [o for run in groups(items) for o in self.together(run, at)]

    def together(self, run: list[Transfer], at: datetime) -> list[Outcome]:
        """Book a run of one, or a group: all or none."""
        if len(run) == 1:
            return [self.one(run[0], None, at)]
        group = run[0].id
        known = [self.known(item, group, at) for item in run]
        for place, item in enumerate(run):
            if item.id in [other.id for other in run[:place]]:
                known[place] = self.no(Result.ID_REUSED, at)
        if any(known):
            return self.answered_before(known, at)
        before = deepcopy(self.books)
        made: list[Outcome] = []
        for place, item in enumerate(run):
            before_it = (run[place - 1], made[-1].moved_minor) if made else None
            made.append(self.judge_and_book(item, at, before_it))
            if not made[-1].result.is_success:
                self.books = before
                self.keep(item, group, made[-1])
                failed = self.no(Result.GROUP_FAILED, at)
                return [made[-1] if other is item else failed for other in run]
        for item, outcome in zip(run, made, strict=True):
            self.keep(item, group, outcome)
        return made

    def answered_before(self, known: list[Outcome | None], at: datetime) -> list[Outcome]:
        """Answer a group of which something is known: again if it is whole, else not at all."""
        was_posted = [o is not None and o.result.is_success for o in known]
        if all(was_posted):
            return [o for o in known if o is not None]
        answers = []
        for o in known:
            if o is not None and (o.result in (10, 20) or not any(was_posted)):
                answers.append(o)
            else:
                is_half = any(was_posted)
                result = Result.ID_REUSED if is_half else Result.GROUP_FAILED
                answers.append(self.no(result, at))
        return answers

    def one(self, item: Transfer, group: UUID | None, at: datetime) -> Outcome:
        known = self.known(item, group, at)
        if known is None:
            known = self.judge_and_book(item, at)
            self.keep(item, group, known)
        return known

    def known(self, item: Transfer, group: UUID | None, at: datetime) -> Outcome | None:
        if not self.lawful(item.id):
            return self.no(Result.ID_INVALID, at)
        known = self.stored.get(item.id)
        if known is None:
            return None
        if known[0] != fields(item, group):
            return self.no(Result.ID_REUSED, at)
        return known[1]._replace(is_replayed=True)

    def keep(self, item: Transfer, group: UUID | None, outcome: Outcome) -> None:
        if outcome.result.is_success or outcome.result >= 40:
            self.stored[item.id] = (fields(item, group), outcome)

    def lawful(self, id_: UUID) -> bool:
        is_v7 = (id_.int >> 76) & 0xF == 7 and (id_.int >> 62) & 0b11 == 0b10
        return is_v7 and self.lowest_id <= id_ < self.end_id

    def judge_and_book(
        self, item: Transfer, at: datetime, before: tuple[Transfer, int] | None = None
    ) -> Outcome:
        """Judge an item and book it; `before` is its neighbour in the group and what that moved."""
        amount = item.amount_minor
        aside, left = self.source(item, at)
        is_fit = self.is_well_formed(item, before)
        if amount == 0 and item.flags in (CAPTURE, RELEASE, REVERSE) and aside is Result.POSTED:
            amount = left
        elif item.flags == AT_MOST:
            amount = self.room(item)
        elif item.flags == REMAINDER and before is not None:
            amount -= before[1]
        outcome = self.judge(item, amount, aside, at) if is_fit else self.unfit(item, at)
        if outcome.result is Result.POSTED:
            outcome = self.book(item, amount, at)
        return outcome

    def unfit(self, item: Transfer, at: datetime) -> Outcome:
        """Say what is wrong before anything is looked up."""
        is_all = item.amount_minor == 0 and item.flags in (CAPTURE, RELEASE, REVERSE)
        if not 1 <= item.amount_minor <= 10**15 and not is_all:
            return self.no(Result.AMOUNT_INVALID, at)
        same = item.debit == item.credit
        return self.no(Result.SAME_ACCOUNT if same else Result.FLAGS_INVALID, at)

    def room(self, item: Transfer) -> int:
        """Say how much of an amount the bounds of both accounts allow."""
        room = item.amount_minor
        debit = self.books.accounts.get(item.debit)
        credit = self.books.accounts.get(item.credit)
        if debit is not None and debit.floor is not None:
            room = min(room, debit.net - debit.floor)
        if credit is not None and credit.ceil is not None:
            room = min(room, credit.ceil - credit.net)
        return max(room, 0)

    def source(self, item: Transfer, at: datetime) -> tuple[Result, int]:
        """Judge the hold or transfer that an item acts on; say what is left of it."""
        if item.flags not in (CAPTURE, RELEASE, REVERSE):
            return Result.POSTED, 0
        hold = self.books.holds.get(item.source_id) if item.source_id else None
        moved = self.books.moved.get(item.source_id) if item.source_id else None
        ends = None
        if item.flags == REVERSE and moved and (item.debit, item.credit) == moved.way_back:
            left = moved.amount - moved.undone
        elif item.flags == CAPTURE and hold and item.debit == hold.reserved:
            left, ends = hold.left, hold.expires_at
        elif item.flags == RELEASE and hold and (item.debit, item.credit) == hold.way_back:
            left = hold.left
        else:
            return Result.SOURCE_UNKNOWN, 0
        if left == 0:
            return Result.SOURCE_USED_UP, 0
        if item.amount_minor > left:
            return Result.SOURCE_EXCEEDED, left
        is_over = ends is not None and ends <= at
        return (Result.HOLD_EXPIRED if is_over else Result.POSTED), left

    def is_well_formed(self, item: Transfer, before: tuple[Transfer, int] | None) -> bool:
        has_terms = item.expires_at is not None or item.purpose is not None
        match item.flags:
            case 0 | 1:
                return item.source_id is None and not has_terms
            case 2:
                is_pair = before is not None and (
                    (before[0].flags, before[0].amount_minor) == (AT_MOST, item.amount_minor)
                )
                return is_pair and item.source_id is None and not has_terms
            case 4:
                return item.source_id is None and item.purpose is not None
            case 8 | 16 | 32:
                return item.source_id is not None and not has_terms
        return False

    def is_allowed(self, item: Transfer, aside: Result, at: datetime) -> bool:
        debit, credit = self.books.accounts[item.debit], self.books.accounts[item.credit]
        if not is_legal(item, debit, credit):
            return False
        if item.flags == PLACE:
            return debit.owner == credit.owner
        if item.code == EXPIRED and aside is Result.POSTED and item.source_id:
            ends = self.books.holds[item.source_id].expires_at
            return ends is not None and ends <= at
        return True

    def judge(self, item: Transfer, amount: int, aside: Result, at: datetime) -> Outcome:  # noqa: PLR0911 - the table of results
        is_all = item.amount_minor == 0 and item.flags in (CAPTURE, RELEASE, REVERSE)
        if not 1 <= item.amount_minor <= 10**15 and not is_all:
            return self.no(Result.AMOUNT_INVALID, at)
        if item.debit == item.credit:
            return self.no(Result.SAME_ACCOUNT, at)
        debit = self.books.accounts.get(item.debit)
        credit = self.books.accounts.get(item.credit)
        if debit is None:
            return self.no(Result.DEBIT_ACCOUNT_UNKNOWN, at)
        if credit is None:
            return self.no(Result.CREDIT_ACCOUNT_UNKNOWN, at)
        if debit.currency != credit.currency:
            return self.no(Result.CURRENCY_MISMATCH, at)
        if not self.is_allowed(item, aside, at):
            return self.no(Result.CODE_NOT_ALLOWED, at)
        if item.effective_at is not None and not self.may_count_from(item, at):
            return self.no(Result.BACK_DATING_NOT_ALLOWED, at)
        stop = 7 & ~PASSES.get(item.code, 0)
        if 4 & (debit.flags | credit.flags):
            return self.no(Result.ACCOUNT_CLOSED, at)
        if debit.flags & stop & 3:
            return self.no(Result.DEBIT_ACCOUNT_BLOCKED, at)
        if credit.flags & stop & 2:
            return self.no(Result.CREDIT_ACCOUNT_FROZEN, at)
        if aside is not Result.POSTED:
            return self.no(aside, at)
        for check in item.checks:
            if amount and (over := self.over(check, amount, at)) is not None:
                return over
        if amount == 0:
            return self.no(Result.NOTHING_MOVED, at)
        if debit.floor is not None and debit.net - amount < debit.floor:
            return self.no(Result.INSUFFICIENT_FUNDS, at)
        if credit.ceil is not None and credit.net + amount > credit.ceil:
            return self.no(Result.CEILING_EXCEEDED, at)
        if max(debit.debits, credit.credits) + amount > INT8_MAX:
            return self.no(Result.OVERFLOW, at)
        return self.no(Result.POSTED, at)

    @staticmethod
    def may_count_from(item: Transfer, at: datetime) -> bool:
        then = item.effective_at or at
        return item.code in DATED and at - timedelta(days=400) <= then <= at

    def over(self, check: Check, amount: int, at: datetime) -> Outcome | None:
        seconds, slots = SLOTS[check.meter]
        pair = (check.account, int(check.meter))
        current = int(at.timestamp()) // seconds
        counting = {s: used for s, used in self.books.used[pair].items() if current - slots < s}
        total = sum(u[0] for u in counting.values())
        times = sum(u[1] for u in counting.values())
        is_over = check.cap_minor is not None and total + amount > check.cap_minor
        is_over |= check.cap_count is not None and times + 1 > check.cap_count
        if not is_over:
            return None
        # The oldest part of what counted when the call began.
        oldest = min((s for s in self.first.get(pair, []) if current - slots < s), default=current)
        ends = datetime.fromtimestamp((oldest + slots) * seconds, UTC)
        no = self.no(Result.LIMIT_EXCEEDED, at)
        return no._replace(check=check.tag, used_minor=total, resets_at=ends)

    def book(self, item: Transfer, amount: int, at: datetime) -> Outcome:
        books = self.books
        debit, credit = books.accounts[item.debit], books.accounts[item.credit]
        debit.debits += amount
        credit.credits += amount
        debit.seq += 1
        credit.seq += 1
        for check in item.checks:
            self.count((check.account, int(check.meter)), amount, 1, at)
        payer = item.debit
        if item.flags == PLACE:
            meters = tuple(int(c.meter) for c in item.checks if c.account == item.debit)
            terms = (item.debit, item.credit, amount, item.expires_at, at, meters)
            books.holds[item.id] = Held(*terms)
        elif item.flags in (CAPTURE, RELEASE) and item.source_id:
            hold = books.holds[item.source_id]
            payer = hold.wallet
            self.act(hold, item, amount)
        elif item.flags == REVERSE and item.source_id:
            books.moved[item.source_id].undone += amount
        if item.code in REVERSIBLE:
            books.moved[item.id] = Moved(payer, item.credit, amount)
        return Outcome(
            result=Result.POSTED,
            is_replayed=False,
            moved_minor=amount,
            debit_seq=debit.seq,
            debit_after=debit.net,
            credit_after=credit.net,
            recorded_at=at,
            check=None,
            used_minor=None,
            resets_at=None,
        )

    def act(self, hold: Held, item: Transfer, amount: int) -> None:
        if item.flags == CAPTURE:
            hold.captured += amount
        else:
            hold.released += amount
        if hold.left == 0:
            ended = 4 if item.code == EXPIRED else 3
            hold.state = 2 if item.code != EXPIRED and hold.captured else ended
        if item.flags == RELEASE:
            times = 1 if hold.left == 0 and hold.captured == 0 else 0
            for meter in hold.meters:
                self.count((hold.wallet, meter), -amount, -times, hold.placed_at)

    def count(self, pair: tuple[int, int], amount: int, times: int, at: datetime) -> None:
        slot = self.books.used[pair][int(at.timestamp()) // SLOTS[pair[1]][0]]
        slot[0] += amount
        slot[1] += times

    def consume(self, amount: int, checks: Sequence[Check], at: datetime) -> Counted:
        """Count without money: all limits or none."""
        self.count_slots()
        for check in checks:
            if (over := self.over(check, amount, at)) is not None:
                return Counted(over.result, at, over.check, over.used_minor, over.resets_at)
        for check in checks:
            self.count((check.account, int(check.meter)), amount, 1, at)
        return Counted(Result.POSTED, at, None, None, None)

    def give_back(
        self, account: int, meters: Collection[int], amount: int, then: datetime, at: datetime
    ) -> None:
        """Take a count back where its window still holds it."""
        for meter in meters:
            seconds, slots = SLOTS[meter]
            if int(then.timestamp()) // seconds > int(at.timestamp()) // seconds - slots:
                self.count((account, meter), -amount, -1, then)

    @staticmethod
    def no(result: Result, at: datetime) -> Outcome:
        return Outcome(result, False, 0, None, None, None, at, None, None, None)
