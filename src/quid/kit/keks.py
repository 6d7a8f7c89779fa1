"""Keys that wrap data keys, and never stand in the database: of a file, of AWS KMS, of Vault.

Which one is a setting. Another one that still opens what it has wrapped may stand beside it until
`quid secrets rotate` has wrapped all anew.
"""

import asyncio
import base64
import binascii
import hashlib
import importlib
import os
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from quid.kit import http
from quid.kit.config import BadSettings, KekSettings
from quid.kit.crypto import Secret

_NONCE: Final = 12
_SECONDS: Final = 5.0
_FIRST: Final = "local"  # how the first releases named the key of the secrets file


class FieldUnreadable(ValueError):  # noqa: N818 - a state of stored bytes, told by what is wrong
    """A sealed field does not open: copied, changed, or sealed by what this process has not."""


class KekProvider(Protocol):
    """Keeps the key that wraps data keys. `context` must be the same at both ends."""

    @property
    def name(self) -> str:
        """Name the key, as `kit.data_key` records it."""

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key."""

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable where another key has wrapped it."""


@dataclass(frozen=True, slots=True)
class LocalKek:
    """The wrapping key of the secrets file. Its name tells it from the one before it."""

    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Name it by a hash that says nothing of the key."""
        return f"{_FIRST}:{hashlib.sha256(b'quid kek name' + self.key).hexdigest()[:8]}"

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCMSIV(self.key).encrypt(nonce, key, context)

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable."""
        try:
            return AESGCMSIV(self.key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], context)
        except (InvalidTag, ValueError) as e:
            raise FieldUnreadable("a data key was wrapped by another key") from e


class KekAway(Exception):  # noqa: N818 - a state of the world
    """The keeper of the wrapping key did not answer, or refused; nothing was changed."""


@dataclass(frozen=True, slots=True)
class AwsKek:
    """A key of AWS KMS. Who may use it is found as every AWS program finds it (role or keys).

    The context is sent as encryption context, which KMS binds and writes to its own log.
    Source: the API of KMS, actions Encrypt and Decrypt.
    """

    key_id: str
    url: str | None = None
    region: str | None = None

    @property
    def name(self) -> str:
        """Name it by its id."""
        return f"aws-kms:{self.key_id}"

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key. Raises: KekAway."""
        sealed: bytes = await self._call("encrypt", "CiphertextBlob", context, Plaintext=key)
        return sealed

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable, KekAway."""
        key: bytes = await self._call("decrypt", "Plaintext", context, CiphertextBlob=wrapped)
        return key

    async def _call(self, action: str, answer: str, context: bytes, **fields_: bytes) -> Any:  # noqa: ANN401 - the library is untyped
        return await asyncio.to_thread(self._call_now, action, answer, context, fields_)

    def _call_now(self, action: str, answer: str, context: bytes, given: dict[str, bytes]) -> Any:  # noqa: ANN401 - the library is untyped
        try:
            aws, errors = (importlib.import_module(n) for n in ("boto3", "botocore.exceptions"))
            limits = importlib.import_module("botocore.config").Config(
                connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"max_attempts": 2}
            )
        except ImportError as e:
            raise BadSettings("QUID_KEK_PROVIDER=aws-kms: install Quid with its extra aws") from e
        try:
            client = aws.client(
                "kms", endpoint_url=self.url, region_name=self.region, config=limits
            )
            bound = {"quid": context.decode()}
            return getattr(client, action)(KeyId=self.key_id, EncryptionContext=bound, **given)[
                answer
            ]
        except errors.ClientError as e:
            code = e.response["Error"]["Code"]
            if code in {"InvalidCiphertextException", "IncorrectKeyException"}:
                raise FieldUnreadable("a data key was wrapped by another key") from None
            raise KekAway(f"KMS: {code}") from None
        except errors.BotoCoreError as e:
            raise KekAway(f"KMS: {type(e).__name__}") from None


