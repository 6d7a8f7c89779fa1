"""What demo people ask each other for, and what became of it; and who wants to be a friend."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from quid.collect import service
from quid.collect.errors import RequestClosed
from quid.collect.types import Ask
from quid.identity import service as identity
from quid.kit import clock, ids
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.payments.service import CURRENCY

End = Literal["paid", "declined", "cancelled"]


class Asked(NamedTuple):
    """A request: who asks whom, for what, so many hours ago, for so many days; how it ended.

    One whose days are over is left to the worker, as any other.
    """

    requester: str
    requestee: str
    minor: int
    note: str
    hours_ago: float
    days: int = 30
    end: End | None = None


# ana and ben have paid neither gus nor dot: to them they are strangers.
ASKED: Final = (
    Asked("ben", "ana", 1_850, "your half of the wine 🍷", 2),
    Asked("maya_berg", "ana", 1_240, "Tara's present 🎁", 26, days=3),
    Asked("leo_berg", "ana", 640, "two coffees and a croissant 🥐", 5),
    Asked("gus", "ana", 4_500, "for the parcel, as we said on the phone", 6),
    Asked("noor_berg", "ana", 2_100, "climbing gym 🧗", 80),
    Asked("ana", "ben", 2_675, "train to the lake 🚆", 30, days=4),
    Asked("ana", "tara_berg", 900, "the late taxi 🌙", 7),
    Asked("ana", "hugo_berg", 1_500, "board games 🎲", 100),
    Asked("iris_berg", "ben", 3_300, "my share of the tent ⛺", 4),
    Asked("dot", "ben", 1_000, "Sam gave me your name: the raffle 🎟️", 3),
    Asked("ben", "owen_berg", 1_175, "ramen 🍜", 12),
    Asked("ben", "lena_berg", 2_250, "concert tickets 🎶", 20),
    Asked("ruth_berg", "ana", 1_600, "brunch 🥞", 50, end="paid"),
    Asked("ana", "ben", 720, "ice cream 🍦", 28, end="paid"),
    Asked("theo_berg", "ana", 9_900, "the vase 🏺", 40, end="declined"),
    Asked("ben", "ana", 5_000, "gas for the trip ⛽", 9, end="cancelled"),
    Asked("ana", "lena_berg", 300, "the newspaper 🗞️", 25, days=1),
    Asked("omar_berg", "ben", 850, "movie night 🍿", 27, days=1),
)
_WANT_TO_BE_FRIENDS: Final = (("hal", "ana"), ("shop", "ben"), ("dot", "ana"))

Pay = Callable[[UUID, Asked, str], Awaitable[None]]


async def ask(found: Mapping[str, UUID], pay: Pay, *, seed: int) -> None:
    """Let people ask, and answer; each ask has its key, and what has ended stays as it is.

    `pay` pays a request under a key.
    """
    for n, asked in enumerate(ASKED):
        if asked.requester not in found or asked.requestee not in found:
            continue
        at, key = clock.now() - timedelta(hours=asked.hours_ago), f"demo:{seed}:ask:{n}"
        requester, requestee = found[asked.requester], found[asked.requestee]
        command = Ask(
            id=ids.new(ids.bucket(requestee), at),
            key=Key(requester, service.OPERATION, digest16(key.encode()), digest16(b"demo")),
            requester_id=requester,
            requestee_id=requestee,
            amount_minor=asked.minor,
            currency=CURRENCY,
            note=asked.note,
            visibility=None,
            expires_in_days=asked.days,
        )
        request_id = (await service.ask(command, now=at)).request_id
        try:
            if asked.end == "paid":
                await pay(request_id, asked, key)
            elif asked.end == "declined":
                await service.decline(request_id, requestee, now=clock.now())
            elif asked.end == "cancelled":
                await service.cancel(request_id, requester, now=clock.now())
        except RequestClosed:
            continue  # by an earlier run
    for asker, other in _WANT_TO_BE_FRIENDS:
        await identity.befriend(found[asker], found[other], now=clock.now())
