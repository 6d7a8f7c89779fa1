"""HTTP of this slice. Thin: read, one domain call, answer. One file for each use."""

from fastapi import APIRouter

from quid.identity.routes import access, entry, friends, passkeys, people, sessions, verification

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["identity"])
for _use in (entry, access, passkeys, sessions, people, friends, verification):
    router.include_router(_use.router)
