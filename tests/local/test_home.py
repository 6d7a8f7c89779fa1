"""The home's keys: made once, never changed, completed where an older home has fewer."""

import tomllib
from pathlib import Path

from quid.entrypoints.local.home import Home

NAMES = {"token_seed", "cursor_key", "demo_password", "field_kek", "seal_seed", "vapid_key"}


def test_a_new_home_has_all_keys_and_keeps_them(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    first = home.secrets.read_text()
    assert set(tomllib.loads(first)) == NAMES
    assert home.secrets.stat().st_mode & 0o777 == 0o600
    home.make()
    assert home.secrets.read_text() == first


def test_an_older_home_gets_the_key_it_lacks_and_no_other(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secrets.write_text('# ours\ntoken_seed = "dev_1"\ncursor_key = "2"\ndemo_password = "3"')
    home.make()
    text = home.secrets.read_text()
    keys = tomllib.loads(text)
    assert text.startswith("# ours\n")
    assert (keys["token_seed"], keys["cursor_key"], keys["demo_password"]) == ("dev_1", "2", "3")
    assert keys["field_kek"].startswith("dev_")
    assert set(keys) == NAMES


def test_a_key_that_is_added_stands_before_the_tables(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.secrets.write_text('token_seed = "dev_1"\n\n[providers]\nplaid_secret = "[2]"\n')
    home.make()
    keys = tomllib.loads(home.secrets.read_text())
    assert set(keys) == NAMES | {"providers"}
    assert keys["providers"] == {"plaid_secret": "[2]"}
