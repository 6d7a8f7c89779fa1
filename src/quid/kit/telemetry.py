"""What a process says of itself: JSON log lines and Prometheus metrics.

Names in logs are ids, never names, mails, notes, tokens or numbers of accounts.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Final, TextIO

import msgspec
import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client import multiprocess as prometheus_multiprocess
from prometheus_client import values as prometheus_values

from quid.kit import clock

if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    # The library asks the system for the process's number at each count, in case of a fork. The
    # system can tell of a fork itself.
    _process = [os.getpid()]
    os.register_at_fork(after_in_child=lambda: _process.append(os.getpid()))
    _make: Callable[[Callable[[], int]], type] = prometheus_values.MultiProcessValue
    prometheus_values.ValueClass = _make(lambda: _process[-1])
FAST_BUCKETS: Final = (
    0.0005, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.06, 0.125, 0.25, 0.5, 1.0, 2.5, 10.0,
)  # fmt: skip
SIZE_BUCKETS: Final = (1, 2, 4, 8, 16, 32, 64, 100, 200)
AMOUNT_BUCKETS: Final = (1, 100, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 500_000)
_FLUSH_SECONDS: Final = 0.1
METRICS_TYPE: Final = CONTENT_TYPE_LATEST

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def counter(name: str, what: str, *labels: str) -> Counter:
    """Make a counter; labels never hold ids."""
    return Counter(name, what, labels)


def gauge(name: str, what: str, *labels: str) -> Gauge:
    """Make a gauge; of several processes the largest value is shown."""
    return Gauge(name, what, labels, multiprocess_mode="max")


def level(name: str, what: str) -> Gauge:
    """Make a gauge of what a process has now; of several that live, their sum is shown."""
    return Gauge(name, what, multiprocess_mode="livesum")


def seconds(name: str, what: str, *labels: str) -> Histogram:
    """Make a histogram of durations, from half a millisecond to ten seconds."""
    return Histogram(name, what, labels, buckets=FAST_BUCKETS)


def sizes(name: str, what: str, *labels: str) -> Histogram:
    """Make a histogram of counts."""
    return Histogram(name, what, labels, buckets=SIZE_BUCKETS)


def amounts(name: str, what: str) -> Histogram:
    """Make a histogram of amounts in minor units, from a cent to five thousand dollars."""
    return Histogram(name, what, buckets=AMOUNT_BUCKETS)


def scrape() -> bytes:
    """Write all metrics, of all processes that share the folder `PROMETHEUS_MULTIPROC_DIR`."""
    if prometheus_values.ValueClass.__name__ == "MmapedValue":
        _forget_dead(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
        registry = CollectorRegistry()
        prometheus_multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # theirs
        return generate_latest(registry)
    return generate_latest(REGISTRY)


def _forget_dead(folder: Path) -> None:
    """Drop the levels of processes that were killed: nobody else took them down."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            file.unlink(missing_ok=True)


def start_logging(process: str, *, stream: TextIO | None = None, least: int = logging.INFO) -> None:
    """Send one JSON object a line to standard output, with the process's name on each.

    What libraries warn of goes the same way. What is below the level `least` is not said.
    """
    out = _Lasting(stream or sys.stdout)
    _sink.process, _sink.out, _sink.waiting = process, out, []
    structlog.configure(
        processors=[
            _add_request,
            partial(_name, process),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_serialize),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(file=out),  # type: ignore[arg-type]  # it writes
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if not isinstance(h, _Library)] + [_Library()]


class _Lasting:
    """A stream; where it has been closed, standard output as it is now (a test's ends with it)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._open().write(text)

    def flush(self) -> None:
        self._open().flush()

    def _open(self) -> TextIO:
        return sys.stdout if self._stream.closed else self._stream


class _Sink:
    """Where the lines go."""

    process = ""
    out: "_Lasting | None" = None
    waiting: list[str] = []  # noqa: RUF012 - one sink a process


_sink = _Sink()


def line(event: str, of_request: str, **fields: str | float) -> None:
    """Write a line of the level info without the logger's processors: one for each request.

    It is the same line, for a third of the time; lines of a tenth of a second leave together.
    """
    if _sink.out is None:
        log.info(event, **fields)
        return
    whole = {
        **fields,
        "event": event,
        "request_id": of_request,
        "process": _sink.process,
        "level": "info",
        "timestamp": clock.text(clock.now()),
    }
    _sink.waiting.append(_serialize(whole))
    if len(_sink.waiting) == 1:
        asyncio.get_running_loop().call_later(_FLUSH_SECONDS, flush)


def flush() -> None:
    """Send the lines that wait; the end of a process must, for it ends without asking."""
    if _sink.out is not None and _sink.waiting:
        lines, _sink.waiting = _sink.waiting, []
        _sink.out.write("\n".join(lines) + "\n")
        _sink.out.flush()


class _Library(logging.Handler):
    """Passes on what a library tells the standard logger."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text, fault = record.getMessage(), record.exc_info or None
            log.warning("library.warned", library=record.name, text=text, exc_info=fault)
        except Exception:  # noqa: BLE001 - a door: who logs must not fail by it
            self.handleError(record)


def _name(
    process: str, _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    # Not a context variable: tasks of the server do not inherit what was bound at its start.
    event["process"] = process
    return event


def _serialize(event: object, **_: object) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=str).decode()
    except (ValueError, TypeError, OverflowError):  # half a character, a number of a hundred digits
        return msgspec.json.encode({"event": "log.unwritable", "was": ascii(event)}).decode()


_request: Final[ContextVar[str | None]] = ContextVar("quid_request", default=None)


def name_request(name: str) -> None:
    """Say which request this task serves: its log lines carry the name."""
    _request.set(name)


def request_id() -> str | None:
    """Give the id of the request that this task serves, as its log lines carry it."""
    return _request.get()


_address: ContextVar[str | None] = ContextVar("quid_address", default=None)


def came_from(address: str) -> None:
    """Note the network address of the request that this task serves, for the audit log."""
    _address.set(address or None)


def address() -> str | None:
    """Give the network address of the request that this task serves; none in jobs and commands."""
    return _address.get()


def _add_request(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    name = _request.get()
    if name is not None:
        event.setdefault("request_id", name)
    return event
