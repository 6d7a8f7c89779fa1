"""`python -m bench [NAME ...] [--quick]`: measure this machine; without a name, the ledger."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

FOLDER = Path(__file__).parent


def main(words: list[str]) -> int:
    """Run the benches that are named, one after the other; what begins with -- is for them."""
    known = sorted(p.parent.name for p in FOLDER.glob("*/__init__.py"))
    names = [w for w in words if not w.startswith("--")] or ["ledger"]
    options = [w for w in words if w.startswith("--")]
    if unknown := [n for n in names if n not in known]:
        print(f"bench: no such bench: {', '.join(unknown)}. There are: {', '.join(known)}")
        return 2
    for name in names:
        run = cast("Callable[[list[str]], int]", importlib.import_module(f"bench.{name}").main)
        if failed := run(options):
            return failed
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
