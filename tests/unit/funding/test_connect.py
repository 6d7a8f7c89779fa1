"""Which settings make providers, and which stop the start with a word about the remedy."""

from typing import Any

import pytest
from pydantic import SecretStr

from quid.funding.adapters.connect import completed, connect
from quid.funding.settings import FundingSettings
from quid.kit.breaker import Board
from quid.kit.config import BadSettings

LIVE: dict[str, Any] = {
    "plaid_url": "https://production.plaid.com",
    "plaid_client_id": "client",
    "plaid_secret": "plaid-very-secret",
    "stripe_url": "https://api.stripe.com",
    "stripe_key": "sk_live_very_secret",
    "stripe_webhook_secrets": "whsec_one, whsec_two",
    "QUID_PROVIDERS_SANDBOX": False,
}


def settings(**other: Any) -> FundingSettings:
    return FundingSettings(**{**LIVE, **other})


async def test_live_settings_make_providers_with_their_own_page_hosts() -> None:
    made = connect(settings(), Board(), is_production=True)
    assert made is not None
    assert made.rails.hosts == {
        *("hosted.plaid.com", "secure.plaid.com"),
        *("checkout.stripe.com", "hooks.stripe.com"),
    }
    await made.close()


def test_without_addresses_there_are_no_providers() -> None:
    nothing = settings(plaid_url="", stripe_url="")
    assert connect(nothing, Board(), is_production=True) is None


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"QUID_PROVIDERS_SANDBOX": True}, "QUID_PROVIDERS_SANDBOX"),
        ({"plaid_url": "https://sandbox.plaid.com"}, "QUID_PLAID_URL"),
        ({"plaid_url": "http://127.0.0.1:8001"}, "QUID_PLAID_URL"),
        ({"stripe_url": "http://localhost:8002"}, "QUID_STRIPE_URL"),
        ({"plaid_url": "https://SANDBOX.plaid.com"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://sandb%6fx.plaid.com"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://127.1"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://2130706433"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://0.0.0.0"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://[::ffff:127.0.0.1]"}, "QUID_PLAID_URL"),
        ({"stripe_url": "https://localhost."}, "QUID_STRIPE_URL"),
        ({"stripe_url": "https://localhost.localdomain"}, "QUID_STRIPE_URL"),
        ({"stripe_url": "https://stripe.localhost"}, "QUID_STRIPE_URL"),
        ({"stripe_url": "https://①27.0.0.1"}, "QUID_STRIPE_URL"),
        ({"stripe_key": " sk_test_x"}, "QUID_STRIPE_KEY"),
        ({"stripe_key": "sk_test_x"}, "QUID_STRIPE_KEY"),
        ({"stripe_key": "rk_test_x"}, "QUID_STRIPE_KEY"),
    ],
)
def test_production_refuses_what_is_not_real(other: dict[str, Any], named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        connect(settings(**other), Board(), is_production=True)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"stripe_url": ""}, "QUID_STRIPE_URL"),
        ({"plaid_client_id": ""}, "QUID_PLAID_CLIENT_ID"),
        ({"plaid_secret": ""}, "QUID_PLAID_SECRET"),
        ({"stripe_webhook_secrets": " , "}, "QUID_STRIPE_WEBHOOK_SECRETS"),
        ({"plaid_url": "http://plaid.test"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://plaid.test/v1"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://me@plaid.test"}, "QUID_PLAID_URL"),
        ({"plaid_url": "https://plaid.test#x"}, "QUID_PLAID_URL"),
        ({"stripe_url": "ftp://stripe.test"}, "QUID_STRIPE_URL"),
        ({"stripe_url": "nonsense"}, "QUID_STRIPE_URL"),
        ({"stripe_key": "sk\nlive"}, "QUID_STRIPE_KEY"),
    ],
)
def test_half_of_it_is_refused_everywhere_and_no_secret_is_said(
    other: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadSettings, match=named) as refused:
        connect(settings(**other), Board(), is_production=False)
    assert "very" not in str(refused.value)


def test_the_secrets_file_gives_what_the_environment_does_not() -> None:
    own = FundingSettings(plaid_secret=SecretStr("of the environment"))
    kept = {
        "plaid_secret": SecretStr("of the file"),
        "plaid_client_id": SecretStr("client of the file"),
    }
    whole = completed(own, kept)
    assert whole.plaid_secret.get_secret_value() == "of the environment"
    assert whole.plaid_client_id == "client of the file"
    with pytest.raises(BadSettings, match="paypal"):
        completed(own, {"paypal": SecretStr("x")})


async def test_nothing_shows_its_keys() -> None:
    made = connect(settings(), Board(), is_production=True)
    assert "very" not in repr(made)
    assert "very" not in repr(settings())
    assert made is not None
    await made.close()
