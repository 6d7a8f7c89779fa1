"""`quid rails …`: what is on its way at banks and card processors, and the few acts there."""

from typing import Annotated, Final, Literal
from uuid import UUID

from cyclopts import App, Parameter

from quid.entrypoints.cli.session import CannotRun, operator, run, say
from quid.funding.errors import ProviderError
from quid.funding.ports import Rails
from quid.funding.queries import rails as queries
from quid.funding.service import operating
from quid.funding.types import EventState, OpKind, OpState, Provider
from quid.kit import clock, db, ids
from quid.kit.money import Money
from quid.kit.runtime import Runtime
from quid.ledger.types import Kind

app = App(name="rails", help="Banks and cards: operations, events, switches, books compared.")
_LAST: Final = UUID(int=2**128 - 1)
_MANY: Final = 50
_PREFIX: Final = {OpKind.DEPOSIT: "dep", OpKind.WITHDRAWAL: "wd", OpKind.INSTANT_WITHDRAWAL: "wd"}
Many = Annotated[int, Parameter(help="how many, newest first")]


def register(parent: App) -> None:
    """Add the commands."""
    parent.command(app)


@app.command
def ops(
    *,
    state: Annotated[str | None, Parameter(help="as SETTLED")] = None,
    unsure: Annotated[bool, Parameter(help="those nobody is sure of")] = False,
    many: Many = _MANY,
) -> int:
    """List operations, newest first."""
    states = {s.name: s for s in OpState}
    if state is not None and state not in states:
        raise CannotRun(f"--state: one of {', '.join(states)}")
    wanted = queries.Wanted(states.get(state or ""), None, unsure)

    async def work(rt: Runtime) -> str:
        async with rt.part(db.Database).read() as conn:
            rows = await queries.operations(conn, before=_LAST, many=many, wanted=wanted)
        return "\n".join(map(_line, rows)) or "There are none."

    say(run(work))
    return 0


@app.command
def op(operation: str) -> int:
    """Show an operation: what the provider told of it, and what it moved."""

    async def work(rt: Runtime) -> str:
        op_id = _read(operation, "dep", "wd", "op")
        async with rt.part(db.Database).read() as conn:
            found = await queries.operation(conn, op_id)
            if found is None:
                raise CannotRun(f"There is no operation {operation}.")
            events, rows = await queries.told_of(conn, op_id), await queries.postings(conn, op_id)
        told = [f"  {e.at:%Y-%m-%d %H:%M:%S} {e.kind} {e.failure or ''}".rstrip() for e in events]
        moved = [
            f"  {p.recorded_at:%Y-%m-%d %H:%M:%S} {_money(p.amount, p.currency)}"
            f" from {_account(p.debit_kind, p.debit_id)}"
            f" to {_account(p.credit_kind, p.credit_id)} ({ids.show('trf', p.id)})"
            for p in rows
        ]
        since = "" if found.unsure_since is None else f", unsure since {found.unsure_since}"
        return "\n".join([_line(found) + since, "told:", *told, "moved:", *moved])

    say(run(work))
    return 0


@app.command
def retry(operation: str) -> int:
    """Let the worker take its next step now, under the keys it has."""

    async def work(_: Runtime) -> None:
        op_id = _read(operation, "dep", "wd", "op")
        await operating.retry(op_id, operator(), now=clock.now())

    run(work)
    say("The worker goes on with it.")
    return 0


@app.command
def inbox(*, waiting: bool = False, many: Many = _MANY) -> int:
    """List webhooks, newest first; with --waiting those that wait or were given up."""

    async def work(rt: Runtime) -> str:
        async with rt.part(db.Database).read() as conn:
            rows = await queries.inbox(conn, before=_LAST, many=many, is_waiting=waiting)
        lines = [
            f"{ids.show('hook', i.id)} {Provider(i.provider).name.lower():<6} {i.kind:<32}"
            f" {'answered' if i.answered_at else 'waits'} {i.reason or ''}".rstrip()
            for i in rows
        ]
        return "\n".join(lines) or "There are none."

    say(run(work))
    return 0


@app.command
def events(
    *,
    state: Literal["pending", "orphan", "quarantined", "applied", "ignored"] = "quarantined",
    many: Many = _MANY,
) -> int:
    """List what providers told, newest first: what was set aside, unless said."""

    async def work(rt: Runtime) -> str:
        number = EventState[state.upper()]
        async with rt.part(db.Database).read() as conn:
            rows = await queries.events(conn, before=_LAST, many=many, state=number)
        lines = [
            f"{ids.show('rev', e.id)} {Provider(e.provider).name.lower():<6} {e.kind:<20}"
            f" {e.object_ref or '-'} {e.reason or ''}".rstrip()
            for e in rows
        ]
        return "\n".join(lines) or "There are none."

    say(run(work))
    return 0


