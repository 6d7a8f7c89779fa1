"""HTTP of operators: the ledger read only, findings, and what two persons may do to an account."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Depends, Query

from quid.kit import clock, db, ids, runtime
from quid.kit.crypto import CursorKey
from quid.kit.errors import InvalidCursor, NotFound, ValidationFailed
from quid.kit.operators import Operator, Press
from quid.kit.web import id_from_path
from quid.kit.web.cursors import Position, read_cursor, write_cursor
from quid.kit.web.operators import (
    Because,
    operator_of,
    ops_answers,
    ops_router,
    press_answers,
    press_of,
)
from quid.ledger import queries, schemas
from quid.ledger.errors import AccountUnknown, FindingOpen, FindingOver
from quid.ledger.queries import control
from quid.ledger.service import control as acts
from quid.ledger.types import Kind

router: Final = ops_router("ledger")

_READERS: Final = ("finance", "compliance", "auditor")
Reader = Annotated[Operator, Depends(operator_of(*_READERS))]
Finance = Annotated[Press, Depends(press_of("finance"))]
Either = Annotated[Press, Depends(press_of("finance", "compliance"))]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=200)]
AccountId = Annotated[int, Query(ge=0, lt=schemas.ACCOUNT_MAX)]
_PREFIXES: Final = ("pay", "dep", "trf", "hld", "apr")
_RUNS: Final = 30


def _write(purpose: str, number: int) -> str:
    return runtime.part(CursorKey).write(purpose, number.to_bytes(16))


def _read(purpose: str, cursor: str | None, first: int) -> int:
    if cursor is None:
        return first
    return int.from_bytes(runtime.part(CursorKey).read(purpose, cursor))


@router.get("/ledger/accounts", responses=ops_answers(InvalidCursor))
async def accounts(
    _: Reader,
    owner: Annotated[str | None, Query(max_length=64)] = None,
    kind: Annotated[str | None, Query(max_length=32)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.LedgerAccounts:
    """List accounts by id: of a person, of a kind, or all."""
    known = {k.name.lower(): k for k in Kind}
    if kind is not None and kind not in known:
        raise ValidationFailed(f"kind: one of {', '.join(known)}.", field="kind")
    person = ids.read("usr", owner) if owner else None
    if owner and person is None:
        raise ValidationFailed("owner: an id that begins with usr_.", field="owner")
    async with runtime.part(db.Database).read() as conn:
        if person is not None:
            found = await control.accounts_of(conn, person)
            rows = [a for a in found if kind is None or a.kind == known[kind]]
            return schemas.LedgerAccounts(
                items=[schemas.LedgerAccount.of(a) for a in rows], next_cursor=None
            )
        after = _read("ops:accounts", cursor, 0) - 1
        wanted = known[kind] if kind else None
        rows = await control.accounts(conn, after=after, many=limit, kind=wanted)
    more = _write("ops:accounts", rows[-1].id + 1) if len(rows) == limit else None
    items = [schemas.LedgerAccount.of(a) for a in rows]
    return schemas.LedgerAccounts(items=items, next_cursor=more)


@router.get("/ledger/accounts/{account_id}", responses=ops_answers(NotFound))
async def account(
    account_id: str, _: Reader, at: Annotated[datetime | None, Query()] = None
) -> schemas.AccountNow:
    """Show an account, and what it held at an instant: as recorded then, and as known today."""
    if at is not None and at.tzinfo is None:
        raise ValidationFailed("at: add the time zone, as in 2026-03-02T12:00Z.", field="at")
    async with runtime.part(db.Database).read() as conn:
        found = await control.account(conn, _account(account_id))
        if found is None:
            raise NotFound
        return schemas.AccountNow(
            account=schemas.LedgerAccount.of(found),
            at=at,
            net_at=await queries.net_as_of(conn, found.id, at) if at else None,
            net_effective_at=await queries.net_effective_at(conn, found.id, at) if at else None,
            open_findings=await control.open_findings_on(conn, found.id),
        )


@router.get("/ledger/transfers", responses=ops_answers(InvalidCursor))
async def transfers(
    _: Reader, account: AccountId | None = None, limit: Limit = 50, cursor: Cursor = None
) -> schemas.LedgerTransfers:
    """List transfers, newest first: all, or an account's."""
    purpose = f"ops:transfers:{account}"
    async with runtime.part(db.Database).read() as conn:
        if account is None:
            before = UUID(int=_read(purpose, cursor, 2**128 - 1))
            rows = await control.transfers(conn, before=before, many=limit)
            last = rows[-1].id.int if rows else 0
        else:
            seq = _read(purpose, cursor, 2**63 - 1)
            rows = await control.transfers_of(conn, account, before=seq, many=limit)
            end = rows[-1] if rows else None
            sides = (
                {} if end is None else {end.debit_id: end.debit_seq, end.credit_id: end.credit_seq}
            )
            last = sides.get(account, 0)
    more = _write(purpose, last) if len(rows) == limit else None
    items = [schemas.LedgerTransfer.of(t) for t in rows]
    return schemas.LedgerTransfers(items=items, next_cursor=more)


@router.get("/ledger/entries", responses=ops_answers(InvalidCursor))
async def entries(
    _: Reader, account: AccountId, limit: Limit = 50, cursor: Cursor = None
) -> schemas.LedgerEntries:
    """List the legs of an account with its balance after each, the latest first."""
    purpose = f"ops:entries:{account}"
    before = _read(purpose, cursor, 2**63 - 1)
    async with runtime.part(db.Database).read() as conn:
        rows = await control.entries(conn, account, before=before, many=limit)
    more = _write(purpose, rows[-1].seq) if len(rows) == limit else None
    items = [schemas.LedgerEntry.of(e) for e in rows]
    return schemas.LedgerEntries(items=items, next_cursor=more)


