"""Operators and payments: what waits, the decision, money taken back."""

from tests.api.matrix.model import Area, Case, operating

READERS = ("support", "analyst", "finance", "compliance", "auditor")
DECIDERS = ("analyst", "compliance")
REVERSERS = ("finance", "compliance")
WHY = "seen on the telephone"


def _shown(mark: str, roles: tuple[str, ...]) -> dict[str, frozenset[str]]:
    return dict.fromkeys((mark, "ana"), frozenset(roles))


AREA = Area(
    cases=(
        Case(
            "GET /v1/ops/payments",
            operating(200, *READERS),
            sees=_shown("review", READERS),
        ),
        Case(
            "GET /v1/ops/payments/{payment_id}",
            operating(200, *READERS),
            path={"payment_id": "{review}"},
            sees=_shown("review", READERS),
        ),
        Case(
            "POST /v1/ops/payments/{payment_id}/approve",
            operating(200, *DECIDERS),
            "in review",
            path={"payment_id": "{review}"},
            body={"reason": WHY},
            sees=_shown("review", DECIDERS),
            moved=1,
        ),
        Case(
            "POST /v1/ops/payments/{payment_id}/approve",
            operating(409, *DECIDERS),
            "completed",
            path={"payment_id": "{completed}"},
            body={"reason": WHY},
        ),
        Case(
            "POST /v1/ops/payments/{payment_id}/reject",
            operating(200, *DECIDERS),
            "in review",
            path={"payment_id": "{review}"},
            body={"reason": WHY},
            sees=_shown("review", DECIDERS),
        ),
        Case(
            "POST /v1/ops/payments/{payment_id}/reverse",
            operating(200, *REVERSERS),
            "completed",
            path={"payment_id": "{completed}"},
            body={"reason": WHY, "reason_class": "mistake"},
            sees=_shown("completed", REVERSERS),
        ),
    ),
)
