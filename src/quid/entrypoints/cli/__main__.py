"""`python -m quid.entrypoints.cli`."""

import sys

from quid.entrypoints.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
