"""Plant faults in a copy of the source, one at a time, and say which contracts break.

A process of its own, because the checker finds `quid` by import and must find the copy:
`python plant.py COPY CONTRACTS < faults.json`; a fault is a list of pairs [module, line to add].
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from importlinter.application import use_cases
from importlinter.application.user_options import UserOptions
from importlinter.configuration import configure
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.contract import registry

KINDS = (
    AcyclicSiblingsContract,
    ForbiddenContract,
    IndependenceContract,
    LayersContract,
    ProtectedContract,
)


def place(root: Path, module: str) -> Path:
    """Find the file of a module; one that does not exist becomes a plain file."""
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@contextmanager
def planted(root: Path, module: str, line: str) -> Iterator[None]:
    """Add a line to a module, and take it away again."""
    path = place(root, module)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")


def broken(options: UserOptions) -> list[str]:
    """Run all contracts; name those that break."""
    report = use_cases.create_report(options, cache_dir=None)
    failed = [c.name for c, check in report.get_contracts_and_checks() if not check.kept]
    return [*failed, *report.invalid_contract_options]


def main(root: Path, contracts: str) -> None:
    """Answer with one list of broken contracts for each fault."""
    sys.path.insert(0, str(root))
    options = use_cases.read_user_options(contracts)
    answers = []
    for fault in json.load(sys.stdin):
        with ExitStack() as stack:
            for module, line in fault:
                stack.enter_context(planted(root, module, line))
            answers.append(broken(options))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    configure()
    for kind in KINDS:
        registry.register(kind, kind.type_name)
    main(Path(sys.argv[1]), sys.argv[2])
