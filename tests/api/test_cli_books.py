"""`quid ledger seal`, `verify --seals` and `explain` of an account, on a real system."""

from pathlib import Path

import pytest

from quid.entrypoints.cli import main
from tests.support.api import settings
from tests.support.database import connected, wait_for


@pytest.fixture
def home(db_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a system whose people have paid, a day ago by the ledger's clock."""
    for name, value in settings(tmp_path, database_url=db_url, valkey_url=valkey_url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QUID_DEMO", "1")
    with (tmp_path / "secrets.toml").open("a", encoding="utf-8") as secrets:
        secrets.write('demo_password = "dev_password_of_a_test"\n')
    assert main(["demo", "--payments", "10"]) == 0
    run(db_url, "update ledger.calendar set clock_ahead = interval '1 day'")
    return tmp_path


def run(url: str, *statements: str) -> object:
    async def work() -> object:
        async with connected(url) as conn:
            for statement in statements:
                found = await conn.fetchval(statement)
            return found

    return wait_for(work())


def sealed(capsys: pytest.CaptureFixture[str]) -> str:
    """Seal what is due; give the public key."""
    capsys.readouterr()
    assert main(["ledger", "seal"]) == 0
    return capsys.readouterr().out.split()[-1]


def test_a_day_is_sealed_and_verified_from_its_copy(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = sealed(capsys)
    assert sealed(capsys) == key
    [copy] = (home / "seals").iterdir()
    words = ["ledger", "verify", "--seals", str(home / "seals"), "--key", key]
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("Sound: ")
    assert main(["reconcile"]) == 0
    assert "ok         every block and row as it was hashed and sealed" in capsys.readouterr().out
    copy.chmod(0o600)
    copy.write_text(copy.read_text().replace('"transfers": ', '"transfers": 1'))
    assert main(words) == 1
    told = capsys.readouterr().out
    assert told.startswith("BROKEN: the seals.")
    assert "it is not signed by this key" in told
    assert "the database has another seal of this day" in told


@pytest.mark.spoils("a superuser rewrites the last block of the day")
def test_a_head_rewritten_in_the_database_is_told_by_the_copy(
    home: Path, db_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key = sealed(capsys)
    run(
        db_url,
        "set session_replication_role = replica",
        "delete from ledger.journal j using ledger.lane l "
        "where j.lane = l.lane and j.block_no = l.block_no",
        "delete from ledger.block b using ledger.lane l "
        "where b.lane = l.lane and b.no = l.block_no and l.lane = 1",
        "update ledger.lane l set block_no = b.no, head = b.hash from (select distinct on (lane) "
        "lane, no, hash from ledger.block order by lane, no desc) b where b.lane = l.lane",
    )
    assert main(["ledger", "verify", "--seals", str(home / "seals"), "--key", key]) == 1
    assert "the block noted outside is missing" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seals", "{home}"], "--seals and --key go together"),
        (["--seals", "{home}", "--key", "aa", "--heads", "x"], "--heads or --seals"),
        (["--seals", "{home}/empty", "--key", "aa"], "no seal there"),
        (["--seals", "{home}/seals", "--key", "what"], "cannot be read"),
    ],
)
def test_what_cannot_be_verified_says_why(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    sealed(capsys)
    assert main(["ledger", "verify", *(w.format(home=home) for w in words)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_an_account_is_explained_by_its_number(
    db_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account = run(db_url, "select min(id) from ledger.account where kind = 201 and seq > 1")
    capsys.readouterr()
    assert main(["ledger", "explain", str(account)]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"wallet {account} of usr_")
    assert "OPENING" in told
    assert main(["ledger", "explain", "7"]) == 2
    assert "There is no such account" in capsys.readouterr().err
