"""`quid import payments`: a file of payments moves money once, row by row, and tells of each."""

import asyncio
import csv
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from quid.entrypoints.cli import imports, main
from quid.identity import service as identity
from quid.identity.types import Invite
from quid.kit import clock, ids, telemetry
from quid.kit.errors import DatabaseUnavailable
from quid.kit.roles import ROLES, Role
from quid.kit.runtime import Runtime
from quid.payments.service import imports as service
from quid.payments.service import waiting
from tests.support.api import PASSWORD
from tests.support.payers import Payer, Town, books_of

HEADER: Final = "payer,payee,amount,note,key\n"
Report = list[dict[str, str]]


class March:
    """A file of payments, and `quid import payments` on it."""

    def __init__(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = file
        self._capsys = capsys

    def write(self, *rows: str, header: str = HEADER) -> None:
        """Write the file."""
        self.file.write_text(header + "\n".join(rows))

    def text(self) -> str:
        """Read the file."""
        return self.file.read_text()

    async def run(self, *words: str, by: str = "op_finance") -> tuple[int, str]:
        """Import it; give the exit code and what was said."""
        self._capsys.readouterr()
        asked = ["import", "payments", str(self.file), "--operator", by, *words]
        code = await asyncio.to_thread(main, asked)
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out + said.err

    def report(self, kind: str = "report") -> Report:
        """Read the report beside the file."""
        with self.file.with_suffix(f".{kind}.csv").open(encoding="utf-8", newline="") as sheet:
            return list(csv.DictReader(sheet, strict=True))

    def shape(self, kind: str = "report") -> list[tuple[str, str, str]]:
        """Give line, state and code of each row of the report."""
        return [(line["row"], line["state"], line["code"]) for line in self.report(kind)]

    def codes(self) -> list[str]:
        """Give the codes of the report."""
        return [line["code"] for line in self.report()]


@pytest.fixture
def march(
    app_runtime: Runtime,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> March:
    """A file beside the test's system."""
    assert app_runtime
    monkeypatch.setattr(telemetry, "start_logging", lambda *_, **__: None)
    return March(tmp_path / "march.csv", capsys)


async def staff(
    rt: Runtime, role: Role, *, linked: str | None = None, handle: str | None = None
) -> str:
    """Add an operator who has a password already; give the handle."""
    handle = handle or f"op_{role}"
    hashed = await rt.part(identity.Passwords).hash(PASSWORD)
    invite = Invite(handle, handle, f"{handle}@example.org", role, linked)
    await identity.add_operator(invite, by="test", now=clock.now(), own_hash=hashed)
    return handle


@pytest.fixture
async def finance(app_runtime: Runtime) -> str:
    """An operator who may import."""
    return await staff(app_runtime, "finance")


pytestmark = pytest.mark.usefixtures("finance")


async def test_every_row_is_a_payment_and_again_moves_nothing(
    march: March, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    march.write('ana,ben,13.68,"rent, march",k1', "@ben,@ana,0.68,,k2")
    code, said = await march.run()
    assert code == 0, said
    assert "sent" in said
    assert "$14.36" in said
    first, second = march.report()
    assert march.shape() == [("2", "COMPLETED", ""), ("3", "COMPLETED", "")]
    assert (await ana.balance())["available"] == 10_000 - 1368 + 68
    [line, *_] = (await ben.http.get("/v1/transactions?direction=in")).json()["items"]
    assert (line["id"], line["note"], line["amount"]) == (first["payment_id"], "rent, march", 1368)
    before = await books_of(admin)
    code, said = await march.run()
    assert code == 0
    assert "sent before" in said
    assert march.shape() == [
        ("2", "COMPLETED", "REPLAYED"),
        ("3", "COMPLETED", "REPLAYED"),
    ]
    assert [line["payment_id"] for line in march.report()] == [
        first["payment_id"],
        second["payment_id"],
    ]
    assert await books_of(admin) == before


async def test_what_is_refused_is_told_and_the_rest_goes_on(
    march: March, ana: Payer, ben: Payer, eve: Payer
) -> None:
    assert (await ben.http.put(f"/v1/friends/{eve.who.shown}/block")).status_code < 300
    rows = [
        ("ana,ben,1.00,n,k1", "COMPLETED", ""),
        ("ana,ben,1.005,n,k2", "REFUSED", "INVALID_AMOUNT"),
        ("ana,ana,1,n,k3", "REFUSED", "INVALID_RECIPIENT"),
        ("ana,nobody,1,n,k4", "REFUSED", "RECIPIENT_NOT_FOUND"),
        ("nobody,ana,1,n,k5", "REFUSED", "NOT_FOUND"),
        ("ana,op_finance,1,n,k6", "REFUSED", "RECIPIENT_NOT_FOUND"),
        ("eve,ben,1,n,k7", "REFUSED", "RECIPIENT_NOT_FOUND"),
        ("ana,ben,400,n,k8", "DECLINED", "INSUFFICIENT_FUNDS"),
        ("ana,ben,1", "REFUSED", "VALIDATION_ERROR"),
        ("ana,ben,5000,n,k9", "REFUSED", "VERIFICATION_REQUIRED"),
        ("ana,ben,2.00,n,k10", "COMPLETED", ""),
        ("ana,ben,2.00,n,k10", "COMPLETED", "REPLAYED"),
        ("ana,ben,3.00,n,k10", "REFUSED", "IDEMPOTENCY_KEY_REUSED"),
    ]
    march.write(*(cells for cells, _, _ in rows))
    code, said = await march.run()
    assert code == 1, said
    told = march.report()
    assert march.shape() == [(str(n), s, c) for n, (_, s, c) in enumerate(rows, 2)]
    assert all(line["text"] for line in told)
    assert "refused                8" in said
    assert "not readable           2" in said
    assert "$3.00" in said  # once each, whatever stands twice
    assert (await ana.balance())["available"] == 10_000 - 300
    # What was declined stays so under its key; what was never a payment is tried anew.
    await eve.pay(ana.who, 5000)
    await march.run()
    again = march.shape()
    assert again[7] == ("9", "DECLINED", "INSUFFICIENT_FUNDS")
    assert again[0] == ("2", "COMPLETED", "REPLAYED")


async def test_keys_of_a_file_are_not_those_of_the_payers_app(
    march: March, ana: Payer, ben: Payer
) -> None:
    await ana.pay(ben.who, 7, key="k1")
    march.write("ana,ben,1.00,n,k1")
    assert (await march.run())[0] == 0
    assert (await ana.pay(ben.who, 8, key="k1")).status_code == 422
    assert (await ana.balance())["available"] == 10_000 - 7 - 100


@pytest.mark.shipped_rules
async def test_freezes_limits_and_fraud_rules_hold(
    march: March, town: Town, ben: Payer, admin: asyncpg.Connection
) -> None:
    gus = await town.payer("gus")
    await town.people.add("rich", funded_minor=10_000_000)
    assert (await gus.http.post("/v1/me/lock")).status_code < 300
    rows = ["gus,ben,1,n,k0"] + [f"rich,ben,1.00,n,k{n}" for n in range(1, 13)]
    march.write(*rows)
    code, said = await march.run()
    told = march.report()
    assert (code, told[0]["code"]) == (1, "ACCOUNT_FROZEN"), said
    states = [line["state"] for line in told[1:]]
    assert (states.count("COMPLETED"), states.count("IN_REVIEW")) == (11, 1)
    assert "waiting" in said
    assert told[-1]["text"] == "It waits for an operator's review: too many payments."
    assert (await ben.balance())["available"] == 10_000 + 1_100
    for words, kind in ((), "report"), (("--dry-run",), "check"):
        code, said = await march.run(*words)
        assert (code, march.shape(kind)[-1]) == (1, ("14", "IN_REVIEW", "")), said
    assert (await ben.balance())["available"] == 10_000 + 1_100
    held = march.report()[-1]["payment_id"]
    rich = await admin.fetchval("select id from identity.person where handle = 'rich'")
    await waiting.cancel(ids.read("pay", held), rich, now=clock.now())  # type: ignore[arg-type]
    code, said = await march.run()
    assert (code, march.shape()[-1]) == (1, ("14", "CANCELLED", "STATE_CONFLICT")), said
    assert "waiting" not in said


@pytest.mark.usefixtures("ana", "ben")
async def test_only_an_active_operator_of_finance(
    march: March, app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    march.write("ana,ben,1,n,k1\nben,ana,1,n,k2")
    before = await books_of(admin)
    for role in ROLES:
        name = "op_finance" if role == "finance" else await staff(app_runtime, role)
        if role in imports.ROLES:
            continue
        code, said = await march.run(by=name)
        assert (code, "no active operator" in said) == (2, True), said
    for nobody in ("ana", "nobody", ""):
        assert (await march.run(by=nobody))[0] == 2
    await admin.execute(
        "update identity.operator set disabled_at = now(), disabled_by = 'test' where user_id = "
        "(select id from identity.person where handle = 'op_finance')"
    )
    assert (await march.run())[0] == 2
    assert await books_of(admin) == before
    with pytest.raises(FileNotFoundError):
        march.report()
    refused = await admin.fetch(
        "select outcome from kit.audit where action = 'payments.import' and outcome <> 'ok'"
    )
    assert [r[0] for r in refused] == ["FORBIDDEN"] * 9


@pytest.mark.usefixtures("ben", "eve")
async def test_nobody_imports_for_oneself_or_a_friend(
    march: March, app_runtime: Runtime, ana: Payer, town: Town
) -> None:
    fred = await town.payer("fred")
    await ana.http.put(f"/v1/friends/{fred.who.shown}")
    await fred.http.put(f"/v1/friends/{ana.who.shown}")
    await staff(app_runtime, "finance", linked="ana", handle="op_second")
    march.write("ana,ben,1,n,k1", "ben,ana,1,n,k2", "eve,fred,1,n,k3", "ben,eve,1,n,k4")
    assert (await march.run(by="op_second"))[0] == 1
    assert march.codes() == ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN", ""]


@pytest.mark.usefixtures("ana", "ben")
async def test_the_run_is_on_record_with_its_file(march: March, admin: asyncpg.Connection) -> None:
    march.write("ana,ben,1,n,k1")
    await march.run()
    [line] = await admin.fetch(
        "select actor, actor_type, outcome, request_id, details::text from kit.audit "
        "where action = 'payments.import'"
    )
    person = await admin.fetchval("select id from identity.person where handle = 'op_finance'")
    assert (line["actor_type"], line["outcome"]) == ("operator", "ok")
    assert line["actor"] == ids.show("usr", person)
    assert hashlib.sha256(march.text().encode()).hexdigest() in line["details"]
    events = await admin.fetch("select payload::text from kit.outbox where topic = 'payments'")
    assert [line["request_id"] in event[0] for event in events] == [True]


@pytest.mark.usefixtures("ana")
async def test_a_dry_run_tells_and_moves_nothing(
    march: March, ben: Payer, admin: asyncpg.Connection
) -> None:
    march.write("ana,ben,1,n,k1")
    await march.run()
    rows = [
        "ana,ben,1,n,k1",
        "ana,ben,2,n,k1",
        "ana,ben,3,n,k2",
        "ana,nobody,1,n,k3",
        "ben,ana,5000,n,k4",
        "ben,ana,x,n,k5",
    ]
    march.write(*rows)
    before = await books_of(admin), await admin.fetchval("select count(*) from kit.audit")
    code, said = await march.run("--dry-run")
    assert code == 1, said
    assert march.shape("check") == [
        ("2", "COMPLETED", "REPLAYED"),
        ("3", "REFUSED", "IDEMPOTENCY_KEY_REUSED"),
        ("4", "CHECKED", ""),
        ("5", "REFUSED", "RECIPIENT_NOT_FOUND"),
        ("6", "REFUSED", "VERIFICATION_REQUIRED"),
        ("7", "REFUSED", "INVALID_AMOUNT"),
    ]
    assert len(march.report()) == 1, "the report of the real run stands"
    assert before == (await books_of(admin), await admin.fetchval("select count(*) from kit.audit"))
    assert (await ben.balance())["available"] == 10_100


_UNREADABLE: Final = [
    "ana,ben,1,n,k1\n",
    "payer,payee,amount,note,key,iban\nana,ben,1,n,k1,x\n",
    HEADER + 'ana,ben,1,n,k1\nana,ben,1,"never closed,k2\n',
    "",
]


@pytest.mark.usefixtures("ana", "ben")
async def test_a_file_that_is_none_is_refused_whole(
    march: March, admin: asyncpg.Connection
) -> None:
    before = await books_of(admin)
    for text in _UNREADABLE:
        march.write(header=text)
        code, said = await march.run()
        assert code == 2, text
        assert said.strip()
    march.write("ana,ben,1,n,k1")
    file = march.file
    for report in (file, file.parent, file / "below", file.parent / "no" / "folder.csv"):
        code, said = await march.run("--report", str(report))
        assert (code, "Nothing was sent" in said) == (2, True), report
    assert march.text() == HEADER + "ana,ben,1,n,k1"
    assert await books_of(admin) == before


@pytest.mark.usefixtures("ana", "ben")
async def test_a_file_that_changes_meanwhile_is_told(
    march: March, monkeypatch: pytest.MonkeyPatch
) -> None:
    march.write("ana,ben,1,n,k1")

    async def begin_run(*given: Any, **more: Any) -> None:
        await service.begin_run(*given, **more)
        march.write("ana,ben,1,n,k1", "ana,ben,2,n,k2")

    monkeypatch.setattr(imports, "begin_run", begin_run)
    code, said = await march.run()
    assert (code, "changed" in said) == (2, True)


async def test_no_answer_stops_the_run_and_the_next_one_ends_it(
    march: March,
    ana: Payer,
    ben: Payer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    march.write(*(f"ana,ben,0.01,n,k{n}" for n in range(9)))
    monkeypatch.setattr(imports, "TOGETHER", 3)
    insist = service._insist

    async def lost(*given: Any) -> Any:
        done = await insist(*given)
        return done if given[1].note != "n" else DatabaseUnavailable(money_moved="unknown")

    with monkeypatch.context() as broken:
        broken.setattr(service, "_insist", lost)
        code, said = await march.run()
    assert (code, "Run it again" in said) == (2, True)
    assert [line["state"] for line in march.report()] == ["UNKNOWN"] * 3
    assert (await march.run())[0] == 0
    assert march.codes() == ["REPLAYED"] * 3 + [""] * 6
    assert (await ana.balance())["available"] == 10_000 - 9
    assert (await ben.balance())["available"] == 10_000 + 9


@pytest.mark.usefixtures("app")
async def test_a_killed_run_is_run_again(
    march: March, town: Town, ben: Payer, admin: asyncpg.Connection
) -> None:
    payers = [await town.people.add(f"payer_{n}") for n in range(20)]
    many = 1_800
    march.write(*(f"{payers[n % 20].handle},ben,0.01,n,k{n}" for n in range(many)))
    words = ["import", "payments", str(march.file), "--operator", "op_finance"]
    run = subprocess.Popen(  # noqa: ASYNC220 - it is to be killed
        [sys.executable, "-m", "quid.entrypoints.cli", *words],
        env=os.environ,
        stdout=subprocess.DEVNULL,
    )
    moved = "select count(*) from ledger.journal where code = 1"
    while run.poll() is None and await admin.fetchval(moved) < 500:
        pass
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL, "it had ended before it could be killed"
    code, said = await march.run()
    assert code == 0, said
    codes = march.codes()
    assert len(codes) == many
    assert 0 < codes.count("REPLAYED") < many
    assert await admin.fetchval(moved) == many
    assert (await ben.balance())["available"] == 10_000 + many
