"""The adapters as the wiring builds them, against the sandbox as a process."""

from collections.abc import AsyncIterator, Iterator

import pytest

from quid.funding.adapters.connect import Connected, connect
from quid.funding.ports import LinkedItem, Rails
from quid.funding.settings import FundingSettings
from quid.kit import http
from quid.kit.breaker import Board
from quid.kit.crypto import Secret
from tests.contracts.deeds import settings_of
from tests.support.certificates import Authority, authority
from tests.support.sandbox import Sandbox, running


@pytest.fixture(scope="module")
def bank_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for the tests of a module."""
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(bank_process: Sandbox) -> Sandbox:
    """The sandbox, empty and well."""
    bank_process.reset()
    bank_process.order("DELETE", "faults")
    return bank_process


@pytest.fixture
def settings(sandbox: Sandbox) -> FundingSettings:
    """The settings that lead to it."""
    return settings_of(sandbox)


@pytest.fixture
def board() -> Board:
    """The breakers of a test."""
    return Board()


@pytest.fixture
async def connected(settings: FundingSettings, board: Board) -> AsyncIterator[Connected]:
    """The adapters and their connections."""
    made = connect(settings, board, is_production=False)
    assert made is not None
    yield made
    await made.close()


@pytest.fixture
def rails(connected: Connected) -> Rails:
    """The ports."""
    return connected.rails


@pytest.fixture
async def item(rails: Rails, sandbox: Sandbox) -> LinkedItem:
    """A bank that somebody has linked: the published one, with $100 in its checking account."""
    made = sandbox.get(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["auth", "transfer"],
    )
    return await rails.link.exchange(Secret(made["public_token"]))


@pytest.fixture(scope="session")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority, and this machine's certificate of it."""
    return authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(vouched: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """The same, and every client of ours believes it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(vouched.trust))
    http._trusted.cache_clear()
    yield vouched
    http._trusted.cache_clear()
