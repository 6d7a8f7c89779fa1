"""What the faces stand on: time, rows, ids, masks, banking days."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid_sandbox.core import calendar
from quid_sandbox.core.calls import Reply
from quid_sandbox.core.clock import MANUAL, Clock, wall
from quid_sandbox.core.faults import Deed, Fault, Faults, Match, spoil
from quid_sandbox.core.journal import Journal, Message, masked
from quid_sandbox.core.store import Store

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


# ---------------------------------------------------------------------- time


def test_time_by_hand_stands_still_until_it_is_moved() -> None:
    clock = Clock(rate=MANUAL, at=FRIDAY)
    assert clock.now() == FRIDAY
    assert clock.wait(FRIDAY + timedelta(hours=1)) == float("inf")
    clock.set(FRIDAY + timedelta(days=1))
    assert clock.now() == FRIDAY + timedelta(days=1)


def test_time_goes_as_fast_as_it_is_told() -> None:
    clock = Clock(rate=3600.0, at=FRIDAY)
    assert clock.wait(clock.now() + timedelta(hours=1)) == pytest.approx(1, abs=0.1)
    clock.go(MANUAL)
    assert clock.now() == clock.now() >= FRIDAY
    with pytest.raises(ValueError, match="forward"):
        clock.go(-1)


def test_time_by_hand_goes_on_where_it_was() -> None:
    old = Clock(rate=MANUAL, at=FRIDAY)
    new = Clock(rate=MANUAL)
    new.restore(old.document())
    assert new.now() == FRIDAY
    real = Clock()
    real.restore(old.document())
    assert abs(real.now() - wall()) < timedelta(seconds=5)


# ---------------------------------------------------------------------- rows


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "s.sqlite", "seed")) as opened:
        yield opened


def test_what_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            tx.put("a", {"id": "1"})
            tx.later(FRIDAY, "plaid", "posted", "1")
            tx.hook("plaid", "http://127.0.0.1:1/", "X", "{}")
            tx.next("n")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with store.transaction() as tx:
        assert tx.all("a") == []
        assert tx.due(FRIDAY, 10) == []
        assert tx.query("SELECT * FROM hook") == []
        assert tx.next("n") == 1


def refuse(body: object) -> None:
    raise ValueError(f"{body} is in use")


def test_a_part_is_undone_alone(store: Store) -> None:
    with store.transaction() as tx:
        tx.put("a", {"id": "1"})
        with pytest.raises(ValueError, match="in use"), tx.part():
            refuse(tx.put("a", {"id": "2"}))
        assert [row["id"] for row in tx.all("a")] == ["1"]


def test_an_object_keeps_its_place_owner_and_key(store: Store) -> None:
    with store.transaction() as tx:
        tx.put("a", {"id": "1"}, owner="o", key="k")
        tx.put("a", {"id": "2"}, owner="o")
        tx.put("a", {"id": "1", "more": True})
        assert [row["id"] for row in tx.all("a", owner="o")] == ["1", "2"]
        assert [row["id"] for row in tx.all("a", newest=True)] == ["2", "1"]
        assert tx.find("a", "k") == {"id": "1", "more": True}
        assert tx.delete("a", "1")
        assert not tx.delete("a", "1")


def test_the_same_seed_and_calls_give_the_same_ids(tmp_path: Path) -> None:
    def drawn(name: str, seed: str) -> list[str]:
        with closing(Store(tmp_path / name, seed)) as opened, opened.transaction() as tx:
            return [tx.new_id("x_", 20) for _ in range(3)]

    assert drawn("1", "s") == drawn("2", "s") != drawn("3", "t")
    assert len(set(drawn("4", "s"))) == 3


def test_a_snapshot_comes_back_whole(store: Store) -> None:
    with store.transaction() as tx:
        tx.put("a", {"id": "1"})
    store.snapshot("before")
    store.reset()
    assert store.is_new()
    store.restore("before")
    with store.transaction() as tx:
        assert tx.get("a", "1") == {"id": "1"}
    with pytest.raises(FileNotFoundError):
        store.restore("never")
    with pytest.raises(ValueError, match="letters"):
        store.snapshot("../x")


# ---------------------------------------------------------------------- faults


def draw(faults: Faults, path: str = "/transfer/create") -> str | None:
    deed = faults.draw("plaid", path, "k", "a", hook=False)
    return None if deed is None else deed.kind


def test_a_fault_meets_what_it_names_so_often_and_no_more() -> None:
    faults = Faults()
    faults.add(Fault(Deed("reset"), Match(path="/transfer/*"), times=2))
    assert draw(faults, "/item/get") is None
    assert [draw(faults) for _ in range(3)] == ["reset", "reset", None]
    assert faults.listed()[0]["left"] == 0


def test_the_nth_is_counted_among_those_that_match() -> None:
    faults = Faults()
    faults.add(Fault(Deed("hang"), Match(path="/transfer/create", nth=2)))
    assert [draw(faults), draw(faults, "/x"), draw(faults), draw(faults)] == [
        None,
        None,
        "hang",
        None,
    ]


def test_a_share_is_the_same_for_the_same_seed() -> None:
    def pattern() -> list[str | None]:
        faults = Faults()
        faults.add(Fault(Deed("reset"), times=1000, share=0.3, seed=7))
        return [draw(faults) for _ in range(40)]

    first = pattern()
    assert first == pattern()
    assert 4 < sum(kind is not None for kind in first) < 24


def test_faults_of_hooks_do_not_meet_requests() -> None:
    faults = Faults()
    faults.add(Fault(Deed("lost")))
    assert draw(faults) is None
    assert faults.draw("plaid", "X", "", "", hook=True) == Deed("lost")


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("missing", b'{"events": [{"n": 1}, {"n": 2}]}'),
        ("null", b'{"events": [{"n": 1, "t": null}, {"n": 2, "t": null}]}'),
        (
            "unknown",
            b'{"events": [{"n": 1, "t": "something_new"}, {"n": 2, "t": "something_new"}]}',
        ),
    ],
)
def test_a_field_is_spoiled_wherever_it_stands(to: str, expected: bytes) -> None:
    deed = Deed("field", field="events.*.t", to=to)  # type: ignore[arg-type]  # one of the three
    reply = Reply.json({"events": [{"n": 1, "t": "a"}, {"n": 2, "t": "b"}]})
    assert spoil(reply, deed).body == expected


# ---------------------------------------------------------------------- masks


@given(st.integers(10**11, 10**19 - 1), st.sampled_from(['{"n": "%s"}', "number=%s&x=1", "%s"]))
def test_no_number_of_a_card_or_an_account_is_kept(number: int, form: str) -> None:
    kept = masked(form % number)
    assert str(number) not in kept
    assert str(number)[-4:] in kept


@given(st.text(st.characters(codec="ascii", exclude_characters='"&\\'), min_size=1, max_size=20))
def test_no_password_or_code_is_kept(secret: str) -> None:
    marked = f"<<{secret}>>"
    assert marked not in masked(f"username=x&password={marked}&cvc=1")
    assert marked not in masked(f'{{"override_password": "{marked}", "a": 1}}')


def test_a_number_across_the_end_is_masked() -> None:
    assert "1111222" not in masked("x" * 3990 + " 1111222233330000")


def test_the_journal_keeps_what_is_recent(store: Store) -> None:
    journal = Journal(store, keep=20)
    for _ in range(50):
        journal.open(Message("in", "plaid", "POST", "/x"), wall=FRIDAY, at=FRIDAY)
    assert [message["id"] for message in journal.listed()] == list(range(31, 51))


# ---------------------------------------------------------------------- banking days


def test_the_fed_rests_as_it_publishes() -> None:
    closed = [
        (1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (9, 7), (10, 12), (11, 11), (11, 26), (12, 25),
    ]  # fmt: skip
    weekdays = [date(2026, month, day) for month, day in closed]
    assert not any(calendar.is_banking_day(day) for day in weekdays)
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    found = [day for day in year if day.weekday() < 5 and not calendar.is_banking_day(day)]
    assert found == weekdays


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 7, 3), True),  # the 4th is a Saturday: not moved
        (date(2027, 7, 5), False),  # a Sunday's moves to Monday
        (date(2027, 6, 18), True),
        (date(2027, 12, 24), True),
        (date(2028, 11, 10), True),
        (date(2026, 11, 21), False),
    ],
)
def test_saturday_holidays_are_lost_and_sunday_ones_move(day: date, *, is_open: bool) -> None:
    assert calendar.is_banking_day(day) is is_open


@given(st.dates(date(2024, 1, 1), date(2035, 1, 1)), st.integers(0, 70))
def test_banking_days_are_counted_one_by_one(day: date, count: int) -> None:
    reached = calendar.add_banking_days(day, count)
    start = calendar.add_banking_days(day, 0)
    span = [start + timedelta(days=n) for n in range(1, (reached - start).days + 1)]
    assert calendar.is_banking_day(reached)
    assert sum(calendar.is_banking_day(one) for one in span) == count


@given(st.integers(0, 4 * 365 * 1440), st.booleans())
def test_what_is_asked_for_is_sent_later_and_on_a_banking_day(minutes: int, same: bool) -> None:
    asked = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    sent = calendar.sent_at(asked, same_day=same)
    assert sent > asked
    assert calendar.is_banking_day(calendar.local(sent).date())


@pytest.mark.parametrize(
    ("hour", "minute", "window"),
    [(10, 29, (10, 30)), (10, 31, (14, 45)), (14, 59, (16, 45)), (15, 1, (20, 30))],
)
def test_a_same_day_request_takes_the_next_window(
    hour: int, minute: int, window: tuple[int, int]
) -> None:
    for day in (date(2026, 3, 9), date(2026, 11, 2)):  # the mornings after both changes of time
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=calendar.NEW_YORK)
        sent = calendar.local(calendar.sent_at(at, same_day=True))
        assert (sent.date(), (sent.hour, sent.minute)) == (day, window)
