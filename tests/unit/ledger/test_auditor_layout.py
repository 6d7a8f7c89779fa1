"""Two hands wrote the layout of the chain: they agree on every row, block and beginning."""

from hypothesis import given
from hypothesis import strategies as st

from quid.ledger import rules
from quid.ledger.auditor import layout
from quid.ledger.rules.chain import EPOCH, MICROSECOND

LONGS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
SHORTS = st.integers(min_value=-(2**15), max_value=2**15 - 1)
INSTANTS = st.integers(0, 2**53).map(lambda us: EPOCH + us * MICROSECOND)
ROWS = st.tuples(
    st.uuids(),
    *[LONGS] * 7,
    INSTANTS,
    SHORTS,
    st.sampled_from(["USD", "EUR", "JPY"]),
    SHORTS,
    st.none() | LONGS,
    *[st.none() | st.uuids()] * 3,
    st.none() | INSTANTS,
)


@given(ROWS)
def test_a_row_has_one_hash(values: tuple[object, ...]) -> None:
    row = rules.Row._make(values)
    seen = layout.Row(lane=1, block_no=1, **row._asdict())
    assert layout.row_hash(seen) == rules.row_hash(row)


@given(st.binary(min_size=32, max_size=32), LONGS, st.binary(max_size=96))
def test_a_block_has_one_hash(previous: bytes, no: int, rows: bytes) -> None:
    assert layout.block_hash(previous, no, rows) == rules.block_hash(previous, no, rows)


@given(st.integers(min_value=0, max_value=1023))
def test_a_lane_has_one_beginning(lane: int) -> None:
    assert layout.genesis(lane) == rules.genesis(lane)
