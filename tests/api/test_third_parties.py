"""What others may be shown of a person and of a payment: the members that may be filled, by hand.

Not: e-mail, phone, balance, tier, limits, session, hash; not what a private payment holds.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.api.matrix.fixtures import kept, template, world
from tests.api.matrix.model import CALLERS, OPERATORS
from tests.api.matrix.world import World

__all__ = ["kept", "template", "world"]

CARD: Final = frozenset({"id", "handle", "display_name", "avatar_seed"})
NEAR: Final = CARD | {"member_since", "is_friend", "mutual_friends"}
USER: Final = NEAR | {"times_paid"}
FOUND: Final = frozenset({"items", "next_cursor"} | {f"items.{m}" for m in USER})
# Not to others: an amount that the two did not agree to show.
ITEM: Final = frozenset(
    {"id", "kind", "note", "currency", "visibility", "completed_at", "payer", "payee"}
    | {"like_count", "comment_count", "liked_by_me"}
    | {f"{who}.{m}" for who in ("payee", "payer") for m in CARD}
)
PROFILE: Final = USER | {"friendship", "is_muted", "items"} | {f"items.{m}" for m in ITEM}
FRIENDS: Final = frozenset(
    {"items", "items.user", "items.state", "items.asked_by_me", "items.since", "items.is_muted"}
    | {f"items.user.{m}" for m in NEAR}
)
# Not the payer's business: fee, total, funding, challenge, review.
PAYMENT: Final = frozenset(
    {"id", "state", "kind", "amount", "currency", "note", "created_at", "completed_at"}
    | {"visibility", "my_visibility", "show_amount", "my_show_amount"}
    | {"reversed_amount", "reversals"}
    | {"state_history", "state_history.state", "state_history.at"}
    | {"can", "can.verify", "can.cancel", "can.change_visibility", "payer", "payee"}
    | {f"{who}.{m}" for who in ("payee", "payer") for m in CARD}
)

SHOWN: Final = {
    ("/v1/users/ana", "stranger"): USER | {"friendship", "is_muted"},
    ("/v1/users/ana", "friend"): PROFILE,
    ("/v1/users/ana", "party"): PROFILE | {"items.amount", "items.direction"},
    ("/v1/users?query=ana", "stranger"): FOUND,
    ("/v1/users?query=ana@example.org", "stranger"): FOUND,
    ("/v1/friends?state=accepted", "friend"): FRIENDS,
    ("/v1/payments/{completed}", "party"): PAYMENT,
}


def filled(told: Any, where: str = "") -> Iterator[str]:
    """List the members that are not empty, by their way from the top."""
    if isinstance(told, list):
        for one in told:
            yield from filled(one, where)
    elif isinstance(told, dict):
        for name, member in told.items():
            if member not in (None, [], ""):
                way = f"{where}.{name}".removeprefix(".")
                yield way
                yield from filled(member, way)


@pytest.mark.parametrize(("path", "caller"), SHOWN)
async def test_others_are_shown_no_more_than_they_may_be(
    path: str, caller: str, world: World
) -> None:
    answer = await world.clients[caller].get(path.format_map(world.facts))
    assert answer.status_code == 200, answer.text
    assert set(filled(answer.json())) - SHOWN[path, caller] == set()


async def test_an_address_leaves_in_no_answer_but_to_its_owner(world: World) -> None:
    """Operators read it masked, until they reveal it with a reason."""
    paths = ("/v1/users/ana", "/v1/users?query=ana@example.org", "/v1/ops/people?query=ana")
    for path in (*paths, f"/v1/ops/people/{world.facts['ana']}"):
        for caller in CALLERS:
            answer = await world.clients[caller].get(path)
            assert world.facts["email"] not in answer.text, (path, caller)
            if caller in OPERATORS and answer.status_code == 200:
                assert "@example.org" not in answer.text
