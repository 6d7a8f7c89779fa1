"""Text that people type: one form, counted in code points, nothing invisible."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.kit import text
from quid.kit.errors import MissingField, ValidationFailed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  pizza ", "pizza"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u0639\u0644\u064a",) * 2,
        ("\u0645\u06cc\u200c\u062e",) * 2,
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("'; drop table person; --",) * 2,
        ("=cmd()",) * 2,
    ],
)
def test_every_script_and_sign_may_stand(typed: str, stored: str) -> None:
    assert text.clean(typed, field="note", low=1, high=60) == stored


@pytest.mark.parametrize("bad", ["\n", "\r", "\t", "\x00", "\x7f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("where", ["{}ab", "a{}b", "ab{}"])
def test_control_characters_are_refused(bad: str, where: str) -> None:
    with pytest.raises(ValidationFailed) as e:
        text.clean(where.format(bad), field="note", low=0, high=60)
    assert e.value.field == "note"


@pytest.mark.parametrize(
    "bad",
    list("\u202a\u202b\u202d\u202e\u2066\u2067\u2069\u200e\u200b\u2060\ufeff\xad\ud800\ue000"),
)
def test_bidi_overrides_and_invisible_signs_are_refused(bad: str) -> None:
    with pytest.raises(ValidationFailed):
        text.clean(f"a{bad}b", field="note", low=0, high=60)


def test_bounds_count_code_points_of_the_normal_form() -> None:
    assert text.clean("e\u0301" * 60, field="n", low=1, high=60) == "é" * 60
    with pytest.raises(ValidationFailed):
        text.clean("é" * 61, field="n", low=1, high=60)
    assert text.clean("", field="n", low=0, high=60) == ""
    with pytest.raises(MissingField):
        text.clean("  ", field="n", low=1, high=60)


def test_what_is_far_too_long_is_refused_unread() -> None:
    """The normal form of thirty thousand accents takes a second of everybody's."""
    began = time.process_time()
    with pytest.raises(ValidationFailed):
        text.clean("a" + "\u0315" * 15_000 + "\u0316" * 15_000, field="n", low=1, high=500)
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    "unseen",
    [*"\u3164\u2800\ufe0f\u034f\u115f\u200d", " \u200c\ufe0f ", "\U000e0041\U000e0042"],
)
def test_what_nobody_sees_is_nothing(unseen: str) -> None:
    with pytest.raises((MissingField, ValidationFailed)):
        text.clean(unseen, field="n", low=1, high=60)


@pytest.mark.parametrize(
    "hidden", ["a{}", "🏴{}", "🏴{}\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e007f{}"]
)
def test_invisible_letters_stand_in_flags_alone(hidden: str) -> None:
    with pytest.raises(ValidationFailed):
        text.clean(hidden.format("\U000e0041" * 7), field="n", low=0, high=60)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("4242424242424242", "••••••••••••4242"),
        ("card 4242 4242 4242 4242 12/27", "card •••• •••• •••• 4242 12/27"),
        ("3782-822463-10005.", "••••-••••••-•0005."),
        ("12 4242 4242 4242 4242 99", "12 •••• •••• •••• 4242 99"),
        ("4242 4242 4242 4242 4000 0566 5566 5556", "•••• •••• •••• 4242 •••• •••• •••• 5556"),
        ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "••••••••••••٤٢٤٢"),
        ("4242\u200c4242\u200c4242\u200c4242", "••••\u200c••••\u200c••••\u200c4242"),
        ("SSN 078-05-1120!", "SSN •••-••-1120!"),
        ("078 05 1120", "••• •• 1120"),
        ("EIN 12-3456789", "EIN ••-•••6789"),
    ],
)
def test_numbers_of_cards_and_taxpayers_are_masked(typed: str, stored: str) -> None:
    assert text.clean(typed, field="note", low=1, high=60) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "4242424242424241",
        "rent 2026-11 and 2026-12",
        "invoice 1234567890123",
        "+1 415 555 0123",
        "+44 20 7946 0958",
        "order 100200300400500600700",
        "1.000.000.000",
        "078-05-11201",
        "2026-11-20",
    ],
)
def test_other_numbers_stay(typed: str) -> None:
    assert text.clean(typed, field="note", low=1, high=60) == typed


@given(st.from_regex(r"[2-6][0-9]{11,17}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_every_card_is_found_however_it_is_grouped(body: str, between: str) -> None:
    number = next(body + str(d) for d in range(10) if text._checks(body + str(d)))
    groups = [number[i : i + 4] for i in range(0, len(number), 4)]
    stored = text.clean(f"my card: {between.join(groups)}, thanks", field="n", low=1, high=60)
    assert sum(c.isdigit() for c in stored) == 4


@given(st.text(max_size=80))
def test_what_is_stored_is_stable(typed: str) -> None:
    try:
        stored = text.clean(typed, field="n", low=0, high=60)
    except ValidationFailed:
        return
    assert text.clean(stored, field="n", low=0, high=60) == stored
    assert unicodedata.is_normalized("NFC", stored)


def test_lines_stay_lines_where_they_may() -> None:
    typed = " one\r\ntwo \u00e9\n\nthree\n"
    assert (
        text.clean(typed, field="n", low=1, high=60, has_lines=True) == "one\ntwo \u00e9\n\nthree"
    )
    for other in ("one\rtwo", "one\ttwo", "one\u2028two", "one\x0btwo"):
        with pytest.raises(ValidationFailed):
            text.clean(other, field="n", low=1, high=60, has_lines=True)
    for line in ("one\ntwo", "one\r\ntwo"):
        with pytest.raises(ValidationFailed):
            text.clean(line, field="n", low=1, high=60)
    with pytest.raises(MissingField):
        text.clean(" \n\n ", field="n", low=1, high=60, has_lines=True)
