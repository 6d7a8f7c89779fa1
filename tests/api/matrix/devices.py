"""Devices: whoever is signed in has their own, and nobody sees or removes another's."""

from typing import Final

from tests.api.matrix.model import ANA, Area, Case, Place, reading, writing
from tests.support.subscriptions import Browser

_TOKEN: Final = "token-of-a-phone-{caller}"
_ENDPOINT: Final = "https://updates.push.services.mozilla.com/wpush/v2/of-ana"


async def _prepare(place: Place) -> None:
    body = {"kind": "web", "subscription": Browser(_ENDPOINT).subscription(), "label": "My fox"}
    made = await place.clients["owner"].post("/v1/notifications/devices", json=body)
    assert made.status_code == 201
    place.facts["device"] = place.marks["device"] = made.json()["id"]


AREA = Area(
    cases=(
        Case("GET /v1/notifications/push-key", reading(200)),
        Case("GET /v1/notifications/devices", reading(200), sees={"device": ANA}),
        Case(
            "POST /v1/notifications/devices",
            writing(201),
            "one browser, passed on from each to the next",
            body={"kind": "web", "subscription": Browser(f"{_ENDPOINT}-too").subscription()},
        ),
        Case(
            "POST /v1/notifications/devices",
            writing(400),
            "of a kind that is not set up",
            body={"kind": "fcm", "token": _TOKEN},
        ),
        Case(
            "DELETE /v1/notifications/devices/{device_id}",
            writing(404, owner=204),
            path={"device_id": "{device}"},
        ),
    ),
    prepare=_prepare,
)
