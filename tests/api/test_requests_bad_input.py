"""Requests with everything that may be wrong in them: the code, and nothing asked or moved."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock
from tests.support.payers import Payer, books_of, keyed, problem
from tests.support.requests import REQUESTS, act, ask, asked, changes


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        *(({"amount": a}, "INVALID_AMOUNT")
          for a in (0, -1, 500_001, 2**53 + 1, 1.5, 1e3, "100", True, None, [1])),
        ({"currency": "EUR"}, "VALIDATION_ERROR"),
        ({"note": ""}, "MISSING_FIELD"),
        ({"note": "   "}, "MISSING_FIELD"),
        ({"note": "x" * 501}, "VALIDATION_ERROR"),
        ({"note": "a\x00b"}, "VALIDATION_ERROR"),
        ({"note": "a\u202eb"}, "VALIDATION_ERROR"),
        ({"note": 1}, "VALIDATION_ERROR"),
        ({"expires_in_days": 0}, "VALIDATION_ERROR"),
        ({"expires_in_days": 91}, "VALIDATION_ERROR"),
        ({"expires_in_days": "30"}, "VALIDATION_ERROR"),
        ({"visibility": "everybody"}, "VALIDATION_ERROR"),
        ({"state": "PAID"}, "VALIDATION_ERROR"),
        ({"is_known": True}, "VALIDATION_ERROR"),
    ],
    ids=repr,
)  # fmt: skip
async def test_what_is_wrong_is_named_and_nothing_is_asked(
    changed: dict[str, Any], code: str, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    told = problem(await ask(ana, ben, **changed), 400, code)
    assert [told["field"]] == list(changed)
    assert await changes(admin) == []


async def test_bounds_and_the_longest_note_pass(ana: Payer, ben: Payer) -> None:
    for amount, note, days in ((1, "x", 1), (500_000, "\u0065\u0301" * 500, 90)):
        answer = await ask(ana, ben, amount, note=note, expires_in_days=days)
        assert (answer.status_code, len(answer.json()["note"])) == (201, len(note) // 2 or 1)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 1}, "amount"),
        ({"note": "mine"}, "note"),
        ({"visibility": "all"}, "visibility"),
        ({"show_amount": "yes"}, "show_amount"),
        ({"payee_id": "x"}, "payee_id"),
    ],
)
async def test_who_pays_says_nothing_of_what_was_asked(
    body: dict[str, Any], field: str, ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    request = await asked(ana, ben)
    told = problem(await act(ben, "pay", request, **body), 400, "VALIDATION_ERROR")
    assert told["field"] == field
    assert (await books_of(admin))["payments"] == 0


async def test_pages_end_honestly_and_a_foreign_cursor_is_refused(ana: Payer, ben: Payer) -> None:
    made = [await asked(ana, ben, n + 1) for n in range(5)]
    for request in made[:3]:
        await act(ben, "decline", request)
    for name, who, expected in (
        ("waiting", ana, made[:2:-1]),
        ("to_pay", ben, made[:2:-1]),
        ("done", ana, made[2::-1]),
        ("done", ben, made[2::-1]),
    ):
        found: list[str] = []
        query = {"box": name, "limit": "2"}
        while query.get("cursor") or not found:
            page = (await who.http.get(REQUESTS, params=query)).json()
            found += [r["id"] for r in page["items"]]
            query["cursor"] = page["next_cursor"] or ""
        assert found == expected
    cursor = (await ana.http.get(f"{REQUESTS}?box=done&limit=1")).json()["next_cursor"]
    for who, name in ((ben, "done"), (ana, "waiting")):
        answer = await who.http.get(REQUESTS, params={"box": name, "cursor": cursor})
        problem(answer, 400, "INVALID_CURSOR")
    for wrong in ("", "?box=all", "?box=done&limit=0", "?box=done&limit=101"):
        answer = await ana.http.get(REQUESTS + wrong)
        assert answer.status_code == 400, answer.text


async def test_nobody_asks_more_often_than_thirty_times_a_minute(ana: Payer, ben: Payer) -> None:
    body = {"requestee_id": ben.who.shown, "amount": 1, "currency": "USD", "note": ""}
    told = [
        (await ana.http.post(REQUESTS, json=body, headers=keyed())).status_code for _ in range(31)
    ]
    assert told == [400] * 30 + [429]


async def test_who_is_not_there_cannot_be_asked_and_nobody_asks_themselves(
    ana: Payer, ben: Payer, admin: asyncpg.Connection
) -> None:
    before = await books_of(admin)
    problem(await ask(ana, ana), 400, "INVALID_RECIPIENT")
    for unknown in ("usr_" + "0" * 26, "pay_" + ben.who.shown[4:], "ben", ""):
        problem(await ask(ana, ben, requestee_id=unknown), 404, "RECIPIENT_NOT_FOUND")
    assert await books_of(admin) == before
    freeze = FreezePerson(
        user_id=ben.who.id,
        scope=FreezeScope.ALL,
        reason_class=FreezeReason.SECURITY,
        text="Look.",
        review_on=clock.now().date() + timedelta(days=7),
        by="test",
        reason="for this test",
    )
    await identity.freeze(freeze, now=clock.now())
    problem(await ask(ana, ben), 404, "RECIPIENT_NOT_FOUND")
    told = problem(await ask(ben, ana), 403, "ACCOUNT_FROZEN")
    assert told["detail"] == "Look."
    assert await changes(admin) == []
