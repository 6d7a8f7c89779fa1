"""What operators do about the books: take and end findings, adjust and thaw by two persons."""

from datetime import datetime
from typing import Final
from uuid import UUID

from quid.kit import approvals, db, ids, runtime
from quid.kit.approvals import Act, Acts, Approval, Matter
from quid.kit.errors import NotFound
from quid.kit.operators import Deed, Press, pressed
from quid.ledger.errors import AccountUnknown, FindingOpen, FindingOver, NotPosted
from quid.ledger.queries import control
from quid.ledger.queries.holds import unlike_holds
from quid.ledger.service.accounts import set_flags
from quid.ledger.service.post import post
from quid.ledger.types import Code, Flag, Result, Transfer

_SQL: Final = db.sql("quid.ledger", "settle")
_SETTLE: Final = _SQL.value("settle", bool)
ADJUST: Final = "ledger.adjust"
THAW: Final = "ledger.thaw"


async def settle_finding(
    finding_id: UUID, press: Press, *, is_over: bool, now: datetime
) -> control.FindingRow:
    """Take a finding, or say that it is over, with a reason; give it as it then stands.

    Command. Raises: NotFound; FindingOver when somebody has done it before.
    Locks: the key, ledger.recon_finding. Idempotent: the press.
    """
    database = runtime.part(db.Database)
    async with database.read() as conn:
        found = await control.finding(conn, finding_id)
    if found is None:
        raise NotFound
    people = (found.owner,) if found.owner else ()
    async with pressed(press, people=people, now=now) as once:
        if once.done is None:
            by, reason = press.operator.id, press.reason
            if not await _SETTLE.get(once.tx, finding_id, is_over, by, reason, now):
                raise FindingOver
            action = "ledger.resolve_finding" if is_over else "ledger.acknowledge_finding"
            once.finish(finding_id, Deed(action, "finding", ids.show("fnd", finding_id)))
    async with database.read() as conn:
        settled = await control.finding(conn, finding_id)
    if settled is None:
        raise NotFound
    return settled


async def ask_adjustment(
    press: Press, *, debit: int, credit: int, amount_minor: int, now: datetime
) -> UUID:
    """Ask a second person for an adjustment between two accounts; give the question's id.

    Units: minor units. Raises: AccountUnknown.
    """
    payload = {"debit": debit, "credit": credit, "amount": amount_minor}
    return await _ask(ADJUST, press, (debit, credit), payload, now=now)


async def ask_thaw(press: Press, account_id: int, *, now: datetime) -> UUID:
    """Ask a second person to lift the freeze that a difference has put on an account.

    Raises: AccountUnknown; FindingOpen while a finding on it is not resolved.
    """
    async with runtime.part(db.Database).read() as conn:
        if await control.open_findings_on(conn, account_id):
            raise FindingOpen
    return await _ask(THAW, press, (account_id,), {"account": account_id}, now=now)


async def _ask(
    name: str, press: Press, accounts: tuple[int, ...], payload: dict[str, int], *, now: datetime
) -> UUID:
    async with runtime.part(db.Database).read() as conn:
        found = [await control.account(conn, account) for account in accounts]
    if None in found:
        raise AccountUnknown
    people = tuple(a.owner for a in found if a is not None and a.owner is not None)
    matter = Matter("account", str(accounts[0]), dict(payload), people)
    async with pressed(press, people=people, now=now) as once:
        return await approvals.ask(once, runtime.part(Acts).named(name), matter)


async def _adjust(tx: db.Tx, approval: Approval, now: datetime) -> None:
    """Post the adjustment; its id follows from the question, so it is posted once.

    Raises: NotPosted with the reason. Locks: ledger.account, the lane's head.
    """
    known = approval.known()
    transfer = Transfer(
        ids.leg(approval.id, "adjustment"),
        int(known["debit"] or 0),
        int(known["credit"] or 0),
        int(known["amount"] or 0),
        Code.ADJUSTMENT,
        cause_id=approval.id,
    )
    [outcome] = await post(tx, [transfer], now=now)
    if outcome.result is not Result.POSTED:
        why = outcome.result.name.lower().replace("_", " ")
        raise NotPosted(f"The books refuse this: {why}. No money was moved.")
    if await unlike_holds(tx, (transfer.debit, transfer.credit)):
        raise NotPosted("What is reserved would not be its open holds. No money was moved.")


async def _thaw(tx: db.Tx, approval: Approval, _: datetime) -> None:
    """Clear the freeze. Raises: FindingOpen. Locks: ledger.account."""
    account_id = int(approval.known()["account"] or 0)
    actor = ids.show("apr", approval.id)
    # This locks the account. Only then look: whoever freezes it anew writes the finding under
    # that lock.
    await set_flags(tx, account_id, to_clear=Flag.FROZEN, actor=actor)
    if await control.open_findings_on(tx, account_id):
        raise FindingOpen


ACTS: Final = (
    Act(ADJUST, ("finance",), ("finance", "compliance"), _adjust),
    Act(THAW, ("finance", "compliance"), ("finance", "compliance"), _thaw),
)
