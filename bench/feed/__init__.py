"""Pages of a feed over HTTP, against the same page by one join without timelines.

`python -m bench feed [--quick]`. Servers, API, worker and load share the machine.
"""

from bench.feed.run import main

__all__ = ["main"]
