"""Other people: profiles, friends, blocks."""

from tests.api.matrix.model import ANA, AROUND, Area, Case, reading, writing

AREA = Area(
    cases=(
        Case(
            "GET /v1/users/{handle}",
            reading(200, blocked=404),
            path={"handle": "ana"},
            sees={"ana": AROUND},
        ),
        Case("GET /v1/users/{handle}", reading(404), "of nobody", path={"handle": "nobody_here"}),
        Case("GET /v1/friends", reading(200), query="?state=blocked", sees={"dora": ANA}),
        Case("PUT /v1/friends/{user_id}/block", writing(204), path={"user_id": "{eve}"}),
        Case(
            "PUT /v1/friends/{user_id}/block",
            writing(204, owner=400),
            "of Ana, who cannot block herself",
            path={"user_id": "{ana}"},
        ),
        Case(
            "PUT /v1/friends/{user_id}/block",
            writing(404),
            "of nobody",
            path={"user_id": "{nobody}"},
        ),
        Case("DELETE /v1/friends/{user_id}/block", writing(204), path={"user_id": "{eve}"}),
    ),
)