@router.get("/ledger/trial-balance", responses=ops_answers())
async def trial_balance(_: Reader) -> schemas.TrialBalance:
    """Sum all accounts by currency and kind, in one snapshot."""
    async with runtime.part(db.Database).read() as conn:
        lines = [schemas.TrialLine.of(k) for k in await queries.trial_balance(conn)]
    nets: dict[str, int] = {}
    for line in lines:
        nets[line.currency] = nets.get(line.currency, 0) + line.net
    return schemas.TrialBalance(lines=lines, is_whole=not any(nets.values()))


@router.get("/ledger/seals", responses=ops_answers(InvalidCursor))
async def seals(_: Reader, limit: Limit = 50, cursor: Cursor = None) -> schemas.LedgerSeals:
    """List the day seals, newest first."""
    before = date.fromordinal(_read("ops:seals", cursor, date.max.toordinal()))
    async with runtime.part(db.Database).read() as conn:
        rows = await control.seals(conn, before=before, many=limit)
    more = _write("ops:seals", rows[-1].day.toordinal()) if len(rows) == limit else None
    items = [schemas.LedgerSeal.of(s) for s in rows]
    return schemas.LedgerSeals(items=items, next_cursor=more)


@router.get("/ledger/explain/{id}", responses=ops_answers(NotFound))
async def explain(id: str, _: Reader) -> schemas.Explanation:  # noqa: A002 - the word of the path
    """Show the T-accounts of a payment, transfer, hold or account, and its place in the chain."""
    async with runtime.part(db.Database).read() as conn:
        if id.isascii() and id.isdigit():
            text = await queries.explain_account(conn, _account(id))
            return schemas.Explanation(text=text)
        found = next((u for p in _PREFIXES if (u := ids.read(p, id))), None)
        if found is None:
            raise NotFound
        return schemas.Explanation(text=queries.render(await queries.explain(conn, found)))


@router.get("/reconciliation", responses=ops_answers())
async def reconciliation(_: Reader) -> schemas.Reconciliation:
    """Show the latest runs, the age of what is open, and the lag of the live auditor."""
    now = clock.now()
    async with runtime.part(db.Database).read() as conn:
        runs, ageing = await control.runs(conn, _RUNS), await control.ageing(conn, now=now)
        return schemas.Reconciliation.of(runs, ageing, await control.lag(conn), now=now)


@router.get("/reconciliation/findings", responses=ops_answers(InvalidCursor))
async def findings(
    _: Reader,
    state: Literal["open", "over"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> schemas.LedgerFindings:
    """List differences, newest first."""
    purpose = "ops:findings"
    is_open = None if state is None else state == "open"
    async with runtime.part(db.Database).read() as conn:
        before = read_cursor(purpose, cursor)
        rows = await control.findings(conn, before=before, many=limit, is_open=is_open)
    last = rows[-1] if len(rows) == limit else None
    more = write_cursor(purpose, Position(last.at, last.id)) if last else None
    items = [schemas.LedgerFinding.of(f) for f in rows]
    return schemas.LedgerFindings(items=items, next_cursor=more)


@router.post(
    "/reconciliation/findings/{finding_id}/acknowledge",
    responses=press_answers(NotFound, FindingOver),
)
async def acknowledge_finding(finding_id: str, press: Finance, _: Because) -> schemas.LedgerFinding:
    """Say that you have taken this finding."""
    return await _settle(finding_id, press, is_over=False)


@router.post(
    "/reconciliation/findings/{finding_id}/resolve", responses=press_answers(NotFound, FindingOver)
)
async def resolve_finding(finding_id: str, press: Finance, _: Because) -> schemas.LedgerFinding:
    """Say that this finding is over, and why. It corrects nothing."""
    return await _settle(finding_id, press, is_over=True)


async def _settle(finding_id: str, press: Press, *, is_over: bool) -> schemas.LedgerFinding:
    found = id_from_path("fnd", finding_id)
    row = await acts.settle_finding(found, press, is_over=is_over, now=clock.now())
    return schemas.LedgerFinding.of(row)


@router.post("/ledger/adjustments", status_code=202, responses=press_answers(AccountUnknown))
async def adjust(press: Finance, body: schemas.Adjustment) -> schemas.Asked:
    """Ask for an adjustment: a transfer to or from suspense or capital, once another approves."""
    asked = await acts.ask_adjustment(
        press,
        debit=body.debit_account,
        credit=body.credit_account,
        amount_minor=body.amount,
        now=clock.now(),
    )
    return schemas.Asked(approval_id=ids.show("apr", asked))


@router.post(
    "/ledger/accounts/{account_id}/thaw",
    status_code=202,
    responses=press_answers(NotFound, AccountUnknown, FindingOpen),
)
async def thaw(account_id: str, press: Either, _: Because) -> schemas.Asked:
    """Ask to lift the freeze that a difference has put on an account, once another approves."""
    asked = await acts.ask_thaw(press, _account(account_id), now=clock.now())
    return schemas.Asked(approval_id=ids.show("apr", asked))


def _account(shown: str) -> int:
    if not (shown.isascii() and shown.isdigit() and len(shown) <= 16):
        raise NotFound
    if int(shown) >= schemas.ACCOUNT_MAX:
        raise NotFound
    return int(shown)
