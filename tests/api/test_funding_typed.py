"""Accounts that somebody typed, and what was typed wrongly."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from quid.funding.service.linking import finish_session
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock
from quid_sandbox.stripe.cards import BY_NAME
from tests.api.test_canaries import files_of, found_in, rows_of, valkey_of
from tests.support.payers import Town, problem
from tests.support.sandbox import Sandbox
from tests.support.visits import Visitor
from tests.support.wallets import (
    SOURCES,
    TYPED,
    Wallet,
    ana,
    banked,
    ben,
    do_jobs,
    providers,
    sandbox,
)

__all__ = ["ana", "banked", "ben", "providers", "sandbox"]


async def test_typed_numbers_are_proven_by_two_small_amounts(
    ana: Wallet, admin: asyncpg.Connection
) -> None:
    linked = await ana.post("/bank", **TYPED)
    assert linked.status_code == 200, linked.text
    source = linked.json()
    assert (source["state"], source["needs"], source["tries_left"]) == ("VERIFYING", "amounts", 3)
    assert source["label"] == "Tartan Bank ··0042"
    assert (await ana.post("/bank", **TYPED)).json()["id"] == source["id"]
    sent = [r["cents"] for r in await admin.fetch("select cents from funding.operation")]
    assert len(sent) == 2
    assert len(set(sent)) == 2
    assert all(1 <= cents <= 99 for cents in sent)
    wrong = [c % 99 + 1 for c in sent]
    first = await ana.post(f"/{source['id']}/verify", amounts=wrong)
    assert problem(first, 422, "CHALLENGE_FAILED")["tries_left"] == 2
    right = await ana.post(f"/{source['id']}/verify", amounts=sent[::-1])
    assert (right.json()["state"], right.json()["needs"]) == ("VERIFIED", "review")
    problem(await ana.post(f"/{source['id']}/verify", amounts=sent), 409, "STATE_CONFLICT")


async def test_the_third_wrong_answer_ends_it(ana: Wallet, admin: asyncpg.Connection) -> None:
    source = (await ana.post("/bank", **TYPED)).json()
    sent = [r["cents"] for r in await admin.fetch("select cents from funding.operation")]
    left = []
    for _ in range(3):
        answer = await ana.post(f"/{source['id']}/verify", amounts=[sent[0], sent[0]])
        left.append(problem(answer, 422, "CHALLENGE_FAILED")["tries_left"])
    assert left == [2, 1, 0]
    late = await ana.post(f"/{source['id']}/verify", amounts=sent)
    assert problem(late, 409, "STATE_CONFLICT")["state"] == "FAILED"
    assert await admin.fetchval("select amounts from funding.source") is None


async def test_three_accounts_may_be_typed_a_day(ana: Wallet) -> None:
    statuses = [
        (await ana.post("/bank", **{**TYPED, "account": f"11112222333300{n}0"})).status_code
        for n in range(4)
    ]
    assert statuses == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"routing": "011401534"}, "routing"),
        ({"routing": "01140153"}, "routing"),
        ({"routing": "٠١١٤٠١٥٣٣"}, "routing"),
        ({"account": "123"}, "account"),
        ({"account": "1" * 18}, "account"),
        ({"account": "12 34"}, "account"),
        ({"bank_name": "T"}, "bank_name"),
        ({"bank_name": "T\u202ebank"}, "bank_name"),
        ({"public_token": "p"}, "public_token"),
    ],
)
async def test_what_was_mistyped_is_told_by_field(
    ana: Wallet, change: dict[str, str], field: str
) -> None:
    answer = await ana.post("/bank", **{**TYPED, **change})
    assert problem(answer, 400, "VALIDATION_ERROR")["field"] == field


async def test_a_digit_of_a_routing_number_that_is_wrong_is_told_so(ana: Wallet) -> None:
    answer = await ana.post("/bank", **{**TYPED, "routing": "011401534"})
    assert "check digit" in problem(answer, 400, "VALIDATION_ERROR")["detail"]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/bank", {"method": "manual"}, "MISSING_FIELD"),
        ("/bank", {"method": "link"}, "MISSING_FIELD"),
        ("/bank", {"method": "wire"}, "VALIDATION_ERROR"),
        ("/bank/link", {"return_path": "https://evil.test/"}, "VALIDATION_ERROR"),
        ("/bank/link", {"return_path": "//evil.test/"}, "VALIDATION_ERROR"),
        ("/bank/link", {"return_path": "/\\evil.test/"}, "VALIDATION_ERROR"),
        ("/bank/link", {"return_path": "wallet"}, "VALIDATION_ERROR"),
        ("/bank/link", {"purpose": "repair"}, "MISSING_FIELD"),
        ("/card", {"purpose": "charge", "return_path": "//evil.test"}, "VALIDATION_ERROR"),
        ("/card", {"purpose": "charge"}, "MISSING_FIELD"),
    ],
)
async def test_what_is_no_request_is_refused(
    ana: Wallet, path: str, body: dict[str, Any], code: str
) -> None:
    problem(await ana.post(path, **body), 400, code)
    assert await ana.all() == []


# --- who may -----------------------------------------------------------------------------------


async def test_who_only_typed_an_account_keeps_nobody_out_who_proves_it(
    town: Town, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    async def somebody(name: str) -> Wallet:
        wallet = Wallet(await town.payer(name), Visitor(sandbox))
        await wallet.prove(admin)
        return wallet

    first = await somebody("ana")
    page = await first.page()
    first.visitor.link(page["url"], "user_the_squattered")
    [held] = [a for a in sandbox.state("account") if a["holder"] == "The Squattered"][:1]
    numbers = {k: held["numbers"][k] for k in ("routing", "account")}
    strangers = [await somebody(name) for name in ("eve", "fay", "gus", "hal")]
    typed = [await one.post("/bank", **{**TYPED, **numbers}) for one in strangers]
    assert [t.status_code for t in typed] == [200, 200, 200, 422]
    assert (await first.finish(page)).status_code == 200
    for name in ("ben", "cleo"):
        assert (await (await somebody(name)).link("user_the_squattered"))["verified"]
    source = typed[0].json()["id"]
    sent = await admin.fetch(
        "select cents from funding.operation where user_id = $1", strangers[0].owner.who.id
    )
    late = await strangers[0].post(f"/{source}/verify", amounts=[r["cents"] for r in sent])
    problem(late, 422, "PAYMENT_METHOD_INVALID")
    assert (await strangers[0].one(source))["state"] == "DISABLED"


async def test_linking_wants_a_fresh_proof(town: Town) -> None:
    dot = Wallet(await town.payer("dot"), Visitor.__new__(Visitor))
    for path, body in (
        ("/bank/link", {"return_path": "/"}),
        ("/bank", TYPED),
        ("/card", {"purpose": "charge", "return_path": "/"}),
    ):
        problem(await dot.post(path, **body), 401, "STEP_UP_REQUIRED")


async def test_who_is_frozen_links_nothing(ana: Wallet, admin: asyncpg.Connection) -> None:
    page = await ana.page()
    ana.visitor.link(page["url"], "user_ana_lindt")
    opened = (await ana.post("/card", purpose="charge", return_path="/wallet")).json()
    ana.visitor.save_card(opened["url"], "visa")
    freeze = FreezePerson(
        user_id=ana.owner.who.id,
        scope=FreezeScope.SEND,
        reason_class=FreezeReason.SECURITY,
        text="We are looking at a sign-in.",
        review_on=(clock.now() + timedelta(days=3)).date(),
        by="test",
        reason="because the test says so",
    )
    await identity.freeze(freeze, now=clock.now())
    for path, body in (
        ("/bank/link", {"return_path": "/"}),
        ("/bank", TYPED),
        ("/bank", {"method": "link", "link_session_id": page["link_session_id"]}),
        ("/bank", {"method": "token", "public_token": "public-x", "account_id": "x"}),
        ("/card", {"purpose": "charge", "return_path": "/"}),
        ("/card", {"setup_session_id": opened["setup_session_id"]}),
    ):
        refused = problem(await ana.post(path, **body), 403, "ACCOUNT_FROZEN")
        assert refused["reason"] == "security"
    page_ref = await admin.fetchval(
        "select session_ref from funding.link_session where not is_card"
    )
    await finish_session(page_ref, now=clock.now())
    assert await ana.all() == []


async def test_a_provider_that_is_down_is_told_as_such(ana: Wallet, sandbox: Sandbox) -> None:
    sandbox.fault("status", match={"path": "/link/token/create"})
    answer = problem(await ana.post("/bank/link", return_path="/"), 502, "EXTERNAL_SERVICE_ERROR")
    assert (answer["money_moved"], answer["retryable"]) == ("no", True)


Sinks = Callable[[], Awaitable[dict[str, str]]]


@pytest.fixture
def sinks(
    admin: asyncpg.Connection,
    valkey_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Sinks:
    """Read every place where something could have stayed."""

    async def read() -> dict[str, str]:
        kept = {**await rows_of(admin), **files_of(tmp_path)}
        return {**kept, "Valkey": await valkey_of(valkey_url), "log": capsys.readouterr().out}

    return read


async def test_no_number_and_no_token_stays_in_clear(
    sinks: Sinks, ana: Wallet, ben: Wallet, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    await ana.link("user_ana_lindt", accounts=(0, 1))
    await ana.save_card()
    source = (await ben.post("/bank", **TYPED)).json()
    sent = [r["cents"] for r in await admin.fetch("select cents from funding.operation")]
    await ben.post(f"/{source['id']}/verify", amounts=sent)
    await ana.owner.http.delete(f"{SOURCES}/{(await ana.all())[0]['id']}")
    await do_jobs()
    secrets = {item["access_token"] for item in sandbox.state("item")} - {""}
    accounts = sandbox.state("account")
    assert len(secrets) >= 2
    assert len(accounts) >= 3
    numbers = {account["numbers"]["account"] for account in accounts}
    secrets |= {number for number in numbers if number}
    secrets |= {TYPED["account"], BY_NAME["visa"].number, "Ana Lindt"}
    found = await sinks()
    assert "funding-sources" in found["log"]
    leaks = {(s, sink) for s in secrets for sink, text in found.items() if found_in(s, text)}
    assert leaks == set()


async def test_a_number_in_the_name_of_a_bank_is_not_kept(ana: Wallet, sinks: Sinks) -> None:
    number = "5550001112227"
    typed = {**TYPED, "bank_name": f"Tartan {number}", "account": number}
    source = (await ana.post("/bank", **typed)).json()
    assert (
        source["bank_name"] == "Tartan \u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u20222227"
    )
    assert [sink for sink, text in (await sinks()).items() if found_in(number, text)] == []
