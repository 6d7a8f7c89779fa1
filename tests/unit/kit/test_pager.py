"""Pages: every way is tried, one reached is enough, and a webhook is a real request."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from quid.kit import guards
from quid.kit.crypto import Signer, is_signed
from quid.kit.guards import BrokenRule
from quid.kit.pager import LogPager, Page, PageFailed, Pager, Pagers, WebhookPager

PAGE = Page("ledger.drift", "The books differ", ("R1 account 7",), datetime(2026, 1, 2, tzinfo=UTC))


class Way(Pager):
    """A way that works, or does not."""

    def __init__(self, way: str, *, works: bool) -> None:
        self.way, self.works, self.tried = way, works, 0

    async def page(self, page: Page) -> None:
        assert page == PAGE
        self.tried += 1
        if not self.works:
            raise PageFailed(self.way)


async def test_every_way_is_tried_and_one_that_works_is_enough() -> None:
    ways = (LogPager(), Way("mail", works=False), Way("webhook", works=True))
    await Pagers(ways).page(PAGE)
    assert [w.tried for w in ways[1:] if isinstance(w, Way)] == [1, 1]


async def test_the_log_alone_is_nobody_where_another_way_has_failed() -> None:
    with pytest.raises(PageFailed, match="mail"):
        await Pagers((LogPager(), Way("mail", works=False))).page(PAGE)
    await Pagers((LogPager(),)).page(PAGE)


async def test_nobody_is_paged_inside_a_transaction() -> None:
    with guards.transaction(), pytest.raises(BrokenRule):
        await Pagers((LogPager(),)).page(PAGE)


@pytest.mark.parametrize("status", ["200 OK", "500 No"])
async def test_a_webhook_gets_the_page_as_json(status: str) -> None:
    got: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        size = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        got.append(await reader.readexactly(size))
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    pager = WebhookPager(f"http://127.0.0.1:{port}/hook")
    async with server:
        if status.startswith("200"):
            await pager.page(PAGE)
        else:
            with pytest.raises(PageFailed):
                await pager.page(PAGE)
    assert json.loads(got[0]) == {
        "name": "ledger.drift",
        "summary": "The books differ",
        "details": ["R1 account 7"],
        "at": "2026-01-02T00:00:00.000000Z",
    }


async def test_a_webhook_that_nobody_answers_has_failed() -> None:
    with pytest.raises(PageFailed):
        await WebhookPager("http://127.0.0.1:1/hook").page(PAGE)


def test_a_signature_holds_for_its_bytes_and_its_key_alone() -> None:
    one, other = Signer(b"1" * 32), Signer(b"2" * 32)
    signature = one.sign(b"day")
    assert is_signed(b"day", signature, public=one.public)
    assert not is_signed(b"day!", signature, public=one.public)
    assert not is_signed(b"day", signature, public=other.public)
    assert not is_signed(b"day", signature[:-1], public=one.public)
    assert not is_signed(b"day", signature, public=b"short")
