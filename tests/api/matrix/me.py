"""Oneself: profile, sessions, factors, limits, money."""

from tests.api.matrix.model import ANA, Area, Case, reading, writing

AREA = Area(
    cases=(
        Case("GET /v1/me", reading(200, operators=200), sees={"email": ANA}),
        Case(
            "PATCH /v1/me",
            writing(200),
            body={"locale": "de"},
            sees={"email": frozenset({"owner"})},
        ),
        Case("PATCH /v1/me", writing(400), "with nothing", body={}),
        Case("GET /v1/me/privacy", reading(200)),
        Case("PATCH /v1/me/privacy", writing(200), body={"friend_list": "friends"}),
        Case("GET /v1/balance", reading(200), sees={"balance": ANA}),
    ),
)
