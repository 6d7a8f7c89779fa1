"""HTTP of the feed. Thin: read, one domain call, answer. One file for each use."""

from fastapi import APIRouter

from quid.social.routes import feed, people, talk

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["social"])
for _use in (feed, people, talk):
    router.include_router(_use.router)
