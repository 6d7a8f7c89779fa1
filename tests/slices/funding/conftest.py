"""Money in and out through the services of a whole process, with the sandbox as the bank."""

from collections.abc import Iterator

import pytest

from quid.kit import runtime
from quid.kit.runtime import Runtime
from tests.support.people import People, Someone
from tests.support.sandbox import Sandbox, running
from tests.support.teller import Teller
from tests.support.world import app, app_runtime, people

__all__ = ["app", "app_runtime", "people"]


@pytest.fixture(scope="module")
def bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the tests of a module; its days go by as a test says."""
    with running(tmp_path_factory.mktemp("sandbox")) as started:
        yield started


@pytest.fixture(autouse=True)
def sandbox(bank_process: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox, empty and well, where an application that starts now finds it."""
    bank_process.reset()
    bank_process.order("DELETE", "faults")
    for name, value in {
        "QUID_PLAID_URL": bank_process.plaid,
        "QUID_PLAID_CLIENT_ID": bank_process.plaid_client_id,
        "QUID_PLAID_SECRET": bank_process.plaid_secret,
        "QUID_STRIPE_URL": bank_process.stripe,
        "QUID_STRIPE_KEY": bank_process.stripe_key,
        "QUID_STRIPE_WEBHOOK_SECRETS": bank_process.stripe_webhook_secret,
    }.items():
        monkeypatch.setenv(name, value)
    return bank_process


@pytest.fixture
def teller(sandbox: Sandbox, app_runtime: Runtime) -> Teller:
    """The counter."""
    assert runtime.current() is app_runtime
    return Teller(app_runtime, sandbox)


@pytest.fixture
async def ana(people: People, teller: Teller) -> Someone:
    """Ana, of tier 1, with nothing in her wallet."""
    who = await people.add("ana", funded_minor=0, tier=0)
    await teller.verify(who)
    return who


@pytest.fixture
async def ben(people: People, teller: Teller) -> Someone:
    """Ben, of tier 1, with $100.00."""
    who = await people.add("ben", tier=0)
    await teller.verify(who, "Ben Cole")
    return who
