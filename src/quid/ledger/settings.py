"""Settings of this slice."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LedgerSettings(BaseSettings):
    """How long an item may stand on a clearing account before it is a finding.

    Banking days are counted as Monday to Friday: over a public holiday an item is told a day early.
    """

    model_config = SettingsConfigDict(env_prefix="QUID_LEDGER_", extra="ignore", frozen=True)

    term_rail_banking_days: int = Field(
        default=5, ge=1, le=90, description="rail_in, rail_pending, rail_out"
    )
    term_withdrawal_banking_days: int = Field(default=5, ge=1, le=90, description="payouts")
    term_incoming_days: int = Field(default=7, ge=1, le=90, description="incoming")
    term_suspense_days: int = Field(default=5, ge=1, le=90, description="suspense")
    term_case_days: int = Field(
        default=120, ge=1, le=365, description="chargeback_open and provisional"
    )
    term_transit_seconds: int = Field(default=60, ge=1, le=86_400, description="transit")
