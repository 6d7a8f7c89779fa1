"""Cards over HTTP, saved on the processor's page; choosing and removing sources."""

import asyncpg

from quid.identity.ports import Letterbox
from quid.identity.service import Notices
from quid.kit import runtime
from tests.support.payers import problem
from tests.support.sandbox import Sandbox
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
    every = (await ana.owner.http.get(f"{SOURCES}?removed=true")).json()["items"]
    assert [(s["id"], s["state"]) for s in every][2:] == [(second, "REMOVED")]
    gone = await ana.one(second)
    assert (gone["state"], gone["is_default"], gone["last4"]) == ("REMOVED", False, "1111")
    assert (await ana.owner.http.delete(f"{SOURCES}/{second}")).status_code == 204
    problem(
        await ana.owner.http.patch(f"{SOURCES}/{second}", json={"is_default": True}),
        404,
        "NOT_FOUND",
    )
    answer = await ana.owner.http.patch(f"{SOURCES}/{first}", json={"is_default": False})
    assert "must be true;" in problem(answer, 400, "VALIDATION_ERROR")["detail"]


async def test_its_owner_hears_of_a_bank_that_comes_or_goes(ana: Wallet) -> None:
    linked = await ana.link("user_ana_lindt")
    path = f"{SOURCES}/{linked['id']}"
    assert [(await ana.owner.http.delete(path)).status_code for _ in range(2)] == [204, 204]
    heard = await ana.owner.http.get("/v1/me/security-events")
    kinds = [event["kind"] for event in heard.json()["items"]]
    assert [k for k in kinds if k.startswith("source_")] == ["source_removed", "source_linked"]
    await runtime.part(Notices).settle()
    subjects = [mail.subject for mail in await runtime.part(Letterbox).latest(9)]  # type: ignore[type-abstract]  # a port
    assert "A bank or card was removed from your account" in subjects
    assert "A bank or card was linked to your account" in subjects


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
