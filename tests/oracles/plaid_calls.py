"""Every call of ours, made by the official package `plaid-python`, unmodified.

Runs in an environment of its own: `python plaid_calls.py URL CLIENT_ID SECRET`. The package raises
when an answer lacks a field that it needs, has a null where none may be, or another type.
"""

import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import plaid
from plaid.api.plaid_api import PlaidApi
from plaid.model_utils import validate_and_convert_types

SECONDS = 20


class Bank:
    """The package's client; requests are built by its models, answers read by them."""

    def __init__(self, url: str, client_id: str, secret: str) -> None:
        settings = plaid.Configuration(host=url, api_key={"clientId": client_id, "secret": secret})
        settings.retries = False
        self.client = plaid.ApiClient(settings)
        self.api = PlaidApi(self.client)
        self.made: list[str] = []

    def ask(self, path: str, **body: object) -> Any:
        """Call the method of a path, with a request of the class that it takes."""
        name = path.strip("/").replace("/", "_")
        module = import_module(f"plaid.model.{name}_request")
        kind = next(
            value for key, value in vars(module).items() if key.lower() == module_class(name)
        )
        request = validate_and_convert_types(
            body, (kind,), ["body"], True, True, configuration=self.client.configuration
        )
        self.made.append(path)
        return getattr(self.api, name)(request, _request_timeout=SECONDS)

    def refused(self, path: str, code: str, **body: object) -> None:
        """Make a call that must be refused with this code."""
        try:
            self.ask(path, **body)
        except plaid.ApiException as e:
            assert f'"{code}"' in e.body.replace(" ", "") or code in e.body, e.body  # noqa: PT017 - no pytest here
        else:
            raise AssertionError(f"{path} was not refused")


def module_class(name: str) -> str:
    """The class of a module's request, in small letters."""
    return f"{name.replace('_', '')}request"


def link(bank: Bank) -> tuple[str, str]:
    """Link an item; give its token and its checking account."""
    made = bank.ask(
        "/link/token/create",
        client_name="Quid",
        language="en",
        country_codes=["US"],
        user={"client_user_id": "usr_1"},
        products=["auth", "transfer"],
        webhook="https://quid.test/v1/webhooks/plaid",
        hosted_link={"completion_redirect_uri": "https://quid.test/", "url_lifetime_seconds": 1800},
        auth={"automated_microdeposits_enabled": True, "same_day_microdeposits_enabled": True},
        account_filters={"depository": {"account_subtypes": ["checking", "savings"]}},
    )
    assert made["hosted_link_url"].startswith("http")
    assert bank.ask("/link/token/get", link_token=made["link_token"])["link_token"]
    public = bank.ask(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["auth", "transfer"],
    )["public_token"]
    token = bank.ask("/item/public_token/exchange", public_token=public)["access_token"]
    accounts = bank.ask("/accounts/get", access_token=token)["accounts"]
    return token, accounts[0]["account_id"]


def questions(bank: Bank, token: str, account: str) -> None:
    """Ask about the account."""
    one = {"access_token": token, "options": {"account_ids": [account]}}
    assert bank.ask("/accounts/balance/get", **one)["accounts"][0]["balances"]["available"] == 100
    assert len(bank.ask("/auth/get", **one)["numbers"]["ach"][0]["routing"]) == 9
    who = {"legal_name": "Alberta Bobbeth Charleson", "email_address": "a@quid.test"}
    match = bank.ask("/identity/match", access_token=token, user=who)
    assert match["accounts"][0]["legal_name"]["score"] > 70
    able = bank.ask("/transfer/capabilities/get", access_token=token, account_id=account)
    assert able["institution_supported_networks"]["rtp"]["credit"]
    item = bank.ask("/item/get", access_token=token)["item"]
    bank.ask("/institutions/get_by_id", institution_id=item["institution_id"], country_codes=["US"])


def authorize(bank: Bank, token: str, account: str, amount: str, key: str) -> Any:
    return bank.ask(
        "/transfer/authorization/create",
        access_token=token,
        account_id=account,
        type="debit",
        network="ach",
        amount=amount,
        ach_class="web",
        user={"legal_name": "Ana Lopez"},
        device={"ip_address": "203.0.113.7", "user_agent": "test"},
        idempotency_key=key,
    )["authorization"]


