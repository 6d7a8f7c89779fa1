"""`python -m quid.entrypoints.local up [--detach] | stop | status`."""

import argparse
import sys

from quid.entrypoints.local import Options, run


def main() -> int:
    """Read the command line and carry it out."""
    parser = argparse.ArgumentParser(prog="quid local")
    parser.add_argument("action", choices=["up", "stop", "status"])
    parser.add_argument("--detach", action="store_true", help="return once the system is ready")
    given = parser.parse_args()
    return run(Options(given.action, detach=given.detach))


if __name__ == "__main__":
    sys.exit(main())
