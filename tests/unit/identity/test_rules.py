"""Names, identifiers, waits."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.identity import rules
from quid.kit.errors import ValidationFailed

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HANDLE = st.from_regex(re.compile(r"[a-z0-9_]{3,30}"), fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bob", "b0b"),
        ("bill", "bi11"),
        ("bill", "b1ll"),
        ("mark", "rnark"),
        ("will", "vvill"),
        ("ana", "_a_n_a_"),
        ("vvv_a", "wva"),
        ("vvva", "vwa"),
        ("r_na", "ma"),
    ],
)
def test_look_alikes_fold_to_one(one: str, other: str) -> None:
    assert rules.fold(one) == rules.fold(other)


@given(HANDLE)
def test_folding_twice_changes_nothing(handle: str) -> None:
    assert rules.fold(rules.fold(handle)) == rules.fold(handle)


@given(HANDLE, HANDLE)
def test_a_fold_of_a_whole_is_the_fold_of_its_parts(one: str, other: str) -> None:
    # So no look-alike hides at the seam of two letters.
    assert rules.fold(one + other) == rules.fold(one) + rules.fold(other)


def test_the_demo_people_do_not_look_alike() -> None:
    people = ["ana", "ben", "cleo", "dot", "shop", "finn", "gus", "hal"]
    assert len({rules.fold(p) for p in people}) == len(people)


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("ana", "handle", "ana"),
        (" @Ana ", "handle", "ana"),
        ("Ana@Example.ORG", "email", "ana@example.org"),
        ("a+b.c@mail.example.co.uk", "email", "a+b.c@mail.example.co.uk"),
        ("zoe\u0308@beispiel.de", "email", "zo\u00eb@beispiel.de"),
        ("ü@exämple.de", "email", "ü@exämple.de"),
    ],
)
def test_an_identifier_is_a_mail_or_a_handle(typed: str, kind: str, value: str) -> None:
    found = rules.read_identifier(typed)
    assert found
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "@", "ab", "@@ana", "a@b", "a@b.c", "a@@b.de", "a@b..de", "a@-b.de", "a b@c.de"),
        *("a\n@b.de", "a\x00@b.de", "a\u202e@b.de", "<a>@b.de", "a@b.12", "x" * 201, "ana!"),
    ],
)
def test_anything_else_is_nobodys(typed: str) -> None:
    assert rules.read_identifier(typed) is None


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_and_its_result_is_normal(typed: str) -> None:
    found = rules.read_identifier(typed)
    if found is not None:
        assert rules.read_identifier(found.value) == found


@pytest.mark.parametrize("typed", ["x" * 12, "x" * 128, "pass word with spaces", "密码" * 6])
def test_a_password_is_only_as_long_as_it_must_be(typed: str) -> None:
    assert rules.read_password(typed) == typed


@pytest.mark.parametrize("typed", ["", "x" * 11, "x" * 129])
def test_a_password_too_short_or_too_long_is_refused(typed: str) -> None:
    with pytest.raises(ValidationFailed) as e:
        rules.read_password(typed)
    assert e.value.field == "password"


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Vienna", "America/Argentina/Buenos_Aires", "GMT+3"]
)
def test_a_time_zone_has_a_name(zone: str) -> None:
    assert rules.read_timezone(zone) == zone


@pytest.mark.parametrize(
    "zone", ["", "/", "a/b/c/d", "Europe/", "../x", "Europe/Vienna\n", "x" * 99]
)
def test_a_time_zone_is_no_path(zone: str) -> None:
    with pytest.raises(ValidationFailed):
        rules.read_timezone(zone)


@pytest.mark.parametrize(
    ("ages", "wait"),
    [
        ([], 0),
        ([30], 0),
        ([29], 1),
        ([0], 30),
        ([599, 300, 60], 1),
        ([600, 300, 60], 0),
        ([500, 400, 0], 100),
        ([500, 490, 480, 0], 110),
    ],
)
def test_the_next_code_waits(ages: list[int], wait: int) -> None:
    sent = [NOW - timedelta(seconds=s) for s in ages]
    assert rules.seconds_to_next_code(sent, now=NOW) == wait


def test_a_part_of_a_second_rounds_up() -> None:
    sent = [NOW - timedelta(seconds=29, milliseconds=1)]
    assert rules.seconds_to_next_code(sent, now=NOW) == 1


def test_a_browser_session_never_outlives_its_end() -> None:
    end = NOW + timedelta(minutes=10)
    assert rules.cookie_expiry(now=NOW, ends_at=end, is_remembered=False) == end
    far = NOW + timedelta(hours=10)
    half_hour = NOW + timedelta(minutes=30)
    assert rules.cookie_expiry(now=NOW, ends_at=far, is_remembered=False) == half_hour
    assert rules.cookie_expiry(now=NOW, ends_at=far, is_remembered=True) == far


# --- access ------------------------------------------------------------------------------------


@given(st.integers(0, 2**60 - 1))
def test_a_recovery_code_reads_as_it_was_written(number: int) -> None:
    code = rules.write_recovery_code(number)
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}", code)
    plain = code.replace("-", "")
    typed = f" {code.upper().replace('0', 'O').replace('1', 'l').replace('-', '  ')}\n"
    assert rules.read_recovery_code(code) == rules.read_recovery_code(typed) == plain


@given(st.integers(0, 2**60 - 1), st.integers(0, 2**60 - 1))
def test_two_recovery_codes_are_two(one: int, other: int) -> None:
    same = rules.write_recovery_code(one) == rules.write_recovery_code(other)
    assert same == (one == other)


@given(st.text(max_size=100))
def test_anything_may_be_typed_for_a_recovery_code(typed: str) -> None:
    read = rules.read_recovery_code(typed)
    assert not set(read) & set(" -\n\x00")


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox on Linux"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
        ("\x00\u202e evil\r\nname", "evilname"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_device_is_described_as_a_person_would(agent: str, device: str) -> None:
    assert rules.describe_device(agent) == device


@given(st.text())
def test_any_device_has_a_short_plain_name(agent: str) -> None:
    device = rules.describe_device(agent)
    assert len(device) <= 60
    assert device.isascii()
    assert device.isprintable()


@given(st.floats(0, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_the_steps_of_now_are_three_in_a_row(now: datetime) -> None:
    this, before, after = rules.steps_of(now)
    assert (before, after) == (this - 1, this + 1)
    assert this * 30 <= now.timestamp() < after * 30


def test_a_handle_is_no_card() -> None:
    assert rules.read_handle("ana_4242424242424241") == "ana_4242424242424241"
    with pytest.raises(ValidationFailed, match="card"):
        rules.read_handle("ana_4242424242424242")
