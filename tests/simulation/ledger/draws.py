"""What a step may be made of: accounts by their place among those of an example, amounts, terms."""

from hypothesis import strategies as st

from quid.ledger.types import Code, Transfer
from tests.support.ledger import replace

UNKNOWN = 5
places = st.integers(0, 18)
amounts = st.one_of(
    st.integers(1, 300),
    st.sampled_from([0, -1, 10**15, 10**15 + 1, 2**63 - 1, -(2**63), 1_500]),
)
people = st.integers(0, 3)
RESERVED, PAYOUTS, TRANSIT = 9, 13, 14
OWED, RAIL, ADVANCE, INCOMING, HELD = 6, 15, 16, 17, 18
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
# What is taken as far as it is there, from where the rest comes, and as what.
pairs = st.one_of(
    st.tuples(people, st.just(RAIL), st.just(OWED), st.just(RAIL), st.just(Code.PULL_RETURNED)),
    st.tuples(people, st.just(RAIL), st.just(OWED), st.just(RAIL), st.just(Code.CARD_REFUNDED)),
    st.tuples(st.just(RAIL), st.just(OWED), st.just(RAIL), people, st.just(Code.CARD_REFUNDED)),
    st.just((0, ADVANCE, OWED, ADVANCE, Code.PULL_FAILED)),
    st.tuples(people, st.just(HELD), st.just(OWED), st.just(HELD), st.just(Code.CHARGEBACK_OPENED)),
    st.tuples(st.just(HELD), st.just(OWED), st.just(HELD), people, st.just(Code.CHARGEBACK_WON)),
)
# Other movements of the rails.
steps = st.one_of(
    st.just((ADVANCE, 0, Code.PULL_ADVANCED)),
    st.just((INCOMING, ADVANCE, Code.PULL_RELEASED)),
    st.tuples(st.just(INCOMING), people, st.just(Code.PULL_RELEASED)),
    st.tuples(people, st.just(PAYOUTS), st.just(Code.WITHDRAWAL_REQUESTED)),
    st.tuples(st.just(PAYOUTS), people, st.just(Code.WITHDRAWAL_UNDONE)),
    st.tuples(st.just(RAIL), people, st.just(Code.WITHDRAWAL_RETURNED)),
    st.tuples(st.just(5), st.sampled_from([INCOMING, RAIL, HELD]), st.just(Code.OPENING)),
)
days_back = st.sampled_from([None, 0.5, 1, 30, 399, 401, -0.5])
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
