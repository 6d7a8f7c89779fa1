"""Hooks: what they say, and how they are signed."""

import base64
import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey

from quid_sandbox.core.clock import wall
from quid_sandbox.core.face import Forgery
from quid_sandbox.core.store import Doc, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid.wire import Ask, refuse

FACE: Final = "plaid"
EVENTS: Final = "TRANSFER_EVENTS_UPDATE"
RETRIES: Final = (1.0, 4.0, 15.0, 60.0, 240.0, 960.0, 3600.0, 14400.0)


def retry(tries: int) -> float | None:
    """Seconds until the next try: some hours in all."""
    return RETRIES[tries - 1] if tries <= len(RETRIES) else None


def notify(tx: Tx, url: str, kind: str, code: str, more: Mapping[str, Any] | None = None) -> None:
    """Queue a hook; none without a URL."""
    if url:
        body = {
            "webhook_type": kind,
            "webhook_code": code,
            "environment": "sandbox",
            **(more or {}),
        }
        tx.hook(FACE, url, code, json.dumps(body))


def ring(tx: Tx, world: World) -> None:
    """Tell that there are transfer events; one bell for all that nobody heard yet."""
    if not tx.query("SELECT 1 FROM hook WHERE kind = ? AND state = 'new' LIMIT 1", EVENTS):
        notify(tx, world.hooks.get(FACE, ""), "TRANSFER", EVENTS)


def new_key(tx: Tx) -> Doc:
    """Make a signing key; the one before verifies no more than what it signed."""
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True)
    now = int(wall().timestamp())
    for old in tx.all("signing_key"):
        tx.put("signing_key", old | {"expired_at": old["expired_at"] or now})
    return tx.put(
        "signing_key",
        {
            "id": str(uuid.uuid4()),
            "jwk": dict(key.as_dict(private=True)),
            "created_at": now,
            "expired_at": None,
        },
    )


def verification_key(ask: Ask) -> Doc:
    """The public half of a key by its id."""
    key = ask.tx.get("signing_key", ask.text("key_id"))
    if key is None:
        raise refuse("INVALID_FIELD", "invalid webhook verification key id")
    public = {name: key["jwk"][name] for name in ("crv", "kty", "x", "y")}
    times = {name: key[name] for name in ("created_at", "expired_at")}
    return {"key": {"alg": "ES256", "kid": key["id"], "use": "sig", **public, **times}}


def sign(tx: Tx, raw: bytes, forgery: Forgery) -> Mapping[str, str]:
    """The header of a hook that leaves now."""
    live = [key for key in tx.all("signing_key", newest=True) if key["expired_at"] is None]
    key = live[0] if live else new_key(tx)
    secret, kid = ECKey.import_key(key["jwk"]), key["id"]
    if forgery.other_key:
        secret, kid = ECKey.generate_key("P-256", private=True), str(uuid.uuid4())
    claims = {
        "iat": int(wall().timestamp()) + forgery.shift,
        "request_body_sha256": hashlib.sha256(raw).hexdigest(),
    }
    token = jwt.encode({"alg": "ES256", "kid": kid, "typ": "JWT"}, claims, secret)
    if forgery.bad:
        noise = base64.urlsafe_b64encode(secrets.token_bytes(64)).rstrip(b"=").decode()
        token = f"{token.rpartition('.')[0]}.{noise}"
    return {"plaid-verification": token}
