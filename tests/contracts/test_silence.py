"""What becomes of a call when the other side hangs, breaks off, fails or speaks nonsense.

Each fault of the sandbox meets a write and a read of each provider; the class of the error says
what is known of the money, and the sandbox's journal says whether that is true.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from quid.funding.adapters import calls
from quid.funding.adapters.connect import connect
from quid.funding.errors import (
    Ambiguous,
    ContractBroken,
    Declined,
    InvalidRequest,
    Misconfigured,
    Outcome,
    ProviderError,
    RateLimited,
    Unreachable,
)
from quid.funding.ports import LinkedItem, Rails
from quid.kit.breaker import Board
from tests.contracts.deeds import account, card_order, order, save_card, settings_of
from tests.support.sandbox import Sandbox

Deed = Callable[[], Awaitable[object]]

# A fault of the sandbox -> what a write and a read (tried three times) come to.
FAULTS: dict[str, tuple[dict[str, Any], type[ProviderError], type[ProviderError]]] = {
    "reset before": ({"kind": "reset"}, Ambiguous, Unreachable),
    "reset after": ({"kind": "reset", "effect": True}, Ambiguous, Unreachable),
    "500": ({"kind": "status", "status": 500}, Ambiguous, Unreachable),
    "500 after": ({"kind": "status", "status": 500, "effect": True}, Ambiguous, Unreachable),
    "503": ({"kind": "status", "status": 503}, Ambiguous, Unreachable),
    "429": ({"kind": "status", "status": 429, "retry_after": 7}, RateLimited, RateLimited),
    "truncated": ({"kind": "truncated", "effect": True}, Ambiguous, Unreachable),
    "html": ({"kind": "html", "effect": True}, Ambiguous, Unreachable),
}


@pytest.fixture
async def deeds(
    rails: Rails, item: LinkedItem, sandbox: Sandbox, board: Board
) -> dict[str, tuple[str, Deed]]:
    """A write and a read at each provider, with the path that a fault must match."""
    verdict = await rails.ach.authorize(order(item))
    wish = order(item, authorization_ref=verdict.ref)
    card = await save_card(rails, sandbox)
    prepared = await rails.card.prepare(card_order(card))
    confirm = replace(card_order(card, step="confirm"), ref=prepared.ref)
    assert all(b.state == 0 for b in board.breakers.values())
    return {
        "bank write": ("/transfer/create", lambda: rails.ach.submit(wish)),
        "bank read": ("/auth/get", lambda: rails.accounts.numbers(item.token, wish.account_ref)),
        "card write": ("/v1/payment_intents/*/confirm", lambda: rails.card.confirm(confirm)),
        "card read": ("/v1/payment_intents/*", lambda: rails.card.get(prepared.ref)),
    }


@pytest.mark.parametrize("what", ["bank write", "bank read", "card write", "card read"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_says_what_is_known(
    deeds: dict[str, tuple[str, Deed]], sandbox: Sandbox, fault: str, what: str
) -> None:
    how, on_write, on_read = FAULTS[fault]
    path, deed = deeds[what]
    sandbox.fault(match={"path": path}, times=3, **how)
    with pytest.raises(ProviderError) as raised:
        await deed()
    assert type(raised.value) is (on_write if "write" in what else on_read)
    done = sandbox.effects("transfer.created") + sandbox.effects("charge.succeeded")
    if raised.value.outcome is not Outcome.UNKNOWN:
        assert done == [], "not done is said of what was done"


@pytest.mark.parametrize("what", ["bank write", "card write"])
async def test_after_an_effect_without_an_answer_the_same_key_finds_it(
    deeds: dict[str, tuple[str, Deed]], sandbox: Sandbox, what: str
) -> None:
    path, deed = deeds[what]
    sandbox.fault("reset", match={"path": path}, effect=True)
    with pytest.raises(Ambiguous):
        await deed()
    await deed()
    done = sandbox.state("transfer") + sandbox.state("stripe.charge")
    assert len(done) == 1


async def test_a_read_is_tried_three_times_and_a_write_once(
    deeds: dict[str, tuple[str, Deed]], sandbox: Sandbox
) -> None:
    path, deed = deeds["bank read"]
    sandbox.fault("status", match={"path": path}, times=2)
    await deed()
    path, deed = deeds["bank write"]
    sandbox.fault("status", match={"path": path}, times=2)
    with pytest.raises(Ambiguous):
        await deed()
    asked = [m for m in sandbox.journal() if m.get("path") == path]
    assert len(asked) == 1, asked


@pytest.mark.parametrize("to", ["missing", "null", "unknown"])
@pytest.mark.parametrize(
    ("what", "field"),
    [
        ("bank write", "transfer.id"),
        ("bank read", "numbers.ach"),
        ("card write", "status"),
        ("card read", "amount"),
    ],
)
async def test_a_field_that_is_not_as_agreed_breaks_the_contract(
    deeds: dict[str, tuple[str, Deed]], sandbox: Sandbox, what: str, field: str, to: str
) -> None:
    path, deed = deeds[what]
    if (field, to) == ("transfer.id", "unknown"):
        return  # any word may be a name
    sandbox.fault("field", match={"path": path}, field=field, to=to)
    with pytest.raises(ContractBroken) as raised:
        await deed()
    assert raised.value.outcome is Outcome.UNKNOWN


async def test_a_hanging_provider_is_given_up_and_left_alone_after_three_writes(
    deeds: dict[str, tuple[str, Deed]],
    sandbox: Sandbox,
    board: Board,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quick = replace(calls.WRITE, seconds=0.3)
    monkeypatch.setattr("quid.funding.adapters.plaid.transfers.WRITE", quick)
    path, deed = deeds["bank write"]
    sandbox.fault("hang", match={"path": path}, times=100, seconds=60)
    for _ in range(3):
        with pytest.raises(Ambiguous):
            await deed()
    assert board.breakers["plaid.write"].state == 2
    with pytest.raises(Unreachable) as refused:
        await deed()
    assert (refused.value.code, refused.value.outcome) == ("NOT_CALLED", Outcome.NOT_DONE)
    assert refused.value.retry_after
    assert board.breakers["plaid.read"].state == 0, "another class goes on"
    assert await deeds["bank read"][1]()


async def test_operators_open_and_close_a_breaker(
    deeds: dict[str, tuple[str, Deed]], board: Board
) -> None:
    _, deed = deeds["card read"]
    board.forced["stripe.read"] = "open"
    with pytest.raises(Unreachable):
        await deed()
    del board.forced["stripe.read"]
    await deed()


async def test_nobody_there_is_not_done(sandbox: Sandbox, board: Board) -> None:
    nowhere = "http://127.0.0.1:9"
    made = connect(
        settings_of(sandbox, plaid_url=nowhere, stripe_url=nowhere), board, is_production=False
    )
    assert made is not None
    try:
        with pytest.raises(Unreachable) as raised:
            await made.rails.ach.cancel("anything")
        assert raised.value.outcome is Outcome.NOT_DONE
    finally:
        await made.close()


async def test_wrong_keys_are_our_fault_and_are_not_shown(sandbox: Sandbox, board: Board) -> None:
    wrong = settings_of(sandbox, plaid_secret="not-the-secret", stripe_key="sk_test_wrong")
    made = connect(wrong, board, is_production=False)
    assert made is not None
    try:
        for ask in (made.rails.ach.get(ref="x"), made.rails.card.get("pi_x")):
            with pytest.raises(Misconfigured) as raised:
                await ask
            assert raised.value.is_our_fault
            assert "not-the-secret" not in repr(raised.value)
            assert "sk_test_wrong" not in repr(raised.value)
    finally:
        await made.close()


async def test_what_a_provider_does_not_take_is_our_fault(rails: Rails, item: LinkedItem) -> None:
    with pytest.raises(InvalidRequest):
        await rails.ach.submit(order(item, authorization_ref="no-such-authorization"))
    gone = replace(order(item), account_ref="nothing")
    with pytest.raises(Declined):
        await rails.ach.authorize(gone)


async def test_a_page_of_a_foreign_host_is_nobodys_to_open(rails: Rails, sandbox: Sandbox) -> None:
    sandbox.fault("field", match={"path": "/v1/checkout/sessions"}, field="url", to="unknown")
    with pytest.raises(ContractBroken, match="FOREIGN_PAGE"):
        await save_card(rails, sandbox)


async def test_nothing_secret_stands_in_an_error(
    deeds: dict[str, tuple[str, Deed]], item: LinkedItem, sandbox: Sandbox
) -> None:
    path, deed = deeds["bank write"]
    for kind, field in (("html", ""), ("field", "transfer.amount")):
        sandbox.fault(kind, match={"path": path}, field=field, to="unknown")
        with pytest.raises(ProviderError) as raised:
            await deed()
        said = f"{raised.value!r} {raised.value.__cause__!r}"
        assert item.token.reveal() not in said
        assert account(item).ref not in said
        assert "something_new" not in said
