"""What a step may be made of: accounts by their place among those of an example, amounts, terms."""

from hypothesis import strategies as st

from quid.ledger.types import Code, Transfer
from tests.support.ledger import replace

UNKNOWN = 5
places = st.integers(0, 14)
amounts = st.one_of(
    st.integers(1, 300),
    st.sampled_from([0, -1, 10**15, 10**15 + 1, 2**63 - 1, -(2**63), 1_500]),
)
people = st.integers(0, 3)
RESERVED, PAYOUTS, TRANSIT = 9, 13, 14
codes = st.sampled_from([*Code, 99, -1, 2**15 - 1])


def _keeps_holds(shape: tuple[int, int, int]) -> bool:
    """Only people with a reason may adjust what is set aside; the books would not be whole."""
    debit, credit, code = shape
    return code != Code.ADJUSTMENT or not {debit, credit} & {*range(RESERVED, RESERVED + 4)}


# Debit, credit, code: mostly what a caller would send, now and then anything.
shapes = st.one_of(
    st.tuples(people, people, st.just(Code.PAYMENT)),
    st.tuples(people, people, st.just(Code.PAYMENT)),
    st.tuples(st.just(5), places, st.just(Code.OPENING)),
    st.tuples(places, st.just(5), st.just(Code.OPENING)),
    st.tuples(st.just(7), places, st.just(Code.ADJUSTMENT)),
    st.tuples(people, st.just(8), st.just(Code.PAYMENT)),
    st.tuples(st.just(5), st.just(6), st.just(Code.OPENING)),
    st.tuples(places, places, codes),
).filter(_keeps_holds)
# What a hold is captured to, and as what; then anything.
targets = st.one_of(
    *[st.tuples(people, st.just(Code.PAYMENT))] * 3,
    st.just((PAYOUTS, Code.WITHDRAWAL_REQUESTED)),
    st.just((TRANSIT, Code.TRANSIT_OUT)),
    st.tuples(places, codes),
)
parts = st.one_of(st.sampled_from([0, 0, 1, 5, 50]), amounts)
terms = st.sampled_from([None, -0.5, 0.01, 0.5, 5, 30])
caps = st.one_of(st.none(), st.integers(0, 600))
counts = st.one_of(st.none(), st.integers(0, 4))


def side_by_side(items: list[Transfer]) -> list[Transfer]:
    """Number the groups anew: neighbours of one number stay together."""
    numbered: list[Transfer] = []
    for place, item in enumerate(items):
        number = place + 1
        if place and item.group == items[place - 1].group:
            number = numbered[-1].group
        numbered.append(replace(item, group=number if item.group else 0))
    return numbered
