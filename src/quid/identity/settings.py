"""Settings of this slice."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IdentitySettings(BaseSettings):
    """The cost of a password check. Raising it re-hashes each password at its next sign-in."""

    model_config = SettingsConfigDict(env_prefix="QUID_", extra="ignore", frozen=True)

    argon2_memory_kib: int = Field(
        default=19_456, ge=8, le=1_048_576, description="memory of one Argon2id check, in KiB"
    )
    argon2_time_cost: int = Field(
        default=2, ge=1, le=100, description="passes of one Argon2id check over that memory"
    )
