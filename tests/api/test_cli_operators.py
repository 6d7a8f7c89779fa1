"""`quid operator` and `quid audit`: the way in for operators, and whether their log is whole."""

from pathlib import Path

import asyncpg
import pytest

from quid.entrypoints import staff
from quid.entrypoints.cli import main
from tests.api.test_cli import FILL, system
from tests.support.database import connected, wait_for

__all__ = ["system"]
ADD = ["operator", "add", "op_first", "first@example.org", "--role", "admin"]


async def _run(url: str, *statements: str) -> None:
    async with connected(url) as conn:
        await conn.execute("set session_replication_role = replica")
        for statement in statements:
            await conn.execute(statement)


async def _value(url: str, question: str) -> object:
    conn: asyncpg.Connection
    async with connected(url) as conn:
        return await conn.fetchval(question)


@pytest.mark.usefixtures("system")
def test_the_first_admin_is_invited_and_listed_and_not_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ADD) == 0
    mail = next((tmp_path / "mailbox").glob("*.eml")).read_text()
    assert "one-time password" in mail
    assert main(["operator", "list"]) == 0
    shown = capsys.readouterr().out
    assert "op_first             admin       invited" in shown
    assert main(ADD) == 2
    assert main(["operator", "disable", "op_first", "--reason", "the last one"]) == 2
    assert "last admin" in capsys.readouterr().err
    second = ["operator", "add", "op_second", "second@example.org", "--role", "admin"]
    assert main(second) == 0
    assert main(["operator", "disable", "op_first", "--reason", "has left"]) == 0
    assert main(["operator", "disable", "op_first", "--reason", "again"]) == 2
    capsys.readouterr()
    assert main(["operator", "list"]) == 0
    assert "op_first             admin       disabled" in capsys.readouterr().out


@pytest.mark.usefixtures("system")
def test_a_demo_has_an_operator_of_each_role_with_an_app(
    db_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert main(FILL) == 0
    capsys.readouterr()
    assert main(["operator", "list"]) == 0
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines()[1:]] == sorted(
        o.handle for o in staff.OPERATORS
    )
    assert shown.count(" active ") == 6
    wallets = (
        "select count(*) from ledger.account a join identity.operator o on o.user_id = a.owner"
    )
    assert wait_for(_value(db_url, wallets)) == 0


@pytest.mark.usefixtures("system")
def test_the_audit_log_is_sound_until_somebody_touches_it(
    db_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ADD) == 0
    wait_for(_run(db_url, "select kit.chain_audit(1)"))
    while wait_for(_value(db_url, "select count(*) from kit.audit_block")) == 0:
        wait_for(_run(db_url, "select kit.chain_audit(1)"))
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Sound: 1 rows in 1 blocks")
    head = said.strip().rpartition("head ")[2]
    assert main(["audit", "verify", "--head", head]) == 0
    assert main(["audit", "verify", "--head", "1:00"]) == 1
    assert main(["audit", "verify", "--head", "nonsense"]) == 2
    capsys.readouterr()
    row = wait_for(_value(db_url, "select id from kit.audit"))
    wait_for(_run(db_url, "update kit.audit set actor = 'somebody else'"))
    assert main(["audit", "verify"]) == 1
    assert f"block 1, row {row}: was changed" in capsys.readouterr().out
    wait_for(_run(db_url, "delete from kit.audit"))
    assert main(["audit", "verify"]) == 1
    assert f"row {row}: is gone" in capsys.readouterr().out
