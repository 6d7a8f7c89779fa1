"""Disputes: reported, appealed, looked at, answered, taken back; what operators make of them."""

from tests.api.matrix.model import ANA, Area, Case, Place, operating, reading, writing

TEXT = "This was not what we had agreed on."
WHY = "seen on the telephone"
READERS = ("support", "analyst", "finance", "compliance", "auditor")
DECIDERS = ("analyst", "compliance")
REPORT: dict[str, object] = {"payment_id": "{completed}", "claim": "not_as_agreed", "text": TEXT}
OWN = frozenset({"owner"})
FROZEN = frozenset({"frozen"})
OF_ANA = {"dispute": OWN, "completed": OWN}


async def prepare(place: Place) -> None:
    """Ana has reported what she paid Ben. Gus is on hold."""
    facts = place.facts
    body = {**REPORT, "payment_id": facts["completed"]}
    answer = await place.clients["owner"].post(
        "/v1/disputes", json=body, headers={"idempotency-key": "report"}
    )
    assert answer.status_code == 201, answer.text
    facts["dispute"] = answer.json()["id"]
    [hold] = (await place.clients["frozen"].get("/v1/me/holds")).json()["items"]
    facts["hold"] = hold["id"]
    place.marks.update(dispute=facts["dispute"], hold=facts["hold"])


def _shown(roles: tuple[str, ...]) -> dict[str, frozenset[str]]:
    return dict.fromkeys(("dispute", "completed", "ana"), frozenset(roles))


AREA = Area(
    prepare=prepare,
    cases=(
        Case(
            "POST /v1/disputes",
            writing(404, owner=409, party=201),
            body=REPORT,
            sees={"completed": frozenset({"party"}), "dispute": OWN},
        ),
        Case(
            "POST /v1/disputes",
            writing(404, owner=409),
            "of what the payee never heard of",
            body={**REPORT, "payment_id": "{declined}"},
        ),
        Case(
            "POST /v1/payments/{payment_id}/appeal",
            writing(404, owner=409, party=409),
            "of what has arrived",
            path={"payment_id": "{completed}"},
            body={"text": TEXT},
        ),
        Case(
            "POST /v1/payments/{payment_id}/appeal",
            writing(404, owner=409),
            "of what still waits",
            path={"payment_id": "{review}"},
            body={"text": TEXT},
        ),
        Case(
            "POST /v1/me/holds/{hold_id}/appeal",
            writing(404, frozen=201),
            path={"hold_id": "{hold}"},
            body={"text": TEXT},
            sees={"hold": FROZEN},
        ),
        Case("GET /v1/me/holds", reading(200), sees={"hold": FROZEN}),
        Case("GET /v1/disputes", reading(200), sees={"dispute": ANA, "completed": ANA}),
        Case(
            "GET /v1/disputes/{dispute_id}",
            reading(404, owner=200, foreign=200),
            path={"dispute_id": "{dispute}"},
            sees={"dispute": ANA, "completed": ANA},
        ),
        Case(
            "POST /v1/disputes/{dispute_id}/info",
            writing(404, owner=409),
            "of which nothing was asked",
            path={"dispute_id": "{dispute}"},
            body={"text": TEXT},
        ),
        Case(
            "POST /v1/disputes/{dispute_id}/withdraw",
            writing(404, owner=200),
            path={"dispute_id": "{dispute}"},
            sees=OF_ANA,
        ),
        Case("GET /v1/ops/disputes", operating(200, *READERS), sees=_shown(READERS)),
        Case(
            "GET /v1/ops/disputes/{dispute_id}",
            operating(200, *READERS),
            path={"dispute_id": "{dispute}"},
            sees=_shown(READERS),
        ),
        Case(
            "POST /v1/ops/disputes/{dispute_id}/ask",
            operating(200, *DECIDERS),
            path={"dispute_id": "{dispute}"},
            body={"reason": WHY, "text": TEXT},
            sees=_shown(DECIDERS),
        ),
        Case(
            "POST /v1/ops/disputes/{dispute_id}/decide",
            operating(200, *DECIDERS),
            path={"dispute_id": "{dispute}"},
            body={"reason": WHY, "text": TEXT, "decision": "lost"},
            sees=_shown(DECIDERS),
        ),
    ),
)
