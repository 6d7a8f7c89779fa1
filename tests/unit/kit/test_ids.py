"""Ids carry their time and their home, and are told apart by their prefix."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit import ids

NOW = datetime(2026, 3, 2, 12, 0, 0, 123_000, UTC)
BUCKET = st.integers(0, ids.BUCKETS - 1)
TIME = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
ANY = st.integers(0, 2**128 - 1).map(lambda n: UUID(int=n))


@given(BUCKET, TIME)
def test_an_id_has_its_time_bucket_and_layout(bucket: int, at: datetime) -> None:
    made = ids.new(bucket, at)
    assert ids.bucket(made) == bucket
    assert ids.time_of(made) <= at < ids.time_of(made) + timedelta(milliseconds=1)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


@given(BUCKET, TIME, st.timedeltas(timedelta(milliseconds=1), timedelta(days=3650)))
def test_later_ids_are_larger(bucket: int, at: datetime, later: timedelta) -> None:
    assert ids.new(bucket, at) < ids.new(0, at + later)
    assert ids.show("pay", ids.new(bucket, at)) < ids.show("pay", ids.new(0, at + later))


def test_ids_of_one_moment_differ() -> None:
    assert len({ids.new(5, NOW) for _ in range(5000)}) == 5000
    assert {ids.random_bucket() for _ in range(30_000)} == set(range(1024))


@given(ANY)
def test_what_is_shown_is_read_again(value: UUID) -> None:
    shown = ids.show("usr", value)
    assert len(shown) == 30
    assert ids.read("usr", shown) == value
    for other in ("pay", "us", "usrx", ""):
        assert ids.read(other, shown) is None
    assert ids.read("usr", shown.upper()) is None or shown.upper() == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "usr_",
        "usr_" + "0" * 25,
        "usr_" + "0" * 27,
        "usr_8" + "0" * 25,  # more than 128 bits
        "usr_" + "0" * 25 + "u",  # not of the alphabet
        "usr_" + "0" * 25 + "é",
        "usr-" + "0" * 26,
        "USR_" + "0" * 26,
        " usr_" + "0" * 25,
        "0" * 30,
        str(UUID(int=0)),
    ],
)
def test_what_is_no_id_reads_as_nothing(text: str) -> None:
    assert ids.read("usr", text) is None


@given(st.text(max_size=40))
def test_any_text_is_one_id_or_none(text: str) -> None:
    value = ids.read("usr", "usr_" + text)
    assert value is None or ids.show("usr", value) == "usr_" + text


@given(BUCKET, TIME, st.text(max_size=20), st.text(max_size=20))
def test_a_leg_is_fixed_by_its_id_and_its_name(
    bucket: int, at: datetime, one: str, two: str
) -> None:
    first = ids.new(bucket, at)
    leg = ids.leg(first, one)
    assert leg == ids.leg(first, one) != first
    assert (ids.bucket(leg), ids.time_of(leg)) == (bucket, ids.time_of(first))
    assert (ids.leg(first, two) == leg) == (one == two)
    assert ids.leg(ids.new(bucket, at), one) != leg
    assert leg.version == 7


@given(BUCKET, TIME, st.text(max_size=20), st.text(max_size=20))
def test_a_derived_id_is_fixed_by_its_facts(bucket: int, at: datetime, one: str, two: str) -> None:
    made = ids.derived(at, one, bucket)
    assert made == ids.derived(at, one, bucket)
    assert (ids.derived(at, two, bucket) == made) == (one == two)
    assert ids.derived(at + timedelta(milliseconds=1), one, bucket) != made
    assert (ids.bucket(made), made.version) == (bucket, 7)


def test_derived_ids_never_change() -> None:
    # Written down: an id that came out otherwise tomorrow would move money twice.
    assert str(ids.derived(NOW, "rail:plaid:1:SETTLED:1", 7)) == WRITTEN[0]
    assert str(ids.leg(UUID(WRITTEN[0]), "fee")) == WRITTEN[1]
    assert ids.show("pay", UUID(WRITTEN[0])) == WRITTEN[2]


WRITTEN = (
    "019cae6b-667b-7c13-bddf-297eb61af407",
    "019cae6b-667b-74fc-8302-736b0df81407",
    "pay_01kjq6pskvfg9vvqs9ftv1nx07",
)
