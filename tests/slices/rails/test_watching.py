"""What is counted, what is forgotten, and the provider told apart from its silence."""

from datetime import timedelta

from prometheus_client import REGISTRY

from quid.funding.jobs import intake, providers
from quid.funding.service import applying
from quid.funding.types import Provider
from quid.kit import clock, ids
from quid.kit.jobs import run_once
from tests.support.crossing import STEPS, Crossing


def shown(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"quid_funding_{name}", labels)


async def _count(crossing: Crossing) -> None:
    async with crossing.database.transaction() as tx:
        await intake.measure(tx, clock.now())


async def test_gauges_show_what_there_is_and_zero_when_it_is_over(crossing: Crossing) -> None:
    op, ref = await crossing.deposit(1_500)
    await crossing.admin.execute(
        "update funding.operation set unsure_since = now() where id = $1", op.id
    )
    await _count(crossing)
    assert shown("operations", kind="deposit", state="PENDING") == 1
    assert shown("unknown_operations") == 1
    assert shown("float_minor", provider="plaid") == 0
    crossing.happens(ref, *STEPS)
    await crossing.admin.execute("update funding.operation set unsure_since = null")
    await crossing.pull()
    await _count(crossing)
    assert shown("operations", kind="deposit", state="PENDING") == 0
    assert shown("unknown_operations") == 0
    assert shown("float_minor", provider="plaid") == 1_500
    assert shown("ach_settlement_ratio") == 1
    crossing.happens(ref, "returned", failure_reason={"ach_return_code": "R01"})
    await crossing.pull_again()
    await _count(crossing)
    assert shown("returns", code="R01") == 1
    assert shown("return_ratio", **{"class": "all"}) == 1
    assert shown("return_ratio", **{"class": "unauthorized"}) == 0
    assert shown("receivable_minor") == 0


async def test_every_job_runs_with_providers(crossing: Crossing) -> None:
    assert providers() == [Provider.PLAID, Provider.STRIPE]
    for job in intake.JOBS:
        assert await run_once(crossing.database, job, now=clock.now()), job.name


async def test_what_was_answered_is_forgotten_after_ninety_days_and_nothing_else(
    crossing: Crossing,
) -> None:
    now = clock.now()
    for n, (age, answered) in enumerate([(91, True), (91, False), (89, True)]):
        at = now - timedelta(days=age)
        await crossing.admin.execute(
            "insert into funding.inbox (id, provider, dedupe_key, kind, topic, is_live, raw,"
            " received_at, next_at, answered_at) values ($1, 1, $2, 'k', 'other', false, '', $3,"
            " $3, $4)",
            ids.new(0, at),
            str(n),
            at,
            at if answered else None,
        )
    async with crossing.database.transaction() as tx:
        await intake.forget(tx, now)
    rows = await crossing.admin.fetch("select dedupe_key from funding.inbox order by dedupe_key")
    assert [row["dedupe_key"] for row in rows] == ["1", "2"]


async def test_many_operations_are_each_taken_on_once(crossing: Crossing) -> None:
    made = [await crossing.deposit(1_000 + n) for n in range(20)]
    for _, ref in made:
        crossing.happens(ref, "posted", "settled")
    await crossing.pull()
    done = await applying.apply_pending(Provider.PLAID, now=clock.now())
    assert done == applying.Applied(0, 0)
    assert await crossing.wallet() == sum(1_000 + n for n in range(20))
