"""Our own pages, which stand without the web app: no build step, no CDN, no inline script.

Names carry no hash, so a browser asks each time and is told "not modified".
"""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from quid.kit.errors import NotFound
from quid.kit.web import files

router = APIRouter(include_in_schema=False)
GET: Final = ["GET", "HEAD"]
FILES: Final = files.read(Path(__file__).parent)


def page(request: Request, name: str) -> Response:
    """Send a page of ours."""
    return files.send(request, FILES[f"{name}.html"])


@router.api_route("/pages/{name:path}", methods=GET)
async def file(request: Request, name: str) -> Response:
    """Send a style, a script or a picture. Pages have addresses of their own."""
    found = FILES.get(name)
    if found is None or name.endswith(".html"):
        raise NotFound
    return files.send(request, found)
