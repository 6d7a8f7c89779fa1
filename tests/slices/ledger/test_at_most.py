"""As much as there is, and the rest from elsewhere: the pair that is never refused for balance."""

from collections.abc import Callable

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.types import Act, Check, Code, Flag, Kind, Meter, Result, Transfer
from tests.support.ledger import new_id, replace
from tests.support.rails import Rails, lay_rails

OK, NOTHING = Result.POSTED, Result.NOTHING_MOVED
LOST, FAILED = Result.FLAGS_INVALID, Result.GROUP_FAILED
ASSET, OWED = Kind.RAIL_AVAILABLE, Kind.RECEIVABLE
RETURNED = Code.PULL_RETURNED


@pytest.fixture
async def rails(database: db.Database) -> Rails:
    laid = await lay_rails(database)
    await laid.deposit(1_000)
    return laid


def returned(rails: Rails, amount_minor: int = 1_000) -> list[Transfer]:
    return ledger.group(1, rails.taken(RETURNED, ASSET, amount_minor))


@pytest.mark.parametrize(
    ("spent", "results", "moved"),
    [
        (0, [OK, NOTHING], [1_000, 0]),
        (300, [OK, OK], [700, 300]),
        (1_000, [NOTHING, OK], [0, 1_000]),
    ],
)
async def test_what_is_there_is_taken_and_the_rest_is_owed(
    rails: Rails, spent: int, results: list[Result], moved: list[int]
) -> None:
    if spent:
        assert await rails.spend(spent) is OK
    items = returned(rails)
    outcomes = await rails.post(*items)
    assert [o.result for o in outcomes] == results
    assert [o.moved_minor for o in outcomes] == moved
    assert await rails.nets(Kind.WALLET, OWED, ASSET) == {Kind.WALLET: 0, OWED: -spent, ASSET: 0}
    again = await rails.post(*items)
    assert [o._replace(is_replayed=False) for o in again] == outcomes
    assert all(o.is_replayed for o in again)


async def test_a_move_of_nothing_is_an_answer_for_ever(rails: Rails) -> None:
    await rails.spend(1_000)
    first = returned(rails)
    assert (await rails.post(*first))[0].result is NOTHING
    await rails.deposit(500)
    again, _ = await rails.post(*first)
    assert (again.result, again.moved_minor, again.is_replayed) == (NOTHING, 0, True)
    [other] = (await rails.post(replace(first[0], amount_minor=999)))[:1]
    assert other.result is Result.ID_REUSED


async def test_where_there_is_nothing_to_pay_back_nothing_is_paid_back(rails: Rails) -> None:
    recovery = rails.move(Code.RECOVERY, Kind.WALLET, OWED, 400)
    assert await rails.together(replace(recovery, flags=Act.AT_MOST)) == [NOTHING]
    await rails.spend(700)
    await rails.post(*returned(rails))
    await rails.deposit(900)
    [outcome] = await rails.post(replace(recovery, id=new_id(), flags=Act.AT_MOST))
    assert (outcome.result, outcome.moved_minor) == (OK, 400)
    more = rails.move(Code.RECOVERY, Kind.WALLET, OWED, 10_000)
    [outcome] = await rails.post(replace(more, flags=Act.AT_MOST))
    assert outcome.moved_minor == 300, "it never pays more than is owed"
    assert await rails.nets(Kind.WALLET, OWED) == {Kind.WALLET: 200, OWED: 0}


async def test_the_rest_of_a_won_claim_goes_to_the_person(rails: Rails) -> None:
    opened = rails.move(Code.CHARGEBACK_OPENED, Kind.CHARGEBACK_OPEN, ASSET, 1_000)
    await rails.spend(600)
    held = rails.taken(Code.CHARGEBACK_OPENED, Kind.HELD, 1_000)
    assert await rails.together(opened, *held) == [OK, OK, OK]
    won = ledger.at_most(
        rails.move(Code.CHARGEBACK_WON, Kind.HELD, OWED, 1_000),
        rails.move(Code.CHARGEBACK_WON, Kind.HELD, Kind.WALLET, 1_000),
    )
    back = rails.move(Code.CHARGEBACK_WON, ASSET, Kind.CHARGEBACK_OPEN, 1_000)
    assert await rails.together(back, *won) == [OK, OK, OK]
    assert await rails.nets(Kind.WALLET, OWED, Kind.HELD) == {
        Kind.WALLET: 400,
        OWED: 0,
        Kind.HELD: 0,
    }


@pytest.mark.parametrize("flag", [Flag.NO_SPEND, Flag.FROZEN])
async def test_a_blocked_wallet_pays_what_a_bank_took_back_and_gets_what_it_gave(
    rails: Rails, flag: Flag
) -> None:
    out = rails.move(Code.WITHDRAWAL_REQUESTED, Kind.WALLET, Kind.PAYOUTS, 200)
    assert [o.result for o in await rails.post(out)] == [OK]
    await rails.flag(Kind.WALLET, flag)
    undone = rails.move(Code.WITHDRAWAL_UNDONE, Kind.PAYOUTS, Kind.WALLET, 200)
    assert await rails.together(undone) == [OK]
    assert await rails.spend(1) is Result.DEBIT_ACCOUNT_BLOCKED
    assert [o.result for o in await rails.post(*returned(rails))] == [OK, NOTHING]


