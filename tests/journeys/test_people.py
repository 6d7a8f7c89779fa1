"""Strangers become friends: they pay, talk, ask, answer and part, over HTTP as anybody does.

After each act that moves money, and after each that does not: both balances and the books.
"""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx2
import pytest

from tests.support.books import check_books
from tests.support.database import connected
from tests.support.system import System
from tests.support.visitors import GIFT, Visitor, eventually, sign_up


@pytest.fixture
def strangers(system: System) -> Iterator[tuple[Visitor, Visitor, Visitor]]:
    """Three people who have just signed up and know nobody."""
    tail = uuid.uuid4().hex[:6]
    with ExitStack() as stack:
        made = []
        for name in ("nora", "otto", "pia"):
            http = httpx2.Client(base_url=system.record().address, timeout=20)
            stack.enter_context(http)
            made.append(sign_up(http, f"{name}_{tail}"))
        nora, otto, pia = made
        yield nora, otto, pia


@dataclass(frozen=True, slots=True)
class Books:
    """What both must have, and the house."""

    system: System
    people: tuple[Visitor, ...]

    def stand(self, *available: int) -> None:
        """Require these balances, to the cent, and whole books."""
        assert [p.get("balance")["available"] for p in self.people] == list(available)

        async def faults() -> list[str]:
            async with connected(self.system.record().database_url) as admin:
                return await check_books(admin)

        assert asyncio.run(faults()) == []


def befriend(one: Visitor, other: Visitor) -> None:
    """One asks, the other accepts."""
    one.do("PUT", f"friends/{other.id}")
    other.do("PUT", f"friends/{one.id}")


def test_two_strangers_and_a_friend_of_one(
    system: System, strangers: tuple[Visitor, Visitor, Visitor]
) -> None:
    nora, otto, pia = strangers
    books = Books(system, (nora, otto))
    befriend(nora, otto)
    befriend(otto, pia)
    nora.hears("friend_accepted", otto)

    body = {"payee_id": otto.id, "amount": 1_368, "currency": "USD", "note": "pizza 🍕"}
    paid = nora.do("POST", "payments", body)["payment"]["id"]
    books.stand(GIFT - 1_368, GIFT + 1_368)
    for who in (nora, otto, pia):
        item = who.sees(paid)
        assert (item["note"], item["kind"]) == ("pizza 🍕", "paid")
        assert item["amount"] == (None if who is pia else 1_368)
    assert paid in nora.feed(scope="mine")
    assert paid not in pia.feed(scope="mine")
    assert paid not in pia.feed(scope="public")
    otto.hears("payment_received", nora)

    _talk(nora, otto, pia, paid)
    asked = _ask_and_pay(nora, otto, books)
    _decline_and_cancel(nora, otto, books)
    _part(nora, otto, pia, (paid, asked))
    books.stand(GIFT - 1_368 - 900, GIFT + 1_368 + 900)


def _talk(nora: Visitor, otto: Visitor, pia: Visitor, paid: str) -> None:
    """Pia sees it, so she may like it and say something; both are told, and she is not."""
    for _ in range(2):
        pia.do("PUT", f"feed/{paid}/likes")
    said = pia.do("POST", f"feed/{paid}/comments", {"text": "Best crust in town"})
    for who in (nora, otto):
        item = who.feed()[paid]
        assert (item["like_count"], item["comment_count"], item["liked_by_me"]) == (1, 1, False)
        [comment] = who.get(f"feed/{paid}/comments")["items"]
        assert (comment["id"], comment["text"]) == (said["id"], "Best crust in town")
        who.hears("liked", pia)
        who.hears("commented", pia)
    assert not {"liked", "commented"} & {kind for kind, _ in pia.told()}


def _ask_and_pay(nora: Visitor, otto: Visitor, books: Books) -> str:
    """Otto asks, reminds, is paid once; asking again what was paid pays nothing."""
    body = {"requestee_id": nora.id, "amount": 900, "currency": "USD", "note": "taxi 🚕"}
    request = otto.do("POST", "requests", body)["id"]
    nora.hears("request_received", otto)
    assert request in {r["id"] for r in nora.get("requests", box="to_pay")["items"]}
    assert request in {r["id"] for r in otto.get("requests", box="waiting")["items"]}
    early = otto.send("POST", f"requests/{request}/remind")
    assert early.status_code in (200, 409), early.text
    books.stand(GIFT - 1_368, GIFT + 1_368)

    done = nora.do("POST", f"requests/{request}/pay", {})
    assert (done["request"]["state"], done["payment"]["amount"]) == ("PAID", 900)
    again = nora.send("POST", f"requests/{request}/pay", {})
    assert (again.status_code, again.json()["code"]) == (409, "REQUEST_CLOSED")
    books.stand(GIFT - 1_368 - 900, GIFT + 1_368 + 900)
    paid: str = done["payment"]["id"]
    assert otto.sees(paid)["kind"] == "charged"
    otto.hears("request_paid", nora)
    assert request in {r["id"] for r in nora.get("requests", box="done")["items"]}
    return paid


def _decline_and_cancel(nora: Visitor, otto: Visitor, books: Books) -> None:
    """Neither moves money, and what has ended stays as it is."""
    body = {"requestee_id": nora.id, "amount": 5_000, "currency": "USD", "note": "again? 🚕"}
    declined = otto.do("POST", "requests", body)["id"]
    nora.do("POST", f"requests/{declined}/decline")
    otto.hears("request_declined", nora)
    cancelled = otto.do("POST", "requests", body)["id"]
    otto.do("POST", f"requests/{cancelled}/cancel")
    for request in (declined, cancelled):
        closed = nora.send("POST", f"requests/{request}/pay", {})
        assert (closed.status_code, closed.json()["code"]) == (409, "REQUEST_CLOSED")
    assert otto.send("PUT", f"feed/{declined}/likes").status_code == 404  # of another kind
    books.stand(GIFT - 1_368 - 900, GIFT + 1_368 + 900)


def _part(nora: Visitor, otto: Visitor, pia: Visitor, payments: tuple[str, str]) -> None:
    """Pia blocks Otto: what was theirs, and what she said, is gone for both at the next read."""
    asked = {"requestee_id": pia.id, "amount": 100, "currency": "USD", "note": "tea"}
    open_ = otto.do("POST", "requests", asked)["id"]
    pia.do("PUT", f"friends/{otto.id}/block")
    for payment in payments:
        assert payment not in pia.feed()
        assert pia.http.get(f"/v1/feed/{payment}/comments").status_code == 404
        assert pia.send("PUT", f"feed/{payment}/likes").status_code == 404
    assert pia.http.get(f"/v1/users/{otto.handle}").status_code == 404
    assert otto.http.get(f"/v1/users/{pia.handle}").status_code == 404
    item = otto.feed()[payments[0]]
    assert (item["like_count"], item["comment_count"]) == (0, 0)
    assert otto.get(f"feed/{payments[0]}/comments")["items"] == []
    assert nora.feed()[payments[0]]["comment_count"] == 1  # Nora blocked nobody
    refused = otto.send("POST", "requests", asked)
    assert (refused.status_code, refused.json()["code"]) == (404, "RECIPIENT_NOT_FOUND")
    assert otto.http.get(f"/v1/requests/{open_}").status_code == 404
    pia.do("DELETE", f"friends/{otto.id}/block")  # restores nothing
    eventually(lambda: otto.http.get(f"/v1/requests/{open_}").status_code == 404)
    assert open_ not in {r["id"] for r in pia.get("requests", box="to_pay")["items"]}
    assert payments[1] not in pia.feed()
