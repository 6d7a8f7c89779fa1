"""The ledger alone, against row locks and against one function call per transfer.

`python -m bench ledger [--quick]`. Load and server share the machine.
"""

from bench.ledger.run import main

__all__ = ["main"]
