"""Settings of this slice."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SocialSettings(BaseSettings):
    """What the operator of a house decides about its feed."""

    model_config = SettingsConfigDict(env_prefix="QUID_", extra="ignore", frozen=True)

    public_feed: bool = Field(
        default=True, description="whether there is a feed of what everybody may see"
    )
