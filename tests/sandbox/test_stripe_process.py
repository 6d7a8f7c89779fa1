"""The card processor as a process: sockets, hooks that arrive, faults on the wire, a restart."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.sandbox import Sandbox, running

INTENT = {"amount": "2000", "currency": "usd", "payment_method_types[0]": "card"}


class Ear:
    """Hears hooks; says no to as many as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.refuse = 0
        self._came = threading.Condition()
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200 if ear.take(self.headers["stripe-signature"], raw) else 500)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks"

    def take(self, signature: str, raw: bytes) -> bool:
        with self._came:
            self.heard.append((signature, raw))
            self.refuse -= 1
            self._came.notify_all()
            return self.refuse < 0

    def wait(self, count: int) -> list[dict[str, Any]]:
        """The first so many, when they are here."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.heard) >= count, timeout=30)
        return [json.loads(raw) for _, raw in self.heard]


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    thread = threading.Thread(target=ear.server.serve_forever, name="ear")
    thread.start()
    yield ear
    ear.server.shutdown()
    thread.join()
    ear.server.server_close()


@contextmanager
def cards(home: Path, ear: Ear) -> Iterator[Sandbox]:
    with running(home, hook_stripe=ear.url) as box:
        yield box


def post(box: Sandbox, path: str, key: str = "", **fields: str) -> httpx2.Response:
    headers = {"authorization": f"Bearer {box.stripe_key}"}
    if key:
        headers["idempotency-key"] = key
    return box.web.post(f"{box.stripe}{path}", data=fields, headers=headers)


def pay(box: Sandbox, name: str) -> str:
    """Prepare a payment and confirm it under one key; its id."""
    intent = str(post(box, "/v1/payment_intents", **INTENT).json()["id"])
    confirm(box, intent, name)
    return intent


def confirm(box: Sandbox, intent: str, name: str) -> httpx2.Response:
    path = f"/v1/payment_intents/{intent}/confirm"
    return post(box, path, f"{intent}:confirm", payment_method=f"pm_card_{name}")


def test_hooks_arrive_signed_and_again_when_refused(tmp_path: Path, ear: Ear) -> None:
    ear.refuse = 1
    with cards(tmp_path / "box", ear) as box:
        intent = pay(box, "visa")
        first, again = ear.wait(2)
    assert first == again
    assert (first["type"], first["data"]["object"]["id"]) == ("payment_intent.succeeded", intent)
    for signature, raw in ear.heard:
        at, mac = (part.split("=")[1] for part in signature.split(","))
        secret = box.stripe_webhook_secret.encode()
        assert mac == hmac.new(secret, f"{at}.".encode() + raw, hashlib.sha256).hexdigest()


def test_an_answer_lost_on_the_wire_moves_money_once(tmp_path: Path, ear: Ear) -> None:
    with cards(tmp_path / "box", ear) as box:
        path = "/v1/payment_intents/*/confirm"
        box.fault("reset", times=3, match={"path": path}, effect=True)
        intent = str(post(box, "/v1/payment_intents", **INTENT).json()["id"])
        for _ in range(3):
            with pytest.raises(httpx2.RemoteProtocolError):
                confirm(box, intent, "visa")
        last = confirm(box, intent, "visa")
        assert last.json()["status"] == "succeeded"
        assert last.headers["idempotent-replayed"] == "true"
        assert len(box.effects("balance_transaction.charge")) == 1
        assert len(box.effects("payment_intent.succeeded")) == 1
        assert [row["status"] for row in box.state("stripe.charge")] == ["succeeded"]


def test_time_by_hand_brings_what_cards_bring(tmp_path: Path, ear: Ear) -> None:
    with cards(tmp_path / "box", ear) as box:
        pay(box, "createDispute")
        box.advance(minutes=2)
        [dispute] = box.state("stripe.dispute")
        said = {"evidence[uncategorized_text]": "winning_evidence"}
        post(box, f"/v1/disputes/{dispute['id']}", **said)
        box.next_event()
        [dispute] = box.state("stripe.dispute")
        assert dispute["status"] == "won"
        heard = {event["type"] for event in ear.wait(6)}
    assert {"charge.dispute.created", "charge.dispute.closed"} <= heard


def test_a_restart_forgets_nothing(tmp_path: Path, ear: Ear) -> None:
    with cards(tmp_path / "box", ear) as box:
        intent = pay(box, "createDispute")
    with cards(tmp_path / "box", ear) as again:
        assert again.stripe_key == box.stripe_key
        assert confirm(again, intent, "createDispute").headers["idempotent-replayed"] == "true"
        again.advance(minutes=5)
        assert len(again.state("stripe.dispute")) == 1


def test_a_reset_forgets_everything(tmp_path: Path, ear: Ear) -> None:
    with cards(tmp_path / "box", ear) as box:
        pay(box, "visa")
        box.reset()
        assert box.state("stripe.charge") == []
        assert len(box.state("stripe.bank_account")) == 1


@pytest.mark.parametrize(("do", "total"), [("double", 2), ("delete", 0), ("alter", 1)])
def test_the_book_can_be_falsified(tmp_path: Path, ear: Ear, do: str, total: int) -> None:
    with cards(tmp_path / "box", ear) as box:
        pay(box, "visa")
        kind = "stripe.balance_transaction"
        [row] = box.state(kind)
        wrong = {"type": kind, "id": row["id"], "do": do, "change": {"amount": 1999}}
        box.order("POST", "books", wrong)
        headers = {"authorization": f"Bearer {box.stripe_key}"}
        listed = box.web.get(f"{box.stripe}/v1/balance_transactions", headers=headers).json()
        assert len(listed["data"]) == total
        assert all(row["amount"] == 1999 for row in listed["data"]) is (do != "double")
