"""What each step books, row by row as the page of the rails says it, and legal in the ledger."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.funding.rules import effects as e
from quid.funding.rules import fee_minor
from quid.ledger.rules import CODE_RULES
from quid.ledger.types import Act, Kind

MOVE, TAKE, REST = Act.NONE, Act.AT_MOST, Act.REMAINDER
# Effect, then its rows: debit / credit: amount. Source: rails.md 7 of the blueprint.
TABLE = [
    (e.pull_accepted(700), ["rail_in / incoming: 700"]),
    (e.pull_advanced(700), ["advance / wallet: 700"]),
    (e.pull_settled(700), ["rail_pending / rail_in: 700"]),
    (e.pull_released(700, is_advanced=False), ["incoming / wallet: 700"]),
    (e.pull_released(700, is_advanced=True), ["incoming / advance: 700"]),
    (e.pull_available(700), ["rail_available / rail_pending: 700"]),
    (e.pull_failed(700, Kind.RAIL_IN, is_advanced=False), ["incoming / rail_in: 700"]),
    (
        e.pull_failed(700, Kind.RAIL_PENDING, is_advanced=True),
        ["incoming / rail_pending: 700", "wallet / advance: m", "receivable / advance: rest"],
    ),
    (
        e.pull_returned(700, Kind.RAIL_AVAILABLE),
        ["wallet / rail_available: m", "receivable / rail_available: rest"],
    ),
    (e.withdrawal_requested(700), ["wallet / payouts: 700"]),
    (e.withdrawal_accepted(688), ["rail_out / rail_available: 688"]),
    (
        e.withdrawal_completed(688, 12),
        ["payouts / rail_out: 688", "payouts / fee_instant: 12"],
    ),
    (e.withdrawal_undone(700), ["payouts / wallet: 700"]),
    (
        e.withdrawal_undone(700, accepted=688),
        ["rail_available / rail_out: 688", "payouts / wallet: 700"],
    ),
    (
        e.withdrawal_returned(688, 12),
        ["rail_available / wallet: 688", "fee_instant / wallet: 12"],
    ),
    (e.card_charged(700, 21), ["rail_pending / wallet: 700", "rail_pending / fee_card: 21"]),
    (
        e.card_available(721, 51),
        ["cost_rail / rail_pending: 51", "rail_available / rail_pending: 670"],
    ),
    (
        e.card_refunded(700, 21),
        [
            "wallet / rail_available: m",
            "receivable / rail_available: rest",
            "fee_card / rail_available: 21",
        ],
    ),
    (
        e.card_refund_failed(700, 21),
        [
            "rail_available / receivable: m",
            "rail_available / wallet: rest",
            "rail_available / fee_card: 21",
        ],
    ),
    (
        e.chargeback_opened(721, 1500),
        [
            "chargeback_open / rail_available: 721",
            "loss_card / rail_available: 1500",
            "wallet / held: m",
            "receivable / held: rest",
        ],
    ),
    (e.chargeback_lost(721), ["held / chargeback_open: 721"]),
    (
        e.chargeback_won(721),
        ["rail_available / chargeback_open: 721", "held / receivable: m", "held / wallet: rest"],
    ),
    (e.cost(17), ["cost_rail / rail_available: 17"]),
    (e.cost_back(17), ["rail_available / cost_rail: 17"]),
    (e.recovery(700), ["wallet / receivable: m"]),
    (e.came_all_the_same(700, is_pull=True), ["rail_pending / suspense: 700"]),
    (e.came_all_the_same(700, is_pull=False), ["suspense / rail_available: 700"]),
]


def _written(effect: e.Effect) -> list[str]:
    words = {MOVE: None, TAKE: "m", REST: "rest"}
    return [
        f"{r.debit.name.lower()} / {r.credit.name.lower()}: {words[r.act] or r.cents}"
        for r in effect.rows
        if r.cents
    ]


@pytest.mark.parametrize(
    ("effect", "rows"), TABLE, ids=[f"{x.name}{n}" for n, (x, _) in enumerate(TABLE)]
)
def test_an_effect_is_what_the_page_says(effect: e.Effect, rows: list[str]) -> None:
    assert _written(effect) == rows


@pytest.mark.parametrize("effect", [x for x, _ in TABLE], ids=lambda x: x.name)
def test_every_row_is_legal(effect: e.Effect) -> None:
    legal = {(r.code, r.debit, r.credit, r.act) for r in CODE_RULES}
    assert [r for r in effect.rows if (r.code, r.debit, r.credit, r.act) not in legal] == []


def test_ids_follow_from_the_object_and_no_two_rows_share_one() -> None:
    op = UUID("01a1f8a2-833f-756b-ae28-adb5c0d01475")
    accounts = {kind: int(kind) for kind in Kind}
    made = [t for x, _ in TABLE for t in e.transfers(x, accounts, op, 1, group=1)]
    again = [t for x, _ in TABLE for t in e.transfers(x, accounts, op, 1, group=1)]
    assert made == again
    told_apart = {(x.name, x.n) for x, _ in TABLE}
    per_effect = max(len(x.rows) for x, _ in TABLE)
    assert len({t.id for t in made}) <= len(told_apart) * per_effect
    other = e.transfers(e.pull_accepted(1), accounts, UUID(int=op.int + 1024), 1)
    assert other[0].id not in {t.id for t in made}


@given(st.integers(1, 10**12), st.integers(0, 1000))
def test_a_fee_is_rounded_half_up_and_never_more_than_a_cent_off(cents: int, bps: int) -> None:
    fee = fee_minor(cents, bps)
    assert abs(fee * 10_000 - cents * bps) <= 5_000
    assert 0 <= fee <= cents
