"""Statements, balances as of an instant, entries, and explanations of an id."""

from datetime import timedelta

import asyncpg
import pytest

from quid.kit import db, ids
from quid.ledger import queries
from quid.ledger.errors import AccountUnknown
from quid.ledger.queries.statement import Span
from quid.ledger.types import Check, Code, Meter
from tests.support.ledger import Town, found_town, new_id, now, replace


@pytest.fixture
async def town(database: db.Database) -> Town:
    return await found_town(database)


def always() -> Span:
    return Span(now() - timedelta(days=1), now() + timedelta(days=1))


async def test_a_statement_leads_from_opening_to_closing(town: Town) -> None:
    start = now()
    for amount in (100, 250):
        await town.pay(0, 1, amount)
    await town.pay(1, 0, 30)
    async with town.database.read() as conn:
        page = await queries.statement(conn, town.wallets[0], Span(start, now()))
        whole = await queries.statement(conn, town.wallets[0], always())
        house = await queries.statement(conn, town.capital, always())
        later = await queries.statement(
            conn, town.wallets[0], Span(now(), now() + timedelta(days=1))
        )
    assert (page.opening, page.total_in, page.total_out, page.closing) == (10_000, 30, 350, 9_680)
    assert [(n.side, n.amount, n.balance_after) for n in page.lines] == [
        ("debit", 100, 9_900),
        ("debit", 250, 9_650),
        ("credit", 30, 9_680),
    ]
    assert (whole.opening, whole.closing, page.next_seq) == (0, 9_680, None)
    assert (house.opening, house.total_out, house.closing) == (0, 30_000, -30_000)
    assert (later.opening, later.lines, later.closing) == (9_680, [], 9_680)


async def test_pages_of_a_statement_follow_each_other(town: Town) -> None:
    await town.post(*[town.payment(0, 1, 1) for _ in range(7)])
    seqs: list[int] = []
    cursor: int | None = 0
    async with town.database.read() as conn:
        while cursor is not None:
            page = await queries.statement(
                conn, town.wallets[0], always(), after_seq=cursor, limit=3
            )
            seqs += [line.seq for line in page.lines]
            cursor = page.next_seq
    assert seqs == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_an_unknown_account_has_no_statement(town: Town) -> None:
    async with town.database.read() as conn:
        with pytest.raises(AccountUnknown):
            await queries.statement(conn, 1, always())


async def test_balances_are_known_as_of_any_instant(town: Town) -> None:
    marks = [now()]
    for amount in (100, 200):
        await town.pay(0, 1, amount)
        marks.append(now())
    async with town.database.read() as conn:
        nets = [await queries.net_as_of(conn, town.wallets[0], at) for at in marks]
        assert await queries.net_as_of(conn, 1, now()) == 0
    assert nets == [10_000, 9_900, 9_700]


async def test_every_transfer_has_a_debit_and_a_credit_entry(
    town: Town, admin: asyncpg.Connection
) -> None:
    item = town.payment(0, 1, 42)
    await town.post(item)
    rows = await admin.fetch(
        "select side, account_id, amount, balance_after, cause_id, other_id from ledger.entries "
        "where transfer_id = $1 order by side desc",
        item.id,
    )
    a, b = town.wallets[:2]
    assert [tuple(r) for r in rows] == [
        ("debit", a, 42, 9_958, item.id, b),
        ("credit", b, 42, 10_042, item.id, a),
    ]


async def test_an_explanation_shows_both_accounts_and_the_chain(town: Town) -> None:
    item = town.payment(0, 1, 1_368)
    fee = replace(town.payment(1, 2, 10), id=ids.leg(item.id, "fee"), cause_id=item.id)
    await town.post(item, fee, lane=3)
    async with town.database.read() as conn:
        explained = await queries.explain(conn, item.id)
        head = next(h for h in await queries.heads(conn) if h.lane == 3)
    assert [t.id for t in explained.transfers] == [item.id, fee.id]
    text = queries.render(explained)
    for part in (
        "PAYMENT  13.68 USD",
        f"DEBIT wallet {town.wallets[0]}",
        f"CREDIT wallet {town.wallets[1]}",
        "entry 2, net after 86.32 USD",
        f"lane 3, block 1, row 1 of 2, hash {head.hash.hex()[:16]}",
        "The same request again moves nothing.",
    ):
        assert part in text
    assert all(len(line) <= 80 for line in text.splitlines())


async def test_a_refusal_is_explained_with_its_reason(town: Town) -> None:
    check = Check(town.wallets[0], Meter.SEND_24H, 5, None, "daily")
    over, poor = town.payment(0, 1, 6, [check]), town.payment(0, 1, 99_999)
    await town.post(over, poor)
    async with town.database.read() as conn:
        texts = [queries.render(await queries.explain(conn, i.id)) for i in (over, poor)]
        nothing = queries.render(await queries.explain(conn, new_id()))
    assert "PAYMENT refused: LIMIT_EXCEEDED (daily)" in texts[0]
    assert "refused: INSUFFICIENT_FUNDS" in texts[1]
    assert all("moved no money" in text for text in (*texts, nothing))


async def test_the_house_and_opening_are_explained(town: Town, admin: asyncpg.Connection) -> None:
    opening = await admin.fetchval(
        "select id from ledger.journal where code = $1 limit 1", Code.OPENING
    )
    async with town.database.read() as conn:
        text = queries.render(await queries.explain(conn, opening))
    assert "the house" in text
    assert "net after -" in text
