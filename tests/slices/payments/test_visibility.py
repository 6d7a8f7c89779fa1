"""Wishes of visibility after the payment, and what a quote says before it."""

import asyncpg
import pytest

from quid.kit import clock, db
from quid.kit.errors import NotFound, Refusal
from quid.kit.runtime import Runtime
from quid.payments import queries, rules, service
from quid.payments.service import visibility as wishes
from quid.payments.types import Visibility
from tests.support.people import People, Someone
from tests.support.sending import answer_of, asked, send
from tests.support.waiting import BIG, ask_for_proofs, give_totp, waiting_payment


async def wishes_of(admin: asyncpg.Connection) -> tuple[str, str, bool, bool]:
    """What payer and payee wish for the only payment."""
    row = await admin.fetchrow(
        """select payer_visibility, payee_visibility, payer_show_amount, payee_show_amount
          from payments.payment"""
    )
    return tuple(row)


async def test_each_sets_an_own_wish_and_the_stricter_holds(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben, 100)
    await send(house, command)
    before = await wishes_of(admin)
    assert before[0] == "friends"
    for _ in range(2):  # what is so already is told to nobody
        await service.show_to(
            command.payment_id, ana.id, "friends", show_amount=before[2], now=clock.now()
        )
    mine = await service.show_to(
        command.payment_id, ana.id, "public", show_amount=True, now=clock.now()
    )
    assert await wishes_of(admin) == ("public", before[1], True, before[3])
    theirs = await service.show_to(
        command.payment_id, ben.id, "private", show_amount=None, now=clock.now()
    )
    assert await wishes_of(admin) == ("public", "private", True, before[3])
    assert rules.view_of(mine, viewer_id=ana.id).my_visibility == "public"
    assert rules.view_of(mine, viewer_id=ana.id).my_show_amount is True
    assert rules.view_of(theirs, viewer_id=ben.id).visibility == "private"
    assert rules.view_of(theirs, viewer_id=ben.id).my_show_amount is before[3]
    # The first wish changed nothing that anybody else could see.
    told = "select count(*) from kit.outbox where type = 'payments.visibility_changed.v1'"
    assert await admin.fetchval(told) == 1


