"""Sending: what is kept of a payment, what a refusal leaves, what limits say."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from prometheus_client import REGISTRY

from quid.identity import service as identity
from quid.identity.types import ApiTokens
from quid.kit import clock, db, ids, outbox
from quid.kit.cache import Cache
from quid.kit.errors import Refusal, SignInRequired
from quid.kit.events import Event
from quid.kit.runtime import Runtime
from quid.ledger import service as ledger
from quid.ledger.errors import ClockApart
from quid.ledger.types import Flag
from quid.payments import rules
from quid.payments.service import fund
from quid.payments.service.wallets import find_wallets
from quid.payments.types import Sent, State
from quid.risk import service as risk
from quid.risk.errors import VerificationRequired
from quid.risk.types import SetLimit, Window
from tests.support.api import PASSWORD
from tests.support.payers import books_of
from tests.support.people import People, Someone
from tests.support.sending import answer_of, asked, code_of, send


async def test_only_what_has_committed_is_counted(
    house: Runtime, ana: Someone, ben: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted(state: State) -> float:
        labels = {"status": state.name, "funding_source": "balance"}
        return REGISTRY.get_sample_value("quid_transfers_total", labels) or 0

    faults = [asyncpg.DeadlockDetectedError("a fault late in the transaction")]
    append = outbox.append

    async def failing(tx: db.Tx, events: list[Event]) -> None:
        if faults:
            raise faults.pop()
        await append(tx, events)

    monkeypatch.setattr(outbox, "append", failing)
    before = counted(State.COMPLETED), counted(State.DECLINED)
    assert code_of(await send(house, asked(ana, ben, 100))) == "COMPLETED"
    assert code_of(await send(house, asked(ana, ben, 20_000))) == "INSUFFICIENT_FUNDS"
    assert not faults
    assert (counted(State.COMPLETED) - before[0], counted(State.DECLINED) - before[1]) == (1, 1)


async def test_row_holds_each_state_with_its_time(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben, 1368, note="pizza")
    await send(house, command)
    row = await admin.fetchrow("select * from payments.payment where id = $1", command.payment_id)
    assert row["states"] == [State.INITIATED, State.AUTHORIZED, State.COMPLETED]
    assert row["times"] == sorted(row["times"])
    assert row["times"][0] == command.asked_at
    posted = await admin.fetchval(
        "select recorded_at from ledger.journal where id = $1", command.payment_id
    )
    assert row["times"][-1] == max(posted, row["times"][1])
    assert row["refusal_code"] is None


async def test_paths_of_the_table_are_those_of_the_rules(admin: asyncpg.Connection) -> None:
    text = await admin.fetchval("""
      select string_agg(pg_get_constraintdef(c.oid), ' ') from pg_constraint c
      where c.conrelid = 'payments.payment'::regclass and c.contype = 'c'""")
    arrays = re.findall(r"states = ARRAY\[([^\]]+)\]", text)
    listed = {tuple(State(int(n)) for n in re.findall(r"\((\d+)\)", one)) for one in arrays}
    assert listed == rules.PATHS


async def test_a_state_out_of_the_table_is_refused_by_the_database(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben)
    await send(house, command)
    await admin.execute("set session_replication_role = replica")  # past the trigger
    for change in (
        "states = array[10, 60]::int2[], times = times[1:2]",
        "states = array[30, 10, 60]::int2[]",
        "states = array[10, 30, 60, 81]::int2[], times = times || now()",
        "states = array[10, 30, 81]::int2[]",
        "states = array[10, 21, 60]::int2[]",
        "states = array[10, 30, 60, 70]::int2[], times = times || now()",
        "reversed_minor = amount_minor",
        "reversed_minor = amount_minor + 1",
        "times = times[1:2]",
        "refusal_code = 'INSUFFICIENT_FUNDS'",
        "amount_minor = 500001",
        "amount_minor = 0",
        "payee_id = payer_id",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await admin.execute(f"update payments.payment set {change}")


async def test_what_a_payment_was_stands(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    await send(house, asked(ana, ben))
    for change in (
        "states = array[10, 30, 81]::int2[], refusal_code = 'X'",
        "times[2] = now()",
        "note = 'another'",
        "amount_minor = 99",
        "payee_id = gen_random_uuid()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only added to"):
            await admin.execute(f"update payments.payment set {change}")


async def test_both_parties_have_a_line_with_the_balance_after(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    command = asked(ana, ben, 1368, note="pizza")
    await send(house, command)
    rows = await admin.fetch(
        """select user_id, at, is_incoming, amount_minor, counterparty_id, note,
          balance_after_minor from payments.activity where id = $1 order by is_incoming""",
        command.payment_id,
    )
    at = rows[0]["at"]
    assert [tuple(r) for r in rows] == [
        (ana.id, at, False, 1368, ben.id, "pizza", 10_000 - 1368),
        (ben.id, at, True, 1368, ana.id, "pizza", 10_000 + 1368),
    ]


# --- funds -------------------------------------------------------------------------------------


async def test_no_funds_is_the_answer_of_its_key_for_ever(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    first = await send(house, asked(ana, ben, 10_001, key="k"))
    assert code_of(first) == "INSUFFICIENT_FUNDS"
    assert "$100.01" in answer_of(first)["detail"]
    await fund(ana.id, 50_000, key="more", operator="test", now=clock.now())
    before = await books_of(admin)
    again = await send(house, asked(ana, ben, 10_001, key="k"))
    assert isinstance(first, Sent)
    assert again == Sent(first.answer, is_replayed=True)
    assert await books_of(admin) == before
    assert code_of(await send(house, asked(ana, ben, 10_001, key="new"))) == "COMPLETED"


async def test_declined_leaves_a_row_and_a_line_and_moves_nothing(
    house: Runtime, ana: Someone, ben: Someone, admin: asyncpg.Connection
) -> None:
    before = await books_of(admin)
    command = asked(ana, ben, 10_001)
    told = answer_of(await send(house, command))
    assert ids.read("pay", told["payment_id"]) == command.payment_id
    row = await admin.fetchrow(
        "select states, refusal_code from payments.payment where id = $1", command.payment_id
    )
    assert tuple(row) == ([10, 30, 81], "INSUFFICIENT_FUNDS")
    after = await books_of(admin)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"refusals", "payments", "lines", "events", "keys"}
    assert after["lines"] == before["lines"] + 1


async def test_the_last_cent_may_go(house: Runtime, ana: Someone, ben: Someone) -> None:
    told = answer_of(await send(house, asked(ana, ben, 10_000)))
    assert told["balance"]["available"] == 0
    assert code_of(await send(house, asked(ana, ben, 1))) == "INSUFFICIENT_FUNDS"


async def test_items_of_a_batch_see_those_before_them(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    outcomes = await asyncio.gather(*(send(house, asked(ana, ben, 4000)) for _ in range(3)))
    assert sorted(map(code_of, outcomes)) == ["COMPLETED", "COMPLETED", "INSUFFICIENT_FUNDS"]


# --- limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tier", "passes"), [(0, 29_999), (1, 299_999)])
async def test_a_payment_beyond_the_tier_asks_for_verification(
    house: Runtime, people: People, admin: asyncpg.Connection, tier: int, passes: int
) -> None:
    payer = await people.add("cal", tier=tier, funded_minor=1_000_000)
    payee = await people.add("ben")
    before = await books_of(admin)
    refusal = await send(house, asked(payer, payee, passes + 1, key="k"))
    assert isinstance(refusal, VerificationRequired)
    assert refusal.extra == {"limit": passes, "next_tier": tier + 1}
    refusal = await send(house, asked(payer, payee, 300_000, key="k"))
    assert isinstance(refusal, VerificationRequired)
    assert refusal.extra == {"limit": passes, "next_tier": 2}
    assert await books_of(admin) == before
    assert code_of(await send(house, asked(payer, payee, passes, key="k"))) == "COMPLETED"


async def test_verified_person_sends_five_thousand_dollars(
    house: Runtime, people: People, ben: Someone
) -> None:
    payer = await people.add("cal", tier=2, funded_minor=1_000_000)
    assert code_of(await send(house, asked(payer, ben, 500_000))) == "COMPLETED"


async def test_the_day_ends_at_its_cent(
    house: Runtime, people: People, ben: Someone, admin: asyncpg.Connection
) -> None:
    payer = await people.add("cal", tier=1, funded_minor=1_000_000)
    assert code_of(await send(house, asked(payer, ben, 200_000))) == "COMPLETED"
    told = answer_of(await send(house, asked(payer, ben, 100_000, key="k")))
    assert told["code"] == "DAILY_LIMIT_EXCEEDED"
    assert (told["limit"], told["used"], told["left"]) == (299_999, 200_000, 99_999)
    assert "$999.99 more until" in told["detail"]
    assert told["status"] == 422
    # What was refused has used up nothing.
    assert code_of(await send(house, asked(payer, ben, 99_999))) == "COMPLETED"
    told = answer_of(await send(house, asked(payer, ben, 1)))
    assert (told["code"], told["left"]) == ("DAILY_LIMIT_EXCEEDED", 0)
    again = await send(house, asked(payer, ben, 100_000, key="k"))
    assert isinstance(again, Sent)
    assert again.is_replayed
    assert answer_of(again)["left"] == 99_999
    used = await admin.fetchval("select sum(amount) from ledger.usage where meter = 1")
    assert used == 299_999


async def test_the_day_ends_at_its_count(house: Runtime, people: People, ben: Someone) -> None:
    payer = await people.add("cal", tier=0)
    sent = await asyncio.gather(*(send(house, asked(payer, ben, 1)) for _ in range(20)))
    assert set(map(code_of, sent)) == {"COMPLETED"}
    told = answer_of(await send(house, asked(payer, ben, 1)))
    assert told["code"] == "DAILY_LIMIT_EXCEEDED"
    assert "no more payments until" in told["detail"]
    assert "left" not in told


async def _limit(who: Someone, window: Window, most: int, count: int | None = None) -> None:
    now = clock.now()
    cmd = SetLimit(
        who.id, window, most, count, "USD", now + timedelta(days=1), "known to us", "cli:tess"
    )
    await risk.set_limit(cmd, now=now)


async def test_a_persons_own_limit_stands_in_place_of_the_tiers(
    house: Runtime, ana: Someone, ben: Someone, people: People
) -> None:
    dot = await people.add("dot")
    await _limit(dot, Window.DAY, 5_000)
    assert code_of(await send(house, asked(dot, ben, 5_001))) == "DAILY_LIMIT_EXCEEDED"
    assert code_of(await send(house, asked(dot, ben, 5_000))) == "COMPLETED"
    assert code_of(await send(house, asked(ana, ben, 5_001))) == "COMPLETED"


async def test_the_week_ends_too(house: Runtime, people: People, ben: Someone) -> None:
    dot = await people.add("dot")
    await _limit(dot, Window.WEEK, 5_000)
    assert code_of(await send(house, asked(dot, ben, 4_000))) == "COMPLETED"
    told = answer_of(await send(house, asked(dot, ben, 1_001)))
    assert (told["code"], told["left"]) == ("WEEKLY_LIMIT_EXCEEDED", 1_000)
    await _limit(dot, Window.WEEK, 6_000)
    assert code_of(await send(house, asked(dot, ben, 1_001))) == "COMPLETED"


async def test_receiving_counts_on_nobodys_limit(
    house: Runtime, people: People, ben: Someone, ana: Someone
) -> None:
    dot = await people.add("dot")
    await _limit(dot, Window.DAY, 100)
    assert code_of(await send(house, asked(ana, dot, 5_000))) == "COMPLETED"
    assert code_of(await send(house, asked(dot, ben, 100))) == "COMPLETED"


# --- what the books themselves refuse ----------------------------------------------------------


@pytest.mark.parametrize(
    ("flag", "owner", "code"),
    [
        (Flag.NO_SPEND, "payer", "ACCOUNT_FROZEN"),
        (Flag.FROZEN, "payer", "ACCOUNT_FROZEN"),
        (Flag.FROZEN, "payee", "RECIPIENT_NOT_FOUND"),
        (Flag.NO_SPEND, "payee", "COMPLETED"),
    ],
)
async def test_flags_of_an_account_are_the_last_line(
    house: Runtime, people: People, flag: Flag, owner: str, code: str
) -> None:
    ana, ben = await people.add("ana"), await people.add("ben")
    whose = ana if owner == "payer" else ben
    async with house.part(db.Database).transaction() as tx:
        wallets = await find_wallets(tx, [ana.id, ben.id])
        await ledger.set_flags(tx, wallets[whose.id], to_set=flag)
    first = await send(house, asked(ana, ben, 100, key="k"))
    assert code_of(first) == code
    async with house.part(db.Database).transaction() as tx:
        await ledger.set_flags(tx, wallets[whose.id], to_clear=flag)
    again = await send(house, asked(ana, ben, 100, key="k"))
    assert isinstance(first, Sent)
    assert again == Sent(first.answer, is_replayed=True)
    assert code_of(await send(house, asked(ana, ben, 100, key="new"))) == "COMPLETED"


async def test_clocks_apart_refuse_and_leave_the_key_free(
    house: Runtime,
    ana: Someone,
    ben: Someone,
    admin: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = await books_of(admin)
    for apart in (timedelta(seconds=90), timedelta(seconds=-90)):
        with monkeypatch.context() as turned:
            turned.setattr(clock, "now", lambda apart=apart: datetime.now(UTC) + apart)  # noqa: TID251 - a wrong clock
            outcome = await send(house, asked(ana, ben, 100, key="k"))
        assert isinstance(outcome, ClockApart)
        assert (outcome.money_moved, outcome.is_retryable) == ("no", True)
        assert await books_of(admin) == before
    assert code_of(await send(house, asked(ana, ben, 100, key="k"))) == "COMPLETED"


# --- sessions ----------------------------------------------------------------------------------


async def _session(who: Someone) -> tuple[ApiTokens, str]:
    tokens = await identity.issue_token(who.handle, PASSWORD, now=clock.now())
    assert isinstance(tokens, ApiTokens)
    return tokens, f"Bearer {tokens.access_token}"


async def test_an_ended_session_does_not_speak_for_a_living_one(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    """Equal requests of two sessions were joined, and the 401 of one answered the other."""
    ended, shown = await _session(ana)
    lives, _ = await _session(ana)
    await identity.sign_out(identity.read_token(shown, now=clock.now()), now=clock.now())
    for first, second in ((ended, lives), (lives, ended)):
        outcomes = await asyncio.gather(
            *(
                send(house, asked(ana, ben, 1, key="k", session_id=tokens.session_id))
                for tokens in (first, second, first, second)
            )
        )
        for tokens, outcome in zip((first, second, first, second), outcomes, strict=True):
            if tokens is ended:
                assert isinstance(outcome, SignInRequired)
            else:
                assert code_of(outcome) == "COMPLETED"


async def test_a_session_of_another_person_pays_for_nobody(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    theirs, _ = await _session(ben)
    outcome = await send(house, asked(ana, ben, 1, session_id=theirs.session_id))
    assert isinstance(outcome, SignInRequired)


async def test_a_payer_who_is_nobody_is_told_to_sign_in(
    house: Runtime, ben: Someone, admin: asyncpg.Connection
) -> None:
    before = await books_of(admin)
    nobody = Someone(ids.new(1, clock.now()), "nobody")
    outcome = await send(house, asked(nobody, ben, 1))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "SIGN_IN_REQUIRED"
    assert await books_of(admin) == before


# --- layer 1 -----------------------------------------------------------------------------------


async def test_answers_reach_layer_one_only_when_there_is_one(
    house: Runtime, ana: Someone, ben: Someone
) -> None:
    kept = asked(ana, ben, 1, key="kept")
    await send(house, kept)
    freed = asked(ana, Someone(ids.new(1, clock.now()), "nobody"), 1, key="freed")
    await send(house, freed)
    cache = house.part(Cache)
    await cache.ping()
    assert await cache.get(kept.key.cache_name) is not None
    assert await cache.get(freed.key.cache_name) is None
