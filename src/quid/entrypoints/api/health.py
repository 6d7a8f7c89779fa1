"""Is it alive, may it be used, what does it count."""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from quid.kit import clock, db, outbox, runtime, telemetry
from quid.kit.cache import Cache, CacheDown
from quid.kit.config import Core
from quid.kit.errors import NotFound, Refusal
from quid.ledger import queries as books

_PASSED_ON: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
router = APIRouter(include_in_schema=False)
_SECONDS_APART_TO_FAIL: Final = 60
_JOURNAL_DAYS_TO_FAIL: Final = 7
_OUTBOX_DAYS_TO_FAIL: Final = 2


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready() -> JSONResponse:
    """Tell whether payments can be taken: 200, or 503 with what is missing."""
    checks = {"database": await _database(clock.now()), "cache": await _cache()}
    is_ready = checks["database"] == "ok"
    return JSONResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks},
        status_code=200 if is_ready else 503,
    )


async def _database(now: datetime) -> str:
    try:
        async with runtime.part(db.Database).read() as conn:
            apart = await books.seconds_ahead(conn, now=now)
            journal = await books.partition_days_ahead(conn, now=now)
            events = await outbox.days_ahead(conn, now=now)
    except Refusal as e:
        return e.detail
    if abs(apart) > _SECONDS_APART_TO_FAIL:
        return f"its clock and ours are {abs(apart):.0f} s apart: nothing is posted"
    if journal < _JOURNAL_DAYS_TO_FAIL:
        return f"journal partitions end in {journal} days: the worker makes them"
    if events < _OUTBOX_DAYS_TO_FAIL:
        return f"outbox partitions end in {events} days: the worker makes them"
    return "ok"


async def _cache() -> str:
    try:
        await runtime.part(Cache).ping()
    except CacheDown:  # its text names hosts and paths; anybody may ask here
        return "away; payments go on without it"
    return "ok"


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Give the metrics of all processes, in the local profile and to this machine alone.

    What a proxy on this machine passes on comes from elsewhere.
    """
    client = request.client.host if request.client else ""
    is_passed_on = any(name in request.headers for name in _PASSED_ON)
    is_here = client in ("127.0.0.1", "::1", "") and not is_passed_on
    if runtime.part(Core).profile != "local" or not is_here:
        raise NotFound
    return Response(telemetry.scrape(), media_type=telemetry.METRICS_TYPE)
