"""Rules on the real database: the shipped version, the next one, and decisions that stand."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from quid.kit import db, ids
from quid.kit.runtime import Runtime
from quid.risk import service
from quid.risk.queries import RuleBook
from quid.risk.types import Action, Decision, Facts

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
NEXT = """
insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
select version + 1, id, id = 'R1', 60, above_minor, currency, younger_than_seconds, more_than,
  $1, 'op_admin', 'young accounts prove themselves'
from risk.rule"""


@pytest.fixture
def house(runtime: Runtime) -> Runtime:
    """The runtime with a book that has read nothing."""
    runtime.put(RuleBook())
    return runtime


def young(amount: int = 50_001) -> Facts:
    """A payment of an account that is a minute old, the twelfth of its hour."""
    payer = ids.new(3, NOW)
    return Facts(ids.new(3, NOW), payer, NOW - timedelta(minutes=1), amount, "USD", 11)


async def _assess(database: db.Database, *facts: Facts, now: datetime = NOW) -> list[Decision]:
    async with database.read() as conn:
        return await service.assess(conn, facts, now=now)


async def test_the_shipped_rules_are_the_published_ones(house: Runtime) -> None:
    found = await _assess(
        house.part(db.Database), young(), young(50_000), young()._replace(sent_before=10)
    )
    assert [(d.action, d.score, d.rules) for d in found] == [
        (Action.REVIEW, 90, ("R2", "R1")),
        (Action.REVIEW, 90, ("R2",)),
        (Action.REVIEW, 85, ("R1",)),
    ]


async def test_a_new_version_holds_from_its_instant(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    await admin.execute(NEXT, NOW)
    database = house.part(db.Database)
    before, after = NOW - timedelta(seconds=40), NOW
    [old] = await _assess(database, young(), now=before)
    [new] = await _assess(database, young(), now=after)
    assert (old.ruleset_version, old.score) == (1, 90)
    assert (new.ruleset_version, new.score, new.rules) == (2, 60, ("R1",))
    assert new.action is Action.CHALLENGE


async def test_rules_are_read_again_after_half_a_minute(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    database = house.part(db.Database)
    await _assess(database, young())
    await admin.execute(NEXT, NOW)
    [soon] = await _assess(database, young(), now=NOW + timedelta(seconds=29))
    [later] = await _assess(database, young(), now=NOW + timedelta(seconds=30))
    assert (soon.ruleset_version, later.ruleset_version) == (1, 2)


@pytest.mark.parametrize(
    "change",
    [
        "floor = 49",
        "floor = 95",
        "above_minor = null",
        "more_than = 3",
        "reason = 'short'",
        "currency = 'usd'",
    ],
)
async def test_a_rule_with_a_hole_is_refused(change: str, admin: asyncpg.Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(f"update risk.rule set {change} where id = 'R1'")


async def test_a_decision_is_kept_with_its_facts_and_stands(
    house: Runtime, admin: asyncpg.Connection
) -> None:
    database = house.part(db.Database)
    facts = [young(), young(50_000)]
    found = await _assess(database, *facts)
    async with database.transaction() as tx:
        await service.record_decisions(tx, list(zip(facts, found, strict=True)), now=NOW)
    rows = await admin.fetch("""
      select id, payer_id, at, score, action, rules, ruleset_version, amount_minor, currency,
        payer_since, sent_before
      from risk.decision order by amount_minor desc""")
    assert [tuple(r) for r in rows] == [
        (f.payment_id, f.payer_id, NOW, d.score, d.action, list(d.rules), 1, f.amount_minor, "USD",
         f.payer_since, 11)
        for f, d in zip(facts, found, strict=True)
    ]  # fmt: skip
    for change in ("update risk.decision set score = 50", "delete from risk.decision"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(change)


async def test_an_approval_is_not_kept(house: Runtime) -> None:
    database = house.part(db.Database)
    fact = young(1)._replace(sent_before=0)
    [found] = await _assess(database, fact)
    async with database.transaction() as tx:
        await service.record_decisions(tx, [], now=NOW)
        with pytest.raises(ValueError, match="not written down"):
            await service.record_decisions(tx, [(fact, found)], now=NOW)
