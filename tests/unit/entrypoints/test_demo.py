"""Demo people have paid, and may still pay: nobody stands where the shipped rules hold back."""

from collections import Counter

import pytest

from quid.entrypoints.cli import demo


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nobody_stands_at_the_limit_of_payments_an_hour(seed: int) -> None:
    drawn = demo.plan(demo.everybody(seed), seed=seed, payments=demo.PAYMENTS)
    sent = Counter(payer for payer, _, _, _ in drawn)
    assert len(drawn) == demo.PAYMENTS
    assert max(sent.values()) <= 6
    assert max(sent["ana"], sent["ben"]) <= 3
    assert "shop" not in sent
    paid = Counter(payee for _, payee, _, _ in drawn)
    assert paid.most_common(1)[0][0] == "shop"
    assert all(payer != payee for payer, payee, _, _ in drawn)
    assert sum(sent.values()) + sum(paid.values()) >= 600
