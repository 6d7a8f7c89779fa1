"""A test may be left out only for what stands in `MAY_BE_ABSENT`, and the run says so at its end.

Such a skip begins with the name: `pytest.skip("java: no Java 17 on PATH; install a JDK")`. Any
other skip fails, and `QUID_REQUIRE=java,browser` makes the named ones fail too.
"""

import os
from collections.abc import Generator

import pytest

MAY_BE_ABSENT = {
    "java": "Kafka, Debezium and Cassandra as real servers",
    "browser": "journeys in Chromium",
    "node": "tests of the web app",
    "pg16": "PostgreSQL 16",
    "oracles": "the official packages of Plaid and Stripe, which a package registry has",
}
ALONE = ("tests/crash/test_", "tests/local/")  # crash/failpoints kills only what it started


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Read why a test was skipped."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


def judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip that is not allowed into a failure."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = reason_of(report)
    name = reason.partition(":")[0]
    required = os.environ.get("QUID_REQUIRE", "").split(",")
    if name not in MAY_BE_ABSENT or name in required:
        report.outcome = "failed"
        report.longrepr = f"may not be skipped here: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge the skip of a test."""
    report = yield
    judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge the skip of a whole module."""
    report = yield
    judge(report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the folders whose tests kill servers or need the machine to themselves."""
    for item in items:
        if item.nodeid.startswith(ALONE):
            item.add_marker(pytest.mark.alone)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why; and how to get this order of tests again."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = sorted({reason_of(report) for report in skipped})
    if not reasons:
        terminalreporter.write_line("left out: nothing")
    for reason in reasons:
        lost = MAY_BE_ABSENT.get(reason.partition(":")[0], "")
        terminalreporter.write_line(f"left out: {lost} ({reason})")
    seed = terminalreporter.config.getoption("randomly_seed", "")
    terminalreporter.write_line(f"this order again: --randomly-seed={seed}")
