"""Banks and cards over HTTP, linked on the sandbox's own pages."""

import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from quid.funding import service
from quid.funding.jobs import sources
from quid.funding.types import Provider
from quid.identity import service as identity
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, db, runtime
from quid.kit.jobs import run_once
from quid_sandbox.plaid import banks
from tests.support.operators import Staff
from tests.support.payers import Town, problem
from tests.support.sandbox import Sandbox
from tests.support.visits import Visitor
from tests.support.wallets import SOURCES, Wallet, providers, sandbox

__all__ = ["providers", "sandbox"]
pytestmark = pytest.mark.usefixtures("providers")


@pytest.fixture(autouse=True)
def banked(providers: Sandbox) -> Sandbox:
    """Before the application starts: it finds its providers."""
    return providers


@pytest.fixture
async def ana(town: Town, admin: asyncpg.Connection, sandbox: Sandbox) -> Wallet:
    """Ana Lindt in law, her proof fresh."""
    wallet = Wallet(await town.payer("ana", tier=0), Visitor(sandbox))
    await wallet.known_as("Ana Lindt")
    await wallet.prove(admin)
    return wallet


@pytest.fixture
async def ben(town: Town, admin: asyncpg.Connection, sandbox: Sandbox) -> Wallet:
    """Ben, whom the law does not know yet, his proof fresh."""
    wallet = Wallet(await town.payer("ben", tier=0), Visitor(sandbox))
    await wallet.prove(admin)
    return wallet


async def test_a_bank_is_linked_on_the_banks_own_page(ana: Wallet) -> None:
    page = await ana.page()
    early = await ana.finish(page)
    assert (early.status_code, early.json()["state"]) == (409, "not_yet")
    back = ana.visitor.link(page["url"], "user_ana_lindt", accounts=(0, 1))
    assert back.endswith("/wallet")
    assert "token" not in back
    linked = (await ana.finish(page)).json()
    assert linked["state"] == "VERIFIED"
    assert linked["label"] == "First Platypus Bank ··0000"
    assert (linked["can_deposit"], linked["can_withdraw"], linked["instant"]) == (True, True, True)
    assert linked["is_default"]
    assert linked["needs"] is None
    [saving] = linked["also"]
    assert (saving["account_type"], saving["instant"], saving["is_default"]) == (
        "savings",
        False,
        False,
    )
    assert (await ana.finish(page)).json() == linked
    assert [s["id"] for s in await ana.all()] == [linked["id"], saving["id"]]


async def test_a_page_that_was_left_gives_nothing_and_another_may_be_opened(ana: Wallet) -> None:
    page = await ana.page()
    ana.visitor.leave(page["url"])
    left = problem(await ana.finish(page), 409, "STATE_CONFLICT")
    assert left["state"] == "exited"
    assert await ana.all() == []
    assert (await ana.link("user_ana_lindt"))["verified"]


async def test_a_page_belongs_to_one_person(ana: Wallet, ben: Wallet) -> None:
    page = await ana.page()
    ana.visitor.link(page["url"], "user_ana_lindt")
    problem(await ben.finish(page), 404, "NOT_FOUND")
    linked = (await ana.finish(page)).json()
    strange = ben.owner.http
    path = f"{SOURCES}/{linked['id']}"
    for method, body in (
        ("GET", None),
        ("PATCH", {"is_default": True}),
        ("DELETE", None),
        ("POST", {"amounts": [1, 2]}),
    ):
        url = f"{path}/verify" if method == "POST" else path
        problem(await strange.request(method, url, json=body), 404, "NOT_FOUND")
    answer = await ben.post(
        "/bank/link", purpose="repair", return_path="/", funding_source_id=linked["id"]
    )
    problem(answer, 404, "NOT_FOUND")
    assert await ben.all() == []


