"""Likes and comments: by who sees the payment, each once; nothing between who refuse each other."""

import asyncio
import json
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from quid.entrypoints.worker import CONSUMERS
from quid.identity.types import FreezeScope
from quid.kit import clock, ids, runtime, telemetry
from tests.api.test_canaries import found_in, rows_of, valkey_of
from tests.api.test_payments_people import freeze
from tests.support.feeds import befriend, catch_up
from tests.support.payers import Payer, Town, problem
from tests.support.sharing import NOTE, share, show_to, told_of

LIKED: Final = "social.liked.v1"
COMMENTED: Final = "social.commented.v1"
SIGNS: Final = "\x00\x01\t\n\x1b\x7f\x85\u202a\u202e\u2066\u2069\u200e\u200b\ufeff\u2028\ue000"


@pytest.fixture
async def fay(town: Town, ana: Payer) -> Payer:
    """Fay, a friend of Ana."""
    made = await town.payer("fay")
    await befriend(ana.who, made.who)
    return made


@pytest.fixture
async def item(ana: Payer, ben: Payer) -> str:
    """A payment of Ana's to Ben that friends see."""
    return await share(ana, ben, "friends")


@pytest.fixture
async def others(town: Town, ben: Payer) -> tuple[Payer, Payer]:
    """Gil, a friend of Ben, and Eve, whom nobody knows."""
    gil = await town.payer("gil")
    await befriend(ben.who, gil.who)
    return gil, await town.payer("eve")


async def say(
    who: Payer, payment: str, text: object = "nice", key: str | None = None
) -> httpx2.Response:
    headers = {} if key is None else {"idempotency-key": key}
    return await who.http.post(f"/v1/feed/{payment}/comments", json={"text": text}, headers=headers)


async def said(who: Payer, payment: str, text: str) -> str:
    answer = await say(who, payment, text)
    assert answer.status_code == 201, answer.text
    comment: str = answer.json()["id"]
    return comment


