"""Requests: asked, looked at, paid, declined, taken back, reminded of."""

from tests.api.matrix.model import ANA, AROUND, PARTIES, Area, Case, Place, reading, writing

ASK: dict[str, object] = {
    "requestee_id": "{eve}",
    "amount": 500,
    "currency": "USD",
    "note": "for the oars",
}
BEN = frozenset({"party"})
OF_BEN = {"request": BEN, "ana": BEN}
OF_ANA = {"request": frozenset({"owner"})}


async def prepare(place: Place) -> None:
    """Ana has asked Ben twice; he has declined once, and not yet answered the other."""
    ana, ben, facts = place.clients["owner"], place.clients["party"], place.facts
    for name in ("request", "closed"):
        body = {**ASK, "requestee_id": facts["ben"]}
        answer = await ana.post("/v1/requests", json=body, headers={"idempotency-key": name})
        assert answer.status_code == 201, answer.text
        facts[name] = answer.json()["id"]
    answer = await ben.post(f"/v1/requests/{facts['closed']}/decline")
    assert answer.status_code == 200, answer.text
    place.marks.update(request=facts["request"], closed=facts["closed"])


AREA = Area(
    prepare=prepare,
    cases=(
        Case("POST /v1/requests", writing(201, frozen=403), body=ASK),
        Case(
            "POST /v1/requests",
            writing(201, owner=400, blocked=404, frozen=403),
            "of Ana, who cannot ask herself and has blocked Dora",
            body={**ASK, "requestee_id": "{ana}"},
            sees={"ana": AROUND - {"frozen"}},
        ),
        Case(
            "POST /v1/requests",
            writing(404, frozen=403),
            "of nobody",
            body={**ASK, "requestee_id": "{nobody}"},
        ),
        Case("GET /v1/requests", reading(200), "to pay", query="?box=to_pay", sees=OF_BEN),
        Case(
            "GET /v1/requests",
            reading(200),
            "waiting",
            query="?box=waiting",
            sees={
                "request": ANA,
            },
        ),
        Case(
            "GET /v1/requests",
            reading(200),
            "done",
            query="?box=done",
            sees={
                "closed": PARTIES,
                "ana": BEN,
            },
        ),
        Case(
            "GET /v1/requests/{request_id}",
            reading(404, owner=200, foreign=200, party=200),
            path={"request_id": "{request}"},
            sees={"request": PARTIES, "ana": BEN},
        ),
        Case(
            "POST /v1/requests/{request_id}/pay",
            writing(404, party=201),
            path={"request_id": "{request}"},
            body={},
            sees=OF_BEN,
            moves=True,
        ),
        Case(
            "POST /v1/requests/{request_id}/decline",
            writing(404, party=200),
            path={"request_id": "{request}"},
            sees=OF_BEN,
        ),
        *(
            Case(
                f"POST /v1/requests/{{request_id}}/{act}",
                writing(404, owner=200),
                path={"request_id": "{request}"},
                sees=OF_ANA,
            )
            for act in ("cancel", "remind")
        ),
        *(
            Case(
                f"POST /v1/requests/{{request_id}}/{act}",
                writing(404, **{who: 409}),
                "that was declined",
                path={"request_id": "{closed}"},
                body={} if act == "pay" else None,
            )
            for act, who in (
                ("pay", "party"),
                ("decline", "party"),
                ("cancel", "owner"),
                ("remind", "owner"),
            )
        ),
    ),
)