@dataclass(frozen=True, slots=True)
class VaultKek:
    """A key of Vault's transit engine. The context is sent as associated data.

    Source: the HTTP API of the transit engine, encrypt and decrypt.
    """

    url: str
    key: str
    token: Secret
    mount: str = "transit"

    @property
    def name(self) -> str:
        """Name it by its path."""
        return f"vault:{self.mount}/{self.key}"

    async def wrap(self, key: bytes, *, context: bytes) -> bytes:
        """Seal a data key. Raises: KekAway."""
        sealed = await self._call("encrypt", "ciphertext", context, plaintext=_b64(key))
        return sealed.encode()

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Open a data key. Raises: FieldUnreadable, KekAway."""
        text = wrapped.decode("ascii", "replace")
        opened = await self._call("decrypt", "plaintext", context, ciphertext=text)
        try:
            return base64.b64decode(opened, validate=True)
        except binascii.Error:
            raise FieldUnreadable("Vault gave no key") from None

    async def _call(self, action: str, answer: str, context: bytes, **body: str) -> str:
        client = http.Client(self.url)
        request = http.Request(
            "POST",
            "/v1/{mount}/{action}/{key}",
            _SECONDS,
            parts={"mount": self.mount, "action": action, "key": self.key},
            headers={"x-vault-token": self.token.reveal(), "content-type": "application/json"},
            content=msgspec.json.encode({**body, "associated_data": _b64(context)}),
        )
        try:
            got = await client.send(request)
        except (http.NotSent, http.NoAnswer) as e:
            raise KekAway(f"Vault: {e}") from None
        finally:
            await client.close()
        if got.status == 400 and action == "decrypt":
            raise FieldUnreadable("a data key was wrapped by another key")
        if got.status != 200:
            raise KekAway(f"Vault: status {got.status}")
        try:
            return msgspec.json.decode(got.content, type=_VaultAnswer).data[answer]
        except (msgspec.MsgspecError, KeyError):
            raise KekAway("Vault: an answer that cannot be read") from None


class _VaultAnswer(msgspec.Struct):
    data: dict[str, str]


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclass(frozen=True, slots=True)
class Keyring:
    """The wrapping key, and older ones that still open (a part of the runtime)."""

    present: KekProvider
    older: tuple[KekProvider, ...] = ()

    async def unwrap(self, wrapped: bytes, *, kek: str, context: bytes) -> bytes:
        """Open a data key with the one that wrapped it. Raises: FieldUnreadable."""
        for known in (self.present, *self.older):
            is_first = kek == _FIRST and isinstance(known, LocalKek)
            if kek != known.name and not is_first:
                continue
            try:
                return await known.unwrap(wrapped, context=context)
            except FieldUnreadable:
                if not is_first:
                    raise
        raise FieldUnreadable(f"a data key was wrapped by {kek}, which is not configured here")


def keyring(settings: KekSettings, *, local: bytes | None, old: bytes | None) -> Keyring:
    """Build the wrapping key that the settings name; local ones beside it still open.

    Raises: BadSettings.
    """
    files = [LocalKek(key) for key in (local, old) if key is not None]
    match settings.provider:
        case "local":
            if local is None:
                raise BadSettings("field_kek: the secrets file has none, and no other is set up")
            return Keyring(files[0], tuple(files[1:]))
        case "aws-kms":
            _require("QUID_KEK_KEY", settings.key)
            _require_closed(settings.url)
            made: KekProvider = AwsKek(settings.key, settings.url or None, settings.region or None)
        case "vault":
            _require("QUID_KEK_KEY", settings.key)
            _require("QUID_KEK_URL", settings.url)
            _require_closed(settings.url)
            token = Secret(settings.token.get_secret_value())
            _require("QUID_KEK_TOKEN", token.reveal())
            made = VaultKek(settings.url.rstrip("/"), settings.key, token, settings.mount)
    return Keyring(made, tuple(files))


def _require(name: str, value: str) -> None:
    if not value:
        raise BadSettings(f"{name}: not set, and QUID_KEK_PROVIDER needs it")


def _require_closed(url: str) -> None:
    """Make sure that data keys do not travel in the open: both sides write them out."""
    try:
        is_closed = not url or url.startswith("https://") or http.is_loopback(url)
    except ValueError:
        is_closed = False
    if not is_closed:
        raise BadSettings("QUID_KEK_URL: data keys would travel in the open; use https://")
