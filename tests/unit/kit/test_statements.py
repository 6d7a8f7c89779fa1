"""Files of SQL are read as they are written."""

from importlib import resources

import pytest

from quid.kit.db import SqlFile, sql
from quid.kit.db.statements import _parse

TEXT = """-- What a file says of itself belongs to nobody.

-- name: one
-- reads: primary
-- home: shard
-- params: ids uuid[], at timestamp with time zone
-- why it is so
select 1;

-- name: two
-- reads: replica
-- home: global
select ';' as a, -- not the end
  2;
"""


def test_statements_have_their_notes() -> None:
    one, two = _parse("kit", "test", TEXT)
    assert (one.slice, one.file, one.name) == ("kit", "test", "one")
    assert one.text == "-- why it is so\nselect 1"
    assert (one.reads, one.home) == ("primary", "shard")
    assert one.params == (("ids", "uuid[]"), ("at", "timestamp with time zone"))
    assert two.text == "select ';' as a, -- not the end\n  2"
    assert (two.reads, two.home, two.params) == ("replica", "global", ())


def test_a_name_given_twice_is_refused() -> None:
    # Once the second silently took the place of the first.
    with pytest.raises(ValueError, match=r"kit/sql/test\.sql: two statements are named one"):
        _parse("kit", "test", TEXT + TEXT)


def test_an_empty_file_has_none() -> None:
    assert _parse("kit", "test", "-- nothing yet\n") == []


def test_a_statement_is_claimed_by_its_name() -> None:
    file = sql("quid.kit", "jobs")
    assert isinstance(file, SqlFile)
    with pytest.raises(KeyError):
        file.command("no such name")
    assert resources.files("quid.kit").joinpath("sql", "jobs.sql").is_file()
