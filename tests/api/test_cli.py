"""The operators' command line: what it prints, what it refuses, what its exit codes say."""

import json
from pathlib import Path

import pytest

from quid.entrypoints.cli import main
from quid.kit.money import read_minor
from tests.support.api import settings

FILL = ["demo", "--payments", "10"]
REFUSED = [
    (["pay", "ana", "ana", "1"], 2, "You cannot pay yourself"),
    (["pay", "ana", "nobody", "1"], 2, "nobody with the handle nobody"),
    (["pay", "finn", "ben", "1"], 1, "on hold"),
    (["pay", "ana", "ben", "0.001"], 2, "at most two decimals"),
    (["pay", "ana", "ben", "5000.01"], 2, "between $0.01 and $5,000"),
    (["pay", "ana", "ben", "5000"], 1, "Not enough to cover $5,000.00"),
    (["pay", "dot", "ben", "100.01"], 1, "You can send $100.00 more"),
    (["fund", "ana", "1000000.01"], 2, "between $0.01 and $1,000,000"),
    (["people", "freeze", "ben", "--reason", ""], 2, "reason"),
    (["people", "freeze", "ben", "--reason", "short"], 2, "reason: from 10 to 500 characters"),
    (["ledger", "explain", "nonsense"], 2, "is not an id"),
]


@pytest.fixture
def system(
    db_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """The environment of a command on a migrated, empty database in demo mode."""
    for name, value in settings(tmp_path, database_url=db_url, valkey_url=valkey_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QUID_DEMO", "1")
    with (tmp_path / "secrets.toml").open("a", encoding="utf-8") as secrets:
        secrets.write('demo_password = "dev_password_of_a_test"\n')
    return monkeypatch


@pytest.mark.usefixtures("system")
def test_demo_fills_once_and_the_books_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--seed", "3", "--payments", "40"]) == 0
    first = capsys.readouterr().out
    assert main(["demo", "--seed", "3", "--payments", "40"]) == 0
    assert capsys.readouterr().out == first, "a second fill repeats its answers and moves nothing"
    assert main(["reconcile", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["findings"] == []
    assert found["transfers"] > 100
    assert main(["ledger", "verify"]) == 0
    assert capsys.readouterr().out.startswith("Sound: ")


@pytest.mark.usefixtures("system")
def test_pay_again_with_its_key_says_already_sent_and_shows_the_books(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(FILL)
    capsys.readouterr()
    assert main(["pay", "ana", "ben", "13.68", "pizza", "--key", "k1"]) == 0
    first = capsys.readouterr().out
    assert first.startswith("Sent: $13.68 from @ana to @ben.")
    assert "DEBIT wallet" in first
    assert "lane " in first
    assert main(["pay", "ana", "ben", "13.68", "pizza", "--key", "k1"]) == 0
    again = capsys.readouterr().out
    assert again.startswith("Already sent: $13.68")
    assert again.split("\n", 1)[1] == first.split("\n", 1)[1]
    assert main(["pay", "ana", "ben", "13.69", "pizza", "--key", "k1"]) == 1
    assert "belongs to another request" in capsys.readouterr().out


@pytest.mark.usefixtures("system")
def test_a_refusal_has_its_words_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    main(FILL)
    capsys.readouterr()
    for words, code, said in REFUSED:
        assert main(words) == code, words
        found = capsys.readouterr()
        assert said in found.out + found.err, words
        assert "Traceback" not in found.err
    assert main(["reconcile"]) == 0


@pytest.mark.usefixtures("system")
def test_fund_is_once_for_its_key_and_freeze_holds_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(FILL)
    assert main(["fund", "cleo", "20", "--key", "f1"]) == 0
    assert main(["fund", "cleo", "20", "--key", "f1"]) == 0
    assert "Already funded: $20.00 to @cleo, who then had $120.00." in capsys.readouterr().out
    assert main(["people", "freeze", "cleo", "--scope", "send", "--reason", "only a test"]) == 0
    assert main(["pay", "cleo", "ben", "1"]) == 1
    unfreeze = ["people", "unfreeze", "cleo", "--scope", "send", "--reason", "done testing"]
    assert main(unfreeze) == 0
    assert main(["pay", "cleo", "ben", "1"]) == 0
    assert main(["people", "show", "cleo"]) == 0
    assert "balance $119.00" in capsys.readouterr().out


@pytest.mark.usefixtures("system")
def test_heads_kept_elsewhere_find_a_lane_that_is_not_the_one_of_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(FILL)
    heads = tmp_path / "heads"
    assert main(["ledger", "verify", "--export", str(heads)]) == 0
    assert main(["ledger", "verify", "--heads", str(heads)]) == 0
    lane, no, _, at = heads.read_text().splitlines()[0].split()
    heads.write_text(f"{lane} {no} {'00' * 32} {at}\n")
    assert main(["ledger", "verify", "--heads", str(heads)]) == 1
    assert f"lane {lane}, block {no}" in capsys.readouterr().out
    heads.write_text("nonsense\n")
    assert main(["ledger", "verify", "--heads", str(heads)]) == 2


def test_demo_data_outside_demo_mode_is_refused(
    system: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    system.setenv("QUID_DEMO", "0")
    assert main(["demo"]) == 2
    assert "QUID_DEMO=1" in capsys.readouterr().err


def test_without_a_system_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("QUID_DATABASE_URL", raising=False)
    monkeypatch.setenv("QUID_HOME", str(tmp_path))
    assert main(["reconcile"]) == 2
    assert capsys.readouterr().err.startswith("The system is not running: start it with ./dev run")


@pytest.mark.parametrize(
    ("text", "minor"),
    [("13.68", 1368), ("$1,300.05", 130_005), ("5", 500), ("0.5", 50), ("1234567.89", 123_456_789)],
)
def test_amounts_as_typed_are_read_exactly(text: str, minor: int) -> None:
    assert read_minor(text) == minor
