"""The failures of banks and cards, row by row: the platform's services, the sandbox as a process.

Each test is named by its row of the table in docs/PROOF.md, which also says where the other rows
are shown. After each the books are whole (as after every test), our accounts are what operations
explain, and the sandbox moved each operation's money once.
"""

from collections import Counter
from collections.abc import AsyncIterator

import asyncpg
import pytest

from quid.funding.service.reconcile import compare
from quid.funding.store import reconcile as store
from quid.funding.types import Provider
from quid.kit.pager import Pager
from tests.slices.funding.conftest import ana, bank_process, ben, sandbox, teller
from tests.support.crossing import Called
from tests.support.outside import Payer
from tests.support.teller import Teller
from tests.support.world import app, app_runtime, people

__all__ = ["ana", "app", "app_runtime", "bank_process", "ben", "people", "sandbox", "teller"]


@pytest.fixture
def called(teller: Teller) -> Called:
    """Whom it would have woken."""
    made = Called()
    teller.rt.put(made, kind=Pager)
    return made


@pytest.fixture
def counter(teller: Teller, admin: asyncpg.Connection) -> Payer:
    """Where people pay each other with what they have linked."""
    return Payer(teller, admin)


@pytest.fixture(autouse=True)
async def explained(teller: Teller, admin: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the accounts against the operations, and the sandbox's movements against both."""
    yield
    async with teller.database.read() as conn:
        for provider in Provider:
            sums = await store.INVARIANTS.all(conn, provider)
            held = {s.name: s.held for s in sums}
            assert compare.invariants({s.name: s.expected for s in sums}, held) == []
    transfers = teller.box.state("transfer")
    moved = Counter(t["metadata"]["op_id"] for t in transfers)
    charged = Counter(
        c["metadata"]["op_id"] for c in teller.box.state("stripe.charge") if c["paid"]
    )
    assert {*moved.values(), *charged.values()} <= {1}, (moved, charged)
    known = await admin.fetch(
        "select provider_ref from funding.operation where provider = 1 and provider_ref is not null"
    )
    assert {k["provider_ref"] for k in known} <= {t["id"] for t in transfers}
