"""`quid pay`, `quid fund`, `quid people`: the same payments, from the command line."""

import asyncio
import shlex
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import pytest

from quid.entrypoints.cli import main
from quid.kit import telemetry
from quid.kit.errors import DatabaseUnavailable
from quid.kit.web import Door
from quid.payments.service import fund
from tests.support.payers import Payer, Town, books_of


class Command:
    """Runs `quid WORDS` in the test's process, on a loop of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    async def __call__(self, words: str) -> tuple[int, str]:
        """Give the exit code and what it said."""
        self._capsys.readouterr()
        code = await asyncio.to_thread(main, shlex.split(words))
        said = self._capsys.readouterr()
        return code, said.out + said.err


@pytest.fixture
def quid(app: Door, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command on the test's system. Logs stay where the application sends them."""
    assert app
    monkeypatch.setattr(telemetry, "start_logging", lambda *_, **__: None)
    return Command(capsys)


async def test_pay_shows_the_books_and_again_says_already_sent(
    quid: Command, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    assert (await ana.balance())["available"] == 10_000
    code, said = await quid('pay ana ben 13.68 "pizza" --key k')
    assert code == 0
    assert "Sent: $13.68 from @ana to @ben." in said
    assert "@ana then had $86.32." in said
    assert "--key k" in said
    before = await books_of(admin)
    code, again = await quid('pay ana ben 13.68 "pizza" --key k')
    assert code == 0
    assert "Already sent: $13.68" in again
    assert again.partition("\n")[2] == said.partition("\n")[2]
    assert await books_of(admin) == before
    assert (await ben.balance())["available"] == 11_368


async def test_the_line_it_offers_is_the_same_payment(
    quid: Command, ana: Payer, ben: Payer
) -> None:
    """The note was quoted as Python does, which a shell reads otherwise."""
    for note in ('it\'s "quoted" $HOME `x` \\', "-5", "--key", "", "caf\u00e9"):
        _, said = await quid(shlex.join(["pay", "ana", "@ben", "0.5", "--", note]))
        again = said.rpartition("Again with the same key: quid ")[2]
        code, said = await quid(again)
        assert (code, said.partition(":")[0]) == (0, "Already sent"), again
    assert (await ana.balance())["available"] == 10_000 - 5 * 50
    assert (await ben.balance())["available"] == 10_000 + 5 * 50


@pytest.mark.shipped_rules
async def test_pay_says_that_a_payment_waits(quid: Command, town: Town, ben: Payer) -> None:
    rich = await town.payer("rich", funded_minor=100_000, tier=2)
    code, said = await quid("pay rich ben 500.01 --key k")
    assert code == 0
    assert said.startswith("IN_REVIEW: $500.01 from @rich to @ben.")
    assert "Sent" not in said.partition("\n\n")[0]
    code, again = await quid("pay rich ben 500.01 --key k")
    assert again.startswith("IN_REVIEW: $500.01")
    assert (await rich.balance())["on_hold"] == 50_001
    assert (await ben.balance())["available"] == 10_000


_REFUSED: Final = (
    ("pay ana ben 100.01", 1, "Not Enough Balance"),
    ("pay ana ben 3000", 1, "Verify your identity first"),
    ("pay ana ben 5000.01", 2, "Check the amount"),
    ("pay ana ben 0", 2, "Check the amount"),
    ("pay ana ben 0.001", 2, "0.001"),
    ("pay ana ben 1e3", 2, "1e3"),
    ("pay ana ben -- -5", 2, "-5"),
    ("pay ana ben 1,00", 2, "1,00"),
    ("pay ana ana 1", 2, "You cannot pay yourself"),
    ("pay ana nobody 1", 2, "nobody"),
    ("pay nobody ana 1", 2, "nobody"),
    ("pay ana ben 1 --key 'a b'", 2, "visible ASCII"),
    ("fund ana 0", 2, "Fund between"),
    ("fund ana 1000000.01", 2, "Fund between"),
    ("fund nobody 1", 2, "nobody"),
    ("people show nobody", 2, "nobody"),
    ("people freeze nobody --reason 'case 4711'", 2, "nobody"),
    ("people freeze ana --reason short", 2, "reason: from 10 to 500 characters"),
    ("people unfreeze ana --reason short", 2, "reason: from 10 to 500 characters"),
    ("people unfreeze ana --reason 'case 4711 is over'", 2, "not frozen"),
)


async def test_what_cannot_be_done_says_why_and_moves_nothing(
    quid: Command, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    assert {ana.who.handle, ben.who.handle} == {"ana", "ben"}
    before = await books_of(admin)
    for words, exit_code, said in _REFUSED:
        code, told = await quid(words)
        assert code == exit_code, told
        assert said in told
        assert "Traceback" not in told
    assert (await books_of(admin))["transfers"] == before["transfers"]


async def test_fund_once_per_key(quid: Command, ana: Payer) -> None:
    assert await quid("fund ana 250.00 --key k") == (
        0,
        "Funded: $250.00 to @ana, who then had $350.00.\n",
    )
    assert (await quid("fund ana 250.00 --key k"))[1].startswith("Already funded: $250.00")
    code, said = await quid("fund ana 251 --key k")
    assert (code, "another amount" in said) == (2, True)
    assert (await ana.balance())["available"] == 35_000


async def test_fund_in_doubt_tells_its_key(
    quid: Command, ana: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever sends it again without the key funds twice.
    async def lost(user_id: UUID, amount_minor: int, **more: Any) -> None:
        await fund(user_id, amount_minor, **more)
        raise DatabaseUnavailable(money_moved="unknown")

    with monkeypatch.context() as broken:
        broken.setattr("quid.entrypoints.cli.money.fund", lost)
        code, said = await quid("fund ana 250.00")
    assert code == 2
    again = f"fund ana 250.00 {said[said.index('--key') :]}"
    assert (await quid(again))[1].startswith("Already funded: $250.00")
    assert (await ana.balance())["available"] == 35_000


async def test_freeze_holds_and_is_lifted(quid: Command, ana: Payer, ben: Payer) -> None:
    code, said = await quid("people freeze ana --reason 'phished, case 4711' --scope send")
    assert (code, "is frozen" in said) == (0, True)
    code, said = await quid("pay ana ben 1")
    assert (code, "on hold" in said) == (1, True)
    assert (await ana.pay(ben.who, 1)).status_code == 403
    code, said = await quid("people show ana")
    assert (code, "frozen: send" in said) == (0, True)
    assert (await quid("people unfreeze ana --reason 'case 4711 is cleared' --scope send"))[0] == 0
    assert (await ana.pay(ben.who, 1)).status_code == 201


async def test_without_a_system_it_says_what_to_do(
    quid: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    for name in ("DATABASE_URL", "VALKEY_URL"):
        monkeypatch.delenv(f"QUID_{name}", raising=False)
    monkeypatch.setenv("QUID_HOME", f"{tmp_path}/nothing")
    code, said = await quid("pay ana ben 1")
    assert code == 2
    assert said.startswith("The system is not running: start it with ./dev run")
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["token_seed", "cursor_key", "field_kek", "seal_seed"])
async def test_a_key_that_is_none_is_named_and_not_shown(
    quid: Command, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "home" / "secrets.toml"
    file.write_text(file.read_text().replace(f'{name} = "dev_', f'{name} = "hunter2'))
    code, said = await quid("pay ana ben 1")
    assert code == 2
    assert name in said
    assert "64 hex digits" in said
    assert "hunter2" not in said
    assert "Traceback" not in said
