"""A provider that takes every connection, reads every request and never says a word."""

import asyncio
import sys


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass
    writer.close()


async def _serve(port: int) -> None:
    server = await asyncio.start_server(_listen, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
