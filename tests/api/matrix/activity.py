"""Activity: the lines of one's own money."""

from tests.api.matrix.model import ANA, PARTIES, Area, Case, reading

WAITING = {"review": ANA, "challenged": ANA}

AREA = Area(
    cases=(
        Case(
            "GET /v1/transactions",
            reading(200),
            sees={
                "completed": PARTIES,
                "note": PARTIES,
                "declined": ANA,
                "ana": frozenset({"party"}),
                **WAITING,
            },
        ),
        Case(
            "GET /v1/transactions/export",
            reading(401, owner=200, foreign=200),
            "which wants a fresh proof: Ana has given one",
            sees={"completed": ANA, "note": ANA, "declined": ANA, **WAITING},
        ),
    ),
)
