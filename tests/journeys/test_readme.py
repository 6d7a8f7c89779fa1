"""The README's first payment, run as it stands there."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.support.system import System

ROOT = Path(__file__).resolve().parents[2]
# For a machine without curl: the words that the README uses, and no others.
_CURL = f"""#!{sys.executable}
import sys, urllib.error, urllib.request
words, options = sys.argv[1:], dict(s="", i="", H=[], d=None, w="", X=None)
url = ""
while words:
    word = words.pop(0)
    if not word.startswith("-"):
        url = word
        continue
    for flag in word[1:]:
        if flag == "H":
            options["H"].append(words.pop(0).split(": ", 1))
        elif flag in "dwX":
            options[flag] = words.pop(0)
        else:
            options[flag] = "yes"
data = options["d"] and options["d"].encode()
request = urllib.request.Request(url, data, dict(options["H"]), method=options["X"])
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as e:
    answer = e
if options["i"]:
    print(f"HTTP/1.1 {{answer.status}}", str(answer.headers).lower(), sep="\\r\\n", end="")
print(answer.read().decode(), end=options["w"].replace("\\\\n", "\\n"))
"""


class Blocks(NamedTuple):
    """The README's blocks of curl."""

    first: str
    friends: str
    banks: str
    link: str

    @property
    def shell(self) -> str:
        """What the later blocks find in the shell; without the payment, as ana may not pay often.

        Ten an hour are hers: then the rules ask for a proof.
        """
        lines = [line for line in self.first.splitlines() if "$api/payments" not in line]
        return "\n".join([*lines, self.friends.splitlines()[0], ""])


def readme_blocks() -> Blocks:
    """Read them."""
    text = (ROOT / "README.md").read_text()
    return Blocks(*re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def paste(system: System, script: str, shims: Path) -> str:
    """Paste it into bash."""
    if shutil.which("curl") is None:
        shims.joinpath("curl").write_text(_CURL)
        shims.joinpath("curl").chmod(0o755)
    path = f"{system.environ['PATH']}:{shims}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=system.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_first_payment_has_five_lines_of_curl() -> None:
    assert sum("curl " in line for line in readme_blocks().first.splitlines()) == 5


def test_first_payment_is_sent_once_and_said_twice(system: System, tmp_path: Path) -> None:
    said = paste(system, readme_blocks().first, tmp_path)

    bodies = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    first, again, balance = bodies
    assert said.count("201") >= 2
    assert said.lower().count("idempotency-replayed: true") == 1
    assert first == again
    assert first["payment"]["amount"] == 1368
    assert (first["payment"]["payer"]["handle"], first["payment"]["payee"]["handle"]) == (
        "ana",
        "ben",
    )
    assert balance == first["balance"] | {"holds": [], "restriction": None}


def test_friends_see_like_say_ask_and_pay(system: System, tmp_path: Path) -> None:
    blocks = readme_blocks()
    said = paste(system, blocks.shell + blocks.friends, tmp_path)

    bodies = [json.loads(line) for line in said.splitlines() if line.startswith("{")][1:]
    feed, liked, comment, paid, asked, inbox = bodies
    assert len(feed["items"]) == len(inbox["items"]) == 3
    assert liked == {"like_count": 1, "liked_by_me": True}
    assert (comment["author"]["handle"], comment["text"]) == ("ana", "Best crust in town")
    assert paid["request"]["state"] == "PAID"
    assert paid["request"]["is_known"], "nobody is told to pay a stranger"
    assert paid["payment"]["id"] in paid["request"]["payment_ids"]
    assert (asked["state"], asked["amount"], asked["note"]) == ("PENDING", 900, "taxi")


def test_a_bank_gives_and_covers_what_the_balance_does_not(system: System, tmp_path: Path) -> None:
    blocks = readme_blocks()
    said = paste(system, blocks.shell + blocks.banks, tmp_path)

    bodies = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    deposit, quote, paid, lines = bodies[-4:]
    assert (deposit["deposit"]["state"], deposit["deposit"]["amount"]) == ("PENDING", 5000)
    assert [line["kind"] for line in quote["lines"]] == ["balance", "bank"]
    assert sum(line["amount"] for line in quote["lines"]) == quote["total"] == 300_000
    assert paid["payment"]["state"] == "PROCESSING"
    found = {(line["kind"], line["state"]) for line in lines["items"]}
    assert {("payment", "COMPLETED"), ("funding", "COMPLETED"), ("deposit", "COMPLETED")} <= found


def test_operators_payment_is_sent_once_and_said_twice(system: System) -> None:
    words = ["-m", "quid.entrypoints.cli", "pay", "ana", "ben", "13.68", "pizza", "--key", "mine"]
    said = [
        subprocess.run(
            [sys.executable, *words],
            env=system.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for _ in range(2)
    ]
    assert said[0].startswith("Sent: $13.68 from @ana to @ben")
    assert said[1].startswith("Already sent: $13.68 from @ana to @ben")
    assert all("DEBIT" in one and "CREDIT" in one and "block" in one for one in said)


def test_a_person_proves_who_they_are_and_opens_the_page_of_a_bank(
    system: System, tmp_path: Path
) -> None:
    blocks = readme_blocks()
    said = paste(system, blocks.shell + blocks.link, tmp_path)

    proven, page, early = [json.loads(line) for line in said.splitlines() if line[:1] == "{"][-3:]
    assert "code" not in proven
    assert page["url"].startswith(system.record().sandbox["plaid"])
    assert (early["code"], early["title"]) == ("STATE_CONFLICT", "Not now")
