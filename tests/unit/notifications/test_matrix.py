"""What reaches whom, against the product's own table, written out by hand."""

from typing import Final

import pytest

from quid.notifications import rules
from quid.notifications.types import Kind, Way

# ● on, ○ off until chosen, ■ always, - never, = always, and mailed by identity at once.
TABLE: Final = """
  payment_received      ■ ● ●
  payment_reversed      ■ ● ●
  payment_sent          ■ ○ ○
  payment_held          ■ ■ ●
  payment_released      ■ ■ ●
  request_received      ■ ● ○
  request_cancelled     ■ ● ○
  request_paid          ■ ● ○
  request_declined      ■ ● ○
  request_expiring      ■ ● ○
  request_expired       ■ ● ○
  request_reminded      ● ● ○
  friend_asked          ● ● ○
  friend_accepted       ● ● ○
  liked                 ● ○ -
  commented             ● ● -
  deposit_settled       ■ ● ●
  deposit_failed        ■ ● ●
  deposit_returned      ■ ● ●
  withdrawal_done       ■ ● ●
  withdrawal_failed     ■ ● ●
  owed                  ■ ● ●
  dispute_opened        ■ ● ■
  dispute_needs_you     ■ ● ■
  dispute_decided       ■ ● ■
  security              ■ ■ =
  frozen                ■ ■ ■
  unfrozen              ■ ■ ■
  source_needs_repair   ■ ○ ●
  tier_changed          ■ ○ ●
"""
ROWS: Final = [line.split() for line in TABLE.strip().splitlines()]
WAYS: Final[tuple[Way, ...]] = ("inbox", "push", "email")
CELLS: Final = [(row[0], way, row[1 + n]) for row in ROWS for n, way in enumerate(WAYS)]


def test_the_table_names_every_kind() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(Kind)
    assert sorted(rules.TOPIC_OF) == sorted(Kind)


@pytest.mark.parametrize("chosen", [None, True, False])
@pytest.mark.parametrize(("kind", "way", "cell"), CELLS)
def test_a_notice_goes_the_ways_of_the_table(
    kind: str, way: Way, cell: str, chosen: bool | None
) -> None:
    topic = rules.TOPIC_OF[Kind(kind)]
    expected = {"●": True, "○": False, "■": True, "-": False, "=": False}[cell]
    if cell in "●○" and chosen is not None:
        expected = chosen
    assert rules.is_on(topic, way, chosen) is expected
    assert rules.may_choose(topic, way) is (cell in "●○")


def test_kinds_of_one_topic_share_a_row() -> None:
    by_topic: dict[str, set[str]] = {}
    for kind, *cells in ROWS:
        by_topic.setdefault(rules.TOPIC_OF[Kind(kind)], set()).add(" ".join(cells))
    assert {topic: rows for topic, rows in by_topic.items() if len(rows) > 1} == {}
