"""Operators' presses without HTTP: who acts, the one press, and a second operator's answer."""

from uuid import UUID

from quid.kit import approvals, clock, ids
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.kit.operators import ALL_OPERATORS, Operator, Press, Role


def operator(role: Role) -> Operator:
    """Somebody who acts for the house."""
    return Operator(ids.new(3, clock.now()), f"op_{role}", role, ids.new(4, clock.now()))


def press(who: Operator, key: str = "key", body: str = "body") -> Press:
    """One press, with its reason."""
    once = Key(ALL_OPERATORS, "ops.payments", digest16(key.encode()), digest16(body.encode()))
    return Press(who, once, "because the test says so")


async def answer(question: UUID, who: Operator, *, yes: bool = True, key: str = "answer") -> None:
    """Decide as a second operator."""
    await approvals.decide(question, press(who, key, str(yes)), is_approved=yes, now=clock.now())
