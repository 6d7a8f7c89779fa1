"""The files of our own pages and how they are served: no build step, no CDN, no inline script.

Names carry no hash, so a browser asks each time and is told "not modified". All files are read
once, at the start: a name is looked up in a table, so no path can lead out of the folder.
"""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request, Response

from quid.kit.errors import NotFound

router = APIRouter(include_in_schema=False)
GET: Final = ["GET", "HEAD"]
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    media_type: str
    etag: str


def _load() -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    for path in files(__package__).iterdir():
        media_type = _TYPES.get(path.name.rpartition(".")[2])
        if media_type is not None:
            body = path.read_bytes()
            found[path.name] = Asset(body, media_type, f'"{sha256(body).hexdigest()[:16]}"')
    return found


ASSETS: Final = _load()


def page(request: Request, name: str) -> Response:
    """Send a page of ours."""
    return _send(request, ASSETS[f"{name}.html"])


@router.api_route("/assets/{name:path}", methods=GET)
async def asset(request: Request, name: str) -> Response:
    """Send a style, a script or a picture. Pages have addresses of their own."""
    found = ASSETS.get(name)
    if found is None or name.endswith(".html"):
        raise NotFound
    return _send(request, found)


def _send(request: Request, asset: Asset) -> Response:
    headers = {"etag": asset.etag, "cache-control": "no-cache"}
    known = request.headers.get("if-none-match", "").split(",")
    if asset.etag in (tag.strip().removeprefix("W/") for tag in known):
        return Response(status_code=304, headers=headers)
    return Response(asset.body, headers=headers, media_type=asset.media_type)
