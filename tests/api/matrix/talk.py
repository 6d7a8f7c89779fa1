"""Likes and comments under what Ana paid Ben, which their friends see."""

from tests.api.matrix.model import FRIENDS, Area, Case, Place, reading, writing

WORDS = "what a fine boat house"


async def prepare(place: Place) -> None:
    """Ben and Fred have written something."""
    facts = place.facts
    for caller, name in (("party", "comment_of_ben"), ("friend", "comment_of_fred")):
        path = f"/v1/feed/{facts['completed']}/comments"
        written = await place.clients[caller].post(path, json={"text": WORDS})
        assert written.status_code == 201
        facts[name] = written.json()["id"]
    place.marks.update(comment=facts["comment_of_ben"], words=WORDS)


SEEN = {"owner": 200, "party": 200, "friend": 200}
ITEM = {"payment_id": "{completed}"}

AREA = Area(
    prepare=prepare,
    cases=(
        *(
            Case(f"{method} /v1/feed/{{payment_id}}/likes", writing(404, **SEEN), path=ITEM)
            for method in ("PUT", "POST", "DELETE")
        ),
        Case(
            "PUT /v1/feed/{payment_id}/likes",
            writing(404),
            "of a declined payment, which is nowhere to be seen",
            path={"payment_id": "{declined}"},
        ),
        Case(
            "GET /v1/feed/{payment_id}/comments",
            reading(404, foreign=200, **SEEN),
            path=ITEM,
            sees={"comment": FRIENDS, "words": FRIENDS},
        ),
        Case(
            "POST /v1/feed/{payment_id}/comments",
            writing(404, owner=201, party=201, friend=201),
            path=ITEM,
            body={"text": "nice"},
        ),
        Case(
            "DELETE /v1/feed/{payment_id}/comments/{comment_id}",
            writing(404, friend=403, party=204),
            "of Ben, who deletes it before Ana can",
            path={**ITEM, "comment_id": "{comment_of_ben}"},
        ),
        Case(
            "DELETE /v1/feed/{payment_id}/comments/{comment_id}",
            writing(404, friend=204),
            "of Fred, who deletes it himself",
            path={**ITEM, "comment_id": "{comment_of_fred}"},
        ),
        Case(
            "DELETE /v1/feed/{payment_id}/comments/{comment_id}",
            writing(404),
            "that never was",
            path={**ITEM, "comment_id": "{completed}"},
        ),
    ),
)
