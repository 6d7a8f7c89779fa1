"""Log lines are JSON, each with its process and its request; metrics are scraped whole."""

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import structlog

from quid.kit import telemetry


@pytest.fixture
def logged() -> None:
    """Here lines are really written."""


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """A process's log; what was configured before comes back."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    out = io.StringIO()
    telemetry.start_logging("api", stream=out)
    monkeypatch.setattr(telemetry, "log", structlog.get_logger())  # the old one may be bound
    yield out
    structlog.contextvars.clear_contextvars()
    structlog.configure(**before)
    logging.getLogger().handlers = handlers


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_an_object_with_its_process_and_time(written: io.StringIO) -> None:
    telemetry.log.info("http.request", status=201, path="/é\n", id=UUID(int=1))
    telemetry.log.debug("not.said")
    [line] = lines(written)
    at = datetime.fromisoformat(str(line.pop("timestamp")))
    assert at.tzinfo == UTC
    assert line == {
        "event": "http.request",
        "level": "info",
        "process": "api",
        "status": 201,
        "path": "/é\n",
        "id": str(UUID(int=1)),
    }


async def test_every_task_has_the_process_and_its_own_request(written: io.StringIO) -> None:
    async def serve(name: str) -> None:
        telemetry.name_request(name)
        await asyncio.sleep(0)
        assert telemetry.request_id() == name
        telemetry.log.info("said")

    await asyncio.gather(*(serve(f"req-{n}") for n in range(5)))
    telemetry.log.info("said")
    found = lines(written)
    assert {line["process"] for line in found} == {"api"}
    assert [line.get("request_id") for line in found] == [*(f"req-{n}" for n in range(5)), None]
    assert telemetry.request_id() is None


def test_a_fault_is_one_line(written: io.StringIO) -> None:
    try:
        _ = 1 // 0
    except ZeroDivisionError as e:
        telemetry.log.error("http.fault", exc_info=e)
    [line] = lines(written)
    assert "ZeroDivisionError" in str(line["exception"])


@pytest.mark.parametrize("odd", ["\ud800", 10**100, float("nan"), b"\xff", {"a": {1, 2}}, object()])
def test_nothing_is_too_odd_to_be_logged(written: io.StringIO, odd: object) -> None:
    telemetry.log.info("odd", value=odd)
    [line] = lines(written)
    assert line["event"] in ("odd", "log.unwritable")


def test_what_a_library_warns_of_is_a_line_too(written: io.StringIO) -> None:
    logging.getLogger("asyncpg.pool").warning("lost %s", "a connection")
    logging.getLogger("asyncpg.pool").info("not said")
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        logging.getLogger("asyncio").exception("never retrieved")
    first, second = lines(written)
    assert (first["library"], first["text"]) == ("asyncpg.pool", "lost a connection")
    assert first["process"] == "api"
    assert "ZeroDivisionError" in str(second["exception"])


def test_metrics_are_scraped() -> None:
    counted = telemetry.counter("quid_test_things_total", "things", "what")
    counted.labels("a").inc()
    telemetry.gauge("quid_test_level", "level").set(3)
    telemetry.amounts("quid_test_amount", "amounts").observe(5)
    text = telemetry.scrape().decode()
    assert 'quid_test_things_total{what="a"} 1.0' in text
    assert "quid_test_level 3.0" in text
    assert 'quid_test_amount_bucket{le="500000.0"} 1.0' in text


SPEAK = """
import os
from quid.kit import telemetry
counted = telemetry.counter("quid_test_things_total", "things")
level = telemetry.gauge("quid_test_level", "level")
for n in (1, 2):
    pid = os.fork()
    if pid == 0:
        counted.inc(n)
        level.set(n)
        os._exit(0)
    os.waitpid(pid, 0)
print(telemetry.scrape().decode())
"""


def test_several_processes_are_scraped_as_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPEAK],
        env=dict(os.environ) | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert "quid_test_things_total 3.0" in done.stdout
    assert "quid_test_level 2.0" in done.stdout
