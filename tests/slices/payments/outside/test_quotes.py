"""What a payer was shown: signed, for two minutes, for one payment; never a silent fee."""

from dataclasses import replace
from datetime import timedelta

import pytest

from quid.funding.types import SourceState
from quid.kit import clock
from quid.ledger.types import Kind
from quid.payments import service
from quid.payments.errors import InsufficientFunds, QuoteChanged, QuoteExpired
from quid.payments.service import Quote, read_quote
from quid.payments.types import Quoted, QuoteView, Wish
from tests.slices.payments.outside.test_bank import made
from tests.support.outside import Payer
from tests.support.people import People, Someone
from tests.support.sending import answer_of, code_of


@pytest.fixture
async def ben(people: People) -> Someone:
    """Ben, with nothing."""
    return await people.add("ben", funded_minor=0)


async def quoted(ana: Someone, ben: Someone, cents: int, **how: object) -> QuoteView:
    asked = Quote(ana.id, ben.id, cents, None, **how)  # type: ignore[arg-type]  # any field
    return await service.quote(asked, now=clock.now())


def told(view: QuoteView, ana: Someone, ben: Someone, cents: int) -> Quoted:
    return read_quote(view.quote_token, payer_id=ana.id, payee_id=ben.id, amount_minor=cents)


async def test_a_quote_shows_each_line_and_is_what_is_done(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.card(ana)
    view = await quoted(ana, ben, 5_000)
    assert [(x.kind, x.label, x.amount, x.fee) for x in view.lines] == [
        ("balance", "Quid balance", 2_000, 0),
        ("card", "Visa ••4242", 3_000, 90),
    ]
    assert (view.fee, view.total, view.lands) == (90, 5_090, "now")
    outcome = await counter.pay(ana, ben, 5_000, Wish(quoted=told(view, ana, ben, 5_000)))
    assert code_of(outcome) == "COMPLETED"
    assert await counter.books(ben) == {Kind.WALLET: 5_000}
    assert await counter.books(ana) == {}


async def test_what_a_bank_pays_lands_on_a_day_or_now_on_credit(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana)
    view = await quoted(ana, ben, 5_000)
    assert (view.lands, view.fee) == ("later", 0)
    assert view.lands_on is not None
    await counter.trust(ana, bank)
    view = await quoted(ana, ben, 5_000)
    assert (view.lands, view.lands_on) == ("now", None)


async def test_the_bank_fails_in_between_and_the_card_is_not_charged(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    bank = await counter.bank(ana)
    await counter.card(ana)
    view = await quoted(ana, ben, 5_000)
    assert view.fee == 0
    await counter.admin.execute(
        "update funding.source set state = $2 where id = $1", bank.id, SourceState.NEEDS_REPAIR
    )
    with pytest.raises(QuoteChanged) as caught:
        await counter.pay(ana, ben, 5_000, Wish(quoted=told(view, ana, ben, 5_000)))
    assert caught.value.extra == {"fee": 90, "total": 5_090}
    assert await counter.books(ana) == {Kind.WALLET: 2_000}
    assert counter.teller.box.state("stripe.charge") == []


async def test_a_quote_is_over_after_two_minutes_but_not_for_a_key_that_is_known(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    quote = told(await quoted(ana, ben, 5_000), ana, ben, 5_000)
    late = replace_expiry(quote)
    with pytest.raises(QuoteExpired):
        await counter.pay(ana, ben, 5_000, Wish(quoted=late), key="late")
    first = await counter.pay(ana, ben, 5_000, Wish(quoted=quote), key="late")
    assert code_of(first) == "PROCESSING"
    again = await counter.pay(ana, ben, 5_000, Wish(quoted=late), key="late")
    assert made(again) == made(first)
    assert answer_of(again) == answer_of(first)


async def test_a_late_quote_of_the_balance_alone_pays_nothing(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    late = replace_expiry(told(await quoted(ana, ben, 100), ana, ben, 100))
    with pytest.raises(QuoteExpired):
        await counter.pay(ana, ben, 100, Wish(quoted=late))
    assert await counter.books(ana) == {Kind.WALLET: 2_000}


def replace_expiry(quote: Quoted) -> Quoted:
    return quote._replace(expires_at=quote.expires_at - timedelta(minutes=2, seconds=1))


async def test_a_quote_of_another_payment_is_none(ana: Someone, ben: Someone) -> None:
    view = await quoted(ana, ben, 100)
    now = clock.now()
    for changed in (
        told(view, ana, ben, 101),
        told(view, ben, ana, 100),
        told(replace(view, quote_token=view.quote_token[:-2] + "AA"), ana, ben, 100),
        told(replace(view, quote_token="é"), ana, ben, 100),
    ):
        assert changed.lines == ()
        assert changed.expires_at < now


async def test_less_in_the_balance_than_was_shown_is_told_before_a_bank_is_asked(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    await counter.bank(ana)
    quote = told(await quoted(ana, ben, 1_900), ana, ben, 1_900)
    assert [line.kind for line in quote.lines] == ["balance"]
    assert code_of(await counter.pay(ana, ben, 500, None)) == "COMPLETED"
    with pytest.raises(QuoteChanged):
        await counter.pay(ana, ben, 1_900, Wish(quoted=quote))
    assert await counter.books(ana) == {Kind.WALLET: 1_500}


async def test_nothing_covers_it_and_the_quote_says_so(
    counter: Payer, ana: Someone, ben: Someone
) -> None:
    with pytest.raises(InsufficientFunds):
        await quoted(ana, ben, 5_000)
    await counter.bank(ana)
    with pytest.raises(InsufficientFunds):
        await quoted(ana, ben, 5_000, is_balance=True)