@app.command
def replay(id: str) -> int:  # noqa: A002 - the word of the command line
    """Try an event again (rev_…), or let a webhook ring again (hook_…)."""

    async def work(_: Runtime) -> None:
        event, webhook = ids.read("rev", id), ids.read("hook", id)
        if event is not None:
            await operating.replay_event(event, operator(), now=clock.now())
        elif webhook is not None:
            await operating.replay_webhook(webhook, operator(), now=clock.now())
        else:
            raise CannotRun(f"{id} is not an id: it begins with rev_ or hook_.")

    run(work)
    say("The worker looks at it again.")
    return 0


@app.command
def raw(id: str) -> int:  # noqa: A002 - the word of the command line
    """Show an event (rev_…) or a webhook (hook_…) as it came. It names people; it is on record."""

    async def work(_: Runtime) -> str:
        found = await operating.reveal(id, operator(), now=clock.now())
        return found.decode("utf-8", "backslashreplace")

    say(run(work))
    return 0


@app.command
def breakers() -> int:
    """List the switches in front of providers."""

    async def work(rt: Runtime) -> str:
        async with rt.part(db.Database).read() as conn:
            rows = await queries.breakers(conn)
        words = ("closed", "half open", "open")
        lines = [
            f"{b.service:<20} {words[b.state]:<10} held {b.forced}"
            if b.forced
            else f"{b.service:<20} {words[b.state]}"
            for b in rows
        ]
        return "\n".join(lines) or "There are none: no provider is set up, or no worker runs."

    say(run(work))
    return 0


@app.command
def force(service: str, to: Literal["open", "closed", "auto"]) -> int:
    """Hold a switch open or closed in every process, or let it think for itself again."""

    async def work(_: Runtime) -> None:
        wanted = None if to == "auto" else to
        await operating.force(service, wanted, operator(), now=clock.now())

    run(work)
    say(f"{service}: {to}, in every process within a second or two.")
    return 0


@app.command
def reconcile(provider: Literal["plaid", "stripe"]) -> int:
    """Compare a provider's books with ours now. Exit 0: they agree. 1: they do not."""

    async def work(rt: Runtime) -> tuple[int, str]:
        try:
            rt.part(Rails)
        except LookupError:
            raise CannotRun("No provider is set up here.") from None
        try:
            report = await operating.compare_now(
                Provider[provider.upper()], operator(), now=clock.now()
            )
        except ProviderError as e:
            raise CannotRun(f"{provider} does not answer: {e.code}") from e
        if report is None:
            return 0, "It has been compared."
        lines = [
            f"  {b.kind} {b.object_ref}: ours {b.ours}, theirs {b.theirs}"
            f"{' (it may be a matter of time)' if b.may_be_time else ''}"
            for b in report.breaks
        ]
        unsent = f" ({report.unsent} not sent yet)" if report.unsent else ""
        head = (
            f"{provider}: {report.theirs} of theirs, {report.ours} of ours{unsent} compared:"
            " movements, and lines of the books."
        )
        return int(bool(lines)), "\n".join([head, *(lines or ["The books agree."])])

    code, text = run(work)
    say(text)
    return code


@app.command
def breaks(*, many: Many = _MANY) -> int:
    """List differences with providers' books that are not over. Exit 1: there are some."""

    async def work(rt: Runtime) -> list[str]:
        async with rt.part(db.Database).read() as conn:
            rows = await queries.breaks(conn, before=_LAST, many=many, is_open=True)
        return [
            f"{ids.show('brk', b.id)} {Provider(b.provider).name.lower():<6} {b.kind:<13}"
            f" {b.object_ref}: ours {b.ours}, theirs {b.theirs},"
            f" {Money(b.amount_minor, b.currency).text()}"
            f"{'' if b.opened_at else ' (it may be a matter of time)'}"
            for b in rows
        ]

    found = run(work)
    say("\n".join(found) or "There are none.")
    return int(bool(found))


def _line(o: queries.OperationLine) -> str:
    shown = ids.show(_PREFIX.get(OpKind(o.kind), "op"), o.id)
    money = _money(o.cents, o.currency)
    mark = " ?" if o.unsure_since is not None else ""
    kind = OpKind(o.kind).name.lower()
    return f"{shown} {kind:<18} {OpState(o.state).name:<16}{mark} {money:>12} {o.network}"


def _money(minor: int | None, currency: str) -> str:
    return "hidden" if minor is None else Money(minor, currency).text()


def _account(kind: int, account: int) -> str:
    return f"{Kind(kind).name.lower()} {account}"


def _read(shown: str, *prefixes: str) -> UUID:
    """Read an id. Raises: CannotRun."""
    found = next((u for p in prefixes if (u := ids.read(p, shown))), None)
    if found is None:
        raise CannotRun(f"{shown} is not an id: it begins with {', '.join(prefixes)} and _.")
    return found
