"""What the test asks of the process that forks, and what it is told: JSON, a line each."""

from typing import Final

import msgspec

DIED: Final = 86


class Step(msgspec.Struct):
    """One thing a client or an operator does: a request, or a command of `acts` by its name."""

    caller: str = ""
    method: str = ""
    url: str = ""
    body: dict[str, object] | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    act: str = ""


class Fault(msgspec.Struct):
    """Where it goes wrong: at the nth passing of a point, by death or by an error."""

    point: str
    nth: int
    how: str


class Order(msgspec.Struct):
    """A flow to run, in an environment, with a fault or without; `drain`: the worker's part too."""

    environ: dict[str, str]
    clients: dict[str, dict[str, str]]
    cookies: dict[str, dict[str, str]]
    facts: dict[str, str]
    steps: list[Step]
    log: str
    fault: Fault | None = None
    drain: bool = False


class Told(msgspec.Struct):
    """What a run says of itself; one that died says nothing."""

    died: bool = False
    met: list[str] = msgspec.field(default_factory=list)
    statuses: list[int] = msgspec.field(default_factory=list)
    bodies: list[str] = msgspec.field(default_factory=list)
    error: str = ""
