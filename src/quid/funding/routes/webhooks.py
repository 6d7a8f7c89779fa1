"""POST /v1/webhooks/{provider}: doorbells of banks and card processors. No session: a signature."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import APIRouter, Request

from quid.funding.errors import HookNotChecked, WebhookForged
from quid.funding.schemas.webhooks import Received
from quid.funding.service.intake import HOOK_MAX, Intake
from quid.funding.types import Provider
from quid.kit import clock, runtime, telemetry
from quid.kit.errors import (
    BodyTooLarge,
    DatabaseUnavailable,
    NotFound,
    ValidationFailed,
)
from quid.kit.web import Call, Reply, answers
from quid.kit.web.door import Bounds

router = APIRouter()
BOUNDS: Final = Bounds(HOOK_MAX, 10.0)
_SECONDS: Final = telemetry.seconds(
    "quid_funding_webhook_intake_seconds", "time to the answer of a webhook", "provider"
)
_OK: Final = Reply(200, b'{"received":true}')
_PROVIDERS: Final = {p.name.lower(): p for p in Provider}


async def _take(provider: Provider, call: Call) -> Reply:
    started = time.perf_counter()
    try:
        intake = runtime.part(Intake)
    except LookupError:
        raise NotFound from None  # no provider is set up here
    if not intake.knows(provider):
        raise NotFound
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in call.headers.items()}
    await intake.take(provider, headers, call.body, now=clock.now())
    _SECONDS.labels(provider.name.lower()).observe(time.perf_counter() - started)
    return _OK


def _of(provider: Provider) -> Callable[[Call], Awaitable[Reply]]:
    async def ring(call: Call) -> Reply:
        return await _take(provider, call)

    return ring


HOT: Final = {("POST", f"/v1/webhooks/{name}"): _of(p) for name, p in _PROVIDERS.items()}


@router.post(
    "/webhooks/{provider}",
    responses=answers(
        ValidationFailed,
        WebhookForged,
        NotFound,
        BodyTooLarge,
        HookNotChecked,
        DatabaseUnavailable,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def webhook(provider: str, request: Request) -> Received:
    """Take a webhook of a provider: it rings, the state is then read from the provider itself."""
    known = _PROVIDERS.get(provider)
    if known is None:
        raise NotFound
    call = Call(
        headers=dict(request.scope["headers"]),
        body=await request.body(),
        request_id=str(request.scope.get("quid.request_id", "")),
        scheme=request.url.scheme,
    )
    await _take(known, call)
    return Received()
