"""The bytes of a row, the field that was changed, the order of results, the legal pairs."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quid.ledger import rules
from quid.ledger.rules import Row
from quid.ledger.types import Act, Code, Flag, Kind, Result

ID = UUID("0190b0a0-1234-7abc-8def-0123456789ab")
AT = datetime(2026, 3, 2, 12, 0, 0, 123_456, tzinfo=UTC)
ROW = Row(
    id=ID,
    debit_id=1,
    debit_seq=2,
    debit_after=-3,
    credit_id=4,
    credit_seq=5,
    credit_after=6,
    amount=1_368,
    recorded_at=AT,
    code=1,
    currency="USD",
    flags=0,
    asked=None,
    group_id=None,
    cause_id=None,
    source_id=None,
    effective_at=None,
)
FULL = ROW._replace(asked=7, group_id=ID, cause_id=ID, source_id=ID, effective_at=AT)
PLAIN_BYTES = (
    "0100000100000000"
    "0190b0a012347abc8def0123456789ab"
    "00000000000000010000000000000002fffffffffffffffd"
    "000000000000000400000000000000050000000000000006"
    "000000000000055800064c0953885240"
    "555344"
)


def test_a_row_is_laid_out_for_ever_like_this() -> None:
    assert rules.row_bytes(ROW).hex() == PLAIN_BYTES
    full = rules.row_bytes(FULL).hex()
    assert full[:4] == "011f"
    assert full[4 : len(PLAIN_BYTES)] == PLAIN_BYTES[4:]
    tail = "0000000000000007" + 3 * ID.hex + "00064c0953885240"
    assert full[len(PLAIN_BYTES) :] == tail


def test_a_block_follows_the_one_before() -> None:
    first = rules.genesis(3)
    assert first == hashlib.sha256(b"quid.ledger.1\x00\x00\x00\x03").digest()
    block = rules.block_hash(first, 1, rules.row_hash(ROW))
    expected = hashlib.sha256(first + b"\x00" * 7 + b"\x01" + rules.row_hash(ROW)).digest()
    assert block == expected


texts = st.sampled_from(["EUR", "USX", "   "])
others = {
    **{f: st.integers(-(2**62), 2**62) for f in ("debit_id", "debit_after", "amount")},
    **{f: st.uuids() for f in ("id", "group_id", "cause_id", "source_id")},
    **{f: st.datetimes(timezones=st.just(UTC)) for f in ("recorded_at", "effective_at")},
    **{f: st.integers(-(2**15), 2**15 - 1) for f in ("code", "flags")},
    "currency": texts,
    "asked": st.one_of(st.none(), st.integers(0, 2**62)),
}


@given(data=st.data(), field=st.sampled_from(sorted(others)), row=st.sampled_from([ROW, FULL]))
def test_no_two_rows_share_their_bytes(data: st.DataObject, field: str, row: Row) -> None:
    place = Row._fields.index(field)
    other = Row._make((*row[:place], data.draw(others[field]), *row[place + 1 :]))
    assert (rules.row_bytes(other) == rules.row_bytes(row)) == (other == row)


@settings(max_examples=30, deadline=None)
@given(place=st.integers(0, 7), byte=st.integers(1, 255), field=st.sampled_from(["amount", "id"]))
def test_any_changed_byte_is_blamed_on_its_field(place: int, byte: int, field: str) -> None:
    match field:
        case "amount":
            value: int | UUID = int.from_bytes(
                (ROW.amount ^ byte << 8 * place).to_bytes(9)[-8:], signed=True
            )
        case _:
            value = UUID(int=ROW.id.int ^ byte << 8 * place)
    column = Row._fields.index(field)
    changed = Row._make((*ROW[:column], value, *ROW[column + 1 :]))
    name, what = rules.blame(changed, rules.row_hash(ROW), {})
    assert name == field
    assert what == f"{field} is {value}, was {ROW[column]}"


@pytest.mark.parametrize(
    ("changed", "likely", "name"),
    [
        (ROW._replace(amount=9_000_000), {"amount": [5, 1_368]}, "amount"),
        (ROW._replace(amount=9_000_000), {}, ""),
        (ROW._replace(debit_seq=1_002), {}, "debit_seq"),
        (ROW._replace(currency="EUR"), {}, ""),
        (ROW._replace(currency="USQ"), {}, "currency"),
        (ROW._replace(effective_at=AT), {}, "effective_at"),
        (ROW._replace(recorded_at=AT + timedelta(microseconds=100)), {}, "recorded_at"),
        (ROW._replace(amount=1, code=2), {}, ""),
    ],
)
def test_blame_names_one_field_or_none(
    changed: Row, likely: dict[str, list[int | str | UUID | datetime | None]], name: str
) -> None:
    assert rules.blame(changed, rules.row_hash(ROW), likely)[0] == name


def test_a_row_without_a_layout_has_no_hash() -> None:
    assert rules.hash_or_none(ROW._replace(code=70_000)) is None
    assert rules.hash_or_none(ROW) == rules.row_hash(ROW)


def test_results_stand_in_order_of_precedence() -> None:
    order = [20, 10, 30, 21, 22, 23, 40, 41, 24, 25, 26, 44, 42, 43]
    order += [50, 51, 52, 53, 60, 70, 71, 72, 2, 0]
    assert [r.value for r in Result] == order


def test_results_know_what_a_caller_may_do() -> None:
    assert {r for r in Result if r.retry_needs_new_id} == {42, 43, 60, 70}
    assert {r for r in Result if r.is_success} == {0, 2}
    stored = {0, 2, 40, 41, 42, 43, 44, 50, 51, 52, 53, 60, 70, 71, 72}
    assert {r for r in Result if r.is_stored} == stored
    assert {r for r in Result if r.is_our_fault} == {20, 21, 22, 23, 24, 25, 26}


def test_the_chart_bounds_what_people_hold() -> None:
    chart = {rule.kind: rule for rule in rules.CHART}
    assert set(chart) == set(Kind)
    for kind in (Kind.WALLET, Kind.RESERVED, Kind.INCOMING, Kind.HELD):
        assert (chart[kind].floor, chart[kind].ceil, chart[kind].sign) == (0, None, 1)
    assert chart[Kind.RECEIVABLE].ceil == 0


def test_only_capital_opens_and_only_wallets_pay() -> None:
    pairs = {c: {(r.debit, r.credit) for r in rules.CODE_RULES if r.code == c} for c in Code}
    assert pairs[Code.PAYMENT] == {(k, Kind.WALLET) for k in (Kind.WALLET, Kind.RESERVED)}
    assert all(Kind.CAPITAL in pair for pair in pairs[Code.OPENING])
    assert all({Kind.CAPITAL, Kind.SUSPENSE} & {*pair} for pair in pairs[Code.ADJUSTMENT])


# Every row of the rails, written down a second time: the code, what is debited, what is credited,
# how (m = as much as there is, the rest = what that left), and whether it passes flags.
RAILS = """
    PULL_ACCEPTED        rail_in          incoming         all   passes
    PULL_ADVANCED        advance          wallet           all   stops
    PULL_SETTLED         rail_pending     rail_in          all   passes
    PULL_RELEASED        incoming         wallet           all   passes
    PULL_RELEASED        incoming         advance          all   passes
    PULL_AVAILABLE       rail_available   rail_pending     all   passes
    PULL_FAILED          incoming         rail_in          all   passes
    PULL_FAILED          incoming         rail_pending     all   passes
    PULL_FAILED          incoming         rail_available   all   passes
    PULL_FAILED          wallet           advance          m     passes
    PULL_FAILED          receivable       advance          rest  passes
    PULL_RETURNED        wallet           rail_pending     m     passes
    PULL_RETURNED        receivable       rail_pending     rest  passes
    PULL_RETURNED        wallet           rail_available   m     passes
    PULL_RETURNED        receivable       rail_available   rest  passes
    WITHDRAWAL_REQUESTED wallet           payouts          all   stops
    WITHDRAWAL_ACCEPTED  rail_out         rail_available   all   passes
    WITHDRAWAL_COMPLETED payouts          rail_out         all   passes
    FEE_INSTANT          payouts          fee_instant      all   passes
    WITHDRAWAL_UNDONE    payouts          wallet           all   passes
    WITHDRAWAL_UNDONE    rail_available   rail_out         all   passes
    WITHDRAWAL_RETURNED  rail_available   wallet           all   passes
    WITHDRAWAL_RETURNED  fee_instant      wallet           all   passes
    CARD_CHARGED         rail_pending     wallet           all   passes
    FEE_CARD             rail_pending     fee_card         all   passes
    CARD_REFUNDED        wallet           rail_available   m     passes
    CARD_REFUNDED        receivable       rail_available   rest  passes
    CARD_REFUNDED        fee_card         rail_available   all   passes
    CARD_REFUNDED        rail_available   receivable       m     passes
    CARD_REFUNDED        rail_available   wallet           rest  passes
    CARD_REFUNDED        rail_available   fee_card         all   passes
    CHARGEBACK_OPENED    chargeback_open  rail_available   all   passes
    CHARGEBACK_OPENED    loss_card        rail_available   all   passes
    CHARGEBACK_OPENED    wallet           held             m     passes
    CHARGEBACK_OPENED    receivable       held             rest  passes
    CHARGEBACK_LOST      held             chargeback_open  all   passes
    CHARGEBACK_WON       rail_available   chargeback_open  all   passes
    CHARGEBACK_WON       held             receivable       m     passes
    CHARGEBACK_WON       held             wallet           rest  passes
    COST                 cost_rail        rail_available   all   passes
    COST                 cost_rail        rail_pending     all   passes
    COST                 rail_available   cost_rail        all   passes
    SWEEP                fbo              rail_available   all   passes
    SWEEP                rail_pending     fbo              all   passes
    SWEEP                rail_available   rail_pending     all   passes
    RECOVERY             wallet           receivable       m     owing
    WRITE_OFF            loss_ach         receivable       all   passes
    WRITE_OFF            loss_card        receivable       all   passes