@pytest.mark.shipped_rules
async def test_a_stranger_and_an_early_payee_find_nothing(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    cal, dot = await people.add("cal", funded_minor=100_000, tier=2), await people.add("dot")
    payment_id = await waiting_payment(house, cal, ben)
    before = await wishes_of(admin)
    for who in (ben, dot):
        with pytest.raises(NotFound):
            await service.show_to(payment_id, who.id, "public", show_amount=True, now=clock.now())
    assert await wishes_of(admin) == before


@pytest.mark.parametrize(
    ("wish", "hidden", "left"),
    [("private", 4, {"private"}), ("friends", 2, {"private", "friends"}), ("public", 0, None)],
)
async def test_the_past_is_tightened_and_never_opened(  # noqa: PLR0917 - a table
    house: Runtime,
    ana: Someone,
    ben: Someone,
    wish: Visibility,
    hidden: int,
    left: set[str] | None,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wishes, "_PAGE", 2)
    given: tuple[Visibility, ...] = ("public", "friends", "private")
    for payer, payee in ((ana, ben), (ben, ana)):
        for one in given:
            command = asked(payer, payee, 1)
            await send(house, command)
            await service.show_to(
                command.payment_id, ana.id, one, show_amount=None, now=clock.now()
            )
    assert await service.hide_past(ana.id, wish, now=clock.now()) == hidden
    mine = await admin.fetch(
        """select case when payer_id = $1 then payer_visibility else payee_visibility end as mine,
          case when payer_id = $1 then payee_visibility else payer_visibility end as theirs
          from payments.payment""",
        ana.id,
    )
    assert {r["mine"] for r in mine} == (left or {"private", "friends", "public"})
    assert {r["theirs"] for r in mine} == {"friends"}
    assert await service.hide_past(ana.id, wish, now=clock.now()) == 0


# --- quote -------------------------------------------------------------------------------------


async def quote(payer: Someone, payee: Someone, amount: int = 100) -> object:
    """Ask, and give the quote or the refusal's code."""
    try:
        return await service.quote(service.Quote(payer.id, payee.id, amount, None), now=clock.now())
    except Refusal as e:
        return e.code


async def lands(house: Runtime, payer: Someone, payee: Someone, amount: int) -> str:
    """Ask when a payment lands, then send it: the quote must have said where it comes to."""
    wanted = service.Quote(payer.id, payee.id, amount, None)
    said = (await service.quote(wanted, now=clock.now())).lands
    sent = answer_of(await send(house, asked(payer, payee, amount)))["payment"]["state"]
    told = {"COMPLETED": "now", "IN_REVIEW": "after_review", "CHALLENGED": "after_proof"}
    assert told[sent] == said
    return said


async def test_a_quote_names_cost_limits_and_audience(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await send(house, asked(ana, ben, 700))
    rows = await admin.fetchval("select count(*) from ledger.journal")
    found = await service.quote(service.Quote(ana.id, ben.id, 300, "public"), now=clock.now())
    assert (found.fee, found.total, found.lands) == (0, 300, "now")
    assert [(line.kind, line.amount) for line in found.lines] == [("balance", 300)]
    assert (found.limits.per_payment, found.limits.day.used) == (299_999, 700)
    assert found.limits.day.left == 299_999 - 700
    assert found.audience == "friends"
    assert found.warnings == []
    assert await admin.fetchval("select count(*) from ledger.journal") == rows


async def test_a_quote_warns_of_a_new_payee_and_of_the_same_payment_again(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    asked_for = service.Quote(ana.id, ben.id, 300, None)
    assert (await service.quote(asked_for, now=clock.now())).warnings == ["NEW_PAYEE"]
    await send(house, asked(ana, ben, 300))
    assert (await service.quote(asked_for, now=clock.now())).warnings == ["SIMILAR_RECENT"]
    other = service.Quote(ana.id, ben.id, 301, None)
    assert (await service.quote(other, now=clock.now())).warnings == []


async def test_a_quote_refuses_what_the_payment_would_refuse(
    house: Runtime, people: People, ana: Someone, ben: Someone
) -> None:
    rich = await people.add("rich", tier=0, funded_minor=100_000)
    assert await quote(ana, ana) == "INVALID_RECIPIENT"
    assert await quote(ana, ben, 10_001) == "INSUFFICIENT_FUNDS"
    assert await quote(rich, ben, 30_000) == "VERIFICATION_REQUIRED"
    await send(house, asked(rich, ben, 20_000))
    assert await quote(rich, ben, 10_000) == "DAILY_LIMIT_EXCEEDED"
    assert await quote(ana, Someone(rich.id.__class__(int=7), "nobody")) == "RECIPIENT_NOT_FOUND"


@pytest.mark.shipped_rules
async def test_a_quote_says_where_the_payment_would_wait(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    cal = await people.add("cal", funded_minor=200_000, tier=2)
    old = await people.add("old", funded_minor=200_000, tier=2)
    await admin.execute(
        "update identity.person set created_at = now() - interval '1 year' where id = $1", old.id
    )

    assert await lands(house, cal, ben, BIG) == "after_review"
    assert await lands(house, cal, ben, 100) == "now"
    many = [await lands(house, old, ben, n) for n in range(1, 13)]
    assert many == ["now"] * 11 + ["after_review"]


@pytest.mark.shipped_rules
async def test_a_quote_asks_for_a_proof_from_whoever_can_give_one(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    await ask_for_proofs(admin)
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    eve = await people.add("eve", funded_minor=100_000, tier=2)
    await give_totp(house, cal)
    assert await lands(house, cal, ben, BIG) == "after_proof"
    assert await lands(house, eve, ben, BIG) == "after_review"


@pytest.mark.shipped_rules
async def test_a_balance_names_what_is_on_hold_and_why(
    house: Runtime, people: People, ben: Someone
) -> None:
    cal = await people.add("cal", funded_minor=100_000, tier=2)
    payment_id = await waiting_payment(house, cal, ben)
    async with house.part(db.Database).read() as conn:
        found = await queries.balance(conn, cal.id, currency="USD", now=clock.now())
    assert found is not None
    assert (found.available, found.on_hold) == (100_000 - 50_001, 50_001)
    assert [(h.reason, h.amount_minor, h.payment_id) for h in found.holds] == [
        ("review", 50_001, payment_id)
    ]
    told = rules.my_balance_view(found)
    assert told.holds[0].ref.startswith("pay_")
