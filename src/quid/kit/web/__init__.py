"""The frame of every HTTP door: problem+json, callers, bounded bodies, one log line a request."""

from quid.kit.errors import SignInRequired
from quid.kit.web.callers import (
    Authenticator,
    Caller,
    clear_session_cookie,
    cookie_name,
    count_request,
    id_from_path,
    require_same_origin,
    set_session_cookie,
    signed_in,
)
from quid.kit.web.door import BODY_MAX, Call, Door, HotRoute
from quid.kit.web.problems import (
    ERRORS_MAX,
    FIELD_MAX,
    MethodNotAllowed,
    Problem,
    Reply,
    Strict,
    answers,
    on_fault,
    on_http_error,
    on_invalid,
    on_refusal,
    problem_reply,
)

__all__ = [
    "BODY_MAX",
    "ERRORS_MAX",
    "FIELD_MAX",
    "Authenticator",
    "Call",
    "Caller",
    "Door",
    "HotRoute",
    "MethodNotAllowed",
    "Problem",
    "Reply",
    "SignInRequired",
    "Strict",
    "answers",
    "clear_session_cookie",
    "cookie_name",
    "count_request",
    "id_from_path",
    "on_fault",
    "on_http_error",
    "on_invalid",
    "on_refusal",
    "problem_reply",
    "require_same_origin",
    "set_session_cookie",
    "signed_in",
]