"""
_HOW = {"all": Act.NONE, "m": Act.AT_MOST, "rest": Act.REMAINDER}
_PASSES = {"stops": Flag.NONE, "owing": Flag.NO_SPEND, "passes": Flag.NO_SPEND | Flag.FROZEN}
_BEFORE = {Code.PAYMENT, Code.TRANSIT_OUT, Code.REVERSAL, Code.ADJUSTMENT, Code.OPENING}
_HOLDS = {Code.HOLD_PLACED, Code.HOLD_RELEASED, Code.HOLD_EXPIRED}


def test_the_legal_pairs_of_the_rails_are_these_and_no_others() -> None:
    expected = {
        (Code[code], Kind[debit.upper()], Kind[credit.upper()], _HOW[how], _PASSES[flags])
        for code, debit, credit, how, flags in map(str.split, RAILS.strip().splitlines())
    }
    listed = {
        (*r,)
        for r in rules.CODE_RULES
        if r.code not in _BEFORE | _HOLDS and r.act is not Act.HOLD_CAPTURE
    }
    assert listed == expected


def test_money_on_its_way_back_reaches_a_wallet_that_is_blocked_or_frozen() -> None:
    back = [r for r in rules.CODE_RULES if r.credit is Kind.WALLET and r.code in range(20, 60)]
    assert {r.code for r in back if Flag.FROZEN not in r.passes} == {Code.PULL_ADVANCED}


def test_what_is_set_aside_moves_by_its_hold_or_by_an_adjustment() -> None:
    touching = [r for r in rules.CODE_RULES if Kind.RESERVED in (r.debit, r.credit)]
    assert {r.act for r in touching if r.code is not Code.ADJUSTMENT} == {
        Act.HOLD_PLACE,
        Act.HOLD_CAPTURE,
        Act.HOLD_RELEASE,
    }
    assert len({(r.code, r.debit, r.credit) for r in rules.CODE_RULES}) == len(rules.CODE_RULES)


def test_every_reversal_swaps_a_legal_pair_and_none_puts_money_back_into_a_hold() -> None:
    ways = {
        (r.credit, Kind.WALLET if r.debit is Kind.RESERVED else r.debit)
        for r in rules.CODE_RULES
        if r.code in rules.REVERSIBLE
    }
    back = [r for r in rules.CODE_RULES if r.code is Code.REVERSAL]
    assert {(r.debit, r.credit) for r in back} == ways
    assert all(r.passes == Flag.NO_SPEND | Flag.FROZEN for r in back)
