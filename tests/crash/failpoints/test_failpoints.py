"""Each flow dies, and fails, at every point it meets; the same again, and every cent is found.

By day a sixth of the cells, chosen by the seed of the run; `QUID_PROOF=night` plays all.
"""

import ast
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import quid
from quid.kit import failpoints
from tests.api.matrix.fixtures import kept
from tests.api.matrix.world import Kept
from tests.crash.failpoints.engine import Stage, Zygote, play, undisturbed
from tests.crash.failpoints.flows import PLANTED, flow, names
from tests.support.run import Addresses

__all__ = ["kept"]

SHARE = 1 if os.environ.get("QUID_PROOF") == "night" else 6


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    started = Zygote()
    yield started
    started.close()


@pytest.fixture
def stage(zygote: Zygote, servers: Addresses, valkey_url: str, kept: Kept, tmp_path: Path) -> Stage:
    return Stage(zygote, servers, valkey_url, kept, tmp_path)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", names())
async def test_a_flow_survives_every_point_it_meets(name: str, stage: Stage) -> None:
    what = flow(name, stage.kept)
    reference, wrong = await undisturbed(stage, what)
    assert not wrong, "\n".join(wrong)
    assert reference.told.met, "it meets no point"
    turn = random.randrange(SHARE)  # noqa: S311 - of the run's seed, to be repeated
    for fault in reference.cells(("die", "raise"))[turn::SHARE]:
        found = await play(stage, what, reference, fault)
        wrong += [f"{fault.how} at {fault.point} {fault.nth}: {w}" for w in found]
    assert not wrong, "\n".join(wrong)


async def test_every_point_is_met_by_a_flow(stage: Stage) -> None:
    met: set[str] = set()
    for name in (
        *("POST /v1/payments", "POST /v1/auth/start", "fund", "consume", "job kit.outbox"),
        *("deliver", "deposit"),
    ):
        reference, _ = await undisturbed(stage, flow(name, stage.kept))
        met |= set(reference.told.met)
    # A payment that a bank pays has a test of its own, with a sandbox: test_outside_cells.
    # Reading providers and comparing with them, too: tests/slices/rails/test_points.py.
    elsewhere = ("outside.", "pull.", "event.", "rails.", "webhooks.")
    assert met == {p for p in points() if not p.startswith(elsewhere)}


async def test_a_flow_that_forgets_its_key_is_found(stage: Stage) -> None:
    reference, wrong = await undisturbed(stage, PLANTED)
    assert any(w.startswith("journal:") for w in wrong)
    by_point = {f.point: f for f in reference.cells(("die",))}
    assert await play(stage, PLANTED, reference, by_point["db.commit.before"]) == []
    found = await play(stage, PLANTED, reference, by_point["db.commit.after"])
    assert any(w.startswith("journal:") for w in found)


def test_the_product_knows_no_variable_that_wakes_a_point() -> None:
    source = Path(failpoints.__file__).read_text(encoding="utf-8")
    [reach] = [n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    assert [type(n) for n in reach.body] == [ast.Expr]  # its docstring
    assert not [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Import | ast.ImportFrom)
    ]
    for path in Path(quid.__file__).parent.rglob("*.py"):
        assert "failpoints.reach =" not in path.read_text(encoding="utf-8"), path


def points() -> set[str]:
    """List the points that stand in the product's source."""
    found = set()
    for path in Path(quid.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "failpoints.reach":
                found.add(ast.literal_eval(node.args[0]))
    return found
