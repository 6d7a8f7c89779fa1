"""The official packages, unmodified, against our sandbox; and our requests before their models.

Both sides could otherwise share one mistake: what we wrote on either end of the wire.
"""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from quid.funding.adapters.connect import connect
from quid.funding.ports import LinkWanted, Owner, ProviderKey
from quid.funding.types import Provider
from quid.kit.breaker import Board
from quid.kit.crypto import Secret
from tests.contracts.deeds import BACK, HOOKS, account, card_order, order, save_card, settings_of
from tests.support.oracles import SETS, python_of
from tests.support.sandbox import Sandbox, running

HERE = Path(__file__).parent
pytestmark = pytest.mark.timeout(700)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    home = tmp_path / "sandbox"
    home.mkdir()
    with running(home) as found:
        yield found


@pytest.fixture(params=SETS)
def python(request: pytest.FixtureRequest) -> Path:
    """An interpreter with the pinned packages, and one with older ones."""
    return python_of(request.param)


def drive(python: Path, script: str, *words: str, told: str = "") -> str:
    done = subprocess.run(
        [python, HERE / script, *words],
        input=told,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_plaid_python_makes_every_call(python: Path, sandbox: Sandbox) -> None:
    keys = (sandbox.plaid_client_id, sandbox.plaid_secret)
    assert drive(python, "plaid_calls.py", sandbox.plaid, *keys) == "29 calls"


def test_stripe_makes_every_call(python: Path, sandbox: Sandbox) -> None:
    assert drive(python, "stripe_calls.py", sandbox.stripe, sandbox.stripe_key) == "12 kinds"


async def _everything(sandbox: Sandbox) -> None:
    """Call each method of each port once."""
    made = connect(settings_of(sandbox), Board(), is_production=False)
    assert made is not None
    rails, day = made.rails, timedelta(days=1)
    started = await rails.link.start_link(LinkWanted("usr_1", "new", BACK, HOOKS, 1800))
    await rails.link.finish_link(started.session_ref)
    public = sandbox.get(
        "/sandbox/public_token/create",
        institution_id="ins_109508",
        initial_products=["auth", "transfer"],
    )["public_token"]
    item = await rails.link.exchange(Secret(public))
    await rails.link.start_link(LinkWanted("usr_1", "repair", BACK, HOOKS, 1800, token=item.token))
    await rails.link.adopt_numbers("021000021", Secret("1111222233330000"), "checking")
    ref = account(item).ref
    await rails.accounts.numbers(item.token, ref)
    await rails.accounts.account(item.token, ref)
    await rails.accounts.balance(item.token, ref)
    await rails.accounts.owner_match(item.token, ref, Owner("Ana Lopez", "ana@quid.test"))
    await rails.ach.can_rtp(item.token, ref)
    verdict = await rails.ach.authorize(order(item))
    moved = await rails.ach.submit(order(item, authorization_ref=verdict.ref))
    await rails.ach.get(ref=moved.ref)
    await rails.ach.get(authorization_ref=verdict.ref)
    await rails.ach.list(moved.created_at - day, moved.created_at + day)
    await rails.ach.cancel(moved.ref)
    card = await save_card(rails, sandbox)
    prepared = await rails.card.prepare(card_order(card))
    await rails.card.confirm(replace(card_order(card, step="confirm"), ref=prepared.ref))
    await rails.card.refund(prepared.ref, 500, "op_r", key=ProviderKey("op_r:refund"))
    await rails.card.refunds(prepared.ref)
    await rails.card.chargebacks(prepared.ref)
    await rails.card.get(prepared.ref)
    await rails.card.cancel(prepared.ref, key=ProviderKey("op_1:cancel"))
    await rails.card.list(prepared.created_at - day, prepared.created_at + day)
    await rails.card.forget(card.method_ref)
    for provider in Provider:
        await rails.events[provider].pull("", 25)
        await rails.treasury[provider].position()
        await rails.treasury[provider].book(prepared.created_at - day, prepared.created_at + day)
    await rails.link.unlink(await rails.link.rotate(item.token))
    await made.close()


def test_our_requests_are_read_by_the_packages_models(sandbox: Sandbox) -> None:
    python = python_of("oracles")
    asyncio.run(_everything(sandbox))
    ours = [
        message
        for message in sandbox.journal()
        if message["direction"] == "in"
        and not message["path"].startswith(("/sandbox/", "/link/ls", "/c/pay"))
        and message["face"] in ("plaid", "stripe")
    ]
    said = drive(python, "requests_of_ours.py", told=json.dumps(ours))
    assert int(said.split()[2]) >= 30, said
