"""The local stack: PostgreSQL and Valkey from wheels, and the processes of Quid above them."""

from quid.entrypoints.local import home as homes
from quid.entrypoints.local import locate
from quid.entrypoints.local.commands import Options, run

__all__ = ["Options", "homes", "locate", "run"]
