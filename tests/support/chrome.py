"""Chromium for tests: windows of a size and a theme, and what it complains of.

Playwright's synchronous half keeps an event loop of its own in this thread. Between tests it is
laid aside, so that those that bring a loop find none running.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    sync_playwright,
)

from tools import chromium, look
from tools.web.build import WEB

# A refusal is an answer like any other; Chromium writes it down as an error.
REFUSED = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d ")
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
AXE_RUN = """async (only) => (await axe.run(document, {runOnly: only})).violations
  .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.failureSummary}`))"""
PATIENCE_MS = 10_000


@dataclass(eq=False)
class Window:
    """A window as one person has it, and what went wrong in it."""

    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Write down what the browser complains of: errors, and what the policy has stopped."""

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not REFUSED.match(message.text):
                self.faults.append(f"{message.type}: {message.text}")

        page.on("console", said)
        page.on("pageerror", lambda e: self.faults.append(f"raised: {e}"))
        page.on("crash", lambda _: self.faults.append("the page crashed"))


class Chrome:
    """One browser for all tests of this process."""

    def __init__(self) -> None:
        found = chromium.find()
        self._manager = sync_playwright()
        self._playwright: Playwright = self._manager.start()
        self._loop = asyncio.get_running_loop()
        self.browser: Browser = self._playwright.chromium.launch(
            executable_path=found.program,
            args=found.arguments,
            env={**os.environ, **found.environ},
        )
        self._rest()

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Let its loop be the running one for the block."""
        asyncio._set_running_loop(self._loop)
        try:
            yield
        finally:
            self._rest()

    def _rest(self) -> None:
        asyncio._set_running_loop(None)

    def stop(self) -> None:
        """End it."""
        with self.awake():
            self.browser.close()
            self._playwright.stop()

    def window(self, base: str, size: str, theme: look.Theme = "light") -> Window:
        """Open a window of its own, with nothing in it but an empty page."""
        context = look.context(self.browser, base, size, theme, is_calm=True)
        context.set_default_timeout(PATIENCE_MS)
        window = Window(context, context.new_page())
        context.on("page", window.watch)
        window.watch(window.page)
        return window


def axe(page: Page, *, rule: str | None = None) -> list[str]:
    """Say what of WCAG 2.2 AA the page breaks, as far as a program can tell; or of one rule."""
    look.rest(page)  # what opens is judged when it stands
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    only = {"type": "rule", "values": [rule]} if rule else {"type": "tag", "values": TAGS}
    found: list[str] = page.evaluate(AXE_RUN, only)
    return found


def keep(window: Window, file: Path) -> None:
    """Keep a picture of a window whose test has failed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    window.page.screenshot(path=file)
