"""Files of a folder, and an app that is made of such.

They are read once, at the start, and found by name in a table: so no path leads out of the folder.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import Request, Response

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "wasm": "application/wasm",
    "webmanifest": "application/manifest+json",
    "woff2": "font/woff2",
}
_SMALLER: Final = {"br": ".br", "gzip": ".gz"}  # the smallest first
_NEVER: Final = re.compile(r"q=0(\.0*)?")
_HIDDEN: Final = re.compile(rb"%(2f|5c|00)", re.IGNORECASE)  # a slash, or an end, inside a name
_SHELL: Final = "index.html"
_HASHED: Final = "assets/"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent. `bodies`: what it is in each encoding, as it stands under "".

    `is_kept`: for good, since whatever changes in it changes its name too.
    """

    media_type: str
    etag: str
    bodies: Mapping[str, bytes]
    is_kept: bool = False


def read(folder: Path) -> dict[str, File]:
    """Read the files of a folder that browsers know, by name, but the hidden ones."""
    found: dict[str, File] = {}
    for path in sorted(folder.rglob("*")):
        media_type = _TYPES.get(path.suffix.removeprefix("."))
        name = path.relative_to(folder).as_posix()
        if media_type is None or f"/{name}".count("/.") or not path.is_file():
            continue
        smaller = {how: path.with_name(path.name + end) for how, end in _SMALLER.items()}
        bodies = {how: made.read_bytes() for how, made in smaller.items() if made.is_file()}
        body = path.read_bytes()
        found[name] = File(
            media_type,
            sha256(body).hexdigest()[:16],
            {"": body, **bodies},
            is_kept=name.startswith(_HASHED),
        )
    return found


def send(request: Request, file: File) -> Response:
    """Send a file, in the smallest form that the browser takes, unless it has that already."""
    how = _encoding(request.headers.get("accept-encoding", ""), file.bodies)
    etag = f'"{file.etag}-{how}"' if how else f'"{file.etag}"'
    kept = "public, max-age=31536000, immutable" if file.is_kept else "no-cache"
    headers = {"etag": etag, "cache-control": kept}
    if len(file.bodies) > 1:
        headers["vary"] = "accept-encoding"
    known = request.headers.get("if-none-match", "").split(",")
    if etag in (tag.strip().removeprefix("W/") for tag in known):
        return Response(status_code=304, headers=headers)
    if how:
        headers["content-encoding"] = how
    body = file.bodies[how]
    headers["content-length"] = str(len(body))
    is_head = request.method == "HEAD"
    return Response(b"" if is_head else body, headers=headers, media_type=file.media_type)


def _encoding(accepted: str, bodies: Mapping[str, bytes]) -> str:
    parts = (part.partition(";") for part in accepted.lower().split(","))
    weights = {name.strip(): weight.replace(" ", "") for name, _, weight in parts}
    takes = (how for how in _SMALLER if how in weights and not _NEVER.fullmatch(weights[how]))
    return next((how for how in takes if how in bodies), "")


@dataclass(frozen=True, slots=True)
class WebApp:
    """An app that draws its own pages: its files, and one shell for every address of its own."""

    files: Mapping[str, File]

    def find(self, request: Request, *, reserved: Collection[str]) -> File | None:
        """Find what stands at an address: a file; the shell, for whoever wants a page of the app.

        `reserved`: the first words of addresses that are none of the app's.
        """
        path: str = request.scope["path"]  # not of the URL, which is read again from what came
        raw: bytes = request.scope.get("raw_path") or b""
        words = path.removeprefix("/").split("/")
        *folders, last = words
        is_odd = not {"", ".", ".."}.isdisjoint(folders) or last in {".", ".."}
        if is_odd or _HIDDEN.search(raw) or re.search(r"[\\\0]", path):
            return None
        if found := self.files.get("/".join(words) or _SHELL):
            return found
        is_page = "text/html" in request.headers.get("accept", "").lower()
        return self.files.get(_SHELL) if is_page and words[0] not in reserved else None
