"""Balance payments while every call to a provider hangs, against a calm provider.

`python -m bench providers [--quick]`. Servers, API, worker and load share the machine.
"""

from bench.providers.run import main

__all__ = ["main"]
