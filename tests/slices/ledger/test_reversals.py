"""Reversals: in parts until the whole is undone, never below a floor, never twice."""

import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import Check, Code, Flag, Meter, Original, Result, Transfer
from tests.support.holds import Safe, open_safe
from tests.support.ledger import Town, found_town, new_id, replace

NOTHING = Original(new_id(), 0, 0, 0, 0, None)


@pytest.fixture
async def safe(database: db.Database) -> Safe:
    return await open_safe(await found_town(database))


async def undo(town: Town, original: Original, amount_minor: int = 0) -> Result:
    [outcome] = await town.post(ledger.reverse(new_id(), original, amount_minor))
    return outcome.result


async def paid(safe: Safe, amount_minor: int) -> Original:
    """A payment from the first to the second."""
    item = safe.town.payment(0, 1, amount_minor)
    await safe.town.post(item)
    return await safe.original(item.id)


async def test_a_payment_is_undone_whole_and_once(safe: Safe) -> None:
    original = await paid(safe, 1_368)
    item = ledger.reverse(new_id(), original)
    [outcome] = await safe.town.post(item)
    assert (outcome.result, outcome.moved_minor) == (Result.POSTED, 1_368)
    assert await safe.town.nets() == [10_000, 10_000, 10_000]
    assert await undo(safe.town, original) is Result.SOURCE_USED_UP
    assert (await safe.town.post(item))[0] == outcome._replace(is_replayed=True)
    assert (await safe.original(original.id)).reversed == 1_368


async def test_parts_are_undone_until_nothing_is_left(safe: Safe) -> None:
    original = await paid(safe, 1_000)
    yes, over = Result.POSTED, Result.SOURCE_EXCEEDED
    assert [await undo(safe.town, original, n) for n in (400, 500, 101)] == [yes, yes, over]
    assert await undo(safe.town, original) is yes
    assert await undo(safe.town, original, 1) is Result.SOURCE_USED_UP
    assert await safe.town.nets() == [10_000, 10_000, 10_000]


async def test_parts_in_one_call_see_each_other(safe: Safe) -> None:
    original = await paid(safe, 1_000)
    items = [ledger.reverse(new_id(), original, n) for n in (600, 600, 400, 0)]
    assert [o.result for o in await safe.town.post(*items)] == [
        Result.POSTED,
        Result.SOURCE_EXCEEDED,
        Result.POSTED,
        Result.SOURCE_USED_UP,
    ]


async def test_what_the_payee_has_spent_is_not_taken_back(safe: Safe) -> None:
    original = await paid(safe, 1_000)
    await safe.town.pay(1, 2, 10_500)
    assert await undo(safe.town, original) is Result.INSUFFICIENT_FUNDS
    assert await undo(safe.town, original, 500) is Result.POSTED


async def test_a_reversal_is_not_reversed(safe: Safe) -> None:
    original = await paid(safe, 1_000)
    item = ledger.reverse(new_id(), original)
    await safe.town.post(item)
    assert await undo(safe.town, await safe.original(item.id)) is Result.SOURCE_UNKNOWN


async def test_what_was_paid_from_a_hold_goes_back_to_the_wallet(safe: Safe) -> None:
    hold = await safe.place(0, 700)
    item = ledger.capture(new_id(), hold, safe.town.wallets[1])
    await safe.town.post(item)
    original = await safe.original(item.id)
    assert original.payer == safe.town.wallets[0]
    into_the_hold = replace(ledger.reverse(new_id(), original), credit=safe.reserved[0])
    [outcome] = await safe.town.post(into_the_hold)
    assert outcome.result is Result.CODE_NOT_ALLOWED
    assert await undo(safe.town, original, 300) is Result.POSTED
    assert await safe.nets() == [9_600, 10_400, 10_000, 0, 0, 0]


