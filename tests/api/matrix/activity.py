"""Activity: the lines of one's own money."""

from tests.api.matrix.model import ANA, PARTIES, Area, Case, reading

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
            },
        ),
        Case(
            "GET /v1/transactions/export",
            reading(401),
            "by a session that has proved nothing lately",
        ),
    ),
)
