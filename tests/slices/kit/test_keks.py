"""One contract for all keepers of the wrapping key: a file, AWS KMS, Vault."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from quid.kit import db, fields
from quid.kit.config import BadSettings, KekSettings
from quid.kit.crypto import Secret
from quid.kit.keks import (
    AwsKek,
    FieldUnreadable,
    KekAway,
    KekProvider,
    Keyring,
    LocalKek,
    VaultKek,
    keyring,
)
from tests.slices.kit.test_fields import HOME
from tests.support import keepers

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = b"d" * 32


@pytest.fixture(scope="module")
def addresses() -> Iterator[tuple[str, str]]:
    with pytest.MonkeyPatch.context() as patch, keepers.kms() as aws, keepers.vault() as vault:
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield aws, vault


def new_key(url: str) -> str:
    """Make a key at KMS."""
    import boto3  # noqa: PLC0415 - slow to import, and this module alone needs it

    client = boto3.client("kms", endpoint_url=url, region_name="us-east-1")
    key_id: str = client.create_key()["KeyMetadata"]["KeyId"]
    return key_id


@pytest.fixture(params=["local", "aws-kms", "vault"])
def pair(request: pytest.FixtureRequest, addresses: tuple[str, str]) -> list[KekProvider]:
    """Two keys of one keeper."""
    aws, vault = addresses
    match request.param:
        case "local":
            return [LocalKek(os.urandom(32)) for _ in range(2)]
        case "aws-kms":
            return [AwsKek(new_key(aws), aws, "us-east-1") for _ in range(2)]
        case _:
            token = Secret(keepers.TOKEN)
            return [VaultKek(vault, f"quid-{os.urandom(4).hex()}", token) for _ in range(2)]


async def test_what_was_wrapped_opens_with_its_key_and_context_alone(
    pair: list[KekProvider],
) -> None:
    kek, other = pair
    assert kek.name != other.name
    wrapped = await kek.wrap(KEY, context=b"quid data key: fields")
    assert KEY not in wrapped
    assert await kek.unwrap(wrapped, context=b"quid data key: fields") == KEY
    with pytest.raises(FieldUnreadable):
        await kek.unwrap(wrapped, context=b"quid data key: index")
    with pytest.raises((FieldUnreadable, KekAway)):  # KMS says no more than that it may not
        await other.unwrap(wrapped, context=b"quid data key: fields")
    changed = wrapped[:-3] + b"AA="
    with pytest.raises((FieldUnreadable, KekAway)):
        await kek.unwrap(changed, context=b"quid data key: fields")


async def test_an_installation_moves_to_it_and_away_again(
    pair: list[KekProvider], database: db.Database
) -> None:
    file = LocalKek(b"f" * 32)
    sealed = (await fields.load(database, Keyring(file), now=NOW)).seal(HOME, "x")
    for ring in (
        Keyring(pair[0], (file,)),
        Keyring(pair[1], (pair[0],)),
        Keyring(file, (pair[1],)),
    ):
        await fields.rewrap(database, ring, now=NOW)
        alone = await fields.load(database, Keyring(ring.present), now=NOW)
        assert alone.open(HOME, sealed) == "x"


async def test_a_keeper_that_is_away_is_told_without_its_secrets(
    addresses: tuple[str, str],
) -> None:
    aws, vault = addresses
    away: list[KekProvider] = [
        AwsKek("no-such-key", aws, "us-east-1"),
        AwsKek("no-such-key", "http://127.0.0.1:9", "us-east-1"),
        VaultKek(vault, "quid", Secret("wrong")),
        VaultKek("http://127.0.0.1:9", "quid", Secret("s3cret")),
        VaultKek(vault, "quid", Secret(keepers.TOKEN), mount="elsewhere"),
    ]
    for kek in away:
        with pytest.raises(KekAway) as caught:
            await kek.wrap(KEY, context=b"c")
        assert "s3cret" not in f"{caught.value} {kek!r}"


def test_settings_name_the_keeper_and_what_it_lacks() -> None:
    token = SecretStr("t")
    made = keyring(
        KekSettings(provider="vault", key="k", url="https://v", token=token),
        local=b"f" * 32,
        old=None,
    )
    assert (made.present.name, len(made.older)) == ("vault:transit/k", 1)
    aws = keyring(KekSettings(provider="aws-kms", key="arn"), local=None, old=None)
    assert (aws.present.name, aws.older) == ("aws-kms:arn", ())
    for settings, lacks in (
        (KekSettings(provider="aws-kms"), "QUID_KEK_KEY"),
        (KekSettings(provider="vault", key="k", token=token), "QUID_KEK_URL"),
        (KekSettings(provider="vault", key="k", url="https://v"), "QUID_KEK_TOKEN"),
        (KekSettings(provider="vault", key="k", url="http://v", token=token), "use https"),
        (KekSettings(provider="aws-kms", key="k", url="http://kms"), "use https"),
        (KekSettings(), "field_kek"),
    ):
        with pytest.raises(BadSettings, match=lacks):
            keyring(settings, local=None, old=None)
