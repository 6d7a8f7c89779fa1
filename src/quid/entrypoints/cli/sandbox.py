"""`quid sandbox`: the bank network and the card processor alone, as `quid local up` starts them."""

import os
import sys
from typing import Annotated

from cyclopts import App, Parameter

from quid.entrypoints.local import home


def register(parent: App) -> None:
    """Add the command."""
    parent.command(sandbox)


def sandbox(*words: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Become the sandbox, with its own arguments: `quid sandbox --home DIR --plaid-port 8180`.

    Without --home it lives in QUID_HOME, beside a system but not while that runs.
    """
    given = words
    if not any(word.split("=")[0] == "--home" for word in words):
        given = (f"--home={home.find(os.environ).path / 'sandbox'}", *words)
    # It is another program: this one ends here, and no code of ours runs in it.
    argv = (sys.executable, "-P", "-m", "quid_sandbox", *given)
    os.execv(sys.executable, argv)  # noqa: S606 - our own interpreter, our own words
