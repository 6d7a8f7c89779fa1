"""Settings of this slice."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class FundingSettings(BaseSettings):
    """Where the providers are, with which keys, and how money may move.

    Empty addresses mean that no provider is there: sources cannot be linked, balances still pay.
    """

    model_config = SettingsConfigDict(env_prefix="QUID_", extra="ignore", frozen=True)

    plaid_url: str = Field(default="", description="https:// address of Plaid, or of the sandbox")
    plaid_client_id: str = Field(default="", description="client id at Plaid")
    plaid_secret: SecretStr = Field(default=SecretStr(""), description="secret at Plaid")
    stripe_url: str = Field(default="", description="https:// address of Stripe, or the sandbox")
    stripe_key: SecretStr = Field(default=SecretStr(""), description="secret key at Stripe")
    stripe_webhook_secrets: SecretStr = Field(
        default=SecretStr(""), description="signing secrets of Stripe's webhooks, comma between"
    )
    is_sandbox: bool = Field(
        default=True,
        validation_alias="QUID_PROVIDERS_SANDBOX",
        description="the addresses are test hosts; production refuses to start with them",
    )
    withdrawal_instant_bps: int = Field(
        default=175, ge=0, le=1000, description="fee of an instant withdrawal, basis points"
    )
    card_bps: int = Field(default=300, ge=0, le=1000, description="fee of a card, basis points")
    owner_score_passing: int = Field(
        default=70, ge=0, le=100, description="from which match of names a bank's owner passes"
    )
    owner_score_review: int = Field(
        default=50, ge=0, le=100, description="from which match an operator may let it pass"
    )
    poll_seconds: float = Field(
        default=60.0, gt=0, le=600, description="how often events are pulled without a webhook"
    )
    advance_total_minor: int = Field(
        default=10_000_000, ge=0, description="all instant credit that may be out at once"
    )
