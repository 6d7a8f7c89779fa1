"""The operators' command line: `quid <noun> <verb>`."""

from quid.entrypoints.cli.main import main

__all__ = ["main"]
