"""The folder that holds everything of one system: `QUID_HOME`."""

import contextlib
import fcntl
import json
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from quid.entrypoints.local import process
from quid.entrypoints.local.errors import LocalError

CHECKOUT = Path(__file__).resolve().parents[4]
_KEYS_HEAD = "# Made for this folder alone. A production start refuses keys named dev_.\n"


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process by its number and its beginning, which no later process shares."""

    pid: int
    started: str

    def is_alive(self) -> bool:
        """Tell whether that very process still runs."""
        return process.is_alive(self.pid, started=self.started)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What `run.json` says about the system that owns the home."""

    state: str
    address: str
    port: int
    database_url: str
    valkey_url: str
    supervisor: ProcessRecord
    processes: Mapping[str, ProcessRecord]
    demo: Mapping[str, str | Mapping[str, str]]
    sandbox: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Home:
    """The places inside one `QUID_HOME`."""

    path: Path

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.path / "logs"

    @property
    def mailbox(self) -> Path:
        """Every mail the system would have sent."""
        return self.path / "mailbox"

    @property
    def ready(self) -> Path:
        """Files by which processes without a port say that they are ready."""
        return self.path / "run"

    @property
    def metrics(self) -> Path:
        """Where the processes count together, so that one answers for all."""
        return self.ready / "metrics"

    @property
    def secrets(self) -> Path:
        """The development keys."""
        return self.path / "secrets.toml"

    def make(self) -> None:
        """Make the folders and, once each, the development keys."""
        for folder in (self.path, self.logs, self.mailbox, self.metrics):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.logs, self.mailbox, self.ready):
            folder.chmod(0o700)
        self._make_keys()

    def _make_keys(self) -> None:
        """Write the keys that are missing; one that stands is never changed."""
        known = self.secrets.read_text() if self.secrets.exists() else _KEYS_HEAD
        known = known.rstrip("\n") + "\n"
        made = {
            "token_seed": secrets.token_hex(32),
            "cursor_key": secrets.token_hex(32),
            "demo_password": secrets.token_urlsafe(12),
            "field_kek": secrets.token_hex(32),
            "seal_seed": secrets.token_hex(32),
            "vapid_key": secrets.token_hex(32),
        }
        present = tomllib.loads(known)
        lines = [f'{name} = "dev_{key}"\n' for name, key in made.items() if name not in present]
        if lines:
            # Before the first table: what follows a table's head belongs to it.
            keys, *tables = re.split(r"(?m)^(?=\[)", known)
            write_private(self.secrets, "".join((keys, *lines, *tables)))

    def own(self) -> int | None:
        """Take the home for this process; None while another process has it.

        The kernel gives it back when the process ends, however it ends.
        """
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return None
        return lock

    def is_owned(self) -> bool:
        """Tell whether some process has the home."""
        if not self.path.exists():
            return False
        lock = self.own()
        if lock is not None:
            os.close(lock)
        return lock is None

    def read_run(self) -> RunRecord | None:
        """Read `run.json`; None when nothing says that it runs."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads((self.path / "run.json").read_text())
            found["supervisor"] = ProcessRecord(**found["supervisor"])
            found["processes"] = {
                name: ProcessRecord(**record) for name, record in found["processes"].items()
            }
            return RunRecord(**found)
        return None

    def write_run(self, record: RunRecord) -> None:
        """Write `run.json` whole or not at all; others may read it at any moment."""
        write_private(self.path / "run.json", json.dumps(asdict(record), indent=2) + "\n")

    def forget_counts(self) -> None:
        """Empty the metrics of processes that are gone: they would count for ever."""
        for file in self.metrics.glob("*.db"):
            file.unlink()

    def forget_run(self) -> None:
        """Remove `run.json`: nothing runs any more."""
        (self.path / "run.json").unlink(missing_ok=True)


def find(environ: Mapping[str, str]) -> Home:
    """Find the home: `QUID_HOME`, else `.local` of the checkout or of the current folder."""
    base = CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()
    return Home(Path(environ.get("QUID_HOME") or base / ".local").resolve())


def demo_password(secrets_file: Path) -> str:
    """Return the password of every demo person.

    Raises: LocalError when the file does not hold it.
    """
    try:
        return str(tomllib.loads(secrets_file.read_text())["demo_password"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as e:
        raise LocalError(f"{secrets_file} holds no demo_password: {e}") from e


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - a descriptor
        file.write(text)
    fresh.rename(path)
