"""Limits that an operator sets for one person; what a payment needs before its money moves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from quid.identity import queries as people
from quid.identity.errors import PersonNotFound
from quid.kit import audit, db, ids, runtime, telemetry, text
from quid.kit.errors import ValidationFailed
from quid.kit.money import MINOR_MAX
from quid.risk import rules, store
from quid.risk.queries import LimitBook, offered, ruleset
from quid.risk.types import Action, Decision, Facts, SetLimit, Window

_OWN: Final = (Window.DAY, Window.WEEK, Window.BANK_IN, Window.BANK_OUT)


async def set_limit(cmd: SetLimit, *, now: datetime) -> None:
    """Give one person another limit until a date; other processes follow within 30 s.

    Raises: PersonNotFound, ValidationFailed, CurrencyNotOffered.
    """
    reason = text.clean(cmd.reason, field="reason", low=1, high=500)
    if cmd.window not in _OWN:
        raise ValidationFailed(f"window: {', '.join(_OWN)}.", field="window")
    if not 0 <= cmd.max_minor <= MINOR_MAX:
        raise ValidationFailed("max_minor: minor units, 0 or more.", field="max_minor")
    if cmd.max_count is not None and not 1 <= cmd.max_count <= 1_000_000:
        raise ValidationFailed("max_count: 1 or more.", field="max_count")
    if cmd.expires_at <= now:
        raise ValidationFailed("expires_at: a time to come.", field="expires_at")
    async with runtime.part(db.Database).transaction() as tx:
        await offered(tx, cmd.currency, now=now)
        if await people.person(tx, cmd.user_id) is None:
            raise PersonNotFound(field="user_id")
        await store.SET_LIMIT.run(
            tx, ids.new(ids.bucket(cmd.user_id), now), cmd.user_id, cmd.window.value,
            cmd.max_minor, cmd.max_count, cmd.currency, now, cmd.expires_at, reason, cmd.by,
        )  # fmt: skip
        await audit.record(tx, [_entry(cmd, reason, now)])
    runtime.part(LimitBook).forget()


def _entry(cmd: SetLimit, reason: str, now: datetime) -> audit.Entry:
    return audit.Entry(
        actor=cmd.by,
        actor_type="operator",
        action="risk.set_limit",
        resource_type="person",
        resource_id=ids.show("usr", cmd.user_id),
        outcome="ok",
        at=now,
        request_id=telemetry.request_id(),
        details={
            "window": cmd.window.value,
            "max_minor": cmd.max_minor,
            "max_count": cmd.max_count,
            "currency": cmd.currency,
            "reason": reason,
        },
    )


async def assess(conn: db.Conn, facts: Sequence[Facts], *, now: datetime) -> list[Decision]:
    """Question: decide of each payment what it needs before its money moves, in order."""
    return rules.assess(await ruleset(conn, now=now), facts, now=now)


async def record_decisions(
    tx: db.Tx, decided: Sequence[tuple[Facts, Decision]], *, now: datetime
) -> None:
    """Part: write down why payments are held back, in the transaction that holds them.

    Who was let through has no row: the facts stand on the payment, the rules in their version.
    Raises: ValueError for an approval. Locks: nothing but the new rows.
    """
    if not decided:
        return
    if any(d.action is Action.APPROVE for _, d in decided):
        raise ValueError("an approval is not written down")
    await store.RECORD.run(
        tx,
        [f.payment_id for f, _ in decided],
        [f.payer_id for f, _ in decided],
        [d.score for _, d in decided],
        [d.action for _, d in decided],
        [",".join(d.rules) for _, d in decided],
        [d.ruleset_version for _, d in decided],
        [f.amount_minor for f, _ in decided],
        [f.currency for f, _ in decided],
        [f.payer_since for f, _ in decided],
        [f.sent_before for f, _ in decided],
        now,
    )
