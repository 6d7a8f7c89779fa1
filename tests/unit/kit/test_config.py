"""Settings: what is wrong is named with its remedy, and no secret is ever said."""

import os
from pathlib import Path

import pytest

from quid.entrypoints.local import plan
from quid.kit import config
from quid.kit.config import BadSettings

SEED, CURSOR, KEK, SEAL = "5eed" * 16, "c0de" * 16, "cafe" * 16, "5ea1" * 16


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in config.Core.model_fields:
        monkeypatch.delenv(f"QUID_{name.upper()}", raising=False)
    monkeypatch.setenv("QUID_DATABASE_URL", "postgresql://quid:hunter2@/quid")
    monkeypatch.setenv("QUID_VALKEY_URL", "unix:///nowhere")
    monkeypatch.setenv("QUID_HOME", str(tmp_path))
    write(tmp_path)


def write(home: Path, **changed: str) -> None:
    keys = {"token_seed": SEED, "cursor_key": CURSOR, "field_kek": KEK, "seal_seed": SEAL} | changed
    (home / "secrets.toml").write_text("".join(f'{k} = "{v}"\n' for k, v in keys.items()))


def refused() -> str:
    with pytest.raises(BadSettings) as bad:
        config.load()
    said = str(bad.value)
    assert not [s for s in (SEED, CURSOR, KEK, SEAL, "hunter2") if s in said], said
    assert bad.value.__cause__ is None or "Error" in type(bad.value.__cause__).__name__
    return said


def test_settings_are_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUID_LANES", "3")
    core, secrets = config.load()
    assert (core.home, core.lanes, core.port, core.profile) == (tmp_path, 3, 8080, "local")
    assert secrets.token_seed.get_secret_value() == SEED
    assert SEED not in repr(secrets)
    assert CURSOR not in str(secrets)


def test_the_secrets_file_may_stand_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.toml").rename(tmp_path / "keys.toml")
    assert "QUID_SECRETS_FILE: cannot read" in refused()
    monkeypatch.setenv("QUID_SECRETS_FILE", str(tmp_path / "keys.toml"))
    assert config.load()[1].cursor_key.get_secret_value() == CURSOR


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QUID_DATABASE_URL", None, "QUID_DATABASE_URL: Field required (postgresql:// address"),
        ("QUID_PORT", "http", "QUID_PORT: Input should be a valid integer"),
        ("QUID_PORT", "70000", "QUID_PORT: Input should be less than or equal to 65535"),
        ("QUID_PROFILE", "test", "QUID_PROFILE: Input should be 'local' or 'production'"),
        ("QUID_RATE_LIMIT_PER_MINUTE", "0", "QUID_RATE_LIMIT_PER_MINUTE"),
        ("QUID_BATCH_MAX", "201", "QUID_BATCH_MAX"),
    ],
)
def test_a_bad_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, said: str
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    assert said in refused()


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("postgresql://quid@/quid?host=/run/quid", True),
        ("postgresql://quid:a,b@db:5432/quid", True),
        ("postgresql:///quid", True),
        ("postgresql://quid@one,two/quid", False),
        ("postgresql://quid@one:5432,two:5433/quid", False),
        ("postgresql://quid@/quid?host=one,two", False),
        ("postgresql://quid@/quid?host=one&host=two", False),
    ],
)
def test_one_address_is_one_host(monkeypatch: pytest.MonkeyPatch, url: str, is_one: bool) -> None:
    monkeypatch.setenv("QUID_DATABASE_URL", url)
    if is_one:
        assert config.load()[0].database_url == url
    else:
        assert "QUID_DATABASE_URL names several hosts" in refused()


@pytest.mark.parametrize(
    ("origin", "said", "is_demo"),
    [
        (None, None, True),
        (None, "0", False),
        ("https://pay.example.org", None, False),
        ("https://pay.example.org", "1", True),
    ],
)
def test_a_house_that_the_world_reaches_is_no_demo_unless_it_says_so(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, said: str | None, is_demo: bool
) -> None:
    """Anybody may be anybody in a demo."""
    for name, value in (("QUID_PUBLIC_ORIGIN", origin), ("QUID_DEMO", said)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert config.load()[0].demo is is_demo
    assert plan.is_demo(os.environ) is is_demo


def test_a_missing_key_is_named_and_the_other_is_not_told(tmp_path: Path) -> None:
    # Once the text of the error carried the whole file, and so the seed of all tokens.
    (tmp_path / "secrets.toml").write_text(f'token_seed = "{SEED}"\n')
    said = refused()
    assert f"{tmp_path}/secrets.toml: cursor_key: Field required" in said
    assert "key of cursor signatures" in said


@pytest.mark.parametrize("text", [f"token_seed = {SEED}", "= 1", "\x00"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.toml").write_text(text)
    assert f"{tmp_path}/secrets.toml is not TOML" in refused()
    (tmp_path / "secrets.toml").write_bytes(b"\xff\xfe")
    assert "is not TOML" in refused()


def test_production_refuses_what_is_for_development(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUID_PROFILE", "production")
    assert "QUID_DEMO=0" in refused()
    monkeypatch.setenv("QUID_DEMO", "0")
    monkeypatch.setenv("QUID_ALLOW_UNSAFE_DATABASE", "1")
    assert "QUID_ALLOW_UNSAFE_DATABASE" in refused()
    monkeypatch.delenv("QUID_ALLOW_UNSAFE_DATABASE")
    for origin in ("", "http://pay.example.org"):
        monkeypatch.setenv("QUID_PUBLIC_ORIGIN", origin)
        assert "QUID_PUBLIC_ORIGIN: name the https:// origin" in refused()
    monkeypatch.setenv("QUID_PUBLIC_ORIGIN", "https://pay.example.org/path")
    assert "QUID_PUBLIC_ORIGIN: String should match" in refused()
    monkeypatch.setenv("QUID_PUBLIC_ORIGIN", "https://pay.example.org")
    for name in ("token_seed", "cursor_key", "field_kek", "seal_seed", "vapid_key"):
        write(tmp_path, **{name: "dev_1"})
        assert f"{name} is a development key: make a new one" in refused()
    write(tmp_path)
    assert config.load()[0].profile == "production"
