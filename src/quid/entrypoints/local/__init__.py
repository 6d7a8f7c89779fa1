"""The local stack: PostgreSQL and Valkey from wheels, and the processes of Quid above them."""

from quid.entrypoints.local.commands import Options, run

__all__ = ["Options", "run"]
