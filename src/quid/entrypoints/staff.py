"""The operators of a demo: one of each role, with an authenticator app that anybody here can read.

Their secrets follow from the demo password, so that the command that makes them and the file that
tells of them agree without a word.
"""

import base64
import hashlib
from typing import Final, NamedTuple

from quid.kit.roles import Role

_BYTES: Final = 20


class DemoOperator(NamedTuple):
    """An operator of the demo."""

    handle: str
    name: str
    role: Role


OPERATORS: Final = (
    DemoOperator("op_support", "Sue Support", "support"),
    DemoOperator("op_analyst", "Andy Analyst", "analyst"),
    DemoOperator("op_finance", "Fay Finance", "finance"),
    DemoOperator("op_compliance", "Cora Compliance", "compliance"),
    DemoOperator("op_auditor", "Otto Auditor", "auditor"),
    DemoOperator("op_admin", "Ada Admin", "admin"),
)


def totp_of(password: str, handle: str) -> str:
    """Give the secret of an operator's app, in base32 as such apps take it."""
    digest = hashlib.sha256(f"demo totp\n{handle}\n{password}".encode()).digest()
    return base64.b32encode(digest[:_BYTES]).decode()