@pytest.mark.parametrize(
    ("spoil", "results"),
    [
        (lambda pair: [pair[1]], [LOST]),
        (lambda pair: [pair[1], pair[0]], [LOST, FAILED]),
        (lambda pair: [pair[0], replace(pair[1], amount_minor=999)], [FAILED, LOST]),
        (lambda pair: [replace(i, group=0) for i in pair], [OK, LOST]),
        (lambda pair: [pair[0], replace(pair[1], group=2)], [OK, LOST]),
        (lambda pair: [*pair, replace(pair[1], id=new_id())], [FAILED, FAILED, LOST]),
        (lambda pair: [pair[0], replace(pair[1], source_id=new_id())], [FAILED, LOST]),
    ],
)
async def test_the_rest_stands_right_after_what_it_is_the_rest_of(
    rails: Rails, spoil: Callable[[list[Transfer]], list[Transfer]], results: list[Result]
) -> None:
    await rails.spend(300)
    assert [o.result for o in await rails.post(*spoil(returned(rails)))] == results
    assert await rails.nets(Kind.WALLET) == {Kind.WALLET: 0 if OK in results else 700}


async def test_a_plain_debit_for_a_return_is_not_legal(rails: Rails) -> None:
    plain = rails.move(RETURNED, Kind.WALLET, ASSET, 10)
    assert await rails.together(plain) == [Result.CODE_NOT_ALLOWED]
    payment = rails.move(Code.PAYMENT, Kind.WALLET, Kind.WALLET, 10)
    flagged = replace(payment, credit=(await lay_rails(rails.database)).accounts[Kind.WALLET])
    assert await rails.together(replace(flagged, flags=Act.AT_MOST)) == [Result.CODE_NOT_ALLOWED]


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1, 2**63 - 1, -(2**63)])
async def test_an_amount_is_judged_as_asked(rails: Rails, amount: int) -> None:
    outcomes = await rails.post(*returned(rails, amount))
    assert [o.result for o in outcomes] == [Result.AMOUNT_INVALID, FAILED]


async def test_a_failed_group_forgets_that_nothing_was_moved(
    rails: Rails, admin: asyncpg.Connection
) -> None:
    await rails.spend(1_000)
    pair = returned(rails)
    poor = rails.move(Code.FEE_INSTANT, Kind.PAYOUTS, Kind.FEE_INSTANT, 99_999)
    failing = [*pair, replace(poor, group=1)]
    results = [o.result for o in await rails.post(*failing)]
    assert results == [FAILED, FAILED, Result.INSUFFICIENT_FUNDS]
    assert await admin.fetchval("select count(*) from ledger.refusal") == 1
    assert await rails.nets(OWED) == {OWED: 0}
    again = [o.result for o in await rails.post(*failing)]
    assert again == results
    new = [replace(i, id=new_id()) for i in pair]
    assert [o.result for o in await rails.post(*new)] == [NOTHING, OK]


async def test_twins_of_a_pair_get_its_answer(rails: Rails) -> None:
    await rails.spend(1_000)
    pair = returned(rails)
    twins = [replace(i, group=2) for i in pair]
    outcomes = await rails.post(*pair, *twins)
    assert [o.result for o in outcomes] == [NOTHING, OK] * 2
    assert [o.moved_minor for o in outcomes] == [0, 1_000] * 2
    assert [o.is_replayed for o in outcomes] == [False, False, True, True]


async def test_a_limit_counts_what_was_moved(rails: Rails, admin: asyncpg.Connection) -> None:
    await rails.spend(300)
    check = Check(rails.accounts[Kind.WALLET], Meter.SEND_7D, 700, 1, "weekly")
    take, rest = returned(rails)
    outcomes = await rails.post(replace(take, checks=(check,)), rest)
    assert [o.result for o in outcomes] == [OK, OK]
    take, rest = returned(rails, 50)
    outcomes = await rails.post(replace(take, checks=(check,)), rest)
    assert [o.result for o in outcomes] == [NOTHING, OK], "nothing counts for nothing"
    rows = await admin.fetch("select amount, n from ledger.usage")
    assert [tuple(r) for r in rows] == [(700, 1)]


async def test_a_refund_that_failed_pays_what_is_owed_and_gives_the_rest(rails: Rails) -> None:
    await rails.spend(400)
    items = ledger.group(1, rails.taken(Code.CARD_REFUNDED, ASSET, 1_000))
    assert [o.result for o in await rails.post(*items)] == [OK, OK]
    back = ledger.at_most(
        rails.move(Code.CARD_REFUNDED, ASSET, OWED, 1_000),
        rails.move(Code.CARD_REFUNDED, ASSET, Kind.WALLET, 1_000),
    )
    assert [o.result for o in await rails.post(*ledger.group(1, back))] == [OK, OK]
    assert await rails.nets(Kind.WALLET, OWED, ASSET) == {
        Kind.WALLET: 600,
        OWED: 0,
        ASSET: -1_000,
    }


async def test_explain_names_what_was_asked_and_what_moved_nothing(rails: Rails) -> None:
    await rails.spend(300)
    take, rest = returned(rails)
    await rails.post(take, rest)
    nothing, _ = pair = returned(rails, 50)
    await rails.post(*pair)
    async with rails.database.read() as conn:
        text = queries.render(await queries.explain(conn, take.id))
        assert "10.00 USD were asked for" in text
        text = queries.render(await queries.explain(conn, nothing.id))
    assert "there was nothing to move" in text
    assert "refused" not in text
