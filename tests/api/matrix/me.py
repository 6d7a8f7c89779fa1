"""Oneself: profile, sessions, factors, limits, money."""

from tests.api.matrix.model import ANA, Area, Case, reading

AREA = Area(
    cases=(
        Case("GET /v1/me", reading(200, operators=200), sees={"email": ANA}),
        Case("GET /v1/balance", reading(200), sees={"balance": ANA}),
    ),
)
