"""Unknown, blocked and frozen people, ended sessions: what a payment answers, and what replays."""

import base64
import json
import uuid
from datetime import date
from typing import Any, Final

import asyncpg
import httpx2
import pytest
import redis.asyncio as redis

from quid.identity import queries as people
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, db, ids
from quid.kit.config import Core
from quid.kit.runtime import Runtime
from tests.support.payers import PAYMENTS, Payer, Town, books_of, keyed, problem
from tests.support.people import Someone

NOT_FOUND: Final = (404, "RECIPIENT_NOT_FOUND")
WORDS: Final = ("reason", "text", "review_on")


async def freeze(who: Someone, scope: FreezeScope) -> None:
    """Freeze somebody, as an operator does."""
    cmd = FreezePerson(
        user_id=who.id,
        scope=scope,
        reason_class=FreezeReason.SECURITY,
        text="We are checking something on your account.",
        review_on=date(2030, 1, 1),
        by="cli:tess",
        reason="phished, case 4711",
    )
    await identity.freeze(cmd, now=clock.now())


async def unfreeze(who: Someone, scope: FreezeScope) -> None:
    """Lift it."""
    await identity.unfreeze(
        who.id, scope, by="cli:tess", reason="case 4711 is cleared", now=clock.now()
    )


async def block(who: Payer, other: Someone) -> None:
    """Refuse somebody."""
    answer = await who.http.put(f"/v1/friends/{other.shown}/block")
    assert answer.status_code == 204, answer.text


def alike(told: dict[str, Any]) -> dict[str, Any]:
    """Leave out what differs between any two answers."""
    return {k: v for k, v in told.items() if k != "request_id"}


async def test_a_payee_who_is_not_there_reads_the_same_for_every_reason(
    ana: Payer, ben: Payer, eve: Payer, town: Town, admin: asyncpg.Connection
) -> None:
    dan = await town.payer("dan")
    await block(ben, ana.who)
    await block(ana, eve.who)
    await freeze(dan.who, FreezeScope.ALL)
    nobody = Someone(ids.new(1, clock.now()), "nobody")
    before = await books_of(admin)
    told = [
        alike(problem(await ana.pay(payee, 100, key=str(n)), *NOT_FOUND))
        for n, payee in enumerate((nobody, ben.who, eve.who, dan.who))
    ]
    assert told[1:] == [told[0]] * 3
    assert told[0]["field"] == "payee_id"
    assert await books_of(admin) == before


async def test_key_is_free_after_a_payee_who_was_not_there(ana: Payer, ben: Payer) -> None:
    await block(ben, ana.who)
    problem(await ana.pay(ben.who, 100, key="k"), *NOT_FOUND)
    assert (await ben.http.delete(f"/v1/friends/{ana.who.shown}/block")).status_code == 204
    paid = await ana.pay(ben.who, 100, key="k")
    assert paid.status_code == 201
    assert "idempotency-replayed" not in paid.headers


@pytest.mark.parametrize("scope", [FreezeScope.SEND, FreezeScope.ALL])
async def test_a_frozen_payer_is_told_so_and_may_pay_after(
    ana: Payer, ben: Payer, admin: asyncpg.Connection, scope: FreezeScope
) -> None:
    await freeze(ana.who, scope)
    before = await books_of(admin)
    answer = await ana.pay(ben.who, 100, key="k")
    told = problem(answer, 403, "ACCOUNT_FROZEN")
    assert told["reason"] == "security"
    assert told["text"] == "We are checking something on your account."
    assert told["review_on"] == "2030-01-01"
    assert "4711" not in answer.text
    quote = {"payee_id": ben.who.shown, "amount": 100, "currency": "USD"}
    asked = problem(await ana.http.post(f"{PAYMENTS}/quote", json=quote), 403, "ACCOUNT_FROZEN")
    assert {k: asked[k] for k in WORDS} == {k: told[k] for k in WORDS}
    assert await books_of(admin) == before
    await unfreeze(ana.who, scope)
    assert (await ana.pay(ben.who, 100, key="k")).status_code == 201


async def test_a_payee_who_may_not_send_still_receives(ana: Payer, ben: Payer) -> None:
    await freeze(ben.who, FreezeScope.SEND)
    assert (await ana.pay(ben.who, 100)).status_code == 201
    await freeze(ana.who, FreezeScope.WITHDRAW)
    assert (await ana.pay(ben.who, 100)).status_code == 201


@pytest.mark.parametrize("with_valkey", [True, False])
async def test_what_was_sent_replays_after_a_block_or_a_freeze(
    ana: Payer,
    ben: Payer,
    admin: asyncpg.Connection,
    valkey_url: str,
    with_valkey: bool,
) -> None:
    first = await ana.pay(ben.who, 100, key="k")
    declined = await ana.pay(ben.who, 20_000, key="too-much")
    await block(ben, ana.who)
    await freeze(ana.who, FreezeScope.ALL)
    await freeze(ben.who, FreezeScope.ALL)
    before = await books_of(admin)
    for _ in range(2):
        if not with_valkey:
            async with redis.Redis.from_url(valkey_url) as valkey:
                await valkey.flushdb()
        again = await ana.pay(ben.who, 100, key="k")
        assert (again.content, again.status_code) == (first.content, 201)
        assert again.headers["idempotency-replayed"] == "true"
        again = await ana.pay(ben.who, 20_000, key="too-much")
        assert (again.content, again.status_code) == (declined.content, 422)
        assert again.headers["idempotency-replayed"] == "true"
        problem(await ana.pay(ben.who, 101, key="k"), 422, "IDEMPOTENCY_KEY_REUSED")
        problem(await ana.pay(ben.who, 100, key="new"), 403, "ACCOUNT_FROZEN")
    assert await books_of(admin) == before


