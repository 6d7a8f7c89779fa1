"""The sandbox under load: a day of many open transfers, and requests at a steady rate.

`python -m bench sandbox [--transfers=10000] [--seconds=15]`.
"""

from bench.sandbox.run import main

__all__ = ["main"]
