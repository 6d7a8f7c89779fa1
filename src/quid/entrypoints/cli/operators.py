"""`quid operator …`: the first admin, and a way in when nobody is left."""

from typing import Annotated

from cyclopts import App, Parameter

from quid.entrypoints.cli.session import operator, person_by_handle, run, say
from quid.identity import service
from quid.identity.queries import operators
from quid.identity.types import Invite
from quid.kit import clock, db
from quid.kit.audit import search
from quid.kit.roles import Role
from quid.kit.runtime import Runtime

app = App(name="operator", help="Invite, list and disable operators.")


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command
def add(
    handle: str,
    email: str,
    *,
    role: Role,
    name: str = "",
    linked: Annotated[str | None, Parameter(help="who they are in private life")] = None,
) -> int:
    """Invite an operator: a one-time password goes to their e-mail, good for 24 hours."""

    async def work(_: Runtime) -> str:
        cmd = Invite(handle, name or handle, email, role, linked)
        await service.add_operator(cmd, by=operator(), now=clock.now())
        return f"@{handle} is invited as {role}; the one-time password went to {email}."

    say(run(work))
    return 0


@app.command(name="list")
def list_() -> int:
    """List all operators, with what each has proved and did last."""

    async def work(rt: Runtime) -> str:
        async with rt.part(db.Database).read() as conn:
            rows = await operators.operators(conn)
            acts = await search.last_acts(conn, [r.shown for r in rows])
        lines = [f"{'handle':<20} {'role':<11} {'state':<10} last act"]
        for row in rows:
            last = acts.get(row.shown)
            did = f"{last.action} {last.at:%Y-%m-%d %H:%M}" if last else "-"
            lines.append(f"{row.handle:<20} {row.role:<11} {row.state:<10} {did}")
        return "\n".join(lines)

    say(run(work))
    return 0


@app.command
def disable(
    handle: str, *, reason: Annotated[str, Parameter(help="why, for the audit log")]
) -> int:
    """End an operator: their sessions end, and nothing opens for them again."""

    async def work(rt: Runtime) -> str:
        person = await person_by_handle(rt, handle)
        await service.disable_operator(person.id, by=operator(), reason=reason, now=clock.now())
        return f"@{person.handle} is disabled."

    say(run(work))
    return 0
