"""The line to one push service: a breaker, a deadline, and what each answer means."""

import asyncio
import email.utils
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Final

import msgspec

from quid.kit import clock
from quid.kit.breaker import Board, Refused, Rule
from quid.kit.http import Answer, Client, NoAnswer, NotSent, Request
from quid.notifications.ports import NotDelivered
from quid.notifications.types import Message

SECONDS: Final = 10.0
_BROKE_SECONDS: Final = 0.5
_PAUSE_MAX: Final = 86_400.0
_WORD: Final = re.compile(r"[A-Za-z_]{1,60}")


class Line:
    """Sends to one service. `is_shared`: hosts behind it are named by people, so that one that is
    not there says nothing of the others; `is_each_its_own`: addresses there are, so that one at
    which it fails says nothing of the others, and only who does not answer at all is left alone.
    """

    def __init__(
        self,
        name: str,
        url: str,
        board: Board,
        *,
        is_shared: bool = False,
        is_each_its_own: bool = False,
    ) -> None:
        self._url = url
        self._breaker = board.breaker(name, Rule())
        self._is_shared = is_shared
        self._is_each_its_own = is_each_its_own

    @cached_property
    def _client(self) -> Client:
        """Made when it is first used: a command that pushes nothing reads no certificates."""
        return Client(self._url, http2=True)

    async def send(self, request: Request) -> Answer:
        """Send it; give an answer that is no fault of the service. Raises: NotDelivered."""
        try:
            with self._breaker.calling() as call:
                try:
                    answer = await self._persist(request)
                except NotSent:
                    if not self._is_shared:
                        call.bad()
                    raise NotDelivered("NOT_SENT") from None
                except NoAnswer:
                    call.bad()
                    raise NotDelivered("NO_ANSWER") from None
                if answer.status >= 500:
                    if not self._is_each_its_own:
                        call.bad()
                elif answer.status != 429:
                    call.good()
        except Refused as e:
            raise NotDelivered("LEFT_ALONE", retry_after=e.after or None) from None
        if answer.status == 429 or answer.status >= 500:
            raise NotDelivered(f"STATUS_{answer.status}", retry_after=_pause(answer, clock.now()))
        return answer

    async def _persist(self, request: Request) -> Answer:
        """Send it; once more at once where the line breaks.

        HTTP/2 finds out by using a line that the other side has ended it meanwhile, and a second
        message under its key takes the place of the first.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await self._client.send(request)
        except NoAnswer:
            if loop.time() - began > _BROKE_SECONDS:
                raise
        return await self._client.send(request)

    async def close(self) -> None:
        """Drop the connections, if there are any."""
        if "_client" in vars(self):
            await self._client.close()


def refused(answer: Answer, why: str = "") -> NotDelivered:
    """Say what a "no" means: wrong keys of ours may be repaired, all else stays as it is."""
    code = f"STATUS_{answer.status}" + (f"_{why}" if _WORD.fullmatch(why) else "")
    return NotDelivered(code, is_final=answer.status not in (401, 403))


def shown(message: Message) -> dict[str, str]:
    """Write what a device is given: an id, a kind, and words that say nothing of anybody."""
    return {
        "id": message.id,
        "kind": message.kind,
        "title": message.title,
        "text": message.text,
    }


def json(value: Mapping[str, object]) -> bytes:
    """Write JSON."""
    return msgspec.json.encode(value)


def _pause(answer: Answer, now: datetime) -> float | None:
    """Read Retry-After: seconds, or a date; at most a day."""
    said = answer.headers.get("retry-after", "")
    try:
        if said.isascii() and said.isdigit():
            pause = float(said)
        else:
            pause = (email.utils.parsedate_to_datetime(said) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(pause, 0.0), _PAUSE_MAX)
