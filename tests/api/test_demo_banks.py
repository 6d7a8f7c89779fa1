"""Demo people have banks and cards, by the services and the sandbox's pages; hal owes $120.00."""

import asyncpg
import pytest

from quid.entrypoints.cli import demo
from quid.entrypoints.cli.demo_banks import STOCK_MINOR
from quid.funding.ports import Rails
from quid.funding.types import Provider
from quid.kit.config import Core, Secrets
from quid.kit.runtime import Runtime
from tests.support.sandbox import Sandbox
from tests.support.wallets import providers, sandbox

__all__ = ["providers", "sandbox"]


@pytest.fixture(autouse=True)
def banked(providers: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Before the application starts: it finds its providers, and is a demo."""
    monkeypatch.setattr(demo, "BACKGROUND", 25)
    return providers


async def test_a_demo_has_banks_cards_and_a_debt_and_filling_it_twice_changes_nothing(
    app_runtime: Runtime, admin: asyncpg.Connection
) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"demo": True}))
    secrets = app_runtime.part(Secrets)
    made = secrets.model_copy(update={"demo_password": secrets.token_seed})
    app_runtime.put(made)
    for _ in range(2):
        await demo.fill(app_runtime, seed=1, payments=40)
        rows = await admin.fetch("""
          select p.handle, count(*) filter (where s.kind = 1) as banks,
            count(*) filter (where s.kind > 1) as cards, bool_and(s.is_default) as are_defaults,
            bool_and(s.can_pull) as are_able, max(p.tier) as tier, min(s.state) as state
          from funding.source s join identity.person p on p.id = s.user_id
          group by p.handle order by p.handle""")
        assert [tuple(r) for r in rows] == [
            ("ana", 1, 1, True, True, 2, 30),
            ("ben", 1, 1, True, True, 2, 30),
            ("hal", 1, 0, True, True, 1, 40),
        ]
        debts = await admin.fetch("""
          select p.handle, a.debits - a.credits as owed from ledger.account a
          join identity.person p on p.id = a.owner
          where a.kind = (select kind from ledger.account where debits - credits = 12000
            and owner is not null limit 1) and a.debits > a.credits""")
        assert [tuple(r) for r in debts] == [("hal", 12_000)]
        assert await admin.fetchval("select count(*) from funding.operation") == 2
        # What people put in covers what they take out; the gifts of a demo do not.
        held = await app_runtime.part(Rails).treasury[Provider.PLAID].position()
        assert held.available == STOCK_MINOR
