"""What Ana paid Ben, which their friends see, wherever payments of others are listed."""

from tests.api.matrix.model import FRIENDS, PARTIES, Area, Case, Place, reading
from tests.support.feeds import catch_up


async def prepare(place: Place) -> None:
    """The worker has taken what there is."""
    await catch_up(place.runtime, place.admin)


ITEM = {"payment_id": "{completed}"}
FRED = frozenset({"friend"})

AREA = Area(
    prepare=prepare,
    cases=(
        Case(
            "GET /v1/feed",
            reading(200),
            sees={"completed": FRIENDS, "note": FRIENDS, "ana": FRED | {"party"}},
        ),
        Case(
            "GET /v1/feed",
            reading(200),
            "of friends",
            query="?scope=friends",
            sees={"completed": FRED, "note": FRED, "ana": FRED},
        ),
        Case(
            "GET /v1/feed",
            reading(200),
            "of one's own",
            query="?scope=mine",
            sees={"completed": PARTIES, "note": PARTIES, "ana": frozenset({"party"})},
        ),
        Case("GET /v1/feed", reading(200), "of everybody", query="?scope=public"),
        Case(
            "GET /v1/feed/{payment_id}",
            reading(404, foreign=200, owner=200, party=200, friend=200),
            path=ITEM,
            sees={"completed": FRIENDS, "note": FRIENDS, "ana": FRED | {"party"}},
        ),
        Case(
            "GET /v1/feed/{payment_id}",
            reading(404),
            "of a declined payment, which is nowhere to be seen",
            path={"payment_id": "{declined}"},
        ),
    ),
)
