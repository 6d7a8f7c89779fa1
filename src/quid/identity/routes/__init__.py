"""HTTP of this slice. Thin: read, one domain call, answer. One file for each use."""

from fastapi import APIRouter

from quid.identity.routes import entry, people

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["identity"])
for _use in (entry, people):
    router.include_router(_use.router)