async def read(who: Payer, payment: str, query: str = "") -> dict[str, Any]:
    answer = await who.http.get(f"/v1/feed/{payment}/comments{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def texts(who: Payer, payment: str) -> list[str]:
    return [c["text"] for c in (await read(who, payment))["items"]]


async def counted(who: Payer, payment: str) -> tuple[int, int, bool]:
    told = (await who.http.get(f"/v1/feed/{payment}")).json()
    return told["like_count"], told["comment_count"], told["liked_by_me"]


async def test_a_like_counts_once_however_it_is_said_and_is_taken_back(
    ana: Payer, fay: Payer, item: str, admin: asyncpg.Connection
) -> None:
    path = f"/v1/feed/{item}/likes"
    for method in ("PUT", "POST", "PUT"):
        answer = await fay.http.request(method, path)
        assert (answer.status_code, answer.json()) == (200, {"like_count": 1, "liked_by_me": True})
    assert await counted(ana, item) == (1, 0, False)
    assert (await ana.http.put(path)).json() == {"like_count": 2, "liked_by_me": True}
    for _ in range(2):
        answer = await fay.http.delete(path)
        assert answer.json() == {"like_count": 1, "liked_by_me": False}
    assert (await fay.http.post(path)).json() == {"like_count": 2, "liked_by_me": True}
    told = [json.loads(p)["data"] for p in await told_of(admin, LIKED)]
    by = [who.who.shown for who in (fay, ana)]  # who likes it again is not told of again
    assert told == [{"payment_id": item, "user_id": one} for one in by]
    acts = await admin.fetch(
        "select action from kit.audit where action like 'social.%' order by at"
    )
    assert [a[0] for a in acts] == ["social.like"] * 2 + ["social.unlike", "social.like"]


async def test_fifty_likes_at_once_are_one(
    fay: Payer, item: str, admin: asyncpg.Connection
) -> None:
    path = f"/v1/feed/{item}/likes"
    done = await asyncio.gather(*(fay.http.put(path) for _ in range(50)))
    assert {(d.status_code, d.text) for d in done} == {(200, '{"like_count":1,"liked_by_me":true}')}
    assert await admin.fetchval("select count(*) from social.like") == 1
    assert len(await told_of(admin, LIKED)) == 1
    assert await admin.fetchval("select count(*) from kit.audit where action = 'social.like'") == 1
    done = await asyncio.gather(*(fay.http.delete(path) for _ in range(20)))
    assert {d.text for d in done} == {'{"like_count":0,"liked_by_me":false}'}
    acts = [fay.http.put(path) if n % 2 else fay.http.delete(path) for n in range(40)]
    assert {d.status_code for d in await asyncio.gather(*acts)} == {200}
    assert len(await told_of(admin, LIKED)) == 1


async def test_comments_stand_in_order_with_their_authors(
    ana: Payer, ben: Payer, fay: Payer, item: str, admin: asyncpg.Connection
) -> None:
    written = await say(fay, item, "  caf\u0065\u0301 <b>&amp; \N{SLICE OF PIZZA}  ")
    assert written.status_code == 201
    first = written.json()
    card = await ana.http.get("/v1/users/fay")
    members = ("id", "handle", "display_name", "avatar_seed")
    assert first["author"] == {m: card.json()[m] for m in members}
    assert (first["text"], first["can_delete"]) == ("café <b>&amp; \N{SLICE OF PIZZA}", True)
    for who, text in ((ana, "two"), (ben, "three"), (fay, "four"), (ana, "five")):
        await said(who, item, text)
    pages, cursor = [], ""
    while True:
        page = await read(fay, item, f"?limit=2{cursor}")
        pages.append(page["items"])
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert [[c["text"] for c in p] for p in pages] == [
        [first["text"], "two"], ["three", "four"], ["five"],
    ]  # fmt: skip
    assert [c["can_delete"] for p in pages for c in p] == [True, False, False, True, False]
    for party in (ana, ben):
        assert {c["can_delete"] for c in (await read(party, item))["items"]} == {True}
    assert pages[0][0] == first
    assert await counted(ben, item) == (0, 5, False)
    told = [json.loads(p)["data"] for p in await told_of(admin, COMMENTED)]
    assert told[0] == {"payment_id": item, "comment_id": first["id"], "user_id": fay.who.shown}
    assert len(told) == 5
    assert "two" not in "".join(await told_of(admin, COMMENTED))
    # A cursor is of one list and one person.
    wrong = await ben.http.get(f"/v1/feed/{item}/comments?limit=2{cursor}")
    problem(wrong, 400, "INVALID_CURSOR")


async def test_a_comment_is_deleted_by_its_author_or_a_party_and_by_nobody_else(
    ana: Payer, ben: Payer, fay: Payer, others: tuple[Payer, Payer], item: str
) -> None:
    gil, eve = others
    written = [await said(fay, item, str(n)) for n in range(4)]
    path = f"/v1/feed/{item}/comments"
    problem(await gil.http.delete(f"{path}/{written[0]}"), 403, "FORBIDDEN")
    problem(await eve.http.delete(f"{path}/{written[0]}"), 404, "NOT_FOUND")
    other = await share(ana, ben, "friends")
    problem(await fay.http.delete(f"/v1/feed/{other}/comments/{written[0]}"), 404, "NOT_FOUND")
    assert await texts(gil, item) == ["0", "1", "2", "3"]
    for who, comment in zip((fay, ana, ben), written, strict=False):
        assert (await who.http.delete(f"{path}/{comment}")).status_code == 204
        problem(await who.http.delete(f"{path}/{comment}"), 404, "NOT_FOUND")
    assert await texts(gil, item) == ["3"]
    assert await counted(ana, item) == (0, 1, False)
    # One's own words go, though one sees no more what they stand under.
    await show_to(ben, item, "private")
    problem(await fay.http.get(path), 404, "NOT_FOUND")
    assert (await fay.http.delete(f"{path}/{written[3]}")).status_code == 204
    assert await texts(ana, item) == []


async def test_a_key_writes_once(
    fay: Payer, ana: Payer, ben: Payer, item: str, admin: asyncpg.Connection
) -> None:
    first = await say(fay, item, "once", "k")
    assert "idempotency-replayed" not in first.headers
    again = await say(fay, item, " once ", "k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    problem(await say(fay, item, "twice", "k"), 422, "IDEMPOTENCY_KEY_REUSED")
    other = await share(ana, ben, "friends")
    problem(await say(fay, other, "once", "k"), 422, "IDEMPOTENCY_KEY_REUSED")
    assert (await say(ana, item, "once", "k")).json()["id"] != first.json()["id"]  # her own key
    assert await said(fay, item, "once") != first.json()["id"]  # without a key
    assert len(await told_of(admin, COMMENTED)) == 3
    held = await admin.fetch(
        "select answer from kit.idempotency where operation = 'social.comment'"
    )
    assert {bytes(h[0]) for h in held} == {b""}  # the text stands in one place, and goes with it
    path = f"/v1/feed/{item}/comments/{first.json()['id']}"
    assert (await fay.http.delete(path)).status_code == 204
    acts = "select resource_id from kit.audit where action = 'social.remove_comment'"
    assert [r[0] for r in await admin.fetch(acts)] == [first.json()["id"]]
    problem(await say(fay, item, "once", "k"), 404, "NOT_FOUND")
    assert (await texts(fay, item)).count("once") == 2
    problem(await say(fay, item, "x", ""), 400, "IDEMPOTENCY_KEY_MISSING")
    problem(await say(fay, item, "x", "a b"), 400, "VALIDATION_ERROR")


async def test_a_key_tells_nothing_of_an_item_that_is_gone(
    fay: Payer, ben: Payer, item: str
) -> None:
    assert (await say(fay, item, "once", "k")).status_code == 201
    await show_to(ben, item, "private")
    problem(await say(fay, item, "once", "k"), 404, "NOT_FOUND")


async def test_a_like_is_taken_back_by_who_sees_the_item_no_more(
    fay: Payer, ana: Payer, ben: Payer, item: str
) -> None:
    """It stood for ever under the payment of people who had blocked its author."""
    path = f"/v1/feed/{item}/likes"
    assert (await fay.http.put(path)).status_code == 200
    assert (await ben.http.put(path)).status_code == 200
    await show_to(ben, item, "private")
    taken = await fay.http.delete(path)
    assert (taken.status_code, taken.json()) == (200, {"like_count": 0, "liked_by_me": False})
    problem(await fay.http.delete(path), 404, "NOT_FOUND")
    assert (await ana.http.get(f"/v1/feed/{item}")).json()["like_count"] == 1


async def test_who_is_on_hold_for_everything_says_nothing(fay: Payer, item: str) -> None:
    path, written = f"/v1/feed/{item}/likes", await said(fay, item, "before")
    assert (await fay.http.put(path)).status_code == 200
    await freeze(fay.who, FreezeScope.ALL)
    problem(await fay.http.put(path), 403, "ACCOUNT_FROZEN")
    problem(await say(fay, item, "after"), 403, "ACCOUNT_FROZEN")
    assert (await fay.http.delete(path)).status_code == 200
    assert (await fay.http.delete(f"/v1/feed/{item}/comments/{written}")).status_code == 204


async def test_a_key_is_free_again_after_a_refusal(fay: Payer, ben: Payer, item: str) -> None:
    await show_to(ben, item, "private")
    problem(await say(fay, item, "once", "k"), 404, "NOT_FOUND")
    await show_to(ben, item, "friends")
    assert (await say(fay, item, "once", "k")).status_code == 201


async def test_equal_comments_at_once_under_one_key_are_one(
    fay: Payer, item: str, admin: asyncpg.Connection
) -> None:
    done = await asyncio.gather(*(say(fay, item, "once", "k") for _ in range(10)))
    assert {d.status_code for d in done} == {201}
    assert len({d.json()["id"] for d in done}) == 1
    assert sum("idempotency-replayed" in d.headers for d in done) == 9
    assert await admin.fetchval("select count(*) from social.comment") == 1
    assert len(await told_of(admin, COMMENTED)) == 1


async def test_ten_comments_a_minute(fay: Payer, ana: Payer, item: str) -> None:
    done = [await say(fay, item, str(n)) for n in range(11)]
    assert [d.status_code for d in done] == [201] * 10 + [429]
    told = problem(done[-1], 429, "RATE_LIMITED")
    assert 1 <= told["retry_after"] <= 6
    assert (await say(ana, item)).status_code == 201
    assert (await fay.http.put(f"/v1/feed/{item}/likes")).status_code == 200


async def test_who_refuse_each_other_read_and_count_nothing_of_each_other(
    town: Town, ana: Payer, fay: Payer, item: str
) -> None:
    gil = await town.payer("gil")
    await befriend(ana.who, gil.who)
    for who in (ana, fay, gil):
        await said(who, item, who.who.handle)
        await who.http.put(f"/v1/feed/{item}/likes")
    assert (await gil.http.put(f"/v1/friends/{fay.who.shown}/block")).status_code == 204
    assert await texts(ana, item) == ["ana", "fay", "gil"]
    assert await texts(fay, item) == ["ana", "fay"]
    assert await texts(gil, item) == ["ana", "gil"]
    assert [await counted(who, item) for who in (ana, fay, gil)] == [
        (3, 3, True), (2, 2, True), (2, 2, True),
    ]  # fmt: skip
    liked = await fay.http.put(f"/v1/feed/{item}/likes")
    assert liked.json() == {"like_count": 2, "liked_by_me": True}
    [of_gil] = [c["id"] for c in (await read(ana, item))["items"] if c["text"] == "gil"]
    path = f"/v1/feed/{item}/comments/{of_gil}"
    problem(await fay.http.delete(path), 404, "NOT_FOUND")  # as one that was never there
    assert (await read(fay, item, "?limit=2"))["next_cursor"] is not None
    assert (await gil.http.delete(f"/v1/friends/{fay.who.shown}/block")).status_code == 204
    problem(await fay.http.delete(path), 403, "FORBIDDEN")
    assert await counted(fay, item) == (3, 3, True)


async def test_numbers_of_cards_are_no_comment(fay: Payer, ana: Payer, item: str) -> None:
    await said(fay, item, "pay 4242 4242 4242 4242")
    [text] = await texts(ana, item)
    assert text.endswith("4242")
    assert "4242 4242 4242" not in text


async def test_a_comment_is_measured_in_code_points_of_its_normal_form(
    ana: Payer, item: str, admin: asyncpg.Connection
) -> None:
    fits = {
        "x": "x",
        "x" * 500: "x" * 500,
        "\N{SLICE OF PIZZA}" * 500: "\N{SLICE OF PIZZA}" * 500,
        "e\u0301" * 500: "\u00e9" * 500,
        "%s {0} '; drop table social.comment; --": "%s {0} '; drop table social.comment; --",
    }
    for text, kept in fits.items():
        assert (await say(ana, item, text)).json()["text"] == kept
    before = await admin.fetchval("select count(*) from social.comment")
    wrong: list[object] = ["x" * 501, "\u0958" * 251, "x" * 5000, *(f"a{s}b" for s in SIGNS)]
    for bad in (*wrong, 1, None, True, [], {}):
        told = problem(await say(ana, item, bad), 400, "VALIDATION_ERROR")
        assert told["field"] == "text", bad
    for empty in ("", "   ", "\u00a0"):
        assert problem(await say(ana, item, empty), 400, "MISSING_FIELD")["field"] == "text"
    path = f"/v1/feed/{item}/comments"
    problem(await ana.http.post(path, json={}), 400, "MISSING_FIELD")
    problem(await ana.http.post(path, json={"text": "x", "at": "now"}), 400, "VALIDATION_ERROR")
    assert await admin.fetchval("select count(*) from social.comment") == before


async def test_what_is_no_id_of_a_payment_or_comment_is_not_there(
    ana: Payer, ben: Payer, item: str, admin: asyncpg.Connection
) -> None:
    comment = await said(ana, item, "x")
    waiting = (await ana.pay(ben.who, 20_000, funding_source_id="balance")).json()
    assert waiting["code"] == "INSUFFICIENT_FUNDS"
    [declined] = await admin.fetch("select id from payments.payment where states[3] = 81")
    unknown = ids.new(1, clock.now())
    tail = item[4:]
    wrong = [
        ids.show("pay", unknown), ids.show("pay", declined[0]), f"usr_{tail}", f"req_{tail}", tail,
        "pay_", item.upper(), item[:-1], "pay_" + "z" * 26, "x", "%00", comment, ana.who.shown,
    ]  # fmt: skip
    for bad in wrong:
        for method, path in (
            ("GET", "comments"), ("POST", "comments"), ("PUT", "likes"), ("POST", "likes"),
            ("DELETE", "likes"), ("DELETE", f"comments/{comment}"),
        ):  # fmt: skip
            body = {"text": "x"} if (method, path) == ("POST", "comments") else None
            answer = await ana.http.request(method, f"/v1/feed/{bad}/{path}", json=body)
            # The eleventh word of a minute is refused before anything is looked for.
            assert answer.status_code in (404, 429), (method, bad, path)
    for bad in (ids.show("cmt", unknown), f"pay_{comment[4:]}", "cmt_", "x", item):
        answer = await ana.http.delete(f"/v1/feed/{item}/comments/{bad}")
        problem(answer, 404, "NOT_FOUND")
    for query in ("?limit=0", "?limit=101", "?limit=x"):
        told = await ana.http.get(f"/v1/feed/{item}/comments{query}")
        assert problem(told, 400, "VALIDATION_ERROR")["field"] == "limit"
    for cursor in ("x", "AAAA", "a" * 60):
        told = await ana.http.get(f"/v1/feed/{item}/comments?cursor={cursor}")
        problem(told, 400, "INVALID_CURSOR")
    assert await texts(ana, item) == ["x"]


async def test_what_is_said_stays_where_it_was_said(
    capfd: pytest.CaptureFixture[str],
    fay: Payer,
    item: str,
    admin: asyncpg.Connection,
    valkey_url: str,
) -> None:
    """No event, notice, timeline, audit row, key, log line or cache holds a word of it.

    The note stands with the payment, its two lines, and what its key answers its payer.
    """
    words = "what a fine boat house it will be"
    assert (await say(fay, item, words, "k")).status_code == 201
    await fay.http.put(f"/v1/feed/{item}/likes")
    await catch_up(runtime.current(), admin, CONSUMERS)
    assert (await fay.http.get("/v1/feed")).json()["items"][0]["note"] == NOTE
    tables = await rows_of(admin)
    assert {t for t, rows in tables.items() if found_in(words, rows)} == {"table social.comment"}
    assert {t for t, rows in tables.items() if found_in(NOTE, rows)} == {
        "table payments.payment",
        "table payments.activity",
        "table kit.idempotency",
    }
    telemetry.flush()
    logged = "".join(capfd.readouterr())
    assert "/feed/{payment_id}/comments" in logged  # it was there to be read
    assert NOTE not in logged
    assert words not in logged + await valkey_of(valkey_url)
