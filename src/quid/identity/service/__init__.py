"""Everything in this slice that changes something, and who a caller is."""

from quid.identity.service.entry import (
    check_code,
    issue_token,
    sign_in,
    sign_up,
    start,
)
from quid.identity.service.freezes import freeze, unfreeze
from quid.identity.service.older import complete_older
from quid.identity.service.passwords import Passwords
from quid.identity.service.people import add_person, block, unblock
from quid.identity.service.sessions import (
    SessionAuthenticator,
    authenticate,
    forget,
    read_token,
    refresh,
    sign_out,
)
from quid.identity.service.tokens import Tokens, seed_of

__all__ = [
    "Passwords",
    "SessionAuthenticator",
    "Tokens",
    "add_person",
    "authenticate",
    "block",
    "check_code",
    "complete_older",
    "forget",
    "freeze",
    "issue_token",
    "read_token",
    "refresh",
    "seed_of",
    "sign_in",
    "sign_out",
    "sign_up",
    "start",
    "unblock",
    "unfreeze",
]
