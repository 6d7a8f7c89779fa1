"""Finding people: by the beginning of any word, by exact contacts of who allows it; never more."""

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.identity import rules, service, store
from quid.identity.queries import people
from quid.identity.types import Person, PrivacyChange, ProfileChange
from quid.kit import db
from tests.slices.identity.conftest import Joined
from tests.slices.identity.people import new_person

NAMES = {
    "ana_lindt": "Ana Lindt",
    "anabel": "Anabel Čapek",
    "zoe": "Zoë O'Brien",
    "lee": "李小龍 🐉",
    "lin_9": "Ana-Sofía Lindner",
    "ben": "Ben Okafor",
}


@pytest.fixture
async def town(join: Joined) -> dict[str, Person]:
    found = {"viewer": await join("viewer")}
    for handle, name in NAMES.items():
        person = await join(handle)
        change = ProfileChange(display_name=name)
        found[handle] = await service.change_profile(person.id, change, now=person.created_at)
    return found


async def find(database: db.Database, town: dict[str, Person], query: str) -> list[str]:
    async with database.read() as conn:
        cards = await people.search(conn, query, viewer=town["viewer"].id, limit=20)
    assert "viewer" not in [c.handle for c in cards]
    return [c.handle for c in cards]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("an", {"ana_lindt", "anabel", "lin_9"}),
        ("AN", {"ana_lindt", "anabel", "lin_9"}),
        ("ana lin", {"ana_lindt", "lin_9"}),
        ("lin ana", {"ana_lindt", "lin_9"}),
        ("ben okafor", {"ben"}),
        ("Okafor,  BEN", {"ben"}),
        ("ben ok", {"ben"}),
        ("be okafor b", {"ben"}),
        ("ben ben", {"ben"}),
        ("ben lindt", set()),
        ("ana sofia lindner", {"lin_9"}),
        ("ana 9", {"lin_9"}),
        ("lindt", {"ana_lindt"}),
        ("capek", {"anabel"}),
        ("Čap", {"anabel"}),
        ("sofi", {"lin_9"}),
        ("zoe", {"zoe"}),
        ("o'br", {"zoe"}),
        ("李小", {"lee"}),
        ("@ana", {"ana_lindt", "anabel"}),
        ("@lin_", {"lin_9"}),
        ("@lindt", set()),
        ("ana_l", {"ana_lindt"}),
        ("nda", set()),
        ("a", set()),
        ("🐉", set()),
        ("%n", set()),
        ("__", set()),
        ("an%' or", set()),
        ("viewer", set()),
        ("@@ana", set()),
    ],
)
async def test_the_beginnings_of_words_find(
    town: dict[str, Person], database: db.Database, query: str, expected: set[str]
) -> None:
    assert set(await find(database, town, query)) == expected


async def test_contacts_find_whoever_allows_it_and_only_whole(
    town: dict[str, Person], database: db.Database
) -> None:
    ana = town["ana_lindt"]
    async with database.transaction() as tx:
        assert await store.set_phone(tx, ana.id, "+436641234567")
    for whole in ("ana_lindt@example.org", " ANA_Lindt@example.org "):
        assert await find(database, town, whole) == ["ana_lindt"]
    for part in ("ana_lindt@example.or", "lindt@example.org", "@example.org", "ana_lindt@"):
        assert await find(database, town, part) == []
    phones = ("+436641234567", "+43 (664) 123-45 67")
    assert [await find(database, town, p) for p in phones] == [[], []]
    allowed = PrivacyChange(findable_by_email=False, findable_by_phone=True)
    await service.change_privacy(ana.id, allowed, now=ana.created_at)
    assert [await find(database, town, p) for p in phones] == [["ana_lindt"], ["ana_lindt"]]
    assert await find(database, town, "+43664123456") == []
    assert await find(database, town, "ana_lindt@example.org") == []


