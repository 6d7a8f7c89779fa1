"""`quid secrets`: the keys around what is sealed are replaced on record, and never shown."""

import json
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from quid.entrypoints.cli import main
from tests.api.test_cli import system
from tests.support.database import connected, wait_for

__all__ = ["system"]
NEW = "dev_" + "b" * 64


async def _acts(url: str) -> list[dict[str, Any]]:
    conn: asyncpg.Connection
    async with connected(url) as conn:
        rows = await conn.fetch(
            "select details from kit.audit where action = 'secrets.rotate' order by at"
        )
    return [json.loads(r["details"]) for r in rows]


@pytest.mark.usefixtures("system")
def test_a_rotation_is_on_record_with_the_name_of_its_key(
    db_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["secrets", "status"]) == 0
    before = capsys.readouterr().out
    file = tmp_path / "secrets.toml"
    text = file.read_text(encoding="utf-8")
    [old] = re.findall(r'^field_kek = "(.+)"$', text, re.MULTILINE)
    changed = text.replace(f'field_kek = "{old}"', f'field_kek = "{NEW}"\nfield_kek_old = "{old}"')
    file.write_text(changed, encoding="utf-8")
    assert main(["secrets", "rotate", "--data-key"]) == 0
    assert main(["secrets", "rotate"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("2 data keys wrapped anew.\nData key 3 seals")
    assert main(["secrets", "status"]) == 0
    after = capsys.readouterr().out
    [name] = set(re.findall(r"wrapped by (local:[0-9a-f]{8})", after))
    assert name not in before
    assert wait_for(_acts(db_url)) == [
        {"rewrapped": 2, "data_key": 3, "kek": name},
        {"rewrapped": 0, "data_key": None, "kek": name},
    ]
    assert not any(key.removeprefix("dev_") in before + said + after for key in (old, NEW))
