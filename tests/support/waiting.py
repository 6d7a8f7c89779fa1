"""Payments that wait: rules under which they do, and what stands where afterwards."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import pyotp

from quid.identity import service as identity
from quid.kit import clock, db
from quid.kit.runtime import Runtime
from quid.payments import rules
from quid.payments.service import Verify
from quid.payments.types import State
from tests.support.people import Someone
from tests.support.sending import answer_of, asked, send

TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BIG: Final = 50_001
_CHALLENGE: Final = """
insert into risk.rule (version, id, is_live, floor, above_minor, currency, younger_than_seconds,
  more_than, active_from, set_by, reason)
select 2000, id, id = 'R1', 60, above_minor, currency, younger_than_seconds, more_than,
  '2020-01-03 00:00+00', 'test', 'young accounts prove themselves'
from risk.rule
where version = 1"""


async def ask_for_proofs(admin: asyncpg.Connection) -> None:
    """Publish rules under which a young account's large payment is challenged, not reviewed."""
    await admin.execute(_CHALLENGE)


async def give_totp(rt: Runtime, someone: Someone) -> None:
    """Turn an authenticator app on, whose secret is TOTP_SECRET."""
    async with rt.part(db.Database).transaction() as tx:
        await identity.give_totp(tx, someone.id, TOTP_SECRET, now=clock.now())


def code_now(steps: int = 0) -> str:
    """The app's code of now, or of some steps of 30 s later."""
    return pyotp.TOTP(TOTP_SECRET).at(clock.now() + timedelta(seconds=30 * steps))


def wrong_code() -> str:
    """A code that the app shows at no time near now."""
    near = {code_now(n) for n in range(-3, 4)}
    return next(f"{n:06d}" for n in range(10) if f"{n:06d}" not in near)


async def waiting_payment(
    rt: Runtime, payer: Someone, payee: Someone, amount: int = BIG, **more: Any
) -> UUID:
    """Send a payment that is held back; give its id."""
    command = asked(payer, payee, amount, **more)
    told = answer_of(await send(rt, command))
    assert told["payment"]["state"] in ("CHALLENGED", "IN_REVIEW"), told
    return command.payment_id


async def state_of(admin: asyncpg.Connection, payment_id: UUID) -> State:
    """Where a payment stands."""
    states = await admin.fetchval("select states from payments.payment where id = $1", payment_id)
    return State(states[-1])


async def money_of(admin: asyncpg.Connection, someone: Someone) -> tuple[int, int]:
    """What somebody can spend, and what is set aside."""
    rows = await admin.fetch(
        "select kind, (credits - debits)::bigint as net from ledger.account where owner = $1",
        someone.id,
    )
    nets: Mapping[int, int] = {r["kind"]: r["net"] for r in rows}
    return nets.get(201, 0), nets.get(202, 0)


async def make_due(admin: asyncpg.Connection, payment_id: UUID) -> None:
    """Let the time of a waiting payment be over."""
    await admin.execute(
        """update payments.waiting set until = since + interval '1 microsecond'
          where payment_id = $1""",
        payment_id,
    )


def proof(payment_id: UUID, payer: Someone, code: str | None = None, **more: object) -> Verify:
    """The command of a proof: right unless a code is given."""
    fields: dict[str, object] = {
        "payment_id": payment_id,
        "payer_id": payer.id,
        "challenge_id": rules.challenge_id(payment_id),
        "method": "totp",
        "proof": code or code_now(),
        **more,
    }
    return Verify(**fields)  # type: ignore[arg-type]  # a test may name any field
