"""Whatever is asked for and however time goes by: every course is a legal one, the book agrees."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quid_sandbox.core.calls import RefusedError
from quid_sandbox.core.clock import MANUAL, Clock
from quid_sandbox.core.engine import Engine
from quid_sandbox.core.store import Store
from quid_sandbox.core.world import Keys, World
from quid_sandbox.plaid.face import PATHS, PlaidFace
from quid_sandbox.plaid.life import NEXT
from quid_sandbox.plaid.transfers import Lost
from quid_sandbox.plaid.wire import Ask
from tests.support.bank import BANK

START = datetime(2026, 3, 6, 14, tzinfo=UTC)
FLOAT = 100_000
ACCOUNTS = ["Plaid Checking", "Returns Checking", "RTP Rejected Checking", "RTP Timeout Checking"]
AMOUNTS = ["0.01", "10.02", "29.04", "7001.01", "7010.02", "7029.03", "7010.30", "12.34"]
WAYS = [("debit", "ach"), ("debit", "same-day-ach"), ("credit", "ach"), ("credit", "rtp")]


class Bank:
    """The face without its doors: a store, the engine, a clock by hand."""

    def __init__(self, folder: Path, pace: float | None) -> None:
        clock = Clock(rate=MANUAL, at=START)
        urls = {"plaid": "http://bank.test"}
        self.world = World(home=folder, clock=clock, keys=Keys.fresh(), pace=pace, urls=urls)
        self.store = Store(folder / "s.sqlite", "seed")
        face = PlaidFace()
        with self.store.transaction() as tx:
            face.seed(tx, self.world, START)
        self.engine = Engine(self.store, self.world, faces={"plaid": face}, committed=lambda: None)
        made = self.ask(
            "/sandbox/public_token/create",
            institution_id=BANK,
            initial_products=["transfer"],
            options={"override_username": "user_ana"},
        )
        item = self.ask("/item/public_token/exchange", public_token=made["public_token"])
        self.token = item["access_token"]
        accounts = self.ask("/accounts/get", access_token=self.token)["accounts"]
        self.accounts = {account["name"]: account["account_id"] for account in accounts}

    def ask(self, path: str, **body: object) -> Any:
        """Run a handler in a transaction."""
        with self.store.transaction() as tx:
            done = PATHS[path](Ask(body, tx, self.world.clock.now(), self.world))
        return done.body if isinstance(done, Lost) else done

    def move(self, number: int, account: str, amount: str, way: tuple[str, str]) -> None:
        """Authorize and, if that is granted, create, twice."""
        account_id = self.accounts[account]
        asked = {"access_token": self.token, "account_id": account_id}
        decided = self.ask(
            "/transfer/authorization/create",
            type=way[0],
            network=way[1],
            amount=amount,
            ach_class="web",
            user={"legal_name": "Ana"},
            idempotency_key=str(number),
            **asked,
        )["authorization"]
        for _ in range(2 if decided["decision"] == "approved" else 0):
            self.ask(
                "/transfer/create", authorization_id=decided["id"], description="Quid", **asked
            )

    def advance(self, hours: int) -> None:
        """Let time go by."""
        until = self.world.clock.now() + timedelta(hours=hours)
        asyncio.run(self.engine.catch_up(until))
        self.world.clock.set(until)

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """All objects of a type."""
        with self.store.transaction() as tx:
            return tx.all(kind)


def cents(row: dict[str, Any]) -> int:
    return int(row["amount"].replace(".", ""))


def check(bank: Bank) -> None:
    """The book is the sum of how the transfers stand, and each got there by legal steps."""
    (held,) = bank.rows("ledger") or [{"available": 0, "pending": 0}]
    sweeps = bank.rows("sweep")
    available = FLOAT if sweeps[0]["status"] == "funds_available" else 0
    pending = FLOAT - available
    dead = {"failed", "returned", "cancelled"}
    transfers = bank.rows("transfer")
    for row in transfers:
        if row["type"] == "credit":
            available -= 0 if row["status"] in dead else cents(row)
        elif row["status"] == "funds_available":
            available += cents(row)
        elif row["status"] == "settled":
            pending += cents(row)
    assert (held["available"], held["pending"]) == (available, pending)
    events = bank.rows("transfer_event")
    numbers = [event["event_id"] for event in events]
    assert numbers == sorted(set(numbers))
    for row in transfers:
        course = [e["event_type"] for e in events if e["transfer_id"] == row["id"]]
        assert course[0] == "pending"
        assert all(b in NEXT[a] for a, b in pairwise(course)), course
        assert course[-1] == row["status"]
    last = bank.rows("ledger_event")[-1]
    assert last["available_balance"].replace(".", "").lstrip("0") == str(available or "")


STEPS = st.one_of(
    st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(AMOUNTS), st.sampled_from(WAYS)),
    st.integers(1, 300),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, max_size=12), st.sampled_from([None, 5.0]))
def test_every_course_is_legal_and_the_book_agrees(
    steps: list[tuple[str, str, tuple[str, str]] | int], pace: float | None
) -> None:
    with TemporaryDirectory() as folder:
        bank = Bank(Path(folder), pace)
        bank.ask(
            "/transfer/ledger/deposit", amount="1000.00", network="ach", idempotency_key="float"
        )
        for number, step in enumerate(steps):
            match step:
                case int():
                    bank.advance(step)
                case account, amount, way:
                    with suppress(RefusedError):
                        bank.move(number, account, amount, way)
            check(bank)
        bank.advance(24 * 90)
        check(bank)
        with bank.store.transaction() as tx:
            assert tx.query("SELECT count(*) FROM timer") == [(0,)]
        bank.store.close()
