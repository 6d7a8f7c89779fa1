"""What the contract suites do again and again: orders, pages, accounts by name."""

import re
from typing import Any

from quid.funding.ports import (
    BankAccount,
    CardOrder,
    Direction,
    LinkedItem,
    Network,
    Order,
    ProviderKey,
    Rails,
    SaveFinished,
)
from quid.funding.settings import FundingSettings
from tests.support.sandbox import Sandbox

BACK = "https://quid.test/funding/back"
HOOKS = "https://quid.test/v1/webhooks/plaid"


def settings_of(sandbox: Sandbox, **other: Any) -> FundingSettings:
    """What the wiring would read from the environment."""
    values: dict[str, Any] = {
        "plaid_url": sandbox.plaid,
        "plaid_client_id": sandbox.plaid_client_id,
        "plaid_secret": sandbox.plaid_secret,
        "stripe_url": sandbox.stripe,
        "stripe_key": sandbox.stripe_key,
        "stripe_webhook_secrets": sandbox.stripe_webhook_secret,
    }
    return FundingSettings(**{**values, **other})


def account(item: LinkedItem, name: str = "Plaid Checking") -> BankAccount:
    """The account of a name."""
    [found] = [one for one in item.accounts if one.name == name]
    return found


def order(
    item: LinkedItem,
    cents: int = 1_368,
    *,
    n: int = 1,
    direction: Direction = "pull",
    network: Network = "ach",
    name: str = "Plaid Checking",
    authorization_ref: str | None = None,
) -> Order:
    """A movement of so much, under an id and a key of its own."""
    return Order(
        op_id=f"dep_{n:026d}",
        key=ProviderKey(f"dep_{n:026d}:auth"),
        user_ref="usr_1",
        legal_name="Ana Lopez",
        cents=cents,
        direction=direction,
        network=network,
        token=item.token,
        account_ref=account(item, name).ref,
        statement="Quid deposit",
        ip="203.0.113.7",
        user_agent="test",
        authorization_ref=authorization_ref,
    )


def press(sandbox: Sandbox, url: str, **fields: str) -> str:
    """Send a form of a hosted page; where it leads, or the page that follows."""
    answer = sandbox.web.post(url, data=fields)
    if answer.is_redirect:
        return str(answer.headers["location"])
    assert answer.status_code == 200, answer.text
    return answer.text


def link_in(sandbox: Sandbox, url: str, **login: str) -> str:
    """Go through the pages of Link as a person with a good login does; where they lead."""
    person = {"username": "user_ana_lopez", "password": "pass_good", **login}
    first = press(sandbox, url, step="institution", institution="ins_109508")
    [session] = set(re.findall(r'name="session" value="([^"]+)"', first))
    press(sandbox, url, step="login", institution="ins_109508", session=session, **person)
    return press(sandbox, url, step="accounts", session=session, account0="1", account2="1")


def type_card(sandbox: Sandbox, url: str, number: str = "4242424242424242") -> str:
    """Type a published card into the page; where it leads."""
    return press(sandbox, url, number=number, expires="12/34", cvc="123", name="Ana Lopez")


async def save_card(
    rails: Rails, sandbox: Sandbox, number: str = "4242424242424242", *, n: int = 1
) -> Any:
    """Save a card through the page, and give it."""
    key = ProviderKey(f"ses_{n}:save")
    started = await rails.card.start_save("usr_1", BACK, customer_ref=None, key=key)
    type_card(sandbox, started.url, number)
    done: SaveFinished = await rails.card.finish_save(started.session_ref)
    assert done.card is not None
    return done.card


def card_order(card: Any, cents: int = 2_000, *, n: int = 1, step: str = "prepare") -> CardOrder:
    """A charge of so much, under a key of its step."""
    return CardOrder(
        op_id=f"op_{n:026d}",
        key=ProviderKey(f"op_{n:026d}:{step}"),
        cents=cents,
        customer_ref=card.customer_ref,
        method_ref=card.method_ref,
        statement="Quid",
        return_url=BACK,
    )
