"""A list posted at once, one by one, or cut anywhere (groups whole) books the same rows."""

from datetime import UTC, datetime, timedelta
from random import Random

import asyncpg
import pytest

from quid.kit import db
from quid.ledger import service as ledger
from quid.ledger.types import Act, Check, Code, Hold, Kind, Meter, Original, Outcome, Transfer
from tests.support.holds import Safe, open_safe
from tests.support.ledger import found_town, new_id, now, replace, seeded
from tests.support.rails import Rails, lay_rails

PEOPLE, ITEMS = 6, 160
ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
LATER = timedelta(hours=1)
Rows = list[tuple[object, ...]]
_LEGS = """debit_id, debit_seq, debit_after, credit_id, credit_seq, credit_after, amount, code,
  currency, flags, asked, group_id, source_id, cause_id"""


def life(safe: Safe, rails: Rails, seed: int) -> list[Transfer]:
    """Payments, holds, reversals, what is taken back, repeats: some of them in groups."""
    rng, made = seeded(seed), list[Transfer]()
    number = 0
    while len(made) < ITEMS:
        number += 1
        run = [one(safe, rng, made) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
        if rng.random() < 0.15:
            run += taken(safe, rails, rng)
        made += ledger.group(number, run) if len(run) > 1 else run
        if rng.random() < 0.1:
            made.append(rng.choice(made)._replace(group=0))
    return made


def one(safe: Safe, rng: Random, made: list[Transfer]) -> Transfer:
    """One act, on what the list has made before it where it needs something."""
    town, person = safe.town, rng.randrange(PEOPLE)
    payee, amount = rng.randrange(PEOPLE), rng.choice([1, 50, 700, 4_000, 0])
    kind = rng.choice(["pay", "pay", "place", "capture", "release", "reverse"])
    holds = [i for i in made if i.flags == Act.HOLD_PLACE]
    payments = [i for i in made if i.code == Code.PAYMENT]
    check = Check(town.wallets[person], Meter.SEND_7D, 5_000, 40, "weekly")
    if kind in ("capture", "release") and holds:
        of = rng.choice(holds)
        hold = Hold(of.id, of.debit, of.credit, 0, 0, 0, 1, 1, None, ANY_TIME, None, None)
        if kind == "release":
            return ledger.release(new_id(), hold, amount)
        return ledger.capture(new_id(), hold, town.wallets[payee], amount)
    if kind == "reverse" and payments:
        of = rng.choice(payments)
        return ledger.reverse(new_id(), Original(of.id, of.debit, of.credit, 0, 0, None), amount)
    if kind == "place":
        return safe.placing(person, amount, expires_at=now() + LATER, checks=(check,))
    item = town.payment(person, payee, amount)
    return replace(item, checks=(check,)) if rng.random() < 0.3 else item


def taken(safe: Safe, rails: Rails, rng: Random) -> list[Transfer]:
    """What a bank took back from somebody: what is there, and the rest owed."""
    person, amount = rng.randrange(PEOPLE), rng.choice([50, 4_000, 15_000])
    owed, asset = rails.accounts[Kind.RECEIVABLE], rails.accounts[Kind.RAIL_AVAILABLE]
    return ledger.at_most(
        Transfer(new_id(), safe.town.wallets[person], asset, amount, Code.PULL_RETURNED),
        Transfer(new_id(), owed, asset, amount, Code.PULL_RETURNED),
    )


async def booked(
    town_of: tuple[Safe, Rails], admin: asyncpg.Connection, items: list[Transfer], cuts: list[int]
) -> tuple[list[Outcome], list[Rows]]:
    """Post in pieces; give outcomes and rows with everything that names this town left out."""
    safe, rails = town_of
    town, outcomes = safe.town, list[Outcome]()
    for start, end in zip([0, *cuts], [*cuts, len(items)], strict=True):
        outcomes += await town.post(*items[start:end])
    accounts = [*town.wallets, *safe.reserved, *rails.accounts.values()]
    numbers: dict[object, int] = {item.id: n for n, item in reversed([*enumerate(items)])}
    numbers |= {account: n for n, account in enumerate(accounts)}
    tables = (
        f"select id, {_LEGS} from ledger.journal",
        "select id, captured, released, state, meters from ledger.hold",
        "select id, amount from ledger.reversed",
        "select id, result, tag, used, group_id, source_id, purpose from ledger.refusal",
    )
    wanted = [i.id for i in items]
    rows = [await admin.fetch(f"{text} where id = any ($1)", wanted) for text in tables]
    used = "select account_id, meter, sum(amount)::int8, sum(n)::int8 from ledger.usage "
    rows.append(
        await admin.fetch(f"{used} where account_id = any ($1) group by 1, 2", town.wallets)
    )
    named = [
        sorted((tuple(numbers.get(v, v) for v in r) for r in table), key=str) for table in rows
    ]
    return [o._replace(recorded_at=ANY_TIME, resets_at=None) for o in outcomes], named


def whole(items: list[Transfer], cuts: list[int]) -> list[int]:
    """Leave out the cuts that would go through a group."""
    return [c for c in cuts if not items[c].group or items[c].group != items[c - 1].group]


async def opened(database: db.Database) -> tuple[Safe, Rails]:
    safe = await open_safe(await found_town(database, people=PEOPLE))
    return safe, await lay_rails(database)


@pytest.mark.parametrize("seed", range(4))
async def test_any_cut_of_a_list_books_the_same(
    database: db.Database, admin: asyncpg.Connection, seed: int
) -> None:
    results = []
    for portion in (0, ITEMS, 9, 40):
        both = await opened(database)
        items = life(*both, seed)
        places = range(1, len(items))
        cuts = sorted(seeded(seed).sample(places, min(portion, len(places))))
        results.append(await booked(both, admin, items, whole(items, cuts)))
    assert all(result == results[0] for result in results[1:])
    assert len({outcome.result for outcome in results[0][0]}) >= 8


async def test_a_second_sending_cut_elsewhere_changes_nothing(
    database: db.Database, admin: asyncpg.Connection
) -> None:
    both = await opened(database)
    items = life(*both, 7)
    first, rows = await booked(both, admin, items, [])
    cuts = whole(items, [*range(5, len(items), 7)])
    again, after = await booked(both, admin, items, cuts)
    assert after == rows
    kept = [(o._replace(is_replayed=True), a) for o, a in zip(first, again, strict=True)]
    assert all(answer == before for before, answer in kept if before.result.is_stored)
