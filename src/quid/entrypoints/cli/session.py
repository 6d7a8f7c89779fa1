"""What every command needs: a runtime, an operator's name, an error in words."""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from pydantic import ValidationError

from quid.entrypoints import wiring
from quid.identity import queries as people
from quid.identity.errors import PersonNotFound
from quid.identity.types import Person
from quid.kit import db
from quid.kit.config import BadSettings
from quid.kit.errors import Refusal
from quid.kit.runtime import Runtime

T = TypeVar("T")
_REMEDY: Final = "Start the system with ./dev run, or set QUID_HOME to the folder of one that runs."
_STOPPED: Final = (
    "The system is not running: start it with ./dev run, or set QUID_HOME to the folder of one "
    "that runs, or QUID_DATABASE_URL."
)


class CannotRun(Exception):  # noqa: N818 - the command's exit 2, with its text
    """The command could not do its work; the text says what to do."""


def adopt() -> str:
    """Find the running system; give the address of its database. Raises: CannotRun."""
    wiring.adopt_running_system()
    url = os.environ.get("QUID_DATABASE_URL")
    if not url:
        raise CannotRun(_STOPPED)
    return url


def run(work: Callable[[Runtime], Awaitable[T]], *, shape: wiring.Shape = wiring.COMMAND) -> T:
    """Run a command's work with a runtime of its own on the running system.

    Raises: CannotRun with a remedy.
    """

    async def inside() -> T:
        async with wiring.opened(shape) as rt:
            return await work(rt)

    adopt()
    try:
        return asyncio.run(inside())
    except Refusal as e:
        field = f" ({e.field})" if e.field else ""
        raise CannotRun(f"{e.title}{field}: {e.detail}") from e
    except ValidationError as e:
        names = ", ".join(f"QUID_{'_'.join(map(str, d['loc'])).upper()}" for d in e.errors())
        raise CannotRun(f"{names}: not set, or not as it must be. {_REMEDY}") from e
    except BadSettings as e:
        raise CannotRun(f"{e}. {_REMEDY}") from e


async def person_by_handle(rt: Runtime, handle: str) -> Person:
    """Find a person. Raises: PersonNotFound."""
    async with rt.part(db.Database).read() as conn:
        found = await people.by_handle(conn, handle.removeprefix("@"))
    if found is None:
        raise PersonNotFound(f"There is nobody with the handle {handle}.", field="handle")
    return found


def operator() -> str:
    """Name who is at the keyboard, for the audit log."""
    return f"cli:{getpass.getuser()}"


def say(text: str = "") -> None:
    """Write a line for people."""
    sys.stdout.write(text + "\n")
