"""Take pictures of the web app, on a phone and on a desk, in the light and in the dark.

    python -m tools.look --base http://localhost:8080 --as ana /pay /wallet

What the browser complains of is printed beside each picture.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from quid.entrypoints.local import homes
from tools import chromium
from tools.web.trouble import Trouble

Theme = Literal["light", "dark"]
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
OTHER_SIZES = {"narrow": (320, 568), "short": (375, 667), "tablet": (768, 1024)}
THEMES: tuple[Theme, ...] = ("light", "dark")
IDLE_SECONDS = 3
SETTLE_SECONDS = 10
SIGN_IN = """async ({handle, password}) => {
  const post = (path, body) => fetch(path, {
    method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify(body),
  });
  let answer = await post("/demo/sign-in", {handle});
  if (answer.status === 404 && password) {
    answer = await post("/v1/auth/sign-in", {identifier: handle, password});
  }
  return answer.ok ? "" : `${answer.status} ${await answer.text()}`;
}"""
TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
IS_SETTLED = """() => document.readyState === "complete" && document.fonts.status === "loaded"
  && document.querySelector("#root:empty, [aria-busy=true], .skeleton") === null
  && document.getAnimations().every((a) => a.playState !== "running" ||
       a.effect?.getComputedTiming().iterations === Infinity)"""


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium for the block."""
    try:
        found = chromium.find()
    except Trouble as e:
        sys.exit(f"{e}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=found.program,
            args=found.arguments,
            env={**os.environ, **found.environ},
        )
        yield opened
        opened.close()


def sign_in(page: Page, base: str, handle: str) -> None:
    """Sign a demo person in."""
    record = homes.find(os.environ).read_run()
    password = str(record.demo.get("password", "")) if record else ""
    page.goto(base, wait_until="commit")
    if fault := page.evaluate(SIGN_IN, {"handle": handle, "password": password}):
        sys.exit(f"{handle} cannot sign in: {fault}")


def context(
    opened: Browser, base: str, size: str, theme: Theme, *, is_calm: bool = False
) -> BrowserContext:
    """Open a window of its own: a phone is touched, and a calm one moves nothing."""
    width, height = (SIZES | OTHER_SIZES)[size]
    is_mobile = size != "desktop"
    return opened.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        color_scheme=theme,
        reduced_motion="reduce" if is_calm else "no-preference",
        has_touch=is_mobile,
        is_mobile=is_mobile,
        locale="en-US",
        timezone_id="America/New_York",
    )


def settle(page: Page) -> None:
    """Wait until nothing loads or moves any more, but not for ever."""
    with suppress(Error):  # a page that asks again and again is never idle
        page.wait_for_load_state("networkidle", timeout=IDLE_SECONDS * 1000)
    rest(page)


def rest(page: Page) -> None:
    """Wait until nothing moves or is being drawn any more, but not for ever."""
    page.evaluate(TWO_FRAMES)  # what has just been changed begins to move in the next
    try:
        page.wait_for_function(IS_SETTLED, timeout=SETTLE_SECONDS * 1000)
    except Error as e:
        print(f"  has not settled: {str(e).splitlines()[0]}")


def name_of(path: str) -> str:
    """Make a path a file's name."""
    return re.sub(r"[^\w@-]+", "-", path).strip("-") or "home"


def main() -> None:
    """Read the command line; take each picture."""
    parser = argparse.ArgumentParser(prog="look", description=__doc__)
    parser.add_argument("paths", nargs="*", default=["/"])
    parser.add_argument("--base", default="http://localhost:5173")
    parser.add_argument("--as", dest="handle", help="a demo person; else a visitor")
    parser.add_argument("--out", type=Path, default=Path(".local/look"))
    parser.add_argument("--size", choices=SIZES | OTHER_SIZES, help="one size alone")
    parser.add_argument("--theme", choices=THEMES, help="one theme alone")
    parser.add_argument("--full", action="store_true", help="the whole page, not the window")
    parser.add_argument("--click", action="append", default=[], help="a selector, before the look")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with browser() as opened:
        for size in [given.size] if given.size else SIZES:
            page = context(opened, given.base, size, "light").new_page()
            page.on(
                "console", lambda m: print(f"  {m.type}: {m.text}") if m.type != "log" else None
            )
            page.on("pageerror", lambda e: print(f"  error: {e}"))
            if given.handle:
                sign_in(page, given.base, given.handle)
            for path in given.paths:
                for theme in [given.theme] if given.theme else THEMES:
                    take(
                        page, path, theme, given, given.out / f"{name_of(path)}.{size}.{theme}.png"
                    )


def take(page: Page, path: str, theme: Theme, given: argparse.Namespace, file: Path) -> None:
    """Open a path and write its picture."""
    print(file)
    page.emulate_media(color_scheme=theme)
    page.goto(path, wait_until="load")
    settle(page)
    for selector in given.click:
        page.locator(selector).first.click()
        settle(page)
    page.screenshot(path=file, full_page=given.full, type="png")


if __name__ == "__main__":
    main()
