"""Every behaviour of the app has its test, and the page that says so is as the tests are."""

from pathlib import Path

from tools import behaviours

# What no screen can add to: it is tried with many connections at once, or over every route.
BELOW_ALONE = {39, 53, 54, 58, 61, 67, 68}
ROWS = behaviours.rows(behaviours.PAGE.read_text(encoding="utf-8"))


def test_every_number_stands_once() -> None:
    assert [row.number for row in ROWS] == list(range(1, 76))


def test_the_page_is_as_the_tests_are() -> None:
    """The cure is `./dev gen behaviours`."""
    text = behaviours.PAGE.read_text(encoding="utf-8")
    assert text == behaviours.written(text, *behaviours.proofs())


def test_every_behaviour_has_a_test_or_waits_for_another_part() -> None:
    unproven = [
        row.number
        for row in ROWS
        if not row.is_later
        and not (row.below if row.number in BELOW_ALONE else row.screen.startswith("["))
    ]
    assert unproven == []


def test_a_new_proof_and_a_lost_one_change_the_page(tmp_path: Path) -> None:
    web = tmp_path / behaviours.SCREEN
    web.mkdir(parents=True)
    web.joinpath("test_pay.py").write_text("def test_16_pay(app: App) -> None: ...\n")
    text = (
        "| 16 | Pay | | [`test_16_gone`](../tests/x.py), [`test_by_hand`](../tests/y.py) |\n"
        "| 24 | Split | later: splits | |\n"
    ).replace("| |", "|  |")
    assert behaviours.written(text, *behaviours.proofs(tmp_path)) == (
        "| 16 | Pay | [`test_16_pay`](../tests/journeys/web/test_pay.py) |"
        " [`test_by_hand`](../tests/y.py) |\n"
        "| 24 | Split | later: splits |  |\n"
    )