@pytest.mark.parametrize("what", ["placing", "release", "adjustment", "unknown"])
async def test_what_cannot_be_undone(safe: Safe, what: str) -> None:
    hold = await safe.place(0, 700)
    release = ledger.release(new_id(), hold, 100)
    town = safe.town
    adjustment = Transfer(new_id(), town.capital, town.wallets[1], 5, Code.ADJUSTMENT)
    await town.post(release, adjustment)
    async with town.database.read() as conn:
        found = await queries.originals(conn, [hold.id, release.id, adjustment.id])
    target = {
        "placing": found[hold.id],
        "release": found[release.id],
        "adjustment": found[adjustment.id],
        "unknown": NOTHING,
    }[what]
    item = ledger.reverse(new_id(), target, 1)
    if what != "adjustment":  # from wallet to wallet, so that its pair does not stand against it
        item = replace(item, debit=town.wallets[1], credit=town.wallets[0])
    [outcome] = await town.post(item)
    assert outcome.result is Result.SOURCE_UNKNOWN


async def test_a_reversal_goes_the_way_back_and_no_other(safe: Safe) -> None:
    original = await paid(safe, 1_000)
    right = ledger.reverse(new_id(), original)
    for wrong in (
        replace(right, id=new_id(), debit=safe.town.wallets[2]),
        replace(right, id=new_id(), credit=safe.town.wallets[2]),
        replace(right, id=new_id(), debit=original.payer, credit=original.payee),
    ):
        [outcome] = await safe.town.post(wrong)
        assert outcome.result is Result.SOURCE_UNKNOWN


async def test_a_reversal_passes_flags_but_no_closed_account(safe: Safe) -> None:
    original, other = await paid(safe, 1_000), await paid(safe, 9_000)
    async with safe.town.database.transaction() as tx:
        for wallet in safe.town.wallets[:2]:
            await ledger.set_flags(tx, wallet, to_set=Flag.NO_SPEND | Flag.FROZEN)
    assert await undo(safe.town, original) is Result.POSTED
    async with safe.town.database.transaction() as tx:
        await ledger.set_flags(tx, safe.town.wallets[0], to_clear=Flag.NO_SPEND | Flag.FROZEN)
    await safe.town.pay(0, 2, 1_000)
    async with safe.town.database.transaction() as tx:
        await ledger.set_flags(tx, safe.town.wallets[0], to_set=Flag.CLOSED)
    assert await undo(safe.town, other) is Result.ACCOUNT_CLOSED


async def test_an_opening_can_be_undone(safe: Safe) -> None:
    gift = Transfer(new_id(), safe.town.capital, safe.town.wallets[0], 500, Code.OPENING)
    await safe.town.post(gift)
    assert await undo(safe.town, await safe.original(gift.id)) is Result.POSTED
    assert (await safe.town.nets())[0] == 10_000


async def test_an_item_sees_the_payment_before_it_in_the_call(safe: Safe) -> None:
    payment = safe.town.payment(0, 1, 700)
    original = Original(payment.id, payment.debit, payment.credit, 700, 0, None)
    outcomes = await safe.town.post(
        ledger.reverse(new_id(), original),
        payment,
        ledger.reverse(new_id(), original, 300),
        ledger.reverse(new_id(), original),
    )
    assert [o.result for o in outcomes] == [Result.SOURCE_UNKNOWN, *[Result.POSTED] * 3]
    assert outcomes[3].moved_minor == 400


async def test_what_is_reversed_counts_on(safe: Safe) -> None:
    once = Check(safe.town.wallets[0], Meter.SEND_24H, 1_000, 1, "daily")
    payment = safe.town.payment(0, 1, 700, [once])
    await safe.town.post(payment)
    await undo(safe.town, await safe.original(payment.id))
    [outcome] = await safe.town.post(safe.town.payment(0, 1, 1, [once]))
    assert outcome.result is Result.LIMIT_EXCEEDED


async def test_codes_at_the_edge_of_16_bits_are_refused_alone(safe: Safe) -> None:
    wrong = [replace(safe.town.payment(0, 1, 5), code=code) for code in (2**15 - 1, -(2**15))]
    outcomes = await safe.town.post(*wrong, safe.town.payment(0, 1, 5))
    no = Result.CODE_NOT_ALLOWED
    assert [o.result for o in outcomes] == [no, no, Result.POSTED]
