"""The web app at every address that is nobody else's; without it, a plain page that says so."""

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request

from quid.entrypoints.api import pages
from quid.kit import runtime
from quid.kit.config import BadSettings, Core
from quid.kit.web import files
from quid.kit.web.files import WebApp

_PACKAGE: Final = Path(__file__).resolve().parents[2]
# In an installed package, and in a checkout.
_PLACES: Final = (_PACKAGE / "_web", _PACKAGE.parents[1] / "web" / "dist")
# What is no page of the app, whatever is asked for there.
_RESERVED: Final = frozenset(
    {"v1", "assets", "pages", "demo", "healthz", "readyz", "metrics", "openapi.json", ".well-known"}
)
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def read(core: Core) -> WebApp:
    """Read the web app as it was built, if it was. Raises: BadSettings when it is not as named."""
    named = core.web_dist
    if named and not (named / "index.html").is_file():
        raise BadSettings(f"QUID_WEB_DIST: {named} holds no index.html; build it, or unset it")
    for place in (named,) if named else _PLACES:
        if (place / "index.html").is_file():
            return WebApp(files.read(place))
    return WebApp({})


def serve(app: FastAPI) -> None:
    """Answer GET and HEAD of what no route takes with the web app."""
    nowhere = app.router.default

    async def other(scope: MutableMapping[str, Any], receive: _Receive, send: _Send) -> None:
        if scope["type"] == "http" and scope["method"] in pages.GET:
            request, web = Request(scope), runtime.part(WebApp)
            if found := web.find(request, reserved=_RESERVED):
                await files.send(request, found)(scope, receive, send)
                return
            if scope["path"] == "/":
                await pages.page(request, "plain")(scope, receive, send)
                return
        await nowhere(scope, receive, send)

    app.router.default = other
