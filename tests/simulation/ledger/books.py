"""What the model keeps: accounts, holds, transfers that can be undone, limits; what is legal."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from quid.ledger.types import Transfer

SLOTS = {1: (3600, 25), 2: (21600, 29), 3: (21600, 29), 4: (21600, 29)}
INT8_MAX = 2**63 - 1
AT_MOST, REMAINDER, PLACE, CAPTURE, RELEASE, REVERSE = 1, 2, 4, 8, 16, 32
EXPIRED = 12
LEGAL = {
    # code, debit kind, credit kind, act; None = any
    (1, 201, 201, 0),
    (1, 202, 201, CAPTURE),
    (10, 201, 202, PLACE),
    (11, 202, 201, RELEASE),
    (EXPIRED, 202, 201, RELEASE),
    (30, 202, 210, CAPTURE),
    (60, 202, 230, CAPTURE),
    (70, 201, 201, REVERSE),
    # The rails, as far as their accounts stand in an example.
    (21, 120, 201, 0),
    (23, 203, 120, 0),
    (23, 203, 201, 0),
    (25, 203, 102, 0),
    (25, 201, 120, AT_MOST),
    (25, 121, 120, REMAINDER),
    (26, 201, 102, AT_MOST),
    (26, 121, 102, REMAINDER),
    (30, 201, 210, 0),
    (33, 210, 201, 0),
    (34, 102, 201, 0),
    (41, 201, 102, AT_MOST),
    (41, 121, 102, REMAINDER),
    (41, 102, 121, AT_MOST),
    (41, 102, 201, REMAINDER),
    (42, 201, 204, AT_MOST),
    (42, 121, 204, REMAINDER),
    (44, 204, 121, AT_MOST),
    (44, 204, 201, REMAINDER),
    (52, 201, 121, AT_MOST),
    (70, 501, None, REVERSE),
    (70, None, 501, REVERSE),
    (80, 220, None, 0),
    (80, 501, None, 0),
    (80, None, 220, 0),
    (80, None, 501, 0),
    (81, 501, None, 0),
    (81, None, 501, 0),
}
REVERSIBLE = {1, 53, 81}
DATED = {22, 80, 81}
PASSES = dict.fromkeys((11, 12, 70, 20, 22, 23, 24, 25, 26, 33, 34, 41, 42, 43, 44), 3) | {52: 1}


@dataclass
class Account:
    kind: int
    currency: str
    floor: int | None
    ceil: int | None
    owner: UUID | None = None
    flags: int = 0
    debits: int = 0
    credits: int = 0
    seq: int = 0

    @property
    def net(self) -> int:
        return self.credits - self.debits


@dataclass
class Held:
    """A hold. `meters`: the windows in which it counts, of its wallet."""

    wallet: int
    reserved: int
    amount: int
    expires_at: datetime | None
    placed_at: datetime
    meters: tuple[int, ...]
    captured: int = 0
    released: int = 0
    state: int = 1

    @property
    def left(self) -> int:
        return self.amount - self.captured - self.released

    @property
    def way_back(self) -> tuple[int, int]:
        return self.reserved, self.wallet


@dataclass
class Moved:
    """A transfer that can be undone: who gets the money back, from whom, how much is undone."""

    payer: int
    payee: int
    amount: int
    undone: int = 0

    @property
    def way_back(self) -> tuple[int, int]:
        return self.payee, self.payer


@dataclass
class Books:
    """Everything that a transfer changes."""

    accounts: dict[int, Account] = field(default_factory=dict)
    holds: dict[UUID, Held] = field(default_factory=dict)
    moved: dict[UUID, Moved] = field(default_factory=dict)
    used: dict[tuple[int, int], dict[int, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0]))
    )

    def rows(self) -> set[tuple[object, ...]]:
        """Everything that counts, as the machine reads it from the tables."""
        return {
            *((f"account {i}", a.debits, a.credits, a.seq) for i, a in self.accounts.items()),
            *((f"hold {i}", h.captured, h.released, h.state) for i, h in self.holds.items()),
            *((f"undone {i}", m.undone, 0, 0) for i, m in self.moved.items() if m.undone),
            *(
                (f"used {account} {meter} {slot}", amount, n, 0)
                for (account, meter), slots in self.used.items()
                for slot, (amount, n) in slots.items()
                if n
            ),
        }


def is_legal(item: Transfer, debit: Account, credit: Account) -> bool:
    kinds = (debit.kind, credit.kind)
    if item.code in (81, 70) and 501 in kinds and 202 in kinds:
        return False
    return any(
        (item.code, item.flags) == (c, act) and d in (None, kinds[0]) and k in (None, kinds[1])
        for c, d, k, act in LEGAL
    )
