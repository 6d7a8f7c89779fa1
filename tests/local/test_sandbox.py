"""The sandbox of a local system: its keys stay, its ports are its own, others may replace it."""

import json
import subprocess
import sys
from pathlib import Path

from quid.entrypoints import wiring
from quid.entrypoints.local import sandbox
from quid.entrypoints.local.home import Home, write_private


def test_its_keys_stay_and_its_ports_are_its_own(tmp_path: Path) -> None:
    first = sandbox.make(Home(tmp_path), {})
    second = sandbox.make(Home(tmp_path), {})
    assert first is not None
    assert second is not None
    assert not set(first.numbers.values()) & set(second.numbers.values())
    assert first.environ()["QUID_PLAID_SECRET"] == second.environ()["QUID_PLAID_SECRET"]
    first.release()
    second.release()
    for name in ("keys.json", "environment.json"):
        assert (tmp_path / "sandbox" / name).stat().st_mode & 0o777 == 0o600


def test_who_names_other_providers_gets_no_sandbox(tmp_path: Path) -> None:
    for name in ("QUID_PLAID_URL", "QUID_STRIPE_URL"):
        assert sandbox.make(Home(tmp_path), {name: "https://bank.example"}) is None
    assert not (tmp_path / "sandbox").exists()


def test_a_command_finds_the_sandbox_of_the_running_system(tmp_path: Path) -> None:
    made = sandbox.make(Home(tmp_path), {})
    assert made is not None
    run = {"database_url": "d", "valkey_url": "v", "sandbox": made.urls}
    write_private(tmp_path / "run.json", json.dumps(run))
    environ = {"QUID_HOME": str(tmp_path)}
    wiring.adopt_running_system(environ)
    assert environ["QUID_PLAID_URL"] == made.urls["plaid"]
    own = {"QUID_HOME": str(tmp_path), "QUID_PLAID_URL": "https://bank.example"}
    wiring.adopt_running_system(own)
    assert own["QUID_PLAID_URL"] == "https://bank.example"
    assert "QUID_STRIPE_KEY" not in own
    made.release()


def test_the_command_becomes_the_sandbox(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "quid.entrypoints.cli", "sandbox", "--clock", "sometimes"],
        env={"QUID_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "quid_sandbox: error" in done.stderr
    assert "sometimes" in done.stderr