def transfers(bank: Bank, token: str, account: str) -> None:
    """Authorize, submit, look up, list, take steps, return, cancel."""
    verdict = authorize(bank, token, account, "13.68", "dep_1:auth")
    assert verdict["decision"].value == "approved"
    body = {
        "access_token": token,
        "account_id": account,
        "authorization_id": verdict["id"],
        "amount": "13.68",
        "description": "Quid",
        "metadata": {"op_id": "dep_1"},
    }
    made = bank.ask("/transfer/create", **body)["transfer"]
    assert bank.ask("/transfer/create", **body)["transfer"]["id"] == made["id"]
    assert bank.ask("/transfer/get", transfer_id=made["id"])["transfer"]["amount"] == "13.68"
    assert bank.ask("/transfer/get", authorization_id=verdict["id"])["transfer"]["id"] == made["id"]
    now = datetime.now(UTC)  # noqa: TID251 - a script of its own
    span = {"start_date": now - timedelta(days=1), "end_date": now + timedelta(days=1)}
    assert len(bank.ask("/transfer/list", **span, count=25, offset=0)["transfers"]) == 1
    for step in ("posted", "settled", "funds_available"):
        bank.ask("/sandbox/transfer/simulate", transfer_id=made["id"], event_type=step)
    returned = {"failure_code": "R01", "description": "Insufficient funds"}
    bank.ask(
        "/sandbox/transfer/simulate",
        transfer_id=made["id"],
        event_type="returned",
        failure_reason=returned,
    )
    events = bank.ask("/transfer/event/sync", after_id=0, count=25)
    kinds = [event["event_type"].value for event in events["transfer_events"]]
    assert kinds[-1] == "returned", kinds
    assert bank.ask("/transfer/event/list", count=25)["transfer_events"]
    bank.refused("/transfer/cancel", "TRANSFER_NOT_CANCELLABLE", transfer_id=made["id"])
    second = authorize(bank, token, account, "1.00", "dep_2:auth")
    other = {**body, "authorization_id": second["id"], "amount": "1.00"}
    bank.ask(
        "/transfer/cancel", transfer_id=bank.ask("/transfer/create", **other)["transfer"]["id"]
    )
    short = authorize(bank, token, account, "5000.00", "dep_3:auth")
    assert (short["decision"].value, short["decision_rationale"]["code"].value) == (
        *("declined", "NSF"),
    )


def treasury(bank: Bank) -> None:
    """Our balance there and its book."""
    assert bank.ask("/transfer/ledger/get")["balance"]["available"]
    assert bank.ask("/transfer/ledger/event/list", count=25)["ledger_events"]
    moved = {"amount": "50.00", "description": "float", "idempotency_key": "swp_1"}
    sweep = bank.ask("/transfer/ledger/deposit", **moved, network="ach")["sweep"]
    assert bank.ask("/transfer/sweep/get", sweep_id=sweep["id"])["sweep"]["amount"].endswith(
        "50.00"
    )
    over = {**moved, "amount": "9999999.00", "idempotency_key": "swp_2"}
    bank.refused("/transfer/ledger/withdraw", "INVALID_FIELD", **over, network="ach")


def ends(bank: Bank, token: str) -> None:
    """Typed numbers, a changed token, an item removed."""
    typed = bank.ask(
        "/transfer/migrate_account",
        account_number="1111222233330000",
        routing_number="021000021",
        account_type="checking",
    )
    verdict = authorize(bank, typed["access_token"], typed["account_id"], "1.00", "dep_4:auth")
    assert verdict["decision_rationale"]["code"].value == "MIGRATED_ACCOUNT_ITEM"
    fresh = bank.ask("/item/access_token/invalidate", access_token=token)["new_access_token"]
    bank.refused("/accounts/get", "INVALID_ACCESS_TOKEN", access_token=token)
    bank.ask("/sandbox/item/reset_login", access_token=fresh)
    bank.refused("/accounts/balance/get", "ITEM_LOGIN_REQUIRED", access_token=fresh)
    bank.ask("/item/remove", access_token=fresh)
    bank.refused(
        "/webhook_verification_key/get",
        "INVALID_FIELD",
        key_id="5d9f1bd2-0000-4000-8000-000000000000",
    )


def main() -> None:
    """Make all calls; a failure is an exception."""
    bank = Bank(*sys.argv[1:4])
    token, account = link(bank)
    questions(bank, token, account)
    transfers(bank, token, account)
    treasury(bank)
    ends(bank, token)
    sys.stdout.write(f"{len(set(bank.made))} calls")


if __name__ == "__main__":
    main()
