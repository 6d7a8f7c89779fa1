"""Decisions of a bank that are not a plain yes: less than was asked for, or not looked at."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from quid.funding.ports import AchRail, Authorized, Order, Rails
from quid.funding.types import OpState
from tests.support.people import Someone
from tests.support.teller import Teller


@dataclass(frozen=True)
class Deciding:
    """The bank as it is, but for what it decides."""

    real: AchRail
    how: dict[str, Any]

    async def authorize(self, order: Order) -> Authorized:
        """Decide otherwise."""
        return replace(await self.real.authorize(order), **self.how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def _decide(teller: Teller, **how: Any) -> None:
    deciding: Any = Deciding(teller.rails.ach, how)
    teller.rt.put(replace(teller.rails, ach=deciding), kind=Rails)


async def test_never_more_than_was_approved_is_submitted(teller: Teller, ana: Someone) -> None:
    bank = await teller.bank(ana)
    _decide(teller, cents=4_999)
    op = await teller.deposit(ana, bank, 5_000)
    assert (OpState(op.state), op.failure_code) == (OpState.DECLINED, "AMOUNT_CUT")
    assert teller.box.effects("transfer.created") == []


@pytest.mark.parametrize(
    ("score", "state"),
    [(70, OpState.PENDING), (69, OpState.DECLINED), (None, OpState.DECLINED)],
)
async def test_what_was_not_looked_at_goes_on_for_a_known_owner_alone(
    teller: Teller, ana: Someone, score: int | None, state: OpState
) -> None:
    bank = await teller.bank(ana, owner_score=score)
    _decide(teller, decision="unchecked", code="MANUALLY_VERIFIED_ITEM")
    op = await teller.deposit(ana, bank, 5_000)
    assert OpState(op.state) is state
    assert len(teller.box.effects("transfer.created")) == (state is OpState.PENDING)
    assert not op.may_advance
