"""Settings that every process shares. Read once at start, from `QUID_*` and one secrets file.

Slices have their own class in `settings`; wiring composes them.
"""

import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, Field, HttpUrl, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class BadSettings(ValueError):  # noqa: N818 - it names the settings that are bad
    """The process cannot start with these settings; the text names the key and the remedy."""


def is_demo_by_default(public_origin: str) -> bool:
    """Tell whether a house that says nothing of it is a demo: where this machine alone reaches it,
    since anybody may be anybody there.
    """
    return not public_origin


class Core(BaseSettings):
    """What a process needs before it knows any slice."""

    model_config = SettingsConfigDict(env_prefix="QUID_", extra="ignore", frozen=True)

    database_url: str = Field(description="postgresql:// address of PostgreSQL 16 or later")
    valkey_url: str = Field(description="unix:// or redis:// address of Valkey or Redis >= 7.2")
    home: Path = Field(default=Path(".local"), description="folder of mailbox, logs and secrets")
    port: int = Field(default=8080, ge=1, le=65535, description="port of the API on loopback")
    host: str = Field(default="127.0.0.1", description="address the API listens on")
    profile: Literal["local", "production"] = "local"
    rate_limit_per_minute: int = Field(
        default=100,
        ge=1,
        description="acts a person a minute; reads six times, an address that signs in a quarter",
    )
    public_origin: str = Field(
        default="",
        pattern=r"^(https?://[a-z0-9.:\[\]-]+)?$",
        description="where browsers reach it, like https://pay.example.org; no path",
    )
    demo: bool = Field(
        default_factory=lambda read: is_demo_by_default(read.get("public_origin", "")),
        description="demo people whom one is by one press, gift at sign-up, live page, mailbox",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=8,
        description="proxies in front that each add to X-Forwarded-For; 0 = none is believed",
    )
    api_workers: int = Field(
        default=0,
        ge=0,
        le=64,
        description="processes; 0 = one for two cores, the database needs the rest",
    )
    lanes: int = Field(default=2, ge=1, le=16, description="batch lanes of each API process")
    batch_max: int = Field(default=100, ge=1, le=200, description="payments in one batch at most")
    queue_max: int = Field(default=2000, ge=1, description="payments that may wait in a process")
    secrets_file: Path | None = Field(default=None, description="TOML file with the keys")
    page_mail: str = Field(
        default="oncall@quid.localhost", description="who is mailed when the books differ"
    )
    page_webhook: HttpUrl | None = Field(
        default=None, description="address that is sent the same as JSON, to wake somebody"
    )
    web_dist: Path | None = Field(
        default=None, description="folder of the web app as built; unset = where it is usually"
    )
    allow_unsafe_database: bool = Field(
        default=False, description="tests only: a database that may forget what it acknowledged"
    )

    @property
    def origin(self) -> str:
        """Where browsers reach it: on this machine by the one name of it that passkeys know."""
        return self.public_origin or f"http://localhost:{self.port}"


class KekSettings(BaseSettings):
    """Where the key around the data keys is kept."""

    model_config = SettingsConfigDict(env_prefix="QUID_KEK_", extra="ignore", frozen=True)

    provider: Literal["local", "aws-kms", "vault"] = "local"
    key: str = Field(default="", description="id or ARN at AWS KMS, name of the key in Vault")
    url: str = Field(default="", description="address of Vault; of KMS where it is not AWS's own")
    region: str = Field(default="", description="region of KMS, where the environment has none")
    mount: str = Field(default="transit", description="where Vault's transit engine is mounted")
    token: SecretStr = Field(default=SecretStr(""), description="token for Vault")


class Secrets(BaseModel):
    """Keys of this installation. Never logged: every value is a SecretStr."""

    token_seed: SecretStr = Field(description="seed of the Ed25519 key of tokens, 64 hex digits")
    cursor_key: SecretStr = Field(description="key of cursor signatures, 64 hex digits")
    field_kek: SecretStr | None = Field(
        default=None, description="key around the keys of sealed fields, 64 hex digits"
    )
    field_kek_old: SecretStr | None = Field(
        default=None, description="the one before, until `quid secrets rotate` has run"
    )
    seal_seed: SecretStr = Field(description="seed of the Ed25519 key of day seals, 64 hex digits")
    vapid_key: SecretStr | None = Field(
        default=None, description="seed of the key by which browsers know us, 64 hex digits"
    )
    demo_password: SecretStr | None = Field(default=None, description="of every demo person")
    providers: dict[str, SecretStr] = Field(
        default_factory=dict, description="keys at banks and cards, where the environment has none"
    )
    channels: dict[str, SecretStr] = Field(
        default_factory=dict, description="keys of mail and push, where the environment has none"
    )


def load() -> tuple[Core, Secrets]:
    """Read the environment and the secrets file.

    Raises: BadSettings naming the key and what to do.
    """
    try:
        core = Core()  # type: ignore[call-arg]  # the values come from the environment
    except ValidationError as e:
        raise _bad(Core, e, where="QUID_") from None
    if len(_hosts(core.database_url)) > 1:
        raise BadSettings(
            "QUID_DATABASE_URL names several hosts: a frozen primary would hold its clients for "
            "minutes. Give one address, of a proxy that checks who is primary."
        )
    path = core.secrets_file or core.home / "secrets.toml"
    try:
        secrets = Secrets.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as e:
        raise BadSettings(f"QUID_SECRETS_FILE: cannot read {path}: {e.strerror}") from e
    except ValidationError as e:
        raise _bad(Secrets, e, where=f"{path}: ") from None
    except ValueError as e:
        raise BadSettings(f"QUID_SECRETS_FILE: {path} is not TOML: {e}") from None
    if core.profile == "production":
        refuse_development(core, secrets)
    return core, secrets


def _hosts(url: str) -> list[str]:
    parts = urlsplit(url)
    named = [parts.netloc.rpartition("@")[2], *parse_qs(parts.query).get("host", [])]
    return [host for name in named for host in name.split(",") if host]


def _bad(model: type[BaseModel], error: ValidationError, *, where: str) -> BadSettings:
    """Name each key, what is wrong and what it is for; never a value, which may be a secret."""
    said = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        name = str(fault["loc"][0])
        shown = name.upper() if where == "QUID_" else name
        said.append(f"{where}{shown}: {fault['msg']} ({model.model_fields[name].description})")
    return BadSettings("; ".join(said))


def refuse_development(core: Core, secrets: Secrets) -> None:
    """Stop a production start that carries development parts. Raises: BadSettings."""
    if core.demo:
        raise BadSettings("QUID_DEMO=1 hands out test money: set QUID_DEMO=0 in production")
    if core.allow_unsafe_database:
        raise BadSettings("QUID_ALLOW_UNSAFE_DATABASE is for tests: unset it in production")
    if not core.public_origin.startswith("https://"):
        raise BadSettings(
            "QUID_PUBLIC_ORIGIN: name the https:// origin of browsers; cookies are bound to it"
        )
    for name in ("token_seed", "cursor_key", "field_kek", "seal_seed", "vapid_key"):
        secret = getattr(secrets, name)
        if secret is not None and secret.get_secret_value().startswith("dev_"):
            raise BadSettings(f"{name} is a development key: make a new one for production")
