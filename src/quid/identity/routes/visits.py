"""Where a request comes from, and the secret by which a browser is known again."""

from typing import Final

from fastapi import Request, Response

from quid.identity import rules
from quid.identity.service.tokens import digest, new_secret
from quid.identity.types import Visit
from quid.kit.web import client_address

_LIFE_SECONDS: Final = 365 * 24 * 3600
_AGENT_MAX: Final = 500


def visit_of(request: Request, response: Response | None = None) -> Visit:
    """Describe where a request comes from.

    With a `response` a browser is known by its secret, and given one if it has none; a client
    without is known by what it calls itself.
    """
    agent = request.headers.get("user-agent", "")[:_AGENT_MAX]
    device = rules.describe_device(agent)
    if response is None:
        return Visit(device, digest(f"agent {device}"), client_address(request))
    is_https = request.url.scheme == "https"
    name = "__Host-quid_device" if is_https else "quid_device"
    secret = request.cookies.get(name)
    if not secret:
        secret = new_secret()
        response.set_cookie(
            name,
            secret,
            max_age=_LIFE_SECONDS,
            path="/",
            secure=is_https,
            httponly=True,
            samesite="lax",
        )
    return Visit(device, digest(secret), client_address(request))
