"""Events, the hooks they become, and the endpoints that hear them."""

import hmac
import json
from datetime import UTC, datetime
from typing import Final

from quid_sandbox.core.face import Forgery
from quid_sandbox.core.store import Tx
from quid_sandbox.core.world import World
from quid_sandbox.stripe.desk import (
    BOUNDS,
    EVENTS_KEPT,
    FACE,
    PLATFORM,
    VERSION,
    WANTED,
    Desk,
    meta,
)
from quid_sandbox.stripe.errors import Doc, missing
from quid_sandbox.stripe.show import shown
from quid_sandbox.stripe.spec import DATED, LISTED, ONE, Op, boolean, link, metadata, text, texts

HOUR: Final = 3600.0
DELIVERED: Final = (
    "id NOT IN (SELECT json_extract(body, '$.id') FROM hook WHERE face = 'stripe'"
    " AND state <> 'sent')"
)
# Three days, as Stripe does, in real seconds.
RETRIES: Final = (5.0, 60.0, 300.0, 1800.0, HOUR, *[12 * HOUR] * 6)


def emit(desk: Desk, kind: str, doc: Doc, before: Doc | None = None) -> None:
    """Say that something happened, to the list of events and to who listens."""
    data: Doc = {"object": shown(desk, doc)}
    if before is not None:
        data["previous_attributes"] = before
    event: Doc = {
        "id": desk.new("evt"),
        "object": "event",
        "api_version": VERSION,
        "created": desk.seconds,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": desk.request, "idempotency_key": desk.key},
        "type": kind,
    }
    if desk.account != PLATFORM:
        event["account"] = desk.account
    desk.put(event)
    desk.tx.effect(kind, doc.get("id", desk.account))
    urls = _listeners(desk, kind)
    raw = json.dumps({**shown(desk, event), "pending_webhooks": len(urls)})
    for url in urls:
        desk.tx.hook(FACE, url, kind, raw)


def _listeners(desk: Desk, kind: str) -> list[str]:
    urls = []
    if kind in WANTED and (own := desk.world.hooks.get(FACE)):
        urls.append(own)
    for endpoint in desk.at(PLATFORM).all("webhook_endpoint"):
        is_connect = desk.account != PLATFORM
        if endpoint["_connect"] is is_connect and {"*", kind} & set(endpoint["enabled_events"]):
            urls.append(endpoint["url"])
    return urls


def sign(tx: Tx, world: World, raw: bytes, forgery: Forgery, at: datetime) -> dict[str, str]:
    """Sign a hook at wall time, with the secret of every endpoint, as while one is rotated."""
    moment = int(at.timestamp()) + forgery.shift
    desk = Desk(tx, world, at)
    secrets = [world.keys.stripe_webhook_secret]
    secrets += [endpoint["_secret"] for endpoint in desk.all("webhook_endpoint")]
    if forgery.other_key:
        secrets = ["whsec_of_somebody_else"]
    macs = [hmac.digest(key.encode(), b"%d." % moment + raw, "sha256").hex() for key in secrets]
    if forgery.bad:
        macs = ["0" * 64 for _ in macs]
    return {
        "stripe-signature": ",".join([f"t={moment}", *(f"v1={mac}" for mac in macs)]),
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }


def retry(tries: int) -> float | None:
    """When a hook is tried again."""
    return RETRIES[tries - 1] if tries <= len(RETRIES) else None


# ---------------------------------------------------------------------- operations


def listed(desk: Desk, args: Doc) -> Doc:
    """GET /v1/events: of the last 30 days, `delivery_success=false` those not delivered."""
    kinds = args.get("types") or ([args["type"]] if "type" in args else [])
    where = ["type = ?", "owner = ?", "json_extract(body, '$.created') >= ?"]
    kept = int((desk.now.astimezone(UTC) - EVENTS_KEPT).timestamp())
    values: list[object] = [f"{FACE}.event", desk.account, kept]
    for bound, at in args.get("created", {}).items():
        where.append(f"json_extract(body, '$.created') {BOUNDS[bound]} ?")
        values.append(at)
    if kinds:
        where.append(f"json_extract(body, '$.type') IN ({', '.join('?' * len(kinds))})")
        values += kinds
    if "delivery_success" in args:
        where.append(DELIVERED if args["delivery_success"] else f"NOT {DELIVERED}")
    return desk.page(where, values, args, "/v1/events")


def one(desk: Desk, args: Doc) -> Doc:
    """GET /v1/events/{id}."""
    event = desk.open("event", args)
    if event["created"] < (desk.now - EVENTS_KEPT).timestamp():
        raise missing("event", args["id"], "id", status=404)
    return event


def endpoint_create(desk: Desk, args: Doc) -> Doc:
    """POST /v1/webhook_endpoints: the secret is told this once."""
    secret = desk.new("whsec")
    doc: Doc = {
        "id": desk.new("we"),
        "object": "webhook_endpoint",
        "api_version": args.get("api_version"),
        "application": None,
        "created": desk.seconds,
        "description": args.get("description"),
        "enabled_events": args["enabled_events"],
        "livemode": False,
        "metadata": args.get("metadata", {}),
        "status": "enabled",
        "url": args["url"],
        "_secret": secret,
        "_connect": args.get("connect", False),
    }
    desk.put(doc)
    return {**doc, "secret": secret}


def endpoint_update(desk: Desk, args: Doc) -> Doc:
    """POST /v1/webhook_endpoints/{id}."""
    doc = desk.open("webhook_endpoint", args)
    doc.update({name: args[name] for name in ("url", "enabled_events") if name in args})
    meta(doc, args)
    return desk.put(doc)


def endpoint_delete(desk: Desk, args: Doc) -> Doc:
    """DELETE /v1/webhook_endpoints/{id}."""
    doc = desk.open("webhook_endpoint", args)
    desk.tx.delete(f"{FACE}.webhook_endpoint", doc["id"])
    return {"id": doc["id"], "object": "webhook_endpoint", "deleted": True}


def endpoint(desk: Desk, args: Doc) -> Doc:
    """GET /v1/webhook_endpoints/{id}."""
    return desk.open("webhook_endpoint", args)


def endpoints(desk: Desk, args: Doc) -> Doc:
    """GET /v1/webhook_endpoints."""
    return desk.listed("webhook_endpoint", args, "/v1/webhook_endpoints", {})


OPS: Final = (
    Op(
        "GET",
        "/v1/events",
        listed,
        {**DATED, "type": text, "types": texts, "delivery_success": boolean},
    ),
    Op("GET", "/v1/events/{id}", one, ONE),
    Op(
        "POST",
        "/v1/webhook_endpoints",
        endpoint_create,
        {
            **ONE,
            "url": link,
            "enabled_events": texts,
            "api_version": text,
            "connect": boolean,
            "description": text,
            "metadata": metadata,
        },
        ("url", "enabled_events"),
    ),
    Op("GET", "/v1/webhook_endpoints", endpoints, LISTED),
    Op("GET", "/v1/webhook_endpoints/{id}", endpoint, ONE),
    Op(
        "POST",
        "/v1/webhook_endpoints/{id}",
        endpoint_update,
        {**ONE, "url": link, "enabled_events": texts, "metadata": metadata},
    ),
    Op("DELETE", "/v1/webhook_endpoints/{id}", endpoint_delete, {}),
)
