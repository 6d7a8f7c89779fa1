"""What one may send, as it is shown: the policy of the tier, one's own, and what counts already."""

from datetime import datetime, timedelta

import httpx2
import pytest

from quid.kit import clock
from quid.kit.web import Door
from quid.risk import service as risk
from quid.risk.types import SetLimit, Window
from tests.support.api import client_of, signed_in
from tests.support.payers import PAYMENTS, keyed
from tests.support.people import People, Someone


@pytest.fixture
async def ben(people: People) -> Someone:
    """Who is paid."""
    return await people.add("ben")


async def pay(http: httpx2.AsyncClient, payee: Someone, amount: int) -> int:
    body = {"payee_id": payee.shown, "amount": amount, "currency": "USD"}
    return (await http.post(PAYMENTS, json=body, headers=keyed())).status_code


async def test_limits_count_what_was_sent_and_nothing_refused(
    client: httpx2.AsyncClient, people: People, ben: Someone
) -> None:
    await people.add("cleo", tier=0, funded_minor=50_000)
    as_cleo = await signed_in(client, "cleo")
    before = (await as_cleo.get("/v1/me/limits")).json()
    assert before == {
        "tier": 0,
        "currency": "USD",
        "per_payment": 29_999,
        "day": {**dict.fromkeys(("used", "count"), 0), "limit": 29_999, "left": 29_999,
                "max_count": 20, "resets_at": None},
        "week": {**dict.fromkeys(("used", "count"), 0), "limit": 29_999, "left": 29_999,
                 "max_count": None, "resets_at": None},
        "next_tier": {"tier": 1, "per_payment": 299_999, "day": 299_999, "week": 699_999},
        "bank": {
            "money_in": {"limit": 29_999, "used": 0, "left": 29_999, "count": 0,
                         "max_count": None, "resets_at": None},
            "money_out": {"limit": 99_999, "used": 0, "left": 99_999, "count": 0,
                          "max_count": None, "resets_at": None},
            "per_withdrawal": 99_999,
            "credit": {"limit": 0, "used": 0, "left": 0},
        },
    }  # fmt: skip
    assert await pay(as_cleo, ben, 1_000) == 201
    assert await pay(as_cleo, ben, 29_500) == 422
    told = (await as_cleo.get("/v1/me/limits")).json()
    for window in ("day", "week"):
        assert (told[window]["used"], told[window]["left"]) == (1_000, 28_999)
        assert told[window]["count"] == 1
    resets = datetime.fromisoformat(told["day"]["resets_at"])
    assert timedelta(hours=23) < resets - clock.now() <= timedelta(hours=25)


async def test_a_limit_of_ones_own_is_shown_and_the_top_has_no_next(
    app: Door, people: People
) -> None:
    dot = await people.add("dot", tier=2)
    now = clock.now()
    cmd = SetLimit(
        user_id=dot.id,
        window=Window.WEEK,
        max_minor=10_000,
        max_count=None,
        currency="USD",
        expires_at=now + timedelta(days=9),
        reason="asked for it herself",
        by="op",
    )
    await risk.set_limit(cmd, now=now)
    async with client_of(app) as client:
        as_dot = await signed_in(client, "dot")
        told = (await as_dot.get("/v1/me/limits")).json()
    assert (told["week"]["limit"], told["day"]["limit"], told["next_tier"]) == (
        10_000,
        1_000_000,
        None,
    )


async def test_a_new_tier_holds_for_the_next_payment(
    client: httpx2.AsyncClient, people: People, ben: Someone
) -> None:
    await people.add("cleo", tier=0, funded_minor=90_000)
    as_cleo = await signed_in(client, "cleo")
    assert await pay(as_cleo, ben, 40_000) == 403
    facts = {
        "legal_name": "Cleo Marsh",
        "birth_date": "1990-05-01",
        "address": {"line1": "Main 1", "city": "Wien", "postal_code": "1010", "country": "AT"},
        "tax_id_last4": "1234",
    }
    assert (await as_cleo.post("/v1/me/verification", json=facts)).json()["tier"] == 1
    assert (await as_cleo.get("/v1/me/limits")).json()["per_payment"] == 299_999
    assert await pay(as_cleo, ben, 40_000) == 201
