"""`quid secrets …`: the keys around what is sealed."""

from typing import Annotated

from cyclopts import App, Parameter

from quid.entrypoints.cli.session import operator, run, say
from quid.kit import audit, clock, db, fields, telemetry
from quid.kit.keks import Keyring
from quid.kit.runtime import Runtime

app = App(name="secrets", help="Replace the keys around sealed fields, while everything runs.")


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command
def rotate(
    *,
    data_key: Annotated[
        bool, Parameter(help="also make a new data key, and seal all fields anew under it")
    ] = False,
) -> int:
    """Wrap the data keys with the present wrapping key; with --data-key replace them as well.

    For a new wrapping key: put it into the secrets file as field_kek, the present one as
    field_kek_old, start again, run this; then field_kek_old may go. A new data key seals from two
    minutes on, when every process knows it; the worker then seals the rest anew and destroys the
    old one when nothing is left under it (`quid secrets status`).
    """

    async def work(rt: Runtime) -> tuple[int, int | None]:
        database, keks, now = rt.part(db.Database), rt.part(Keyring), clock.now()
        wrapped = await fields.rewrap(database, keks, now=now)
        number = await fields.add_key(database, keks, now=now) if data_key else None
        async with database.transaction() as tx:
            entry = audit.Entry(
                actor=operator(),
                actor_type="operator",
                action="secrets.rotate",
                resource_type="data_key",
                resource_id=str(number or "all"),
                outcome="ok",
                at=now,
                request_id=telemetry.request_id(),
                details={"rewrapped": wrapped, "data_key": number, "kek": keks.present.name},
            )
            await audit.record(tx, [entry])
        return wrapped, number

    wrapped, number = run(work)
    say(f"{wrapped} data keys wrapped anew." if wrapped else "All data keys are wrapped as set up.")
    if number is not None:
        say(f"Data key {number} seals from two minutes on. See: quid secrets status")
    return 0


@app.command
def status() -> int:
    """Show which data keys there are, which one seals, and by what each is wrapped."""

    async def work(rt: Runtime) -> list[fields.KeyRow]:
        return await fields.keys(rt.part(db.Database), now=clock.now())

    for row in run(work):
        role = "seals" if row.is_primary else "opens"
        what = role if row.purpose == "fields" else "finds"
        say(f"data key {row.number}: {row.purpose}, {what}, wrapped by {row.kek}")
    return 0
