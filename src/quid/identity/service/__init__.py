"""Everything in this slice that changes something, and who a caller is."""

from quid.identity.service.arrivals import finish_sign_in
from quid.identity.service.credentials import (
    begin_email,
    change_password,
    finish_email,
    lock,
    recover,
    thaw,
)
from quid.identity.service.entry import (
    check_code,
    issue_token,
    sign_in,
    sign_in_by_passkey,
    sign_up,
    start,
)
from quid.identity.service.factors import (
    confirm_totp,
    give_totp,
    offer_totp,
    renew_recovery_codes,
    turn_totp_off,
)
from quid.identity.service.freezes import ACTS, ask_unfreeze, freeze, freeze_by, unfreeze
from quid.identity.service.graph import befriend, block, mute, part, unblock, unmute
from quid.identity.service.notices import Notice, Notices, note, tell
from quid.identity.service.older import complete_older
from quid.identity.service.operators import (
    OperatorDesk,
    add_operator,
    disable,
    disable_operator,
    invite,
)
from quid.identity.service.oversight import (
    decide_documents,
    reset_factors,
    reveal,
    reveal_document,
    reveal_facts,
)
from quid.identity.service.passkeys import (
    add_passkey,
    ask_anybody,
    offer_passkey,
    remove_passkey,
    rename_passkey,
)
from quid.identity.service.passwords import Passwords
from quid.identity.service.people import add_person
from quid.identity.service.personas import become
from quid.identity.service.profile import change_privacy, change_profile
from quid.identity.service.sessions import (
    SessionAuthenticator,
    authenticate,
    forget,
    read_token,
    refresh,
    require_step_up,
    revoke,
    revoke_others,
    sign_out,
)
from quid.identity.service.step_up import ask_passkey, begin, finish, prove, send_code
from quid.identity.service.tokens import Tokens, seed_of
from quid.identity.service.verification import (
    add_document,
    ask_again,
    decide_verification,
    facts_of,
    read_document,
    verify,
)

__all__ = [
    "ACTS",
    "Notice",
    "Notices",
    "OperatorDesk",
    "Passwords",
    "SessionAuthenticator",
    "Tokens",
    "add_document",
    "add_operator",
    "add_passkey",
    "add_person",
    "ask_again",
    "ask_anybody",
    "ask_passkey",
    "ask_unfreeze",
    "authenticate",
    "become",
    "befriend",
    "begin",
    "begin_email",
    "block",
    "change_password",
    "change_privacy",
    "change_profile",
    "check_code",
    "complete_older",
    "confirm_totp",
    "decide_documents",
    "decide_verification",
    "disable",
    "disable_operator",
    "facts_of",
    "finish",
    "finish_email",
    "finish_sign_in",
    "forget",
    "freeze",
    "freeze_by",
    "give_totp",
    "invite",
    "issue_token",
    "lock",
    "mute",
    "note",
    "offer_passkey",
    "offer_totp",
    "part",
    "prove",
    "read_document",
    "read_token",
    "recover",
    "refresh",
    "remove_passkey",
    "rename_passkey",
    "renew_recovery_codes",
    "require_step_up",
    "reset_factors",
    "reveal",
    "reveal_document",
    "reveal_facts",
    "revoke",
    "revoke_others",
    "seed_of",
    "send_code",
    "sign_in",
    "sign_in_by_passkey",
    "sign_out",
    "sign_up",
    "start",
    "tell",
    "thaw",
    "turn_totp_off",
    "unblock",
    "unfreeze",
    "unmute",
    "verify",
]
