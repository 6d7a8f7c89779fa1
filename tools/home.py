"""Look into the system of QUID_HOME, or delete its data: `./dev psql | logs NAME | reset --yes`."""

import os
import shutil
import sys

from quid.entrypoints.local import Options, homes, locate, run

STATE = ("pg*", "mailbox", "logs", "run", "secrets.toml", "demo.done", "lock")


def psql(words: list[str]) -> None:
    """Become psql on the running system's database."""
    record = homes.find(os.environ).read_run()
    url = os.environ.get("QUID_DATABASE_URL") or (record.database_url if record else None)
    if url is None:
        sys.exit("nothing runs: ./dev run first")
    program = locate.postgres(os.environ).bin / "psql"
    os.execv(program, [str(program), url, *words])  # noqa: S606 - the person asked for it


def logs(words: list[str]) -> None:
    """Become tail on one log."""
    folder = homes.find(os.environ).logs
    names = sorted(path.stem for path in folder.glob("*.log"))
    if len(words) != 1 or words[0] not in names:
        sys.exit(f"logs of: {', '.join(names) or 'nothing has run yet'}")
    os.execvp("tail", ["tail", "-n", "100", "-F", str(folder / f"{words[0]}.log")])  # noqa: S606 - fixed words


def reset(words: list[str]) -> None:
    """Stop the system, then delete its data, keys, mails and logs."""
    home = homes.find(os.environ)
    found = [path for name in STATE for path in home.path.glob(name)]
    if words != ["--yes"]:
        sys.exit(f"this deletes {', '.join(map(str, found))}: say ./dev reset --yes")
    if run(Options("stop")) != 0:
        sys.exit(1)
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    {"psql": psql, "logs": logs, "reset": reset}[sys.argv[1]](sys.argv[2:])
