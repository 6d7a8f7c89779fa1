"""A storm of webhooks over HTTP: how long each waits for its answer, and what payments feel."""

from bench.webhooks_intake.run import main

__all__ = ["main"]
