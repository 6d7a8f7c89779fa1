"""HTTP of payments. Thin: read, one domain call, answer. One file for each use."""

from fastapi import APIRouter

from quid.payments.routes import activity, look, send
from quid.payments.routes.send import pay

__all__ = ["pay", "router"]

router = APIRouter(prefix="/v1", tags=["payments"])
for _use in (send, look, activity):
    router.include_router(_use.router)
