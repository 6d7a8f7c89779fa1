"""A provider that takes every request and, as it is told, says no at once or never a word.

`python -m bench.providers.silence PORT`; SIGUSR1: from now on it is silent, SIGUSR2: it answers.
"""

import asyncio
import signal
import sys

_NO = (
    b'{"error_type": "TRANSFER_ERROR", "error_code": "TRANSFER_LIMIT_REACHED", '
    b'"error_message": "no", "request_id": "bench"}'
)
_ANSWER = b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n%s" % (len(_NO), _NO)


class Provider:
    """What it does at the moment."""

    def __init__(self) -> None:
        self.is_silent = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):  # a request of ours is one write
            if not self.is_silent:
                writer.write(_ANSWER)
        writer.close()

    def be(self, *, silent: bool) -> None:
        self.is_silent = silent


async def _main(port: int) -> None:
    provider = Provider()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, lambda: provider.be(silent=True))
    loop.add_signal_handler(signal.SIGUSR2, lambda: provider.be(silent=False))
    server = await asyncio.start_server(provider.serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
