"""The way in and out: everybody may knock."""

from tests.api.matrix.model import Area, Case, public, writing

SIGN_IN: dict[str, object] = {"identifier": "eve", "password": "correct horse battery"}

AREA = Area(
    cases=(
        Case("POST /v1/auth/start", public(200), body={"identifier": "{caller}@example.org"}),
        Case(
            "POST /v1/auth/code",
            public(404),
            "that was never sent",
            body={"challenge_id": "{challenge}", "code": "000000"},
        ),
        Case(
            "POST /v1/auth/sign-up",
            public(410),
            "with a made-up ticket",
            body={
                "ticket": "made-up",
                "display_name": "Zoe",
                "handle": "zoe",
                "password": "correct horse battery",
            },
        ),
        Case("POST /v1/auth/sign-in", public(200), body=SIGN_IN),
        Case("POST /v1/auth/token", public(200), body=SIGN_IN),
        Case("POST /v1/auth/refresh", public(401), "made-up", body={"refresh_token": "made.up"}),
        Case("POST /v1/auth/sign-out", writing(204, operators=204)),
    ),
)
