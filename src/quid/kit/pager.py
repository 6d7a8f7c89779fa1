"""Calling somebody: what must be looked at by a person now, and not in the morning."""

import asyncio
import urllib.request
from abc import ABC, abstractmethod
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from quid.kit import clock, guards, telemetry

_SECONDS: Final = 5.0
_PAGES: Final = telemetry.counter("quid_pages_total", "calls of a person", "way", "outcome")


class Page(NamedTuple):
    """What to say. `name` like `ledger.drift`; ids and amounts, never names, mails or notes."""

    name: str
    summary: str
    details: tuple[str, ...]
    at: datetime


class PageFailed(Exception):  # noqa: N818 - what became of the page
    """Nobody was reached this way; the page is sent again later."""


class Pager(ABC):
    """One way to reach a person. Never called inside a transaction."""

    way: str

    @abstractmethod
    async def page(self, page: Page) -> None:
        """Reach them. Raises: PageFailed."""


class LogPager(Pager):
    """A line of the level critical."""

    way = "log"

    async def page(self, page: Page) -> None:
        """Write it."""
        telemetry.log.critical(
            "page", page=page.name, summary=page.summary, details=list(page.details)
        )


class WebhookPager(Pager):
    """A POST of JSON to an address that wakes people."""

    way = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    async def page(self, page: Page) -> None:
        """Post it. Raises: PageFailed when the other side does not take it within 5 s."""
        body = msgspec.json.encode(
            {
                "name": page.name,
                "summary": page.summary,
                "details": page.details,
                "at": clock.text(page.at),
            }
        )
        try:
            await asyncio.to_thread(self._post, body)
        except (OSError, ValueError) as e:
            raise PageFailed(f"the pager's address: {e}") from e

    def _post(self, body: bytes) -> None:
        request = urllib.request.Request(  # noqa: S310 - settings take http and https alone
            self._url, body, {"content-type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
            pass


class Pagers(Pager):
    """All ways together: reached is who is reached by one of them beside the log."""

    way = "all"

    def __init__(self, ways: tuple[Pager, ...]) -> None:
        self._ways = ways

    async def page(self, page: Page) -> None:
        """Try every way. Raises: PageFailed when one has failed and only the log was reached."""
        guards.forbid_in_transaction("a page")
        reached, failed = [], []
        for pager in self._ways:
            try:
                await pager.page(page)
            except PageFailed as e:
                failed.append(str(e))
                telemetry.log.error("page.failed", way=pager.way, error=str(e))
                _PAGES.labels(pager.way, "failed").inc()
            else:
                reached.append(pager.way)
                _PAGES.labels(pager.way, "sent").inc()
        if failed and set(reached) <= {LogPager.way}:
            raise PageFailed("; ".join(failed))
