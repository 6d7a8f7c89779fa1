"""Other people: profiles, friends, blocks."""

from tests.api.matrix.model import ANA, AROUND, FRIENDS, Area, Case, reading, writing

AREA = Area(
    cases=(
        Case(
            "GET /v1/users/{handle}",
            reading(200, blocked=404),
            path={"handle": "ana"},
            sees={"ana": AROUND, "completed": FRIENDS, "note": FRIENDS},
        ),
        Case("GET /v1/users/{handle}", reading(404), "of nobody", path={"handle": "nobody_here"}),
        Case("GET /v1/users", reading(200), query="?query=ana", sees={"ana": AROUND}),
        Case(
            "GET /v1/users",
            reading(200),
            "by an e-mail",
            query="?query=ana@example.org",
            sees={"ana": AROUND},
        ),
        Case("GET /v1/friends", reading(200), query="?state=blocked", sees={"dora": ANA}),
        Case(
            "PUT /v1/friends/{user_id}",
            writing(200, owner=400, blocked=404),
            "of Ana",
            path={"user_id": "{ana}"},
            sees={"ana": AROUND},
        ),
        *(
            Case(
                operation,
                writing(204, owner=400, blocked=404),
                "of Ana",
                path={"user_id": "{ana}"},
            )
            for operation in (
                "DELETE /v1/friends/{user_id}",
                "PUT /v1/friends/{user_id}/mute",
                "DELETE /v1/friends/{user_id}/mute",
            )
        ),
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
