"""HTTP of notices: each file is an area."""

from fastapi import APIRouter

from quid.notifications.routes import devices, inbox, socket

router = APIRouter(prefix="/v1", tags=["notifications"])
router.include_router(inbox.router)
router.include_router(devices.router)
router.include_router(socket.router)

__all__ = ["router"]
