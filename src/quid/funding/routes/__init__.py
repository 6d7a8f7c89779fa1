"""HTTP of funding. Thin: read, one domain call, answer. One file for each use."""

from fastapi import APIRouter

from quid.funding.routes import moves, sources, webhooks

__all__ = ["BOUNDS", "HOT", "router"]

HOT = webhooks.HOT
BOUNDS = dict.fromkeys(HOT, webhooks.BOUNDS)
router = APIRouter(prefix="/v1", tags=["funding"])
for _use in (webhooks, sources, moves):
    router.include_router(_use.router)