async def test_a_pages_token_gives_one_of_its_accounts(
    ana: Wallet, ben: Wallet, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    page = await ana.page()
    ana.visitor.link(page["url"], "user_ana_lindt", accounts=(0, 1))
    ref = await admin.fetchval("select session_ref from funding.link_session")
    [told] = sandbox.get("/link/token/get", link_token=ref)["link_sessions"]
    [added] = told["results"]["item_add_results"]
    token, account = added["public_token"], added["accounts"][1]["id"]
    other = await ben.page()
    sent = {"method": "token", "public_token": token, "account_id": account}
    problem(await ben.post("/bank", **sent), 409, "STATE_CONFLICT")
    unknown = await ana.post("/bank", **{**sent, "account_id": "another"})
    problem(unknown, 404, "NOT_FOUND")
    linked = await ana.post("/bank", **sent)
    assert linked.status_code == 200, linked.text
    assert (linked.json()["account_type"], linked.json()["also"]) == ("savings", [])
    # Its page has given what it had to give.
    assert (await ana.finish(page)).json()["id"] == linked.json()["id"]
    problem(await ana.post("/bank", **sent), 404, "NOT_FOUND")
    assert other["url"] != page["url"]


async def test_the_same_account_again_is_the_old_source_and_the_new_link_is_forgotten(
    ana: Wallet, sandbox: Sandbox
) -> None:
    first = await ana.link("user_ana_lindt")
    removed = len(sandbox.effects("item.removed"))
    again = await ana.link("user_ana_lindt")
    assert again["id"] == first["id"]
    assert len(await ana.all()) == 1
    await do_jobs()
    assert len(sandbox.effects("item.removed")) == removed + 1


async def test_three_people_may_share_an_account_and_it_is_on_record(
    town: Town, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    answers = []
    for handle in ("ana", "ben", "cleo", "dot"):
        wallet = Wallet(await town.payer(handle), Visitor(sandbox))
        await wallet.prove(admin)
        page = await wallet.page()
        wallet.visitor.link(page["url"], "user_the_family")
        answers.append(await wallet.finish(page))
    assert [a.status_code for a in answers] == [200, 200, 200, 422]
    problem(answers[3], 422, "PAYMENT_METHOD_INVALID")
    noted = await admin.fetch(
        "select details from kit.audit where action = 'funding.link' order by at"
    )
    shared = [read(n["details"]).get("shared_bank_account") for n in noted]
    assert shared == [None, 1, 2, None]


async def test_an_owner_of_another_name_waits_for_an_operator(ana: Wallet, staff: Staff) -> None:
    linked = await ana.link("user_lindt")  # two thirds of the name
    assert linked["needs"] == "review"
    assert (linked["can_deposit"], linked["can_withdraw"]) == (False, False)
    stranger = await ana.link("user_boris_becker")
    desk = await staff.desk("compliance")
    waiting = await desk.look("funding-sources")
    assert {w["id"]: w["owner_score"] for w in waiting["items"]} == {
        linked["id"]: 65,
        stranger["id"]: 0,
    }
    for source_id in (linked["id"], stranger["id"]):
        answer = await desk.press(f"funding-sources/{source_id}/pass-owner")
        assert answer.status_code == 200, answer.text
    half, none = await ana.one(linked["id"]), await ana.one(stranger["id"])
    assert (half["can_deposit"], half["can_withdraw"], half["needs"]) == (True, True, None)
    assert (none["can_deposit"], none["can_withdraw"], none["needs"]) == (False, True, None)
    problem(await desk.press(f"funding-sources/{linked['id']}/pass-owner"), 409, "STATE_CONFLICT")


async def test_what_an_operator_ends_cannot_be_linked_again(ana: Wallet, staff: Staff) -> None:
    linked = await ana.link("user_ana_lindt")
    desk = await staff.desk("finance")
    answer = await desk.press(f"funding-sources/{linked['id']}/disable")
    assert (answer.status_code, answer.json()["disabled_code"]) == (200, "operator")
    assert not (await ana.one(linked["id"]))["can_deposit"]
    page = await ana.page()
    ana.visitor.link(page["url"], "user_ana_lindt")
    problem(await ana.finish(page), 422, "PAYMENT_METHOD_INVALID")
    seen = await desk.look(f"people/{ana.owner.who.shown}/funding-sources")
    assert [s["state"] for s in seen["items"]] == ["DISABLED"]


async def test_who_is_not_known_by_law_cannot_deposit(ben: Wallet) -> None:
    linked = await ben.link("user_ben_okafor")
    assert (linked["state"], linked["needs"]) == ("VERIFIED", "review")
    assert not linked["can_deposit"]


# --- repair and codes --------------------------------------------------------------------------


async def test_a_link_that_broke_is_repaired_on_the_banks_page(
    ana: Wallet, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    linked = await ana.link("user_ana_lindt")
    problem(
        await ana.post("/bank/link", purpose="repair", funding_source_id=linked["id"]),
        409,
        "STATE_CONFLICT",
    )
    item = await admin.fetchval("select item_ref from funding.source")
    token = sandbox.state("item")[-1]["access_token"]
    sandbox.get("/sandbox/item/reset_login", access_token=token)
    await service.refresh_item(Provider.PLAID, item, now=clock.now())
    broken = await ana.one(linked["id"])
    assert (broken["state"], broken["needs"], broken["can_deposit"]) == (
        "NEEDS_REPAIR",
        "repair",
        False,
    )
    page = await ana.page(purpose="repair", funding_source_id=linked["id"])
    ana.visitor.sign_in_again(page["url"], "user_ana_lindt")
    assert (await ana.finish(page)).json()["state"] == "VERIFIED"
    assert (await ana.one(linked["id"]))["is_default"]


async def test_the_code_of_a_small_deposit_is_entered_on_the_banks_page(
    ana: Wallet, sandbox: Sandbox, admin: asyncpg.Connection
) -> None:
    page = await ana.page()
    ana.visitor.type_numbers(page["url"], banks.SAME_DAY_CODE, "Ana Lindt")
    linked = (await ana.finish(page)).json()
    assert (linked["state"], linked["needs"]) == ("VERIFYING", "code")
    page = await ana.page(purpose="repair", funding_source_id=linked["id"])
    assert "has not arrived" in ana.visitor.enter_code(page["url"], banks.CODE).text
    sandbox.order("POST", "clock", {"rate": 0})
    sandbox.advance(days=1)
    sandbox.order("POST", "clock", {"rate": 1})
    page = await ana.page(purpose="repair", funding_source_id=linked["id"])
    ana.visitor.enter_code(page["url"], banks.CODE)
    assert (await ana.finish(page)).status_code == 200
    proven = await ana.one(linked["id"])
    assert (proven["state"], proven["can_deposit"], proven["is_default"]) == (
        "VERIFIED",
        True,
        True,
    )


async def test_small_deposits_of_the_provider_prove_an_account_or_run_out_of_time(
    ana: Wallet, admin: asyncpg.Connection
) -> None:
    page = await ana.page()
    ana.visitor.type_numbers(page["url"], banks.AUTOMATED, "Ana Lindt")
    linked = (await ana.finish(page)).json()
    assert (linked["state"], linked["needs"]) == ("VERIFYING", "wait")
    await admin.execute("update funding.source set verify_until = now() - interval '1 second'")
    await do_jobs()
    assert (await ana.one(linked["id"]))["state"] == "EXPIRED"


async def test_a_page_whose_person_never_came_back_gives_its_account_all_the_same(
    ana: Wallet, admin: asyncpg.Connection
) -> None:
    page = await ana.page()
    ana.visitor.link(page["url"], "user_ana_lindt")
    ref = await admin.fetchval("select session_ref from funding.link_session")
    for _ in range(2):
        await service.finish_session(ref, now=clock.now())
    assert [s["state"] for s in await ana.all()] == ["VERIFIED"]
    await service.finish_session("link-unknown", now=clock.now())


# --- typed numbers -----------------------------------------------------------------------------

TYPED: dict[str, Any] = {
    "method": "manual",
    "bank_name": "Tartan Bank",
    "routing": "011401533",
    "account": "1111222233330042",
    "kind": "checking",
}


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


# --- cards -------------------------------------------------------------------------------------


async def test_a_card_is_saved_on_the_processors_page(ana: Wallet) -> None:
    answer = await ana.save_card()
    assert answer.status_code == 200, answer.text
    card = answer.json()
    assert (card["kind"], card["label"]) == ("credit_card", "Visa ··4242")
    assert card["exp_year"] > 2026
    assert (card["can_deposit"], card["can_withdraw"], card["is_default"]) == (False, False, True)
    debit = (await ana.save_card("visa_debit")).json()
    assert (debit["kind"], debit["is_default"]) == ("debit_card", False)


async def test_the_same_card_again_is_one_source(ana: Wallet, admin: asyncpg.Connection) -> None:
    first, again = (await ana.save_card()).json(), (await ana.save_card()).json()
    assert first["id"] == again["id"]
    assert len(await ana.all()) == 1
    await do_jobs()
    assert await admin.fetchval("select count(*) from funding.ending") == 0


async def test_prepaid_cards_and_sending_to_cards_are_refused(ana: Wallet) -> None:
    problem(await ana.save_card("mastercard_prepaid"), 422, "PAYMENT_METHOD_INVALID")
    answer = await ana.post("/card", purpose="payout", return_path="/")
    problem(answer, 422, "PAYMENT_METHOD_INVALID")
    assert await ana.all() == []


async def test_a_card_ends_with_its_month(ana: Wallet, admin: asyncpg.Connection) -> None:
    card = (await ana.save_card()).json()
    await admin.execute("update funding.source set exp_year = 2020")
    await do_jobs()
    over = await ana.one(card["id"])
    assert (over["state"], over["is_default"]) == ("EXPIRED", False)


# --- choosing and removing ---------------------------------------------------------------------


async def test_the_default_changes_by_wish_and_by_removal(ana: Wallet) -> None:
    first, second, third = [
        (await ana.link("user_ana_lindt", accounts=(n,)))["id"] for n in (0, 1, 2)
    ]
    chosen = await ana.owner.http.patch(f"{SOURCES}/{second}", json={"is_default": True})
    assert chosen.json()["is_default"]
    assert [s["is_default"] for s in await ana.all()] == [False, True, False]
    assert (await ana.owner.http.delete(f"{SOURCES}/{second}")).status_code == 204
    assert {s["id"]: s["is_default"] for s in await ana.all()} == {first: False, third: True}
    gone = await ana.one(second)
    assert (gone["state"], gone["is_default"], gone["last4"]) == ("REMOVED", False, "1111")
    assert (await ana.owner.http.delete(f"{SOURCES}/{second}")).status_code == 204
    problem(
        await ana.owner.http.patch(f"{SOURCES}/{second}", json={"is_default": True}),
        404,
        "NOT_FOUND",
    )
    answer = await ana.owner.http.patch(f"{SOURCES}/{first}", json={"is_default": False})
    problem(answer, 400, "VALIDATION_ERROR")


async def test_what_is_removed_is_forgotten_by_its_provider_and_shredded_here(
    ana: Wallet, admin: asyncpg.Connection, sandbox: Sandbox
) -> None:
    linked = await ana.link("user_ana_lindt", accounts=(0, 1))
    removed = len(sandbox.effects("item.removed"))
    await ana.owner.http.delete(f"{SOURCES}/{linked['id']}")
    await do_jobs()
    # The other account stands on the same sign-in.
    assert len(sandbox.effects("item.removed")) == removed
    await ana.owner.http.delete(f"{SOURCES}/{linked['also'][0]['id']}")
    sandbox.fault("status", match={"path": "/item/remove"})
    await do_jobs()
    assert len(sandbox.effects("item.removed")) == removed
    await admin.execute("update funding.ending set next_at = now()")
    await do_jobs()
    assert len(sandbox.effects("item.removed")) == removed + 1
    row = await admin.fetchrow(
        "select count(token) as tokens, (select count(*) from funding.ending) as left_over,"
        " (select count(*) from funding.consent where voided_at is null) as consents"
        " from funding.source"
    )
    assert tuple(row) == (0, 0, 0)


async def test_a_source_with_an_open_operation_stays(
    ana: Wallet, admin: asyncpg.Connection
) -> None:
    source = (await ana.post("/bank", **TYPED)).json()
    path = f"{SOURCES}/{source['id']}"
    problem(await ana.owner.http.delete(path), 409, "SOURCE_IN_USE")
    await admin.execute("update funding.operation set state = 41")
    assert (await ana.owner.http.delete(path)).status_code == 204


async def test_ten_are_enough(ana: Wallet) -> None:
    for user in ("user_ana_lindt", "user_ana_other"):
        await ana.link(user, accounts=(0, 1, 2, 3, 4))
    answer = await ana.post("/bank/link", return_path="/")
    problem(answer, 409, "STATE_CONFLICT")
    assert "10" in answer.json()["detail"]


# --- who may -----------------------------------------------------------------------------------


async def test_linking_wants_a_fresh_proof(town: Town) -> None:
    dot = Wallet(await town.payer("dot"), Visitor.__new__(Visitor))
    for path, body in (
        ("/bank/link", {"return_path": "/"}),
        ("/bank", TYPED),
        ("/card", {"purpose": "charge", "return_path": "/"}),
    ):
        problem(await dot.post(path, **body), 401, "STEP_UP_REQUIRED")


async def test_who_is_frozen_links_nothing(ana: Wallet) -> None:
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
        ("/card", {"purpose": "charge", "return_path": "/"}),
    ):
        refused = problem(await ana.post(path, **body), 403, "ACCOUNT_FROZEN")
        assert refused["reason"] == "security"


async def test_a_provider_that_is_down_is_told_as_such(ana: Wallet, sandbox: Sandbox) -> None:
    sandbox.fault("status", match={"path": "/link/token/create"})
    answer = problem(await ana.post("/bank/link", return_path="/"), 502, "EXTERNAL_SERVICE_ERROR")
    assert (answer["money_moved"], answer["retryable"]) == ("no", True)


async def do_jobs() -> None:
    """Do the timed work on sources, with what it does after its commit."""
    for job in sources.JOBS:
        await run_once(runtime.part(db.Database), job, now=clock.now())


def read(details: str) -> dict[str, Any]:
    """Read the details of a line of the audit log."""
    read: dict[str, Any] = json.loads(details)
    return read
