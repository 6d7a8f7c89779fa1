"""Firebase Cloud Messaging, HTTP v1: to Android, and to whatever else an app has registered there.

Source: Google's reference of `projects.messages.send` and of its error codes, and OAuth 2.0 for
service accounts.
"""

import asyncio
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec

from quid.kit import clock
from quid.kit.breaker import Board
from quid.kit.config import BadSettings
from quid.kit.crypto import Secret
from quid.kit.http import Answer, Request
from quid.notifications.adapters.line import SECONDS, Line, json, refused
from quid.notifications.adapters.tokens import rs256, signed
from quid.notifications.ports import Gone, NotDelivered
from quid.notifications.types import Address, Message

FCM_URL: Final = "https://fcm.googleapis.com"
_SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR: Final = 3600
_EARLY: Final = 120.0  # seconds before its end that an access token is not used any more


class Account(msgspec.Struct, frozen=True):
    """A service account, as Google's console gives it out."""

    project_id: str
    private_key_id: str
    private_key: str
    client_email: str
    token_uri: str

    def __repr__(self) -> str:
        return f"Account({self.client_email})"


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int


class _Detail(msgspec.Struct):
    error_code: str = msgspec.field(default="", name="errorCode")


class _Error(msgspec.Struct):
    status: str = ""
    details: list[_Detail] = []


class _Refusal(msgspec.Struct):
    error: _Error


def account_of(credentials: Secret) -> Account:
    """Read the JSON of a service account. Raises: BadSettings, which says nothing of it."""
    try:
        account = msgspec.json.decode(credentials.reveal(), type=Account)
        rs256(account.private_key)
    except ValueError:
        raise BadSettings(
            "fcm_credentials: no JSON of a service account as Google's console gives it out"
        ) from None
    return account


class AccessTokens:
    """The access token of a service account: kept until shortly before its end, asked for once."""

    def __init__(self, account: Account, board: Board) -> None:
        at = urlsplit(account.token_uri)
        self._line = Line("push.fcm.token", f"{at.scheme}://{at.netloc}", board)
        self._path = at.path
        self._account = account
        self._key = rs256(account.private_key)
        self._turn = asyncio.Lock()
        self._present: tuple[str, float] | None = None

    async def get(self) -> str:
        """Give the token; whoever comes while it is fetched waits for that one.

        Raises: NotDelivered.
        """
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self._present is None or now >= self._present[1]:
                got = await self._fetch()
                self._present = (got.access_token, now + max(0.0, got.expires_in - _EARLY))
            return self._present[0]

    def forget(self, token: str) -> None:
        """Drop a token that was refused, unless there is a newer one."""
        if self._present is not None and self._present[0] == token:
            self._present = None

    async def close(self) -> None:
        """Drop the connections."""
        await self._line.close()

    async def _fetch(self) -> _Token:
        account, now = self._account, clock.now()
        claims: dict[str, str | int] = {
            "iss": account.client_email,
            "scope": _SCOPE,
            "aud": account.token_uri,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=_HOUR)).timestamp()),
        }
        proof = signed({"kid": account.private_key_id}, claims, self._key)
        answer = await self._line.send(
            Request(
                "POST",
                self._path,
                SECONDS,
                headers={"content-type": "application/x-www-form-urlencoded"},
                content=urlencode({"grant_type": _GRANT, "assertion": proof}).encode(),
            )
        )
        try:
            if answer.status == 200:
                return msgspec.json.decode(answer.content, type=_Token)
        except msgspec.MsgspecError:
            pass
        raise NotDelivered(f"TOKEN_STATUS_{answer.status}")  # ours to repair


class Fcm:
    """Sends to the devices of one Firebase project."""

    def __init__(self, account: Account, board: Board, *, url: str = FCM_URL) -> None:
        self._line = Line("push.fcm", url, board)
        self._tokens = AccessTokens(account, board)
        self._project = account.project_id

    async def send(self, to: Address, message: Message, *, key: UUID) -> None:
        """Hand it over; a second one under its key takes the place of the first.

        Raises: Gone, NotDelivered.
        """
        token = await self._tokens.get()
        answer = await self._line.send(
            Request(
                "POST",
                "/v1/projects/{project}/messages:send",
                SECONDS,
                parts={"project": self._project},
                headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
                content=json({"message": _written(to, message, key)}),
            )
        )
        if answer.status == 200:
            return
        if answer.status == 401:
            self._tokens.forget(token)
        why = _why(answer)
        if why == "UNREGISTERED":
            raise Gone
        raise refused(answer, why)

    async def close(self) -> None:
        """Drop the connections."""
        await self._line.close()
        await self._tokens.close()


def _written(to: Address, message: Message, key: UUID) -> dict[str, object]:
    return {
        "token": to.text,
        "notification": {"title": message.title, "body": message.text},
        "data": {"id": message.id, "kind": message.kind.value},
        "android": {"priority": "HIGH", "ttl": "86400s", "notification": {"tag": key.hex}},
        "apns": {"headers": {"apns-collapse-id": key.hex}},
    }


def _why(answer: Answer) -> str:
    try:
        error = msgspec.json.decode(answer.content, type=_Refusal).error
    except msgspec.MsgspecError:
        return ""
    return next((d.error_code for d in error.details if d.error_code), "")
