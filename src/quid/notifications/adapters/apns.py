"""Apple's push service: to iPhones, iPads and Macs.

Source: Apple, "Sending notification requests to APNs", "Establishing a token-based connection to
APNs", "Handling notification responses from APNs".
"""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from quid.kit import clock
from quid.kit.breaker import Board
from quid.kit.config import BadSettings
from quid.kit.crypto import Secret
from quid.kit.http import Answer, Request
from quid.notifications.adapters.line import SECONDS, Line, json, refused
from quid.notifications.adapters.tokens import es256, signed
from quid.notifications.ports import Gone
from quid.notifications.types import Address, Message

APNS_URL: Final = "https://api.push.apple.com"
_FRESH: Final = 2400.0  # seconds; Apple wants a new token every 20 to 60 minutes
_YOUNG: Final = 1200.0
_DAY: Final = 86_400
_DEAD: Final = frozenset({"BadDeviceToken", "Unregistered", "ExpiredToken"})
_STALE: Final = frozenset({"ExpiredProviderToken", "InvalidProviderToken"})


@dataclass(frozen=True, slots=True)
class Team:
    """Who we are to Apple: the key and its id, the team, and the app (its topic)."""

    key: Secret
    key_id: str
    team_id: str
    topic: str


class _Refusal(msgspec.Struct):
    reason: str = ""


class Apns:
    """Sends to the devices of one app."""

    def __init__(self, team: Team, board: Board, *, url: str = APNS_URL) -> None:
        try:
            self._key = es256(team.key.reveal())
        except ValueError:
            raise BadSettings("apns_key: no P-256 key in PEM, as Apple hands it out") from None
        self._line = Line("push.apns", url, board)
        self._team = team
        self._present: tuple[str, float] | None = None

    async def send(self, to: Address, message: Message, *, key: UUID) -> None:
        """Hand it over; a second one under its key takes the place of the first.

        Raises: Gone, NotDelivered.
        """
        now = clock.now()
        answer = await self._line.send(
            Request(
                "POST",
                "/3/device/{token}",
                SECONDS,
                parts={"token": to.text},
                headers={
                    "authorization": f"bearer {self._token()}",
                    "apns-topic": self._team.topic,
                    "apns-push-type": "alert",
                    "apns-priority": "10",
                    "apns-expiration": str(int(now.timestamp()) + _DAY),
                    "apns-id": str(key),
                    "apns-collapse-id": key.hex,
                    "content-type": "application/json",
                },
                content=json(_written(message)),
            )
        )
        if answer.status == 200:
            return
        why = _why(answer)
        if answer.status == 410 or why in _DEAD:
            raise Gone
        if why in _STALE:
            self._renew()
        raise refused(answer, why)

    async def close(self) -> None:
        """Drop the connections."""
        await self._line.close()

    def _token(self) -> str:
        now = asyncio.get_running_loop().time()
        if self._present is None or now >= self._present[1] + _FRESH:
            claims: dict[str, str | int] = {
                "iss": self._team.team_id,
                "iat": int(clock.now().timestamp()),
            }
            self._present = (signed({"kid": self._team.key_id}, claims, self._key), now)
        return self._present[0]

    def _renew(self) -> None:
        """Make another token next time, but not more often than Apple allows."""
        now = asyncio.get_running_loop().time()
        if self._present is not None and now >= self._present[1] + _YOUNG:
            self._present = None


def _written(message: Message) -> dict[str, object]:
    alert = {"title": message.title, "body": message.text}
    return {"aps": {"alert": alert, "sound": "default"}, "id": message.id, "kind": message.kind}


def _why(answer: Answer) -> str:
    try:
        return msgspec.json.decode(answer.content, type=_Refusal).reason
    except msgspec.MsgspecError:
        return ""
