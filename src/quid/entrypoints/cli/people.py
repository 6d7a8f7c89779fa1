"""`quid people …`: freeze, unfreeze, show."""

from datetime import date, timedelta
from typing import Annotated

from cyclopts import App, Parameter

from quid.entrypoints.cli.session import operator, person_by_handle, run, say
from quid.identity import queries as identity
from quid.identity import service
from quid.identity.types import FreezePerson, FreezeReason, FreezeScope
from quid.kit import clock, db, ids
from quid.kit.money import Money
from quid.kit.runtime import Runtime
from quid.payments import queries as payments
from quid.payments.service import CURRENCY

app = App(name="people", help="Look at people; freeze and unfreeze them.")
Reason = Annotated[str, Parameter(help="why, for the audit log: 10 to 500 characters")]


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command
def freeze(
    handle: str,
    *,
    reason: Reason,
    scope: FreezeScope = FreezeScope.ALL,
    reason_class: FreezeReason = FreezeReason.SECURITY,
    days: int = 14,
) -> int:
    """Stop a person from sending, withdrawing, or both, until unfrozen; reviewed after `days`."""

    async def work(rt: Runtime) -> str:
        person = await person_by_handle(rt, handle)
        now = clock.now()
        review: date = (now + timedelta(days=days)).date()
        cmd = FreezePerson(
            user_id=person.id,
            scope=scope,
            reason_class=reason_class,
            text="We are checking something on your account.",
            review_on=review,
            by=operator(),
            reason=reason,
        )
        await service.freeze(cmd, now=now)
        return f"@{person.handle} is frozen ({scope}); review on {review}."

    say(run(work))
    return 0


@app.command
def unfreeze(handle: str, *, reason: Reason, scope: FreezeScope = FreezeScope.ALL) -> int:
    """Lift a freeze."""

    async def work(rt: Runtime) -> str:
        person = await person_by_handle(rt, handle)
        await service.unfreeze(person.id, scope, by=operator(), reason=reason, now=clock.now())
        return f"@{person.handle} is not frozen ({scope}) any more."

    say(run(work))
    return 0


@app.command
def show(handle: str) -> int:
    """Show a person: id, tier, balance, freezes."""

    async def work(rt: Runtime) -> str:
        person = await person_by_handle(rt, handle)
        async with rt.part(db.Database).read() as conn:
            frozen = await identity.freezes(conn, person.id)
            balance = await payments.balance(conn, person.id, currency=CURRENCY, now=clock.now())
        money = Money(balance.available, CURRENCY).text() if balance else "no wallet yet"
        lines = [
            f"@{person.handle}  {ids.show('usr', person.id)}",
            f"tier {person.tier}, joined {person.created_at:%Y-%m-%d}, balance {money}",
        ]
        lines += [f"frozen: {f.scope} ({f.reason_class}), review {f.review_on}" for f in frozen]
        return "\n".join(lines)

    say(run(work))
    return 0
