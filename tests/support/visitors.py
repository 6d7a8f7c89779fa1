"""People at a screen, over HTTP as anybody is: they sign up, read, and change things."""

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx2

PASSWORD = "correct horse battery staple"
GIFT = 10_000
Found = TypeVar("Found")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at a screen."""

    http: httpx2.Client
    id: str
    handle: str

    def get(self, path: str, **query: str | int) -> Json:
        """Read; it must be there."""
        answer = self.http.get(f"/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def send(self, method: str, path: str, body: Json | None = None) -> httpx2.Response:
        """Change something, under a key of its own."""
        headers = {"idempotency-key": uuid.uuid4().hex}
        return self.http.request(method, f"/v1/{path}", json=body, headers=headers)

    def do(self, method: str, path: str, body: Json | None = None) -> Json:
        """Change something; it must be done."""
        answer = self.send(method, path, body)
        assert answer.status_code in (200, 201, 204), answer.text
        found: Json = answer.json() if answer.content else {}
        return found

    def feed(self, **query: str) -> dict[str, Json]:
        """Read the newest of a feed, by payment."""
        return {item["id"]: item for item in self.get("feed", **query)["items"]}

    def sees(self, payment: str) -> Json:
        """Wait until a payment is in the feed."""
        return eventually(lambda: self.feed().get(payment))

    def told(self) -> set[tuple[str, str]]:
        """Name what the inbox says: each kind, and who did it."""
        items = self.get("notifications")["items"]
        return {(n["kind"], (n["actor"] or {}).get("handle", "")) for n in items}

    def hears(self, kind: str, of: "Visitor") -> None:
        """Wait until the inbox says that somebody did something."""
        eventually(lambda: (kind, of.handle) in self.told())


def sign_up(http: httpx2.Client, handle: str) -> Visitor:
    """Become a person with the code from the mailbox."""
    email = f"{handle}@example.org"
    started = knock(http, "/v1/auth/start", {"identifier": email}).json()

    def code() -> str | None:
        mails = http.get("/mailbox.json").json()["items"]
        mine = next((m for m in mails if m["to"] == email), None)
        return mine and re.search(r"\b\d{6}\b", str(mine))[0]  # type: ignore[index]  # it is there

    proven = knock(
        http, "/v1/auth/code", {"challenge_id": started["challenge_id"], "code": eventually(code)}
    ).json()
    body = {"ticket": proven["ticket"], "display_name": handle.title(), "handle": handle}
    made = knock(http, "/v1/auth/sign-up", {**body, "password": PASSWORD}).json()
    token = knock(http, "/v1/auth/token", {"identifier": handle, "password": PASSWORD}).json()
    http.cookies.clear()
    http.headers["authorization"] = f"Bearer {token['access_token']}"
    someone = Visitor(http, made["id"], handle)
    eventually(lambda: someone.get("balance")["available"] == GIFT)
    return someone


def knock(http: httpx2.Client, path: str, body: Json) -> httpx2.Response:
    """Come to a door; whoever is asked to wait a moment, as on a busy machine, waits it."""
    for _ in range(5):
        answer = http.post(path, json=body)
        if answer.status_code != 429:
            break
        time.sleep(answer.json()["retry_after"])
    assert answer.is_success, answer.text
    return answer


def eventually(look: Callable[[], Found | None], *, seconds: float = 15) -> Found:
    """Look again until something is there."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found
