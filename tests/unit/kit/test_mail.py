"""Mails as they are written out: what people typed stays text, and opens no line of a header."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quid.kit.mail import House, Mail, house_of, written

AT: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUSE: Final = House("Quid, Inc.", "no-reply@quid.example")
OURS: Final = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip
ENCODED: Final = (
    "=?utf-8?q?Hi=0d=0aReply-To:evil@x.example=0d=0aX:?=",
    "=?utf-8?q?Hi=0d=0a=0d=0aCall_555-0100?=",
    "=?utf-8?b?UXVpZCBTZWN1cml0eQ==?=",
    "=?utf-8?q?=E2=80=AEgnp?=",
)
PIECES: Final = st.one_of(
    st.text(max_size=60),
    st.sampled_from((*ENCODED, "=?", "?=", "\r", "\n", " ", "\t", ":", '"', "\\", "😀" * 30)),
)
TEXTS: Final = st.lists(PIECES, max_size=6).map("".join)


def read(raw: bytes) -> EmailMessage:
    """Read a mail as whoever gets it does."""
    return message_from_bytes(raw, policy=policy.SMTP)


@pytest.mark.parametrize("name", ENCODED)
def test_a_name_that_looks_encoded_is_written_as_it_is(name: str) -> None:
    raw = written(Mail("zoe@example.org", f"{name} paid you", name), HOUSE, now=AT)
    message = read(raw)
    assert message.keys() == OURS
    assert str(message["Subject"]) == f"{name} paid you"
    assert message.get_content().strip() == name


def test_who_sends_it_is_read_by_name() -> None:
    for name in ("Quid, Inc.", "Zoë", "=?utf-8?b?UXVpZA==?=", 'The "Bank"', ""):
        house = house_of(name, HOUSE.address)
        message = read(written(Mail("zoe@example.org", "s", "t"), house, now=AT))
        [sender] = message["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (name, HOUSE.address)
        [to] = message["To"].addresses
        assert to.addr_spec == "zoe@example.org"


@pytest.mark.parametrize("name", ["Quid\nBcc: x", "Quid\r", "Quid\u2028"])
def test_a_sender_has_one_line(name: str) -> None:
    with pytest.raises(ValueError, match="line"):
        house_of(name, HOUSE.address)


@settings(deadline=None)
@given(to=TEXTS, subject=TEXTS, text=TEXTS)
def test_whatever_is_written_is_that_mail_to_one_address_or_none(
    to: str, subject: str, text: str
) -> None:
    for address in ("a@example.org", f"{to}@example.org", to):
        try:
            raw = written(Mail(address, subject, text), HOUSE, now=AT)
        except ValueError:
            continue
        head, _, body = raw.partition(b"\r\n\r\n")
        assert b"\n" not in (head + body).replace(b"\r\n", b"")
        assert [n.partition(":")[0] for n in head.decode().split("\r\n") if n[:1] != " "] == OURS
        message = read(raw)
        assert message.keys() == OURS
        assert re.sub("\r\n", "", str(message["Subject"])) == subject
        lines = re.sub("\r\n|\r", "\n", text).rstrip("\n")
        assert message.get_content().replace("\r\n", "\n").rstrip("\n") == lines
