"""HTTP of payments. Thin: read, one domain call, answer. One file for each use."""

from fastapi import APIRouter

from quid.payments.routes import activity, export, look, receipt, send, waiting
from quid.payments.routes.send import pay

__all__ = ["pay", "router"]

router = APIRouter(prefix="/v1", tags=["payments"])
for _use in (send, waiting, look, receipt, activity, export):
    router.include_router(_use.router)
