"""The committed OpenAPI document against a running server: schemathesis asks what nobody would.

Good and bad requests of every operation, signed in and not. Never a 5xx, never an answer that the
document does not promise, nothing accepted that it refuses; and afterwards the books are whole.
`QUID_PROOF=night` asks for ten minutes.
"""

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.api.matrix.fixtures import kept, template
from tests.api.matrix.world import Kept
from tests.support.contract import DOCUMENT
from tests.support.sandbox import running
from tests.support.server import serving
from tests.support.wallets import settings_of

__all__ = ["kept", "template"]

SECONDS: Final = 600 if os.environ.get("QUID_PROOF") == "night" else 45
CASES_MIN: Final = 500  # six thousand on an idle machine of two cores
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
)
# The answers to a wrong body; 413 is that to one that is too long by far.
REFUSED: Final = [
    "400",
    "401",
    "403",
    "404",
    "405",
    "406",
    "409",
    "413",
    "415",
    "422",
    "428",
    "429",
]
# Who asks for these may be nobody afterwards: they are asked by somebody else.
ENDING: Final = (
    "POST /v1/auth/sign-out",
    "POST /v1/auth/password",
    "POST /v1/me/lock",
    "DELETE /v1/me/sessions",
    "DELETE /v1/me/sessions/{session_id}",
)


def config(kept: Kept) -> str:
    """Say who asks for what: people for people's operations, an operator for operators'."""

    def headers(caller: str) -> str:
        return f'headers = {{ Authorization = "{kept.headers[caller]["authorization"]}" }}'

    blocks = [headers("owner"), "[cache]", "enabled = false"]
    blocks += ["[checks.negative_data_rejection]", f"expected-statuses = {REFUSED}"]
    for name in ENDING:
        blocks += ["[[operations]]", f'include-name = "{name}"', headers("frozen")]
    if "admin" in kept.headers:
        blocks += ["[[operations]]", 'include-path-regex = "^/v1/ops/"', headers("admin")]
    return "\n".join(blocks) + "\n"


def ask(document: Path, address: str, folder: Path, *more: str) -> str:
    """Ask the server everything the document speaks of; give what was found."""
    seed = random.randrange(2**31)  # noqa: S311 - of the run's seed, to be repeated
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", "fuzz.toml"),
            *("run", str(document), "--url", address, "--checks", ",".join(CHECKS)),
            *("--seed", str(seed), "--continue-on-failure", "--warnings", "off", *more),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(SECONDS * 2 + 120)
def test_the_server_keeps_the_document(
    kept: Kept, db_url: str, valkey_url: str, tmp_path: Path
) -> None:
    (tmp_path / "fuzz.toml").write_text(config(kept), encoding="utf-8")
    with (
        running(tmp_path / "sandbox", clock="real") as sandbox,
        serving(tmp_path, database_url=db_url, valkey_url=valkey_url, **settings_of(sandbox)) as (
            address,
            log,
        ),
    ):
        found = ask(DOCUMENT, address, tmp_path, "--max-time", str(SECONDS))
        said = log.read_text(encoding="utf-8")
    assert "FAILURES" not in found, found[-20_000:]
    assert '"event":"http.fault"' not in said
    [asked] = re.findall(r"(\d+) generated", found)
    assert int(asked) >= CASES_MIN, found


def test_a_broken_promise_is_found(
    kept: Kept, db_url: str, valkey_url: str, tmp_path: Path
) -> None:
    (tmp_path / "fuzz.toml").write_text(config(kept), encoding="utf-8")
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    name = document["paths"]["/v1/balance"]["get"]["responses"]["200"]["content"][
        "application/json"
    ]["schema"]["$ref"].rpartition("/")[2]
    document["components"]["schemas"][name]["required"].append("planted")
    (tmp_path / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    with serving(tmp_path, database_url=db_url, valkey_url=valkey_url) as (address, _):
        only = ("--include-path", "/v1/balance", "--phases", "coverage")
        found = ask(tmp_path / "openapi.json", address, tmp_path, *only)
    assert "Response violates schema" in found, found
