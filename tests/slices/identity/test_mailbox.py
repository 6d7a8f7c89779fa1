"""The mailbox of files: whole mails, for its owner's eyes."""

import shutil
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from quid.identity.adapters.mailbox import Mailbox
from quid.kit.mail import Mail, MailFailed


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_the_latest_mails_come_first(tmp_path: Path, now: datetime) -> None:
    box = Mailbox(tmp_path / "deep" / "mailbox")
    assert await box.latest(3) == []
    for n in range(4):
        mail = Mail("zoë@example.org", f"Number {n}", f"Text {n} with ü\nand a line")
        await box.send(mail, now=now + timedelta(seconds=n))
    latest = await box.latest(3)
    assert [m.subject for m in latest] == ["Number 3", "Number 2", "Number 1"]
    assert latest[0].text == "Text 3 with ü\nand a line\n"
    assert latest[0].to == "zoë@example.org"
    assert latest[0].at == (now + timedelta(seconds=3)).replace(microsecond=0)


async def test_what_is_old_goes_and_the_latest_stay(tmp_path: Path, now: datetime) -> None:
    """More than one process writes to a mailbox, each tidies up after itself."""
    boxes = [Mailbox(tmp_path), Mailbox(tmp_path)]
    for n in range(850):
        mail = Mail("ana@example.org", f"Number {n}", "Text")
        await boxes[n % 2].send(mail, now=now + timedelta(seconds=n))
    assert 500 <= len(_files(tmp_path)) <= 700
    assert [m.subject for m in await boxes[0].latest(500)][-1] == "Number 350"


async def test_a_folder_that_somebody_removes_is_made_again(tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "mailbox"
    box = Mailbox(folder)
    for n in range(2):
        await box.send(Mail("ana@example.org", f"Number {n}", "Text"), now=now)
        shutil.rmtree(folder)
    await box.send(Mail("ana@example.org", "Number 2", "Text"), now=now)
    assert [m.subject for m in await box.latest(9)] == ["Number 2"]


async def test_only_the_owner_reads_a_mail_and_no_part_is_left(
    tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "mailbox"
    await Mailbox(folder).send(Mail("a@example.org", "Hello", "Text"), now=now)
    (file,) = _files(folder)
    assert (file.suffix, stat.S_IMODE(file.stat().st_mode)) == (".eml", 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_header_cannot_be_smuggled_in(tmp_path: Path, now: datetime) -> None:
    with pytest.raises(MailFailed):
        await Mailbox(tmp_path).send(Mail("a@example.org\nBcc: b@example.org", "x", "y"), now=now)
    assert _files(tmp_path) == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file where a folder should be."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file"


async def test_a_folder_that_cannot_be_written_is_a_failed_mail(file: Path, now: datetime) -> None:
    with pytest.raises(MailFailed):
        await Mailbox(file / "mailbox").send(Mail("a@b.org", "x", "y"), now=now)
