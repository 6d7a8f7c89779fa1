"""A list posted at once, one by one, or cut anywhere books the same rows."""

from datetime import UTC, datetime

import asyncpg
import pytest

from quid.kit import db
from quid.ledger.types import Check, Code, Meter, Outcome, Transfer
from tests.support.ledger import Town, found_town, new_id, seeded

PEOPLE, ITEMS = 6, 120
ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
Act = tuple[int, int, int, int | None, int]


def acts(seed: int) -> list[Act]:
    """Payer, payee, amount, cap of a limit, and which earlier act to repeat (0 = none)."""
    rng = seeded(seed)
    return [
        (
            rng.randrange(PEOPLE),
            rng.randrange(PEOPLE),
            rng.choice([1, 50, 700, 4_000, 0]),
            rng.choice([None, None, 5_000]),
            rng.choice([0, 0, 0, 0, 1, 7]),
        )
        for _ in range(ITEMS)
    ]


def transfers(town: Town, plan: list[Act]) -> list[Transfer]:
    made: list[Transfer] = []
    for payer, payee, amount, cap, back in plan:
        if 0 < back <= len(made):
            made.append(made[-back])
            continue
        wallet = town.wallets[payer]
        checks = () if cap is None else (Check(wallet, Meter.SEND_7D, cap, 40, "weekly"),)
        item = Transfer(new_id(), wallet, town.wallets[payee], amount, Code.PAYMENT, checks=checks)
        made.append(item)
    return made


async def booked(
    town: Town, admin: asyncpg.Connection, cuts: list[int], plan: list[Act]
) -> tuple[list[Outcome], list[tuple[object, ...]]]:
    """Post in pieces; give outcomes and rows with everything that names this town left out."""
    items = transfers(town, plan)
    outcomes: list[Outcome] = []
    for start, end in zip([0, *cuts], [*cuts, len(items)], strict=True):
        outcomes += await town.post(*items[start:end])
    rows = await admin.fetch(
        "select id, debit_id, debit_seq, debit_after, credit_id, credit_seq, credit_after, amount, "
        "code, currency, flags from ledger.journal where id = any ($1)",
        [i.id for i in items],
    )
    numbers = {item.id: n for n, item in reversed([*enumerate(items)])}
    places = {wallet: n for n, wallet in enumerate(town.wallets)}
    named = [
        (numbers[r["id"]], places[r["debit_id"]], places[r["credit_id"]], *r[2:4], *r[5:])
        for r in rows
    ]
    answers = [o._replace(recorded_at=ANY_TIME, resets_at=None) for o in outcomes]
    return answers, sorted(named)


@pytest.mark.parametrize("seed", range(4))
async def test_any_cut_of_a_list_books_the_same(
    database: db.Database, admin: asyncpg.Connection, seed: int
) -> None:
    plan, rng = acts(seed), seeded(seed)
    cuts = [
        [],
        list(range(1, ITEMS)),
        sorted(rng.sample(range(1, ITEMS), 9)),
        sorted(rng.sample(range(1, ITEMS), 40)),
    ]
    results = [
        await booked(await found_town(database, people=PEOPLE), admin, cut, plan) for cut in cuts
    ]
    assert all(result == results[0] for result in results[1:])
    assert len({outcome.result for outcome in results[0][0]}) >= 4