async def test_replay_to_a_frozen_payer_reaches_layer_one_again(
    ana: Payer, ben: Payer, valkey_url: str
) -> None:
    """The claim in Valkey was left behind, and the next retry waited 5 s for nobody."""
    await ana.pay(ben.who, 100, key="k")
    await freeze(ana.who, FreezeScope.ALL)
    async with redis.Redis.from_url(valkey_url) as valkey:
        await valkey.flushdb()
        for _ in range(2):
            again = await ana.pay(ben.who, 100, key="k")
            assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
            [name] = await valkey.keys("idem:*")
            kept = await valkey.get(name)
            assert isinstance(kept, bytes)
            assert kept[16:17] == b"d"


# --- sessions ----------------------------------------------------------------------------------


async def test_sign_out_is_honoured_at_once(
    town: Town, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    other = Payer(ana.who, await town.client(ana.who))
    await ana.pay(ben.who, 100, key="k")
    assert (await ana.http.post("/v1/auth/sign-out")).status_code == 204
    before = await books_of(admin)
    for key, amount in (("new", 100), ("k", 100), ("k", 101)):
        problem(await ana.pay(ben.who, amount, key=key), 401, "SIGN_IN_REQUIRED")
    for path in (PAYMENTS, "/v1/balance", "/v1/transactions"):
        problem(await ana.http.get(path), 401, "SIGN_IN_REQUIRED")
    assert await books_of(admin) == before
    assert (await other.pay(ben.who, 100, key="k")).headers["idempotency-replayed"] == "true"
    paid = await other.pay(ben.who, 100, key="new")
    assert (paid.status_code, "idempotency-replayed" in paid.headers) == (201, False)


async def test_nobody_pays(
    client: httpx2.AsyncClient, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    token = ana.http.headers["authorization"].removeprefix("Bearer ")
    head, body, tail = token.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    cut = tail[:-4] + ("AAAA" if tail[-4:] != "AAAA" else "BBBB")
    theirs = ben.http.headers["authorization"].removeprefix("Bearer ").split(".")[1]
    before = await books_of(admin)
    for authorization in (
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {token}",
        token,
        f"Bearer {head}.{body}.",
        f"Bearer {head}.{body}.{cut}",
        f"Bearer {none}.{body}.",
        f"Bearer {head}.{theirs}.{tail}",
        f"Bearer {token}.{token}",
        "Bearer " + "x" * 5000,
        f"Bearer {token}, Bearer {token}",
    ):
        headers = keyed("k") | ({"authorization": authorization} if authorization else {})
        sent = {"payee_id": ben.who.shown, "amount": 100, "currency": "USD"}
        answer = await client.post(PAYMENTS, json=sent, headers=headers)
        told = problem(answer, 401, "SIGN_IN_REQUIRED")
        assert told["money_moved"] == "no"
    for cookie in (
        "quid_session=x",
        "quid_session=",
        "quid_session",
        "a=\x01b",
        "quid_session=\xff",
    ):
        raw = [(b"idempotency-key", b"k"), (b"cookie", cookie.encode("latin-1"))]
        answer = await client.post(PAYMENTS, json=sent, headers=raw)
        problem(answer, 401, "SIGN_IN_REQUIRED")
    assert await books_of(admin) == before


async def test_a_persons_share_of_requests_ends(
    app_runtime: Runtime, ana: Payer, ben: Payer
) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"rate_limit_per_minute": 5}))
    answers = [await ana.pay(ben.who, 1, key=str(uuid.uuid4())) for _ in range(7)]
    codes = [a.status_code for a in answers]
    assert codes[-1] == 429
    assert 201 in codes
    told = problem(answers[-1], 429, "RATE_LIMITED")
    assert told["retryable"] is True
    assert int(answers[-1].headers["retry-after"]) == told["retry_after"] >= 1
    assert (await ben.pay(ana.who, 1)).status_code == 201


async def test_reads_are_counted_apart_and_end_too(app_runtime: Runtime, ana: Payer) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"rate_limit_per_minute": 2}))
    codes = [(await ana.http.get("/v1/balance")).status_code for _ in range(40)]
    assert codes[:12] == [200] * 12
    assert 429 in codes
    assert (await ana.http.patch("/v1/me", json={"locale": "de"})).status_code == 200


async def test_an_own_lock_is_told_without_a_day_of_review(
    ana: Payer, app_runtime: Runtime
) -> None:
    async def words() -> tuple[str, date | None]:
        async with app_runtime.part(db.Database).read() as conn:
            told = (await people.freeze_words(conn, {ana.who.id}))[ana.who.id]
        return told.text, told.review_on

    assert (await ana.http.post("/v1/me/lock")).status_code < 300
    text, review_on = await words()
    assert text
    assert review_on is None
    await freeze(ana.who, FreezeScope.SEND)
    assert await words() == ("We are checking something on your account.", date(2030, 1, 1))


async def test_a_picture_is_the_same_wherever_its_person_is(ana: Payer, ben: Payer) -> None:
    seed = (await ana.http.get("/v1/users/ben")).json()["avatar_seed"]
    payment = (await ana.pay(ben.who, 100)).json()["payment"]
    [line] = (await ana.http.get("/v1/transactions")).json()["items"][:1]
    feed = (await ben.http.get("/v1/feed?scope=mine")).json()["items"]
    me = (await ben.http.get("/v1/me")).json()
    shown = (payment["payee"], line["counterparty"], feed[0]["payee"], me)
    assert {p["avatar_seed"] for p in shown} == {seed}
    assert payment["payer"]["avatar_seed"] != seed
