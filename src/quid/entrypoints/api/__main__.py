"""Start the API: `python -m quid.entrypoints.api`."""

import os
import sys
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from quid.entrypoints import metrics_folder
from quid.entrypoints.api.short_way import ShortWay
from quid.kit import config


def main() -> int:
    """Serve until told to stop. Exit 2: the settings are wrong."""
    try:
        core, _ = config.load()
    except (config.BadSettings, ValidationError) as e:
        sys.stderr.write(f"Quid cannot start: {e}\n")
        return 2
    metrics_folder.prepare(Path(core.home))
    uvicorn.run(
        "quid.entrypoints.api.app:create",
        factory=True,
        host=core.host,
        port=core.port,
        workers=core.api_workers or max(1, (os.cpu_count() or 1) // 2),
        loop="uvloop",
        http=ShortWay,
        ws="none",
        log_config=None,  # what it warns of is a line of ours (kit.telemetry)
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=75,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
