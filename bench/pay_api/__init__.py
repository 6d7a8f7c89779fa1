"""HTTP payments with everything on, against a plain FastAPI route on row locks.

`python -m bench pay_api [--quick] [--doors]`. Servers, API, worker and load share the machine.
"""

from bench.pay_api.run import main

__all__ = ["main"]
