"""One request to a face and its answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from quid_sandbox.core.store import Tx
from quid_sandbox.core.world import World


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whole. `is_lost`: what it tells has happened, and it never arrives."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_lost: bool = False

    @classmethod
    def json(
        cls, body: object, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Reply":
        """An answer in JSON."""
        return cls(
            status,
            json.dumps(body).encode(),
            {"content-type": "application/json", **(headers or {})},
        )

    @classmethod
    def html(cls, text: str, status: int = 200) -> "Reply":
        """A page."""
        return cls(status, text.encode(), {"content-type": "text/html; charset=utf-8"})

    @classmethod
    def redirect(cls, url: str) -> "Reply":
        """Go there with a GET."""
        return cls(303, b"", {"location": url})


class RefusedError(Exception):
    """A handler's refusal; its transaction is rolled back, its answer is sent."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Call:
    """What a handler is called with.

    `params` are the {names} of its path; headers are in lower case; `now` is virtual.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    world: World
    tx: Tx
    params: Mapping[str, str] = field(default_factory=dict)
