"""What is known of the effects of a transaction that raised."""

from enum import Enum
from typing import Final

import asyncpg

from quid.kit.errors import DatabaseUnavailable


class Outcome(Enum):
    """What is known of the effects of a transaction that raised."""

    LOCKED = "a row was locked by someone else"
    AGAIN = "deadlock or serialization: nothing happened, run it again"
    NOTHING = "rolled back for certain"
    UNKNOWN = "committed or not: resend the same ids, never answer failed"


_WITHOUT_STATE: Final = (
    OSError,
    TimeoutError,
    EOFError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresError,
    DatabaseUnavailable,
)


def outcome_of(error: BaseException) -> Outcome:
    """Judge an error by its SQLSTATE.

    An error without one (a killed server may surface as a driver-internal error) and the classes
    08, 53 and 57 are unknown outcomes. Refusals and plain Python errors raised by our own code
    inside the block have rolled back for certain.
    """
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        if state == "55P03":
            return Outcome.LOCKED
        if state in ("40001", "40P01"):
            return Outcome.AGAIN
        return Outcome.UNKNOWN if state[:2] in ("08", "53", "57") else Outcome.NOTHING
    return Outcome.UNKNOWN if isinstance(error, _WITHOUT_STATE) else Outcome.NOTHING
