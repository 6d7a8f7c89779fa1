"""What is generated or pinned equals what is committed. The cure is `./dev gen`."""

import json
import re
from pathlib import Path

import pytest

import quid
from quid.entrypoints.api import openapi
from quid.migrations import history
from tools import deps

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = Path(quid.__file__).parent / "migrations"


def test_the_committed_openapi_is_the_generated_one() -> None:
    assert openapi.DEFAULT == ROOT / "docs/api/openapi.json"
    assert openapi.DEFAULT.read_text(encoding="utf-8") == openapi.document()


def test_generating_twice_gives_the_same() -> None:
    assert openapi.document() == openapi.document()


def test_openapi_calls_each_operation_by_what_it_does() -> None:
    """Not by the name of a function."""
    paths = json.loads(openapi.document())["paths"]
    summaries = [o["summary"] for operations in paths.values() for o in operations.values()]
    assert [s for s in summaries if " " not in s or s.istitle() or s.endswith(".")] == []


def test_openapi_names_no_host_and_knows_problem_documents() -> None:
    spec = json.loads(openapi.document())
    assert "servers" not in spec
    assert "://" not in json.dumps(spec["paths"])
    refusals = [
        media
        for operations in spec["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status >= "400"
        for media in answer["content"]
    ]
    assert set(refusals) == {"application/problem+json"}


def test_the_history_of_migrations_lists_the_files_as_they_are() -> None:
    listed = (MIGRATIONS / "HISTORY").read_text(encoding="utf-8").splitlines()
    assert listed == history.lines(MIGRATIONS)


def test_an_edited_or_a_new_migration_changes_the_history(tmp_path: Path) -> None:
    (tmp_path / "HISTORY").write_text("00 kit_0001_a.sql\n", encoding="utf-8")
    (tmp_path / "kit_0001_a.sql").write_text("select 1", encoding="utf-8")
    (tmp_path / "risk_0001_b.sql").write_text("select 2", encoding="utf-8")
    first, second = history.lines(tmp_path)
    assert first != "00 kit_0001_a.sql"
    assert second.endswith(" risk_0001_b.sql")


@pytest.mark.parametrize("name", ["kit_1_a.sql", "feed_0001_a.sql", "kit_0001_A.sql"])
def test_a_migration_of_an_odd_name_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("select 1", encoding="utf-8")
    with pytest.raises(ValueError, match="a migration is called"):
        history.lines(tmp_path)


def test_the_requirements_are_in_step_with_the_project() -> None:
    assert [*deps.requirement_faults()] == []


@pytest.mark.parametrize("pins", [{}, {"asyncpg": {"0.31.0"}}, {"asyncpg": {"0.32.0", "0.33.0"}}])
def test_a_package_that_is_not_pinned_as_asked_is_found(pins: dict[str, set[str]]) -> None:
    assert [*deps.missing("run", pins, ["asyncpg>=0.32.0,<0.33"])]
    assert not [*deps.missing("run", {"asyncpg": {"0.32.5"}}, ["asyncpg>=0.32.0,<0.33"])]


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("see /" + "root/quid/x", deps.MACHINE),
        ("--index" + "-url x", deps.REGISTRY),
        ("ghp_" + "a" * 36, deps.TOKEN),
        ("https://me:" + "secret@example.org/", deps.TOKEN),
    ],
)
def test_what_belongs_to_one_machine_is_found(line: str, pattern: re.Pattern[str]) -> None:
    assert pattern.search(line)
