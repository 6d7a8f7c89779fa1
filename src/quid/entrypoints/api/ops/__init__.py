"""Routes of operators that join slices or stand on the cellar alone."""

from quid.entrypoints.api.ops import approvals, audit, whole

__all__ = ["routers"]

routers = (whole.router, approvals.router, audit.router)
