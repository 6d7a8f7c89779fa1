"""`python -m bench webhooks [--quick]`: how many webhooks one core verifies, of both providers.

Beside them the floor: the cryptography alone, without header, time, body and doorbell.
"""

from bench.webhooks.run import main

__all__ = ["main"]
