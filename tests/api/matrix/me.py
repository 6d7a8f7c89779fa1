"""Oneself: profile, sessions, factors, limits, money."""

from tests.api.matrix.model import ANA, PEOPLE, Area, Case, reading, writing

FACTS: dict[str, object] = {
    "legal_name": "Ana Lindt",
    "birth_date": "1990-05-01",
    "address": {"line1": "Main 1", "city": "Wien", "postal_code": "1010", "country": "AT"},
    "tax_id_last4": "1234",
}
CHILD = {"birth_date": "2020-01-01"}
KNOWN = dict.fromkeys(PEOPLE, 409)

AREA = Area(
    cases=(
        Case("GET /v1/me", reading(200), sees={"email": ANA}),
        Case(
            "PATCH /v1/me",
            writing(200),
            body={"locale": "de"},
            sees={"email": frozenset({"owner"})},
        ),
        Case("PATCH /v1/me", writing(400), "with nothing", body={}),
        Case("GET /v1/me/privacy", reading(200)),
        Case("PATCH /v1/me/privacy", writing(200), body={"friend_list": "friends"}),
        Case("GET /v1/me/limits", reading(200)),
        Case("GET /v1/me/verification", reading(200)),
        Case("POST /v1/me/verification", writing(200, **KNOWN), body=FACTS),
        Case("POST /v1/me/verification", writing(400), "of a child", body={**FACTS, **CHILD}),
        Case("POST /v1/me/verification/documents", writing(400), "with nothing"),
        Case(
            "GET /v1/balance",
            reading(200),
            sees=dict.fromkeys(("balance", "review", "challenged"), ANA),
        ),
    ),
)
