"""The providers of an installation, built from its settings, or refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from quid.funding.adapters.calls import Wire
from quid.funding.adapters.plaid import (
    PlaidAccounts,
    PlaidBook,
    PlaidEvents,
    PlaidLinks,
    PlaidTransfers,
    PlaidWire,
)
from quid.funding.adapters.stripe import StripeBook, StripeCards, StripeEvents, StripeWire
from quid.funding.ports import Rails
from quid.funding.settings import FundingSettings
from quid.funding.types import Provider
from quid.kit.breaker import Board
from quid.kit.config import BadSettings
from quid.kit.crypto import Secret
from quid.kit.http import Client, is_loopback

KEYS: Final = ("plaid_client_id", "plaid_secret", "stripe_key", "stripe_webhook_secrets")
_TEST_KEYS: Final = ("sk_test_", "rk_test_")
# A name that somebody has registered: no number, no word of this machine, however it is written.
_REAL_HOST: Final = re.compile(r"(?!localhost\.)([a-z0-9-]+\.)+(?!localdomain|localhost)[a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Connected:
    """The providers and their connections."""

    rails: Rails
    plaid: PlaidWire
    stripe: StripeWire

    async def close(self) -> None:
        """Drop the connections."""
        await self.plaid.close()
        await self.stripe.close()


def completed(settings: FundingSettings, kept: Mapping[str, SecretStr]) -> FundingSettings:
    """Take from the secrets file the keys that the environment does not give.

    Raises: BadSettings for a name that is none of ours.
    """
    if unknown := set(kept) - set(KEYS):
        raise BadSettings(
            f"providers.{min(unknown)} in the secrets file: the names are {', '.join(KEYS)}"
        )
    missing = {
        name: kept[name].get_secret_value() if name == "plaid_client_id" else kept[name]
        for name in kept
        if name not in settings.model_fields_set
    }
    return settings.model_copy(update=missing)


def connect(settings: FundingSettings, board: Board, *, is_production: bool) -> Connected | None:
    """Build the providers; None where no address is set. Raises: BadSettings."""
    if not settings.plaid_url and not settings.stripe_url:
        return None
    _require(settings, is_production=is_production)
    plaid = PlaidWire(
        Wire("plaid", Client(settings.plaid_url), board),
        settings.plaid_url,
        client_id=settings.plaid_client_id,
        secret=Secret(settings.plaid_secret.get_secret_value()),
    )
    stripe = StripeWire(
        Wire("stripe", Client(settings.stripe_url), board),
        settings.stripe_url,
        key=Secret(settings.stripe_key.get_secret_value()),
    )
    rails = Rails(
        link=PlaidLinks(plaid),
        accounts=PlaidAccounts(plaid),
        ach=PlaidTransfers(plaid),
        card=StripeCards(stripe),
        events={
            Provider.PLAID: PlaidEvents(plaid),
            Provider.STRIPE: StripeEvents(stripe, _secrets(settings)),
        },
        treasury={Provider.PLAID: PlaidBook(plaid), Provider.STRIPE: StripeBook(stripe)},
        hosts=plaid.page_hosts | stripe.page_hosts,
    )
    return Connected(rails, plaid, stripe)


def _secrets(settings: FundingSettings) -> list[Secret]:
    text = settings.stripe_webhook_secrets.get_secret_value()
    return [Secret(part.strip()) for part in text.split(",") if part.strip()]


def _require(settings: FundingSettings, *, is_production: bool) -> None:
    """Stop a start with half of it, or with test hosts in production. Raises: BadSettings."""
    values = {
        "QUID_PLAID_URL": settings.plaid_url,
        "QUID_STRIPE_URL": settings.stripe_url,
        "QUID_PLAID_CLIENT_ID": settings.plaid_client_id,
        "QUID_PLAID_SECRET": settings.plaid_secret.get_secret_value(),
        "QUID_STRIPE_KEY": settings.stripe_key.get_secret_value(),
        "QUID_STRIPE_WEBHOOK_SECRETS": ",".join(s.reveal() for s in _secrets(settings)),
    }
    for name, value in values.items():
        if not value or not value.isascii() or not value.isprintable():
            raise BadSettings(f"{name}: banks and cards need all of {', '.join(values)}, or none")
    for name in ("QUID_PLAID_URL", "QUID_STRIPE_URL"):
        _require_address(name, values[name], is_production=is_production)
    if is_production and settings.is_sandbox:
        raise BadSettings(
            "QUID_PROVIDERS_SANDBOX=1 says that no money is real: set it to 0 in production"
        )
    if is_production and values["QUID_STRIPE_KEY"].strip().startswith(_TEST_KEYS):
        raise BadSettings("QUID_STRIPE_KEY is a test key: production needs a live one")


def _require_address(name: str, url: str, *, is_production: bool) -> None:
    try:
        parts = urlsplit(url)
        is_local = is_loopback(url)
        is_bare = parts.path in ("", "/") and parts.username is None
        is_bare &= not (parts.query or parts.fragment)
    except ValueError:
        raise BadSettings(f"{name} is no address") from None
    if not parts.hostname or not is_bare or parts.scheme not in ("https", "http"):
        raise BadSettings(f"{name}: write https:// and a host, no path")
    if parts.scheme == "http" and not is_local:
        raise BadSettings(f"{name}: keys would travel in the open; use https://")
    is_real = _REAL_HOST.fullmatch(parts.hostname) and "sandbox" not in parts.hostname
    if is_production and not is_real:
        raise BadSettings(f"{name} is a sandbox: production needs the real address")
