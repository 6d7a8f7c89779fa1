"""`up`, `stop` and `status` of the local system."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from quid.entrypoints import staff
from quid.entrypoints.local import home as homes
from quid.entrypoints.local import plan, ports, process, sockets, strays
from quid.entrypoints.local.errors import LocalError
from quid.entrypoints.local.home import Home, ProcessRecord, RunRecord
from quid.entrypoints.local.plan import Plan
from quid.entrypoints.local.process import Child
from quid.entrypoints.local.supervise import Supervisor

READY_SECONDS = 900
STOP_SECONDS = 20
STOP = "./dev stop" if (homes.CHECKOUT / "dev").exists() else "quid local stop"


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for."""

    action: Literal["up", "stop", "status"]
    detach: bool = False


def run(options: Options, environ: Mapping[str, str] = os.environ) -> int:
    """Carry out one command and return the exit status."""
    home = homes.find(environ)
    try:
        match options.action:
            case "up" if options.detach:
                return up_detached(home, environ)
            case "up":
                return up(home, environ)
            case "stop":
                return stop(home)
            case "status":
                return status(home)
    except (LocalError, OSError) as e:
        say(f"quid: {e}")
        return 1


def say(text: str) -> None:
    """Tell the person at the terminal, who may have gone."""
    with contextlib.suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def up(home: Home, environ: Mapping[str, str]) -> int:
    """Run the system in this process until it is asked to stop.

    Raises: LocalError when it cannot start, or a part of it cannot be kept alive.
    """
    home.make()
    lock = home.own()
    if lock is None:
        return show_running(home)
    try:
        strays.clear(home)
        home.forget_counts()
        port = ports.choose(environ)
        made = plan.make(home, port.number, environ)
        for origin in made.origins:
            say(f"using {origin}")
        _supervise(home, made, port.number, environ)
        port.release()
        if made.banks:
            made.banks.release()
    finally:
        _forget(home)
        os.close(lock)
    say("stopped")
    return 0


def _supervise(home: Home, made: Plan, port: int, environ: Mapping[str, str]) -> None:
    secrets_file = Path(environ.get("QUID_SECRETS_FILE") or home.secrets)
    password = homes.demo_password(secrets_file) if plan.is_demo(environ) else None
    record = RunRecord(
        state="starting",
        address=f"http://localhost:{port}",
        port=port,
        database_url=made.database_url,
        valkey_url=made.valkey_url,
        supervisor=ProcessRecord(os.getpid(), process.start_time(os.getpid())),
        processes={},
        demo=_demo(password) if password else {},
        sandbox=made.banks.urls if made.banks else {},
    )
    for part in (part for stage in made.stages for part in stage):
        part.command.log.write_text("")

    def changed(children: Mapping[str, Child]) -> None:
        nonlocal record
        found = {name: ProcessRecord(child.pid, child.started) for name, child in children.items()}
        record = replace(record, processes=found)
        home.write_run(record)

    def when_ready() -> None:
        nonlocal record
        record = replace(record, state="ready")
        home.write_run(record)
        say(banner(home, record, stop=f"Ctrl-C here, or {STOP}"))

    changed({})
    Supervisor(made, say=say, changed=changed).run(when_ready)


def _demo(password: str) -> Mapping[str, str | Mapping[str, str]]:
    """Say how to sign in: the password of all, and what the operators' apps hold."""
    return {
        "password": password,
        "totp": {o.handle: staff.totp_of(password, o.handle) for o in staff.OPERATORS},
    }


def up_detached(home: Home, environ: Mapping[str, str]) -> int:
    """Start the system in a session of its own and return once it is ready."""
    home.make()
    if home.is_owned():
        return show_running(home)
    log = home.logs / "supervisor.log"
    with log.open("w") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-P", "-m", "quid.entrypoints.local", "up"],
            env=dict(environ) | {"QUID_HOME": str(home.path)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def is_settled() -> bool:
        record = home.read_run()
        is_ready = record is not None and record.state == "ready" and record.supervisor.is_alive()
        return is_ready or supervisor.poll() is not None

    try:
        process.wait_until(is_settled, seconds=READY_SECONDS)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
    record = home.read_run()
    if supervisor.poll() is None and record is not None:
        supervisor.returncode = 0  # it outlives this process on purpose
        say(banner(home, record, stop=STOP))
        return 0
    say(process.tail(log, lines=30))
    return supervisor.poll() or 0


def stop(home: Home) -> int:
    """Stop the system and wait until it is gone.

    Raises: LocalError when it does not end.
    """
    if not home.is_owned():
        if home.read_run() is not None:  # its supervisor was killed
            strays.clear(home)
            _forget(home)
        say(f"nothing runs in {home.path}")
        return 0
    for number in (signal.SIGTERM, signal.SIGKILL):
        process.wait_until(lambda: _supervisor(home) is not None, seconds=5)
        with contextlib.suppress(ProcessLookupError):
            if found := _supervisor(home):
                os.kill(found.pid, number)
        if process.wait_until(lambda: not home.is_owned(), seconds=STOP_SECONDS):
            break
    else:
        raise LocalError(f"the system in {home.path} does not end")
    if home.read_run() is not None:
        strays.clear(home)
        _forget(home)
    say("stopped")
    return 0


def status(home: Home) -> int:
    """Say whether the system runs, and as which processes; the exit status says it too."""
    record = home.read_run()
    if not home.is_owned() or record is None:
        say(f"nothing runs in {home.path}")
        return 1
    say(f"{record.state} at {record.address}")
    everyone = {"supervisor": record.supervisor, **record.processes}
    for name, found in everyone.items():
        say(f"  {name:<11} {found.pid:>8}  {'up' if found.is_alive() else 'down'}")
    return 0 if record.state == "ready" else 1


def show_running(home: Home) -> int:
    """Say where the system that has the home listens, once it does."""

    def is_settled() -> bool:
        record = home.read_run()
        return (record is not None and record.state == "ready") or not home.is_owned()

    process.wait_until(is_settled, seconds=READY_SECONDS)
    record = home.read_run()
    if record is None:
        say(f"the system in {home.path} has just stopped")
        return 1
    say(f"Quid already runs at {record.address}")
    return 0


def banner(home: Home, record: RunRecord, *, stop: str) -> str:
    """Say what a person needs to begin."""
    lines = ["", f"Quid runs at {record.address}"]
    if record.demo:
        people = ", ".join(plan.PEOPLE)
        lines.append(f"  sign in   {people}, ...   password {record.demo['password']}")
        lines.append(f"  live      {record.address}/about/live   mails {record.address}/mailbox")
        lines.append(f"  operators op_support, op_admin, ...   apps: {home.path / 'run.json'}")
    lines += [
        f"  mailbox   {home.mailbox}",
        f"  logs      {home.logs}",
        f"  stop      {stop}",
        "",
    ]
    return "\n".join(lines)


def _forget(home: Home) -> None:
    """Remove what only a running system needs."""
    home.forget_run()
    shutil.rmtree(sockets.folder(home.path), ignore_errors=True)


def _supervisor(home: Home) -> ProcessRecord | None:
    record = home.read_run()
    return record.supervisor if record is not None and record.supervisor.is_alive() else None
