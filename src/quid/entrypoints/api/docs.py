"""The API documentation: our own page over `/openapi.json`. It needs nothing from elsewhere."""

from fastapi import APIRouter, Request, Response

from quid.entrypoints.api import pages

router = APIRouter(include_in_schema=False)


@router.api_route("/docs", methods=pages.GET)
async def docs(request: Request) -> Response:
    """Show every operation: fields with their bounds, answers with their codes, a form to try."""
    return pages.page(request, "docs")
