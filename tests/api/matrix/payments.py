"""Payments: sent, read, and all that may become of them."""

from quid.kit import clock, ids
from quid.payments import service as payments
from quid.risk.queries import RuleBook
from tests.api.matrix.model import ANA, AROUND, PARTIES, Area, Case, Place, reading, writing
from tests.support.waiting import BIG, ask_for_proofs, give_totp, waiting_payment

PAY: dict[str, object] = {"payee_id": "{eve}", "amount": 100, "currency": "USD"}


async def prepare(place: Place) -> None:
    """Of Ana's payments one waits for an operator, one for the code of her app."""
    ana, ben, facts = place.people["ana"], place.people["ben"], place.facts
    await payments.fund(ana.id, 2 * BIG, key="more", operator="test", now=clock.now())
    facts["review"] = ids.show("pay", await waiting_payment(place.runtime, ana, ben))
    await give_totp(place.runtime, ana)
    await ask_for_proofs(place.admin)
    place.runtime.put(RuleBook())
    facts["challenged"] = ids.show("pay", await waiting_payment(place.runtime, ana, ben))
    place.marks.update(review=facts["review"], challenged=facts["challenged"])
    told = await place.clients["owner"].get(f"/v1/payments/{facts['challenged']}")
    facts["payment_challenge"] = told.json()["challenge"]["id"]


VERIFY: dict[str, object] = {
    "challenge_id": "{payment_challenge}",
    "method": "totp",
    "proof": "{totp}",
}
OF_ANA = writing(404, owner=200)
WAITING = {"review": ANA, "challenged": ANA}

AREA = Area(
    prepare=prepare,
    cases=(
        Case("POST /v1/payments/quote", writing(200, frozen=403), body=PAY),
        Case(
            "POST /v1/payments/quote",
            writing(200, owner=400, blocked=404, frozen=403),
            "for Ana, who has blocked Dora",
            body={**PAY, "payee_id": "{ana}"},
        ),
        Case(
            "POST /v1/payments/{payment_id}/verify",
            OF_ANA,
            "that waits for her proof",
            path={"payment_id": "{challenged}"},
            body=VERIFY,
            sees={"challenged": frozenset({"owner"})},
            moved=1,
        ),
        Case(
            "POST /v1/payments/{payment_id}/verify",
            writing(404, owner=409, party=409),
            "that is completed",
            path={"payment_id": "{completed}"},
            body=VERIFY,
        ),
        Case(
            "POST /v1/payments/{payment_id}/code",
            writing(404, owner=400),
            "that her app proves",
            path={"payment_id": "{challenged}"},
        ),
        Case(
            "POST /v1/payments/{payment_id}/passkey",
            writing(404, owner=200),
            "that waits for her proof",
            path={"payment_id": "{challenged}"},
        ),
        Case(
            "POST /v1/payments/{payment_id}/cancel",
            OF_ANA,
            "in review",
            path={"payment_id": "{review}"},
            sees={"review": frozenset({"owner"})},
        ),
        Case(
            "POST /v1/payments/{payment_id}/cancel",
            writing(404, owner=409, party=409),
            "completed",
            path={"payment_id": "{completed}"},
        ),
        Case(
            "PUT /v1/payments/{payment_id}/visibility",
            writing(404, owner=200, party=200),
            path={"payment_id": "{completed}"},
            body={"visibility": "private"},
            sees={
                "completed": PARTIES - {"foreign"},
                "note": PARTIES - {"foreign"},
                "ana": frozenset({"party"}),
            },
        ),
        Case("POST /v1/me/privacy/past", writing(200), body={"visibility": "private"}),
        Case(
            "GET /v1/payments/{payment_id}",
            reading(404, owner=200, foreign=200),
            "in review, of which the payee never hears",
            path={"payment_id": "{review}"},
            sees={"review": ANA},
        ),
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
            body={**PAY, "amount": 20_000, "funding_source_id": "balance"},
        ),
        # The application of the matrix has no providers.
        Case(
            "POST /v1/payments",
            writing(404, owner=502, frozen=403),
            "from Ana's bank",
            body={**PAY, "funding_source_id": "{moving_bank}"},
        ),
        Case(
            "POST /v1/payments/quote",
            writing(404, owner=502, frozen=403),
            "from Ana's bank",
            body={**PAY, "funding_source_id": "{moving_bank}"},
        ),
        Case(
            "GET /v1/payments",
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
