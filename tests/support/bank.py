"""A linked bank account in the sandbox, and transfers from and to it."""

from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from tests.support.sandbox import Sandbox

_KEYS: Final = count(1)
BANK: Final = "ins_109508"


@dataclass(frozen=True)
class Linked:
    """An item and its accounts by name."""

    box: Sandbox
    token: str
    accounts: dict[str, str]

    def authorize(self, amount: str, account: str = "Plaid Checking", **how: object) -> Any:
        """Ask for a decision."""
        asked: dict[str, object] = {
            "access_token": self.token,
            "account_id": self.accounts[account],
            "type": "debit",
            "network": "ach",
            "amount": amount,
            "ach_class": "web",
            "user": {"legal_name": "Ana Lopez"},
            "idempotency_key": f"key{next(_KEYS)}",
        }
        answer = self.box.get("/transfer/authorization/create", **(asked | how))
        return answer["authorization"]

    def create(self, authorization: Any, **how: object) -> Any:
        """Move what was authorized."""
        proposed = authorization["proposed_transfer"]
        asked: dict[str, object] = {
            "access_token": self.token,
            "account_id": proposed["account_id"],
            "authorization_id": authorization["id"],
            "description": "Quid",
        }
        return self.box.get("/transfer/create", **(asked | how))["transfer"]

    def move(self, amount: str, account: str = "Plaid Checking", **how: object) -> Any:
        """Authorize and move."""
        decided = self.authorize(amount, account, **how)
        assert decided["decision"] == "approved", decided
        return self.create(decided)

    def status(self, transfer: Any) -> str:
        """How a transfer stands."""
        found = self.box.get("/transfer/get", transfer_id=transfer["id"])["transfer"]
        return str(found["status"])

    def course(self, transfer: Any) -> list[str]:
        """The events of a transfer, in order."""
        asked = self.box.get("/transfer/event/sync", after_id=0, count=500)
        events = asked["transfer_events"]
        return [e["event_type"] for e in events if e["transfer_id"] == transfer["id"]]


def link(box: Sandbox, username: str = "user_ana_lopez") -> Linked:
    """Link a person's accounts without pages."""
    options = {"override_username": username, "override_password": "pass_good"}
    made = box.get(
        "/sandbox/public_token/create",
        institution_id=BANK,
        initial_products=["transfer"],
        options=options,
    )
    token = box.get("/item/public_token/exchange", public_token=made["public_token"])
    accounts = box.get("/accounts/get", access_token=token["access_token"])["accounts"]
    return Linked(box, token["access_token"], {a["name"]: a["account_id"] for a in accounts})


def fund(box: Sandbox, amount: str) -> None:
    """Let the client have money at the provider, at once, by its calendar."""
    box.get("/transfer/ledger/deposit", amount=amount, network="ach", idempotency_key="float")
    box.advance(days=14)
