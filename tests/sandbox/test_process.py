"""The process: keys, the journal, faults on the wire, restarts, the pace."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.support.bank import Linked, link
from tests.support.sandbox import Sandbox, running


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox") / "home") as box:
        yield box


@pytest.fixture
def box(process: Sandbox) -> Sandbox:
    process.reset()
    return process


# ---------------------------------------------------------------------- doors


def test_without_its_token_the_control_door_is_shut(box: Sandbox) -> None:
    for headers in ({}, {"authorization": "Bearer x"}):
        answer = box.web.post(f"{box.control}/_sandbox/reset", headers=headers)
        assert answer.status_code == 401
    for url in (box.plaid, box.stripe):
        assert box.web.get(f"{url}/_sandbox/journal").status_code in {401, 404}


def test_its_files_are_its_owners_in_whatever_folder_they_lie(tmp_path: Path) -> None:
    home = tmp_path / "everybodys"
    home.mkdir(mode=0o755)
    with running(home):
        modes = {file.name: file.stat().st_mode & 0o077 for file in home.iterdir()}
    assert "sandbox.sqlite" in modes
    assert set(modes.values()) == {0}


def test_a_control_request_that_means_nothing_changes_nothing(box: Sandbox) -> None:
    headers = {"authorization": f"Bearer {box.control_token}"}
    for path, body in (
        ("faults", {"do": {"kind": "magic"}}),
        ("clock", {"advance": "x"}),
        ("clock", {}),
        ("restore", {"name": "never"}),
        ("books", {"type": "a", "id": "b", "do": "c"}),
    ):
        answer = box.web.post(f"{box.control}/_sandbox/{path}", json=body, headers=headers)
        assert answer.status_code == 400, path
    assert box.order("GET", "faults") == []


def test_its_keys_are_needed_and_may_stand_in_the_body(box: Sandbox) -> None:
    url = f"{box.plaid}/institutions/search"
    asked = {"query": "bank", "country_codes": ["US"], "products": None}
    keys = {"client_id": box.plaid_client_id, "secret": box.plaid_secret}
    assert box.web.post(url, json=asked | keys).status_code == 200
    for wrong in ({}, {"client_id": box.plaid_client_id, "secret": "x"}):
        answer = box.web.post(url, json=asked | wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_API_KEYS")


def test_errors_have_the_shape_of_the_original(box: Sandbox) -> None:
    answer = box.ask("/transfer/intent/create")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "NOT_FOUND")
    fields = {"error_type", "error_code", "error_message", "display_message", "request_id"}
    assert fields <= set(answer.json())
    keys = {"plaid-client-id": box.plaid_client_id, "plaid-secret": box.plaid_secret}
    broken = box.web.post(f"{box.plaid}/item/get", content=b"{", headers=keys)
    assert broken.json()["error_code"] == "INVALID_BODY"
    assert box.ask("/item/get").json()["error_code"] == "MISSING_FIELDS"


def test_its_files_are_its_owners_alone(box: Sandbox) -> None:
    assert (box.home / "sandbox.json").stat().st_mode & 0o777 == 0o600


def test_it_does_not_run_in_production(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "quid_sandbox", f"--home={tmp_path / 'home'}"],
        env={"QUID_PROFILE": "production"},
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert b"does not run in production" in done.stderr
    assert not (tmp_path / "home").exists()


# ---------------------------------------------------------------------- the journal


def test_the_journal_tells_what_came_and_what_it_did(box: Sandbox) -> None:
    ana = link(box)
    decided = ana.authorize("5.00", idempotency_key="op_1:authorize")
    made = ana.create(decided)
    (message,) = box.journal(path="/transfer/create")
    assert message["key"] == decided["id"]
    assert message["status"] == 200
    assert f"transfer.created {made['id']}" in message["effects"]
    (asked,) = box.journal(path="/transfer/authorization/*")
    assert (asked["key"], asked["account"]) == (
        "op_1:authorize",
        ana.accounts["Plaid Checking"],
    )


def test_no_number_of_an_account_stands_in_the_journal(box: Sandbox) -> None:
    ana = link(box)
    numbers = box.get("/auth/get", access_token=ana.token)["numbers"]["ach"][0]
    box.get(
        "/transfer/migrate_account",
        routing_number="011401533",
        account_number="99887766554433",
        account_type="checking",
    )
    kept = json.dumps(box.journal())
    assert numbers["account"] not in kept
    assert "99887766554433" not in kept
    assert "pass_good" not in kept


# ---------------------------------------------------------------------- faults


def create(ana: Linked, decided: Any, timeout: float = 30) -> httpx2.Response:
    body = {
        "access_token": ana.token,
        "account_id": decided["proposed_transfer"]["account_id"],
        "authorization_id": decided["id"],
        "description": "Quid",
    }
    keys = {"plaid-client-id": ana.box.plaid_client_id, "plaid-secret": ana.box.plaid_secret}
    url = f"{ana.box.plaid}/transfer/create"
    return httpx2.post(url, json=body, headers=keys, timeout=timeout)


PATH = {"path": "/transfer/create"}


@pytest.mark.parametrize(("effect", "made"), [(False, 0), (True, 1)])
def test_a_reset_before_or_after_the_effect(box: Sandbox, *, effect: bool, made: int) -> None:
    ana = link(box)
    decided = ana.authorize("5.00")
    box.fault("reset", match=PATH, effect=effect, times=3)
    for _ in range(3):
        with pytest.raises(httpx2.TransportError):
            create(ana, decided)
    assert len(box.effects("transfer.created")) == made
    assert create(ana, decided).status_code == 200
    assert len(box.effects("transfer.created")) == 1


@pytest.mark.parametrize(
    ("kind", "how", "status"),
    [
        ("status", {"status": 500}, 500),
        ("status", {"status": 500, "effect": True}, 500),
        ("status", {"status": 429, "retry_after": 7}, 429),
        ("html", {}, 502),
    ],
)
def test_an_error_instead_of_the_answer(
    box: Sandbox, kind: str, how: dict[str, Any], status: int
) -> None:
    ana = link(box)
    decided = ana.authorize("5.00")
    box.fault(kind, match=PATH, **how)
    answer = create(ana, decided)
    assert answer.status_code == status
    assert len(box.effects("transfer.created")) == int(bool(how.get("effect")))
    if status == 429:
        assert answer.headers["retry-after"] == "7"
        assert answer.json()["error_type"] == "RATE_LIMIT_EXCEEDED"
    assert box.journal(path="/transfer/create")[-1]["fault"] == kind


def test_a_cut_answer_and_a_hanging_one(box: Sandbox) -> None:
    ana = link(box)
    decided = ana.authorize("5.00")
    box.fault("truncated", match=PATH)
    with pytest.raises(httpx2.TransportError):
        create(ana, decided)
    box.fault("hang", match=PATH)
    with pytest.raises(httpx2.TimeoutException):
        create(ana, decided, timeout=0.3)
    assert len(box.effects("transfer.created")) == 1


def test_a_late_answer_is_whole(box: Sandbox) -> None:
    ana = link(box)
    box.fault("latency", match=PATH, seconds=0.3)
    began = time.monotonic()
    assert ana.move("5.00")["status"] == "pending"
    assert time.monotonic() - began > 0.3


@pytest.mark.parametrize(("to", "shown"), [("null", None), ("unknown", "something_new")])
def test_a_field_is_spoiled(box: Sandbox, to: str, shown: str | None) -> None:
    ana = link(box)
    box.fault("field", match=PATH, field="transfer.status", to=to)
    assert ana.move("5.00")["status"] == shown


def test_a_push_to_the_silent_account_arrives(box: Sandbox) -> None:
    box.get("/transfer/ledger/deposit", amount="9.00", network="ach", idempotency_key="d")
    box.advance(days=14)
    ana = link(box)
    decided = ana.authorize(
        "9.00", "RTP Timeout Checking", type="credit", network="rtp", ach_class=None
    )
    with pytest.raises(httpx2.TimeoutException):
        create(ana, decided, timeout=0.3)
    box.advance(seconds=3)
    found = box.get("/transfer/get", authorization_id=decided["id"])["transfer"]
    assert found["status"] == "settled"


# ---------------------------------------------------------------------- lives


def test_a_killed_sandbox_goes_on_where_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with running(home) as box:
        ana = link(box)
        pulled = ana.move("5.00")
        box.advance(days=1)
        before = box.order("GET", "clock")["now"]
        keys = box.plaid_secret
    with running(home) as box:
        assert box.plaid_secret == keys
        assert box.order("GET", "clock")["now"] == before
        again = Linked(box, ana.token, ana.accounts)
        box.advance(days=30)
        assert again.course(pulled) == ["pending", "posted", "settled", "funds_available"]


def test_a_snapshot_brings_back_objects_and_time(box: Sandbox) -> None:
    ana = link(box)
    pulled = ana.move("5.00")
    before = box.order("GET", "clock")["now"]
    box.advance(seconds=1)
    box.order("POST", "snapshot", {"name": "before"})
    box.advance(days=30)
    assert ana.status(pulled) == "funds_available"
    box.order("POST", "restore", {"name": "before"})
    assert ana.status(pulled) == "pending"
    assert box.order("GET", "clock")["now"] > before
    box.advance(days=30)
    assert ana.status(pulled) == "funds_available"


def test_the_same_calls_give_the_same_ids(tmp_path: Path) -> None:
    def drawn(name: str) -> list[str]:
        with running(tmp_path / name) as box:
            ana = link(box)
            return [ana.token, ana.move("5.00")["id"], ana.move("6.00")["id"]]

    assert drawn("one") == drawn("two")


def test_with_a_pace_a_transfer_settles_while_one_watches(tmp_path: Path) -> None:
    with running(tmp_path / "home", clock="real", pace=0.2) as box:
        ana = link(box)
        pulled, returned = ana.move("5.00"), ana.move("7001.04")
        deadline = time.monotonic() + 20
        while ana.course(returned)[-1] != "returned" and time.monotonic() < deadline:
            time.sleep(0.1)
        assert ana.course(pulled) == ["pending", "posted", "settled", "funds_available"]
        assert ana.course(returned)[-1] == "returned"
