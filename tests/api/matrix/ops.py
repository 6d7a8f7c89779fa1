"""Operators: people, freezes, contacts and papers, questions to a second one, the audit log."""

from datetime import timedelta

from quid.kit import clock, ids
from tests.api.matrix.model import OPERATORS, Area, Case, Place, operating

WHY = "for the matrix of callers"
FREEZE: dict[str, object] = {
    "reason": WHY,
    "reason_class": "security",
    "text": "We are checking a sign-in.",
    "review_on": (clock.now() + timedelta(days=7)).date().isoformat(),
}
BECAUSE: dict[str, object] = {"reason": WHY}
ALL = frozenset(OPERATORS)
FREEZERS = ("support", "analyst", "compliance")
REVEALERS = ("analyst", "compliance", "auditor")
ASKED = "/v1/ops/approvals/{approval_id}"
PAPERS = "/v1/ops/verifications/{verification_id}"


async def _prepare(place: Place) -> None:
    """An analyst asks whether all may move for Gus again."""
    place.facts["no_verification"] = ids.show("ver", ids.new(1, clock.now()))
    place.facts["no_document"] = ids.show("doc", ids.new(1, clock.now()))
    place.facts["op_support"] = (await place.clients["support"].get("/v1/ops/me")).json()["id"]
    answer = await place.clients["analyst"].post(
        f"/v1/ops/people/{place.facts['gus']}/unfreeze",
        json={"reason": WHY, "scope": "all"},
        headers={"idempotency-key": "asked"},
    )
    assert answer.status_code == 202, answer.text
    place.facts["asked"] = answer.json()["approval_id"]


def _decided(verb: str) -> Case:
    """Only compliance may answer this question."""
    path = {"approval_id": "{asked}"}
    return Case(f"POST {ASKED}/{verb}", operating(200, "compliance"), path=path, body=BECAUSE)


AREA = Area(
    cases=(
        Case("GET /v1/ops/me", operating(200, *OPERATORS)),
        Case("GET /v1/ops/operators", operating(200, "admin", "auditor")),
        Case(
            "POST /v1/ops/operators",
            operating(201, "admin"),
            body={
                **BECAUSE,
                "handle": "op_new",
                "display_name": "New",
                "email": "new@example.org",
                "role": "support",
            },
        ),
        Case(
            "POST /v1/ops/operators/{operator_id}/disable",
            operating(200, "admin"),
            path={"operator_id": "{op_support}"},
            body=BECAUSE,
        ),
        Case(
            "POST /v1/ops/operators/{operator_id}/disable",
            operating(404, "admin"),
            "who is none",
            path={"operator_id": "{ana}"},
            body=BECAUSE,
        ),
        Case(
            "GET /v1/ops/people",
            operating(200, *OPERATORS),
            query="?query=ana",
            sees={"ana": ALL},
        ),
        Case(
            "GET /v1/ops/people/{user_id}",
            operating(200, *OPERATORS),
            path={"user_id": "{ana}"},
            sees=dict.fromkeys(
                ("ana", "completed", "declined", "review", "challenged", "balance"), ALL
            ),
        ),
        Case(
            "GET /v1/ops/people/{user_id}",
            operating(404, *OPERATORS),
            "of an operator",
            path={"user_id": "{op_support}"},
        ),
        *(
            Case(
                "POST /v1/ops/people/{user_id}/freezes",
                operating(201, *roles),
                f"for {scope}",
                path={"user_id": "{eve}"},
                body={**FREEZE, "scope": scope},
            )
            for scope, roles in (
                ("send", FREEZERS),
                ("withdraw", ("analyst", "compliance")),
                ("all", ("compliance",)),
            )
        ),
        Case(
            "POST /v1/ops/people/{user_id}/unfreeze",
            operating(202, "analyst", "compliance"),
            path={"user_id": "{gus}"},
            body={**BECAUSE, "scope": "all"},
        ),
        Case(
            "POST /v1/ops/people/{user_id}/reset-factors",
            operating(409, "support", "compliance", admin=403),
            "of who has none",
            path={"user_id": "{eve}"},
            body=BECAUSE,
        ),
        Case(
            "POST /v1/ops/people/{user_id}/reset-factors",
            operating(204, "support", "compliance"),
            path={"user_id": "{ana}"},
            body=BECAUSE,
        ),
        Case(
            "POST /v1/ops/people/{user_id}/reveal",
            operating(200, *REVEALERS),
            path={"user_id": "{ana}"},
            body=BECAUSE,
            sees={"email": frozenset(REVEALERS)},
        ),
        Case("GET /v1/ops/verifications", operating(200, *REVEALERS)),
        Case(
            f"GET {PAPERS}",
            operating(404, *REVEALERS),
            path={"verification_id": "{no_verification}"},
        ),
        *(
            Case(
                f"POST {PAPERS}/{act}",
                operating(404, *roles),
                path={"verification_id": "{no_verification}", "document_id": "{no_document}"},
                body=body,
            )
            for act, roles, body in (
                ("reveal", REVEALERS, BECAUSE),
                ("documents/{document_id}/reveal", REVEALERS, BECAUSE),
                ("decide", ("analyst", "compliance"), {**BECAUSE, "decision": "verified"}),
            )
        ),
        Case("GET /v1/ops/approvals", operating(200, *OPERATORS)),
        Case(f"GET {ASKED}", operating(200, *OPERATORS), path={"approval_id": "{asked}"}),
        _decided("approve"),
        _decided("refuse"),
        Case("GET /v1/ops/audit", operating(200, *REVEALERS[1:], "admin"), query="?action=x"),
        Case("GET /v1/ops/audit/chain", operating(200, *REVEALERS[1:], "admin")),
    ),
    prepare=_prepare,
)
