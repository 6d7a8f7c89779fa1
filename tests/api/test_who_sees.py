"""Three audiences, and everybody who may look, before and after each change: one answer everywhere.

39: the item itself, its likes and comments, the profiles of both people, search, and the export.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import pytest

from quid.kit.runtime import Runtime
from tests.support.feeds import befriend
from tests.support.payers import Payer, Town
from tests.support.sharing import share, show_to
from tests.support.stepping import step_up

PARTIES: Final = ("ana", "ben")
OTHERS: Final = ("fay", "gil", "sid", "bob", "mia")
AUDIENCES: Final = ("private", "friends", "public")


@dataclass(slots=True)
class Village:
    """What is known of everybody, told independently: sets of pairs, and the wish of each item."""

    people: dict[str, Payer]
    items: dict[str, str] = field(default_factory=dict)  # by the audience that was wished first
    shown: dict[str, str] = field(default_factory=dict)  # to whom it is shown now
    friends: set[frozenset[str]] = field(default_factory=set)
    blocked: set[frozenset[str]] = field(default_factory=set)
    muted: set[tuple[str, str]] = field(default_factory=set)

    def sees(self, who: str, item: str) -> bool:
        """The rule, as the product tells it."""
        if who in PARTIES:
            return True
        if any(frozenset((who, p)) in self.blocked or (who, p) in self.muted for p in PARTIES):
            return False
        if self.shown[item] == "friends":
            return any(frozenset((who, p)) in self.friends for p in PARTIES)
        return self.shown[item] == "public"

    async def edge(self, method: str, who: str, other: str, kind: str = "") -> None:
        """Do something about a friendship, a block or a mute, over HTTP."""
        path = f"/v1/friends/{self.people[other].who.shown}{kind}"
        answer = await self.people[who].http.request(method, path)
        assert answer.status_code in (200, 204), answer.text

    async def show(self, party: str, wishes: dict[str, str]) -> None:
        """Let one of the two change their wish for each item."""
        for item, wish in wishes.items():
            await show_to(self.people[party], self.items[item], wish)


@pytest.fixture
async def village(town: Town) -> Village:
    """Ana has paid Ben three times. Fay and Mia are her friends, Gil and Bob are his.

    Ana refuses Bob, and Mia has muted Ana. Nobody knows Sid.
    """
    made = Village({handle: await town.payer(handle) for handle in (*PARTIES, *OTHERS)})
    for one, other in (("ana", "fay"), ("ana", "mia"), ("ben", "gil"), ("ben", "bob")):
        await befriend(made.people[one].who, made.people[other].who)
        made.friends.add(frozenset((one, other)))
    await made.edge("PUT", "ana", "bob", "/block")
    made.blocked.add(frozenset(("ana", "bob")))
    await made.edge("PUT", "mia", "ana", "/mute")
    made.muted.add(("mia", "ana"))
    ana, ben = (made.people[p] for p in PARTIES)
    for audience in AUDIENCES:
        made.items[audience] = await share(ana, ben, audience, note=f"note of {audience}")
        made.shown[audience] = audience
    return made


async def look(village: Village, who: str, when: str) -> None:
    """Compare all that somebody can find of the three with what they may."""
    http, can = village.people[who].http, {a: village.sees(who, a) for a in AUDIENCES}
    for audience, item in village.items.items():
        for method, path in (("GET", ""), ("GET", "/comments"), ("PUT", "/likes")):
            answer = await http.request(method, f"/v1/feed/{item}{path}")
            status = 200 if can[audience] else 404
            assert answer.status_code == status, (when, who, audience, method, path)
            assert can[audience] or "note of" not in answer.text
    wanted = [village.items[a] for a in reversed(AUDIENCES) if can[a]]
    for party in PARTIES:
        is_there = frozenset((who, party)) not in village.blocked
        page = await http.get(f"/v1/users/{party}")
        assert page.status_code == (200 if is_there else 404), (when, who, party)
        if is_there:
            assert [i["id"] for i in page.json()["items"]] == wanted, (when, who, party)
        else:
            assert "note of" not in page.text
        found = await http.get(f"/v1/users?query={party}")
        handles = [c["handle"] for c in found.json()["items"]]
        assert (party in handles) == (is_there and who != party), (when, who, party)
        assert "note of" not in found.text


async def say(village: Village, who: str) -> None:
    """Write under each of the three: it stands where it may."""
    for audience, item in village.items.items():
        body = {"text": f"of {who}"}
        answer = await village.people[who].http.post(f"/v1/feed/{item}/comments", json=body)
        assert answer.status_code == (201 if village.sees(who, audience) else 404), (who, audience)


async def _nobody(v: Village) -> None:
    await v.show("ben", dict.fromkeys(AUDIENCES, "private"))
    v.shown |= dict.fromkeys(AUDIENCES, "private")


async def _everybody(v: Village) -> None:
    for party in PARTIES:
        await v.show(party, dict.fromkeys(AUDIENCES, "public"))
    v.shown |= dict.fromkeys(AUDIENCES, "public")


async def _as_before(v: Village) -> None:
    await v.show("ana", {a: a for a in AUDIENCES})
    v.shown |= {a: a for a in AUDIENCES}


async def _block(v: Village) -> None:
    await v.edge("PUT", "fay", "ben", "/block")
    v.blocked.add(frozenset(("fay", "ben")))


async def _unblock(v: Village) -> None:
    await v.edge("DELETE", "ana", "bob", "/block")
    v.blocked.remove(frozenset(("ana", "bob")))
    # What a block ended does not come back: he is a friend of Ben, whom nothing came between.


async def _part(v: Village) -> None:
    await v.edge("DELETE", "ben", "gil")
    v.friends.remove(frozenset(("ben", "gil")))


async def _befriend(v: Village) -> None:
    await befriend(v.people["sid"].who, v.people["ana"].who)
    v.friends.add(frozenset(("sid", "ana")))


async def _mute(v: Village) -> None:
    await v.edge("DELETE", "mia", "ana", "/mute")
    await v.edge("PUT", "bob", "ben", "/mute")
    v.muted = {("bob", "ben")}


async def _hide_past(v: Village) -> None:
    answer = await v.people["ana"].http.post("/v1/me/privacy/past", json={"visibility": "private"})
    assert answer.status_code == 200
    v.shown |= dict.fromkeys(AUDIENCES, "private")


CHANGES: Final[dict[str, Callable[[Village], Awaitable[None]]]] = {
    "Ben lets nobody see any": _nobody,
    "both let everybody see all": _everybody,
    "Ana wishes what she wished first": _as_before,
    "Fay blocks Ben": _block,
    "Ana blocks Bob no more": _unblock,
    "Ben and Gil part": _part,
    "Sid becomes a friend of Ana": _befriend,
    "Mia hears Ana again, Bob mutes Ben": _mute,
    "Ana hides her past": _hide_past,
}


async def test_39_everybody_sees_the_same_everywhere(
    village: Village, app_runtime: Runtime
) -> None:
    assert app_runtime
    everybody = (*PARTIES, *OTHERS)
    for who in everybody:
        await look(village, who, "first")
        await say(village, who)
    for when, change in CHANGES.items():
        await change(village)
        for who in everybody:
            await look(village, who, when)
    for who in everybody:
        http = village.people[who].http
        await step_up(http)
        export = await http.get("/v1/transactions/export?format=json")
        assert export.status_code == 200
        for item in village.items.values():
            assert (item in export.text) == (who in PARTIES), who
        assert ("note of" in export.text) == (who in PARTIES)


async def test_an_amount_is_of_the_two_until_both_show_it(village: Village) -> None:
    item = village.items["public"]

    async def amount(who: str) -> tuple[int | None, int | None]:
        http = village.people[who].http
        one = (await http.get(f"/v1/feed/{item}")).json()["amount"]
        [of_page] = [
            i["amount"]
            for i in (await http.get("/v1/users/ben")).json()["items"]
            if i["id"] == item
        ]
        return one, of_page

    for party in PARTIES:
        for who in OTHERS[:3]:
            assert await amount(who) == (None, None)
        assert await amount(party) == (100, 100)
        await show_to(village.people[party], item, "public", show_amount=True)
    for who in OTHERS[:3]:
        assert await amount(who) == (100, 100)
    await show_to(village.people["ana"], item, "public", show_amount=False)
    assert await amount("fay") == (None, None)


async def test_a_profile_says_how_often_i_paid_them(village: Village, town: Town) -> None:
    ana, sid = village.people["ana"], village.people["sid"]
    assert (await ana.http.get("/v1/users/ben")).json()["times_paid"] == 3
    assert (await village.people["ben"].http.get("/v1/users/ana")).json()["times_paid"] == 0
    assert (await sid.pay(village.people["ben"].who, 1)).status_code == 201
    told = (await sid.http.get("/v1/users?query=ben")).json()["items"]
    assert [(c["handle"], c["times_paid"]) for c in told] == [("ben", 1)]
    await town.payer("ben_two")
    found = (await ana.http.get("/v1/users?query=ben")).json()["items"]
    assert {c["handle"]: c["times_paid"] for c in found} == {"ben": 3, "ben_two": 0}


async def test_a_profile_shows_twenty_of_the_latest(village: Village) -> None:
    ana, ben, sid = (village.people[p] for p in ("ana", "ben", "sid"))
    shown = [await share(ana, ben, "public", note=str(n)) for n in range(22)]
    for _ in range(25):
        assert (await ana.pay(ben.who, 1, visibility="private")).status_code == 201
    page = (await sid.http.get("/v1/users/ana")).json()["items"]
    assert [i["id"] for i in page] == shown[:1:-1]
    assert {(i["kind"], i["direction"]) for i in page} == {("paid", None)}
