"""Start, stop and every sudden death: the system comes back by itself and leaves nothing behind."""

import os
import signal
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from quid.entrypoints.local import process, sockets
from quid.entrypoints.local.plan import answers
from tests.support.system import System, wait_for

SMALL = {"QUID_DEMO": "0", "QUID_API_WORKERS": "1"}
LONG = "a space, and so long that no socket could lie in it: " + "x" * 60


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system in a folder with an awkward name."""
    made = System(tmp_path_factory.mktemp("home") / LONG)
    made.start()
    yield made
    made.stop()


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_gone(system: System) -> bool:
    return not system.leftovers() and not system.home.is_owned()


def test_run_json_tells_everything_to_its_owner_alone(system: System) -> None:
    record = system.record()

    assert (system.path / "run.json").stat().st_mode & 0o777 == stat.S_IRUSR | stat.S_IWUSR
    assert (system.path / "secrets.toml").stat().st_mode & 0o077 == 0
    assert record.address == f"http://localhost:{record.port}"
    assert set(record.processes) == {"postgres", "valkey", "sandbox", "api", "worker"}
    assert set(record.sandbox) == {"plaid", "stripe", "control"}
    assert all(found.is_alive() for found in record.processes.values())
    assert str(record.demo["password"]) in (system.path / "secrets.toml").read_text()
    assert system.do("status").returncode == 0


def test_a_second_start_prints_the_address(system: System) -> None:
    again = system.do("up")

    assert again.returncode == 0
    assert system.record().address in again.stdout
    assert system.do("up", "--detach").returncode == 0


def test_two_systems_run_side_by_side(system: System, tmp_path: Path) -> None:
    other = System(tmp_path / "other", SMALL)
    other.start()
    try:
        assert other.record().port != system.record().port
        assert other.is_ready()
        assert system.is_ready()
        assert other.record().demo == {}
    finally:
        port = other.record().port
        other.stop()
    assert is_gone(other)
    assert not is_listening(port)
    assert system.is_ready()


@pytest.mark.parametrize("name", ["postgres", "valkey", "sandbox", "api", "worker"])
def test_a_killed_process_comes_back_alone(system: System, name: str) -> None:
    before = system.record()

    killed = system.kill(name)
    wait_for(system.is_ready)

    after = system.record()
    assert after.port == before.port
    assert not process.is_alive(killed, started=before.processes[name].started)
    for other in set(before.processes) - {name}:
        assert after.processes[other].pid == before.processes[other].pid


def test_a_killed_supervisor_takes_all_with_it_and_the_next_start_heals(system: System) -> None:
    before = system.record()
    os.kill(before.supervisor.pid, signal.SIGKILL)
    system.start()

    after = system.record()
    assert system.is_ready()
    assert not any(found.is_alive() for found in before.processes.values())
    assert after.demo == before.demo


def test_stop_leaves_nothing_and_the_data_is_found_again(system: System) -> None:
    identity = (system.path / "demo.done").read_text()
    record, place = system.record(), sockets.folder(system.home.path)

    system.stop()
    assert is_gone(system)
    assert not any(found.is_alive() for found in record.processes.values())
    assert not place.exists()
    assert system.home.read_run() is None
    assert not is_listening(record.port)
    assert system.do("status").returncode != 0
    assert system.do("stop").returncode == 0

    began = time.monotonic()
    system.start()
    took = time.monotonic() - began
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    assert took < 5 * max(1, load), "the budget of a second start, on a machine of its own"
    assert (system.path / "demo.done").read_text() == identity
    assert not (system.path / "logs" / "demo.log").read_text()
    assert system.record().demo == record.demo


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_within_15_seconds(tmp_path: Path, wish: signal.Signals) -> None:
    system = System(tmp_path / "home", SMALL)
    shown = system.foreground(tmp_path / "output")
    port = system.record().port

    shown.send_signal(wish)

    assert shown.wait(timeout=15) == 0
    assert is_gone(system)
    assert not is_listening(port)
    text = (tmp_path / "output").read_text()
    assert f"http://localhost:{port}" in text
    assert text.endswith("stopped\n")


def test_a_second_ctrl_c_kills(tmp_path: Path) -> None:
    system = System(tmp_path / "home", SMALL)
    shown = system.foreground(tmp_path / "output")
    worker = system.record().processes["worker"].pid
    os.kill(worker, signal.SIGSTOP)  # it will not hear that it should stop

    shown.send_signal(signal.SIGINT)
    wait_for(lambda: "stopping" in (tmp_path / "output").read_text())
    began = time.monotonic()
    shown.send_signal(signal.SIGINT)

    assert shown.wait(timeout=5) == 0
    assert time.monotonic() - began < 4
    assert is_gone(system)


def test_a_busy_port_that_was_asked_for_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        system = System(tmp_path / "home", {"QUID_PORT": str(port)})
        done = system.do("up", "--detach")

    assert done.returncode == 1
    assert f"port {port} (QUID_PORT) is in use" in done.stdout
    assert is_gone(system)
    assert not answers(port)
