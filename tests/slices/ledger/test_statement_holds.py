"""Wallet and reserved account as one statement; explanations of holds and reversals."""

from datetime import timedelta

import pytest

from quid.kit import db
from quid.ledger import queries
from quid.ledger import service as ledger
from quid.ledger.errors import AccountUnknown
from quid.ledger.queries.statement import Span
from tests.support.holds import Safe, open_safe
from tests.support.ledger import found_town, new_id, now, seeded


@pytest.fixture
async def safe(database: db.Database) -> Safe:
    return await open_safe(await found_town(database))


def always() -> Span:
    return Span(now() - timedelta(days=1), now() + timedelta(days=1))


async def test_what_is_set_aside_and_given_back_is_no_line(safe: Safe) -> None:
    start = now()
    hold = await safe.place(0, 4_000, expires_at=now() + timedelta(hours=1))
    await safe.town.pay(0, 1, 100)
    await safe.capture(hold, 1, 2_500)
    await safe.release(hold)
    await safe.town.pay(1, 0, 30)
    accounts = [safe.town.wallets[0], safe.reserved[0]]
    async with safe.town.database.read() as conn:
        page = await queries.joint_statement(conn, accounts, Span(start, now()))
        whole = await queries.joint_statement(conn, accounts, always())
    assert (page.opening, page.total_in, page.total_out, page.closing) == (10_000, 30, 2_600, 7_430)
    assert [(n.seq, n.side, n.amount, n.balance_after) for n in page.lines] == [
        (1, "debit", 100, 9_900),
        (2, "debit", 2_500, 7_400),
        (3, "credit", 30, 7_430),
    ]
    assert (whole.opening, whole.closing, page.next_seq) == (0, 7_430, None)


@pytest.mark.parametrize("seed", range(3))
async def test_pages_lead_from_opening_to_closing_and_never_below_zero(
    safe: Safe, seed: int
) -> None:
    rng, held = seeded(seed), [await safe.place(0, 500)]
    start = now()
    for _ in range(25):
        kind, amount = rng.randrange(5), rng.randint(1, 400)
        if kind == 0:
            held.append(await safe.place(0, amount))
        items = [
            safe.town.payment(1, 0, amount),
            ledger.capture(new_id(), rng.choice(held), safe.town.wallets[2], amount),
            ledger.release(new_id(), rng.choice(held), amount),
            safe.town.payment(0, 1, amount),
        ]
        await safe.town.post(*rng.sample(items, rng.randint(1, 4)))
    accounts, span = [safe.town.wallets[0], safe.reserved[0]], Span(start, now())
    balance, cursor, n = None, 0, 0
    async with safe.town.database.read() as conn:
        while True:
            page = await queries.joint_statement(conn, accounts, span, after_seq=cursor, limit=7)
            balance = page.opening if balance is None else balance
            for line in page.lines:
                n += 1
                balance += line.amount if line.side == "credit" else -line.amount
                assert (line.seq, line.balance_after) == (n, balance)
                assert balance >= 0
            if page.next_seq is None:
                break
            cursor = page.next_seq
    nets = await safe.nets()
    assert balance == page.closing == nets[0] + nets[3]


async def test_an_unknown_account_has_no_joint_statement(safe: Safe) -> None:
    async with safe.town.database.read() as conn:
        with pytest.raises(AccountUnknown):
            await queries.joint_statement(conn, [safe.town.wallets[0], 1], always())


async def test_a_hold_is_explained_with_what_became_of_it(safe: Safe) -> None:
    hold = await safe.place(0, 4_000, expires_at=now() + timedelta(hours=1))
    capture = ledger.capture(new_id(), hold, safe.town.wallets[1], 2_500)
    release = ledger.release(new_id(), hold, 500)
    await safe.town.post(*ledger.group(1, [capture, release]))
    await safe.town.post(ledger.reverse(new_id(), await safe.original(capture.id), 700))
    async with safe.town.database.read() as conn:
        of_hold = queries.render(await queries.explain(conn, hold.id))
        of_capture = queries.render(await queries.explain(conn, capture.id))
    assert "hold OPEN: 25.00 USD captured, 5.00 USD released, 10.00 USD left" in of_hold
    assert "it can be captured until" in of_hold
    assert of_hold.count("acts on trf_") == 2
    assert of_hold.count("booked all or none with trf_") == 2
    assert "undone: 7.00 USD of 25.00 USD" in of_capture
    assert "REVERSAL  7.00 USD" in of_capture
    assert all(len(line) <= 80 for line in of_hold.splitlines())
