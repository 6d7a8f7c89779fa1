"""`quid local …`: the whole system on this machine, without a checkout."""

from cyclopts import App

from quid.entrypoints.local import Options, run

app = App(name="local", help="Start and stop the whole system on this machine.")


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command
def up(*, detach: bool = False) -> int:
    """Start it; with --detach return once it is ready."""
    return run(Options("up", detach=detach))


@app.command
def stop() -> int:
    """End it."""
    return run(Options("stop"))


@app.command
def status() -> int:
    """Say whether it runs, and where."""
    return run(Options("status"))
