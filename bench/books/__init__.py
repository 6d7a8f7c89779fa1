"""Large books: how fast they are verified and reconciled, and what that costs the payments.

`python -m bench books [--rows=10000000] [--seconds=8]`.
"""

from bench.books.run import main

__all__ = ["main"]
