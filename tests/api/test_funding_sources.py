"""Banks over HTTP, linked and repaired on the sandbox's own pages."""

import json
from typing import Any

import asyncpg

from quid.funding import service
from quid.funding.consumers import CONSUMERS
from quid.funding.types import Provider
from quid.kit import clock, db, runtime
from quid.kit.outbox import consume
from quid_sandbox.plaid import banks
from tests.support.operators import Staff
from tests.support.payers import Town, problem
from tests.support.sandbox import Sandbox
from tests.support.system import wait_for
from tests.support.visits import Visitor
from tests.support.wallets import (
    SOURCES,
    Wallet,
    ana,
    banked,
    ben,
    do_jobs,
    providers,
    sandbox,
)

__all__ = ["ana", "banked", "ben", "providers", "sandbox"]


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
    problem(await ana.post("/bank", **{**sent, "public_token": "none"}), 409, "STATE_CONFLICT")
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


async def test_who_is_known_by_law_only_later_can_deposit_from_then_on(
    ben: Wallet, admin: asyncpg.Connection
) -> None:
    linked = await ben.link("user_ben_okafor")
    assert (linked["state"], linked["needs"]) == ("VERIFIED", "review")
    assert not linked["can_deposit"]
    await do_jobs()
    assert (await ben.one(linked["id"]))["needs"] == "review"
    await ben.known_as("Ben Okafor")
    # What is younger than any open transaction, a neighbour's too, is told a moment later.
    while not await admin.fetchval("select look_at is not null from funding.source"):
        await consume(runtime.part(db.Database), CONSUMERS[0])
    await do_jobs()
    known = await ben.one(linked["id"])
    assert (known["needs"], known["can_deposit"]) == (None, True)


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


async def test_the_code_of_a_small_deposit_is_entered_on_the_banks_page(ana: Wallet) -> None:
    page = await ana.page()
    ana.visitor.type_numbers(page["url"], banks.SAME_DAY_CODE, "Ana Lindt")
    linked = (await ana.finish(page)).json()
    assert (linked["state"], linked["needs"]) == ("VERIFYING", "code")
    page = await ana.page(purpose="repair", funding_source_id=linked["id"])
    # It arrives at the sandbox's pace.
    wait_for(lambda: ana.visitor.enter_code(page["url"], banks.CODE).is_redirect)
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


def read(details: str) -> dict[str, Any]:
    """Read the details of a line of the audit log."""
    read: dict[str, Any] = json.loads(details)
    return read
