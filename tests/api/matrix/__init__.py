"""Who may do what: every operation, in each state of its object, for each kind of caller.

Declared by hand from what the product promises, not read from the code, one file for each area. An
operation without a row here fails (`test_matrix`), and so does an answer that shows a mark to
anybody but `sees`. What a case needs to exist, its area's `prepare` makes: money waiting, a person
to look up, an act to approve; the ids go into `facts`, and paths and bodies name them.
"""

from typing import Final

from tests.api.matrix import (
    access,
    activity,
    auth,
    devices,
    disputes,
    feed,
    funding_sources,
    ledger,
    me,
    moves,
    notifications,
    ops,
    ops_payments,
    outside,
    payments,
    people,
    rails,
    requests,
    talk,
)
from tests.api.matrix.model import Area, Case

AREAS: Final[tuple[Area, ...]] = (
    auth.AREA,
    access.AREA,
    me.AREA,
    people.AREA,
    payments.AREA,
    ledger.AREA,
    ops.AREA,
    ops_payments.AREA,
    activity.AREA,
    funding_sources.AREA,
    moves.AREA,
    requests.AREA,
    notifications.AREA,
    rails.AREA,
    feed.AREA,
    talk.AREA,
    devices.AREA,
    disputes.AREA,
    outside.AREA,
)
CASES: Final[tuple[Case, ...]] = tuple(case for area in AREAS for case in area.cases)
