"""Words of the ledger: kinds of account, codes of transfer, what to post and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, IntFlag
from typing import Final, NamedTuple
from uuid import UUID

from quid.kit import ids

AMOUNT_MAX: Final = 10**15
ITEMS_MAX: Final = 1000


class Kind(IntEnum):
    """Chart of accounts: 1xx assets, 2xx liabilities, 3xx income, 4xx expenses, 5xx equity."""

    FBO = 101
    RAIL_AVAILABLE = 102
    RAIL_IN = 110
    RAIL_PENDING = 111
    RAIL_OUT = 112
    ADVANCE = 120
    RECEIVABLE = 121
    CHARGEBACK_OPEN = 122
    PROVISIONAL = 123
    WALLET = 201
    RESERVED = 202
    INCOMING = 203
    HELD = 204
    PAYOUTS = 210
    SUSPENSE = 220
    TRANSIT = 230
    FEE_INSTANT = 301
    FEE_CARD = 302
    COST_RAIL = 401
    LOSS_ACH = 402
    LOSS_CARD = 403
    LOSS_DISPUTE = 404
    CAPITAL = 501


class Code(IntEnum):
    """What a transfer is. `rules.CODE_RULES` says between which kinds it is legal."""

    PAYMENT = 1
    FEE_CARD = 2
    FEE_INSTANT = 3
    HOLD_PLACED = 10
    HOLD_RELEASED = 11
    HOLD_EXPIRED = 12
    PULL_ACCEPTED = 20
    PULL_ADVANCED = 21
    PULL_SETTLED = 22
    PULL_RELEASED = 23
    PULL_AVAILABLE = 24
    # Failed, cancelled, or returned before it was released.
    PULL_FAILED = 25
    # Returned after it was released.
    PULL_RETURNED = 26
    WITHDRAWAL_REQUESTED = 30
    WITHDRAWAL_ACCEPTED = 31
    WITHDRAWAL_COMPLETED = 32
    WITHDRAWAL_UNDONE = 33
    WITHDRAWAL_RETURNED = 34
    CARD_CHARGED = 40
    CARD_REFUNDED = 41
    CHARGEBACK_OPENED = 42
    CHARGEBACK_LOST = 43
    CHARGEBACK_WON = 44
    COST = 50
    SWEEP = 51
    RECOVERY = 52
    WRITE_OFF = 53
    TRANSIT_OUT = 60
    REVERSAL = 70
    ADJUSTMENT = 80
    OPENING = 81


class Flag(IntFlag):
    """Bits of an account, each set and cleared alone."""

    NONE = 0
    NO_SPEND = 1
    FROZEN = 2
    CLOSED = 4


class Act(IntEnum):
    """What a transfer does beside moving money: at most one; the last three act on a source.

    AT_MOST moves as much of its amount as the bounds of both accounts allow; REMAINDER, right
    after it in its group and for the same amount, what that one did not. A hold is placed aside,
    captured to somebody else, released to its owner; a reversal undoes.
    """

    NONE = 0
    AT_MOST = 1
    REMAINDER = 2
    HOLD_PLACE = 4
    HOLD_CAPTURE = 8
    HOLD_RELEASE = 16
    REVERSAL = 32


class HoldState(IntEnum):
    """Where a hold stands. It ends once: when nothing of it is left."""

    OPEN = 1
    CAPTURED = 2
    RELEASED = 3
    EXPIRED = 4


class Purpose(IntEnum):
    """Why money was set aside. How long is the caller's to say."""

    CHALLENGE = 1
    REVIEW = 2
    FUNDING = 3


class Meter(IntEnum):
    """Rolling windows that limits are counted in: rows of `ledger.meter`."""

    SEND_24H = 1
    SEND_7D = 2
    BANK_IN_7D = 3
    BANK_OUT_7D = 4


class Result(IntEnum):
    """What came of an item, in order of precedence: the first that applies is the answer."""

    ID_INVALID = 20
    ID_REUSED = 10
    GROUP_FAILED = 30
    AMOUNT_INVALID = 21
    SAME_ACCOUNT = 22
    FLAGS_INVALID = 23
    DEBIT_ACCOUNT_UNKNOWN = 40
    CREDIT_ACCOUNT_UNKNOWN = 41
    CURRENCY_MISMATCH = 24
    CODE_NOT_ALLOWED = 25
    BACK_DATING_NOT_ALLOWED = 26
    ACCOUNT_CLOSED = 44
    DEBIT_ACCOUNT_BLOCKED = 42
    CREDIT_ACCOUNT_FROZEN = 43
    SOURCE_UNKNOWN = 50
    SOURCE_USED_UP = 51
    SOURCE_EXCEEDED = 52
    HOLD_EXPIRED = 53
    LIMIT_EXCEEDED = 60
    INSUFFICIENT_FUNDS = 70
    CEILING_EXCEEDED = 71
    OVERFLOW = 72
    NOTHING_MOVED = 2
    POSTED = 0

    @property
    def is_success(self) -> bool:
        """Whether it was booked: an AT_MOST or REMAINDER also where nothing was left to move."""
        return self in {Result.POSTED, Result.NOTHING_MOVED}

    @property
    def is_stored(self) -> bool:
        """Whether the same id gives this answer for ever."""
        return self.is_success or self >= Result.DEBIT_ACCOUNT_UNKNOWN

    @property
    def is_our_fault(self) -> bool:
        """Whether a correct caller never sees it: to be logged as an error."""
        return Result.ID_INVALID <= self < Result.GROUP_FAILED

    @property
    def retry_needs_new_id(self) -> bool:
        """Whether a later attempt may succeed, under a new id (the same id never helps)."""
        return self in _WORTH_A_NEW_ID


