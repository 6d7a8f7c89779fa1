"""What people are called with about an operation."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from quid.funding.service.judging import page
from quid.funding.types import OpKind, OpState

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "end"),
    [(OpKind.DEPOSIT, "deposit QUEUED, $0.11"), (OpKind.MICRO_DEPOSIT, "micro_deposit QUEUED")],
)
def test_a_page_tells_the_amount_unless_it_proves_an_account(kind: OpKind, end: str) -> None:
    op: Any = SimpleNamespace(
        id=UUID(int=1), kind=kind, state=OpState.QUEUED, cents=11, currency="USD"
    )
    assert page("float_empty", op, NOW).summary.endswith(end)
