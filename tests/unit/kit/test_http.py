"""Requests to the outside over real sockets: what fails says whether it was heard."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from structlog.typing import EventDict

from quid.kit import guards
from quid.kit.guards import BrokenRule
from quid.kit.http import Client, NoAnswer, NotSent, Request

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-Seen: yes\r\n\r\nok"


@asynccontextmanager
async def listening(answer: Answering) -> AsyncIterator[str]:
    """A server that reads a head and then does what the test says."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()


@asynccontextmanager
async def calling(url: str, **options: Any) -> AsyncIterator[Client]:
    client = Client(url, **options)
    try:
        yield client
    finally:
        await client.close()


def says(raw: bytes) -> Answering:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


async def hangs(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def drips(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def resets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


REQUEST = Request("GET", "/things/{id}", 2.0, parts={"id": "a/../b?c"}, query=(("q", "1"),))


async def test_an_answer_comes_whole_and_names_of_headers_are_small() -> None:
    async with listening(says(GOOD)) as url, calling(url) as client:
        answer = await client.send(REQUEST)
    assert (answer.status, answer.content, answer.headers["x-seen"]) == (200, b"ok", "yes")


async def test_a_part_of_a_path_stays_one_part() -> None:
    seen: list[bytes] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GOOD)
        await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readline())
        await reader.readuntil(b"\r\n\r\n")
        await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, calling(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as client:
        await client.send(REQUEST)
    assert seen == [b"GET /things/a%2F..%2Fb%3Fc?q=1 HTTP/1.1\r\n"]


async def test_nobody_there_means_not_sent() -> None:
    async with calling("http://127.0.0.1:9") as client:
        with pytest.raises(NotSent):
            await client.send(REQUEST)


@pytest.mark.parametrize(
    "answer",
    [
        resets,
        says(b""),
        says(b"nonsense\r\n\r\n"),
        says(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
        says(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-encoding: gzip\r\n\r\nabc"),
    ],
    ids=["reset", "closed", "nonsense", "half", "not packed"],
)
async def test_what_breaks_off_after_sending_has_no_answer(answer: Answering) -> None:
    async with listening(answer) as url, calling(url) as client:
        with pytest.raises(NoAnswer):
            await client.send(REQUEST)


@pytest.mark.parametrize("answer", [hangs, drips])
async def test_a_deadline_holds_for_the_whole(answer: Answering) -> None:
    loop = asyncio.get_running_loop()
    async with listening(answer) as url, calling(url) as client:
        began = loop.time()
        with pytest.raises(NoAnswer):
            await client.send(Request("GET", "/", 0.3))
        assert loop.time() - began < 1.5


async def test_an_answer_that_is_too_large_is_none() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n"
    async with (
        listening(says(head + b"x" * 5000)) as url,
        calling(url, answer_max=4999) as client,
    ):
        with pytest.raises(NoAnswer):
            await client.send(REQUEST)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"
    async with listening(says(moved)) as url, calling(url) as client:
        assert (await client.send(REQUEST)).status == 302


@pytest.mark.parametrize("scheme", ["https", "HTTPS"])
async def test_a_certificate_that_nobody_vouches_for_is_not_spoken_to(
    tmp_path: Path, scheme: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, at, at + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "own.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    url = f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}"
    async with server, calling(url) as client:
        with pytest.raises(NotSent):
            await client.send(REQUEST)
    assert [said for said in heard if said] == []


async def test_nothing_is_sent_while_a_transaction_is_open() -> None:
    async with listening(says(GOOD)) as url, calling(url) as client:
        with guards.transaction(), pytest.raises(BrokenRule):
            await client.send(REQUEST)


async def test_a_log_line_has_no_secret(logged: list[EventDict]) -> None:
    request = Request(
        "POST",
        "/things/{id}",
        2.0,
        parts={"id": "token-in-path"},
        query=(("q", "token-in-query"),),
        headers={"authorization": "token-in-head"},
        content=b"token-in-body",
    )
    async with listening(says(GOOD)) as url, calling(url) as client:
        await client.send(request)
    [line] = [entry for entry in logged if entry["event"] == "http.called"]
    assert line["path"] == "/things/{id}"
    assert "token-in" not in str(line)
    assert "token-in-head" not in repr(request)
    assert "token-in-body" not in repr(request)
    assert "token-in-query" not in repr(request)