_WORTH_A_NEW_ID: Final = frozenset(
    {
        Result.DEBIT_ACCOUNT_BLOCKED,
        Result.CREDIT_ACCOUNT_FROZEN,
        Result.LIMIT_EXCEEDED,
        Result.INSUFFICIENT_FUNDS,
    }
)


# What a payment makes of each is a tuple: it is made in a fifth of the time of a frozen dataclass.


class Check(NamedTuple):
    """A limit counted under the lock of `account`, the debit or credit account of its item.

    Units: `cap_minor` minor units, `cap_count` transfers, both within the meter's window;
    None = no cap. `tag` comes back in the outcome of a refusal.
    """

    account: int
    meter: Meter
    cap_minor: int | None
    cap_count: int | None
    tag: str


class Transfer(NamedTuple):
    """Money to move from the account `debit` to the account `credit`.

    Units: `amount_minor` minor units; 0 = all that is left of its source. `cause_id` is the
    business object; None = the id itself. Neighbours of one `group` (not 0) are booked all or
    none. `source_id` is the hold or the transfer that `flags` act on; `expires_at` (None = never)
    and `purpose` are a new hold's. The functions of `service.holds` fill these in. `effective_at`
    is when it counts from, for codes that may be dated back; None = when it is recorded.
    """

    id: UUID
    debit: int
    credit: int
    amount_minor: int
    code: Code
    cause_id: UUID | None = None
    flags: int = Act.NONE
    checks: tuple[Check, ...] = ()
    group: int = 0
    source_id: UUID | None = None
    expires_at: datetime | None = None
    purpose: Purpose | None = None
    effective_at: datetime | None = None


class NewHold(NamedTuple):
    """Money to set aside: from `wallet` to `reserved`, two accounts of one person.

    Units: `amount_minor` minor units. `expires_at` None = never. The limits in `checks` count
    when it is placed, and are given back with what is released.
    """

    id: UUID
    wallet: int
    reserved: int
    amount_minor: int
    purpose: Purpose
    expires_at: datetime | None = None
    cause_id: UUID | None = None
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as it stands. Units: minor units. `account_id` is the wallet it was taken from."""

    id: UUID
    account_id: int
    reserved_id: int
    amount: int
    captured: int
    released: int
    state: int
    purpose: int
    cause_id: UUID | None
    placed_at: datetime
    expires_at: datetime | None
    closed_at: datetime | None

    @property
    def left(self) -> int:
        """What is still set aside."""
        return self.amount - self.captured - self.released


@dataclass(frozen=True, slots=True)
class Original:
    """A posted transfer that a reversal may undo. Units: minor units.

    `payer` is the account that gets the money back: of a captured hold, the wallet it came from.
    """

    id: UUID
    payer: int
    payee: int
    amount: int
    reversed: int
    cause_id: UUID | None


class Outcome(NamedTuple):
    """What came of one item.

    Units: minor units; balances are net (credits minus debits) right after this item, None when
    refused. `debit_seq` is the place of the leg among those of the debit account. `check` is the
    tag of the limit that refused it, `used_minor` what that limit had counted, `resets_at` when
    the oldest part of that count ends.
    """

    result: Result
    is_replayed: bool
    moved_minor: int
    debit_seq: int | None
    debit_after: int | None
    credit_after: int | None
    recorded_at: datetime
    check: str | None
    used_minor: int | None
    resets_at: datetime | None


class Counted(NamedTuple):
    """What came of counting limits without money: POSTED or LIMIT_EXCEEDED, and nothing else.

    Units: minor units. `counted_at` is what `give_back` asks for; `check`, `used_minor` and
    `resets_at` as in `Outcome`.
    """

    result: Result
    counted_at: datetime
    check: str | None
    used_minor: int | None
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open. The natural key is everything here, so opening twice opens once.

    `owner` None = the house, which has one account per `house_bucket`; a person's account lives
    in the bucket of the person's id. `part` is the provider, where the chart says so.
    """

    kind: Kind
    currency: str
    owner: UUID | None = None
    part: int = 0
    house_bucket: int = 0

    @property
    def bucket(self) -> int:
        """Where it lives."""
        return self.house_bucket if self.owner is None else ids.bucket(self.owner)
