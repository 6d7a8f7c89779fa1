"""Timelines filled by the real consumer, against one insert for each row.

`python -m bench fanout [--quick]`. The consumer runs in this process, PostgreSQL beside it.
"""

from bench.fanout.run import main

__all__ = ["main"]
