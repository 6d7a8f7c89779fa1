"""A way to Valkey on which some of what is published goes to nobody; everything else arrives."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit


@asynccontextmanager
async def lossy(valkey_url: str, channel: str, share: float) -> AsyncIterator[str]:
    """Stand in front of a Valkey; give the address. `share` of the messages are lost."""
    named = f"${len(channel)}\r\n{channel}\r\n".encode()
    nobody = f"${len(channel)}\r\n{'x' * len(channel)}\r\n".encode()
    chance = random.Random(1)  # noqa: S311 - no secret
    parts = urlsplit(valkey_url)
    tasks: set[asyncio.Task[None]] = set()

    async def pass_on(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, lose: bool
    ) -> None:
        try:
            while data := await reader.read(65536):
                is_lost = lose and b"PUBLISH" in data and chance.random() < share
                writer.write(data.replace(named, nobody) if is_lost else data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if parts.scheme == "unix":
            up, down = await asyncio.open_unix_connection(parts.path)
        else:
            up, down = await asyncio.open_connection(parts.hostname, parts.port)
        for one, other, lose in ((reader, down, True), (up, writer, False)):
            task = asyncio.create_task(pass_on(one, other, lose=lose))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    number = parse_qs(parts.query).get("db", [parts.path.strip("/") or "0"])[0]
    try:
        yield f"redis://127.0.0.1:{port}/{number if number.isdigit() else 0}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