async def test_blocked_people_find_nothing_of_each_other(
    town: dict[str, Person], database: db.Database
) -> None:
    viewer, ana, anabel = town["viewer"], town["ana_lindt"], town["anabel"]
    await service.block(viewer.id, ana.id, now=viewer.created_at)
    await service.block(anabel.id, viewer.id, now=viewer.created_at)
    assert await find(database, town, "ana") == ["lin_9"]
    for contact in ("ana_lindt@example.org", "anabel@example.org"):
        assert await find(database, town, contact) == []


async def test_the_nearest_come_first(town: dict[str, Person], database: db.Database) -> None:
    viewer, at = town["viewer"], town["viewer"].created_at

    async def befriend(one: Person, other: Person) -> None:
        await service.befriend(one.id, other.id, now=at)
        await service.befriend(other.id, one.id, now=at)

    assert await find(database, town, "ana") == ["ana_lindt", "lin_9", "anabel"]
    await befriend(viewer, town["anabel"])
    assert await find(database, town, "ana") == ["anabel", "ana_lindt", "lin_9"]
    await befriend(town["anabel"], town["lin_9"])
    async with database.read() as conn:
        cards = await people.search(conn, "ana", viewer=viewer.id, limit=2)
        assert [(c.handle, c.is_friend, c.mutual_friends) for c in cards] == [
            ("anabel", True, 0),
            ("lin_9", False, 1),
        ]
        seen = await people.card_seen_by(conn, "lin_9", viewer=viewer.id)
    assert seen == cards[1]


async def test_a_friend_is_found_among_hundreds_of_the_same_name(
    town: dict[str, Person], database: db.Database
) -> None:
    viewer, at = town["viewer"], town["viewer"].created_at
    for n in range(3):
        for m in range(100):
            new = new_person(f"ana_{n}_{m}", "-", at)
            async with database.transaction() as tx:
                await service.add_person(tx, new, now=at)
    last = town["anabel"]
    await service.befriend(viewer.id, last.id, now=at)
    await service.befriend(last.id, viewer.id, now=at)
    found = await find(database, town, "an")
    assert (found[0], len(found)) == ("anabel", 20)
    assert await find(database, town, "an cap") == ["anabel"]


async def test_a_new_name_finds_and_the_old_one_no_longer(
    town: dict[str, Person], database: db.Database, admin: asyncpg.Connection
) -> None:
    zoe = town["zoe"]
    change = ProfileChange(display_name="Mia Berg", handle="mia")
    await service.change_profile(zoe.id, change, now=zoe.created_at)
    assert await find(database, town, "zoe") == await find(database, town, "brien") == []
    assert await find(database, town, "mia") == await find(database, town, "berg") == ["mia"]
    # A person of an older release has no words until the first start of this one.
    await admin.execute("delete from identity.word where user_id = $1", zoe.id)
    assert await find(database, town, "mia") == []
    assert await service.complete_older() == 1
    assert await find(database, town, "mia") == ["mia"]


@given(st.text(min_size=1, max_size=60), st.data())
def test_each_beginning_of_each_word_is_found(name: str, data: st.DataObject) -> None:
    words = rules.words_of(name, "some_body")
    assert words == rules.words_of(rules.plain_words(name), "some_body")
    word = data.draw(st.sampled_from([w for w in words if len(w.removeprefix("@")) >= 2]))
    cut = data.draw(st.integers(3 if word.startswith("@") else 2, min(len(word), 31)))
    terms = rules.terms_of(word[:cut])
    assert terms
    for term in terms:
        assert any(term <= w < rules.end_of(term) for w in words), (term, words)


@given(st.text(max_size=64))
def test_whatever_is_typed_asks_for_words_or_nothing(query: str) -> None:
    terms = rules.terms_of(query)
    assert not terms or len(terms[0].removeprefix("@")) >= 2
    assert all(term == rules.plain_words(term) for term in terms)
    rules.read_phone(query)
    rules.read_identifier(query)
