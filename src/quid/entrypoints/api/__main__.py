"""Start the API: `python -m quid.entrypoints.api`."""

import os
import resource
import sys
from pathlib import Path
from typing import Final

import uvicorn
from pydantic import ValidationError

from quid.entrypoints import metrics_folder
from quid.entrypoints.api.short_way import ShortWay
from quid.entrypoints.api.socket_protocol import (
    MESSAGE_MAX,
    PING_SECONDS,
    SILENCE_SECONDS,
    Socket,
)
from quid.kit import config

_FILES_MAX: Final = 65_536


def main() -> int:
    """Serve until told to stop. Exit 2: the settings are wrong."""
    try:
        core, _ = config.load()
    except (config.BadSettings, ValidationError) as e:
        sys.stderr.write(f"Quid cannot start: {e}\n")
        return 2
    metrics_folder.prepare(Path(core.home))
    _open_many_files()
    uvicorn.run(
        "quid.entrypoints.api.app:create",
        factory=True,
        host=core.host,
        port=core.port,
        workers=core.api_workers or max(1, (os.cpu_count() or 1) // 2),
        loop="uvloop",
        http=ShortWay,
        ws=Socket,
        ws_max_size=MESSAGE_MAX,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=SILENCE_SECONDS,
        ws_per_message_deflate=False,
        log_config=None,  # what it warns of is a line of ours (kit.telemetry)
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
    )
    return 0


def _open_many_files() -> None:
    """Allow ourselves as many connections as we may have: usual are a thousand, sockets stay."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, _FILES_MAX)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main())
