"""The small parts of the cellar: cursors, keys, guards, the runtime, refusals."""

import asyncio
import base64
from abc import ABC
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit import clock, guards, runtime
from quid.kit.crypto import CursorKey, digest16
from quid.kit.errors import (
    STATUS,
    InvalidCursor,
    Overloaded,
    RateLimited,
    Refusal,
    ValidationFailed,
    problem_fields,
)
from quid.kit.once import Key
from quid.kit.runtime import Runtime

CURSORS = CursorKey(b"k" * 32)


@given(st.binary(max_size=60), st.text(max_size=20))
def test_a_cursor_is_read_again_for_its_list_alone(payload: bytes, purpose: str) -> None:
    cursor = CURSORS.write(purpose, payload)
    assert CURSORS.read(purpose, cursor) == payload
    for key, other in ((CURSORS, purpose + "x"), (CursorKey(b"j" * 32), purpose)):
        with pytest.raises(InvalidCursor):
            key.read(other, cursor)


def test_a_cursor_tells_nobody_where_a_page_has_ended() -> None:
    """It could be read, and named payments that its reader must not know of."""
    place = b"the last line examined"
    cursor = CURSORS.write("feed", place)
    assert place not in base64.urlsafe_b64decode(cursor + "==")
    assert cursor != CURSORS.write("feed", place)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_changed_cursor_is_refused(payload: bytes, data: st.DataObject) -> None:
    cursor = CURSORS.write("feed", payload)
    at = data.draw(st.integers(0, len(cursor) - 2))  # the last sign has bits that mean nothing
    sign = data.draw(st.sampled_from("ABab01-_").filter(lambda c: c != cursor[at]))
    for forged in (cursor[:at] + sign + cursor[at + 1 :], cursor[:at]):
        with pytest.raises(InvalidCursor):
            CURSORS.read("feed", forged)


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CURSORS.read("feed", text)


def test_a_digest_is_sixteen_bytes_of_sha_256() -> None:
    assert digest16(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb924"


def test_a_key_is_named_with_the_tag_of_its_person() -> None:
    key = Key(UUID(int=5), "payments.send", b"\x01" * 16, b"\x02" * 16)
    assert key.cache_name == f"idem:{{u:{UUID(int=5).hex}}}:payments.send:{'01' * 16}"
    assert key.scope == (UUID(int=5), "payments.send", b"\x01" * 16)


def test_time_is_written_in_utc() -> None:
    east = timezone(timedelta(hours=2))
    at = datetime(2026, 3, 2, 14, 0, 0, 5, east)
    assert clock.text(at) == "2026-03-02T12:00:00.000005Z"
    assert clock.now().tzinfo is UTC


def test_a_transaction_inside_another_is_a_broken_rule() -> None:
    with guards.transaction():
        with pytest.raises(guards.BrokenRule), guards.transaction():
            pass
        with pytest.raises(guards.BrokenRule, match="a bank while"):
            guards.forbid_in_transaction("a bank")
    with guards.transaction():
        pass
    guards.forbid_in_transaction("a bank")


def test_a_broken_block_ends_its_transaction() -> None:
    with pytest.raises(ValueError), guards.transaction():  # noqa: PT011 - it is ours
        raise ValueError
    guards.forbid_in_transaction("a bank")


class Port(ABC):  # noqa: B024 - a port with nothing to do
    pass


class Adapter(Port):
    pass


async def test_a_runtime_finds_its_parts() -> None:
    one, two = Runtime(), Runtime()
    part, port = Key(UUID(int=1), "", b"", b""), Adapter()
    one.put(part)
    one.put(port, kind=Port)
    with runtime.use(one) as used:
        assert used is runtime.current() is one
        assert runtime.part(Key) is part
        assert runtime.part(Port) is port
        with pytest.raises(LookupError, match="Adapter"):
            runtime.part(Adapter)

        async def elsewhere() -> Runtime:
            runtime.install(two)
            return runtime.current()

        assert await asyncio.create_task(elsewhere()) is two
        assert runtime.current() is one


def every(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(k for sub in kind.__subclasses__() for k in every(sub))]


def test_every_category_has_its_status_and_every_code_its_category() -> None:
    assert STATUS == {
        "invalid": 400,
        "too_large": 413,
        "unauthenticated": 401,
        "forbidden": 403,
        "not_found": 404,
        "conflict": 409,
        "gone": 410,
        "refused": 422,
        "limited": 429,
        "upstream": 502,
        "unavailable": 503,
        "internal": 500,
    }
    ours = [k for k in every(Refusal)[1:] if k.__module__.startswith("quid.kit")]
    assert {k.category for k in ours} <= set(STATUS)
    for kind in ours:
        body = problem_fields(kind(), "req")
        assert body["status"] == STATUS[kind.category]
        assert body["code"] == kind.code == kind.code.upper()
        assert body["title"]
        assert body["detail"], kind


def test_a_problem_says_what_is_known() -> None:
    refusal = ValidationFailed("no", field="amount", extra={"errors": [{"field": "amount"}]})
    assert problem_fields(refusal, "req-1") == {
        "type": "urn:quid:error:VALIDATION_ERROR",
        "title": "Check the form",
        "status": 400,
        "detail": "no",
        "code": "VALIDATION_ERROR",
        "retryable": False,
        "money_moved": "no",
        "request_id": "req-1",
        "field": "amount",
        "errors": [{"field": "amount"}],
    }
    busy = problem_fields(Overloaded(retry_after=2), "r")
    assert (busy["retry_after"], busy["retryable"], busy["status"]) == (2, True, 503)
    assert "retry_after" not in problem_fields(RateLimited(), "r")
