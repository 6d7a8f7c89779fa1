"""Notices: everybody has their own inbox, and marks and wishes in it alone."""

from quid.notifications.consumers.inbox import INBOX
from tests.api.matrix.model import ANA, PARTIES, Area, Case, Place, reading, writing
from tests.support.feeds import catch_up


async def prepare(place: Place) -> None:
    """What has happened so far is told."""
    await catch_up(place.runtime, place.admin, [INBOX])
    for caller, name in (("owner", "line_of_ana"), ("party", "line_of_ben")):
        answer = await place.clients[caller].get("/v1/notifications?limit=1")
        place.facts[name] = answer.json()["items"][0]["id"]
    place.marks["line"] = place.facts["line_of_ana"]


AREA = Area(
    prepare=prepare,
    cases=(
        Case(
            "GET /v1/notifications",
            reading(200),
            sees={
                "line": ANA,
                "completed": PARTIES,
                "review": ANA,
                "challenged": ANA,
                "request": frozenset({"party"}),
                "closed": PARTIES,
                "ana": frozenset({"party", "friend"}),
            },
        ),
        Case(
            "POST /v1/notifications/read",
            writing(404, owner=200),
            "of Ana",
            body={"ids": ["{line_of_ana}"]},
            sees={"line": frozenset({"owner"})},
        ),
        Case(
            "POST /v1/notifications/read",
            writing(404),
            "of Ana and Ben in one",
            body={"ids": ["{line_of_ana}", "{line_of_ben}"]},
        ),
        Case(
            "POST /v1/notifications/read",
            writing(200),
            "all of one's own",
            body={"before": "2100-01-01T00:00:00Z"},
            sees={"line": frozenset({"owner"})},
        ),
        Case("GET /v1/notifications/preferences", reading(200)),
        Case(
            "PUT /v1/notifications/preferences",
            writing(200),
            body={"items": [{"topic": "likes", "way": "push", "is_on": True}]},
        ),
        Case(
            "PUT /v1/notifications/preferences",
            writing(400),
            "that cannot be chosen",
            body={"items": [{"topic": "security", "way": "push", "is_on": False}]},
        ),
    ),
)
