"""Payments: sent, read, and all that may become of them."""

from tests.api.matrix.model import ANA, AROUND, PARTIES, Area, Case, reading, writing

PAY: dict[str, object] = {"payee_id": "{eve}", "amount": 100, "currency": "USD"}

AREA = Area(
    cases=(
        Case("POST /v1/payments", writing(201, frozen=403), body=PAY, moves=True),
        # A token is read in memory and its session looked up with the batch, so whoever has signed
        # out may still be told what is wrong with the request itself; nothing else.
        Case(
            "POST /v1/payments",
            writing(201, owner=400, ended=400, blocked=404, frozen=403),
            "to Ana, who cannot pay herself and has blocked Dora",
            body={**PAY, "payee_id": "{ana}"},
            sees={"ana": AROUND - {"frozen"}},
            moves=True,
        ),
        Case(
            "POST /v1/payments",
            writing(404, frozen=403),
            "to nobody",
            body={**PAY, "payee_id": "{nobody}"},
        ),
        Case(
            "POST /v1/payments",
            writing(422, frozen=403),
            "beyond the money",
            body={**PAY, "amount": 20_000},
        ),
        Case(
            "GET /v1/payments",
            reading(200),
            sees={
                "completed": PARTIES,
                "note": PARTIES,
                "declined": ANA,
                "ana": frozenset({"party"}),
            },
        ),
        Case(
            "GET /v1/payments",
            reading(200),
            "by the key of Ana's payment",
            query="?idempotency_key={key}",
            sees={"completed": ANA, "note": ANA},
        ),
        Case(
            "GET /v1/payments/{payment_id}",
            reading(200, stranger=404, blocked=404, friend=404, frozen=404),
            "completed",
            path={"payment_id": "{completed}"},
            sees={"completed": PARTIES, "note": PARTIES, "ana": frozenset({"party"})},
        ),
        Case(
            "GET /v1/payments/{payment_id}",
            reading(404, owner=200, foreign=200),
            "declined, of which the payee never hears",
            path={"payment_id": "{declined}"},
            sees={"declined": ANA, "note": ANA},
        ),
        Case(
            "GET /v1/payments/{payment_id}",
            reading(404),
            "an id of another kind",
            path={"payment_id": "{ana}"},
        ),
        Case(
            "GET /v1/payments/{payment_id}/receipt",
            reading(200, stranger=404, blocked=404, friend=404, frozen=404),
            "completed",
            path={"payment_id": "{completed}"},
            sees={"completed": PARTIES, "note": PARTIES, "ana": frozenset({"party"})},
        ),
        Case(
            "GET /v1/payments/{payment_id}/receipt",
            reading(404, owner=200, foreign=200),
            "declined, of which the payee never hears",
            path={"payment_id": "{declined}"},
            sees={"declined": ANA, "note": ANA},
        ),
    ),
)
