"""The test bench itself: nothing is left out in silence, nothing is broken unseen."""

from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quid.kit import ids
from tests.support import envelopes
from tests.support.database import faults_of

pytest_plugins = ["pytester"]
ROOT = Path(__file__).resolve().parents[2]
SKIPS = """
import asyncpg
import msgspec
import pytest

from quid.kit import ids
from tests.support import envelopes
from tests.support.database import faults_of

def test_passes(): pass

@pytest.mark.skip(reason="java: no Java 17 on PATH")
def test_with_java(): pass

@pytest.mark.skip(reason="pg16: no such wheel")
def test_with_pg16(): pass

def test_when_we_like():
    pytest.skip("too slow today")
"""


def test_a_run_lists_what_it_left_out_and_refuses_other_skips(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("QUID_REQUIRE", "pg16,node")
    pytester.makepyfile(test_skips=SKIPS, test_module="import pytest; pytest.importorskip('none')")
    result = pytester.runpytest_subprocess(
        "-p", "tests.support.skips", "--continue-on-collection-errors"
    )
    # Errors: the required pg16 and the module; a failure: the skip inside a test.
    result.assert_outcomes(passed=1, skipped=1, failed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["left out: *(java: no Java 17 on PATH)", "this order again: --randomly-seed=*"]
    )


GOOD = {
    "id": ids.show("evt", UUID(int=1)),
    "source": "quid/payments",
    "type": "payments.payment_completed.v1",
    "subject": "pay_1",
    "time": "2026-03-02T12:00:00Z",
    "partitionkey": "key",
    "data": {"amount": 1368},
}


def _fault(**changed: object) -> str | None:
    payload = msgspec.json.encode({**GOOD, **changed}).decode()
    return envelopes.fault("key", "payments.payment_completed.v1", payload)


def test_a_good_event_has_no_fault() -> None:
    assert _fault() is None


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "evt_1"},
        {"type": "payments.other.v1"},
        {"partitionkey": "other"},
        {"data": [1]},
        {"data": {"amount": 13.68}},
        {"time": 1},
    ],
)
def test_a_planted_fault_of_an_event_is_found(changed: dict[str, object]) -> None:
    assert _fault(**changed)


@pytest.mark.spoils("to see the alarm that follows every test with a database")
async def test_broken_books_and_events_are_found_after_a_test(
    db_url: str, admin: asyncpg.Connection
) -> None:
    assert await faults_of(db_url) == []
    await admin.execute(
        "insert into kit.outbox (id, topic, key, type, payload) "
        "values (gen_random_uuid(), 'payments', 'key', 'payments.x.v1', 'not json')"
    )
    await admin.execute(
        "insert into ledger.account (id, bucket, kind, currency, debits, changed_at) "
        "values (7, 0, 501, 'USD', 1, now())"
    )
    found = "\n".join(await faults_of(db_url))
    assert "debits are not credits" in found
    assert "payments.x.v1: JSON is malformed" in found
