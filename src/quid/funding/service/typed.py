"""Accounts that somebody typed: two small amounts are sent, and whoever reads them proves it.

The numbers go to the provider and into a keyed hash; here they are kept nowhere. The amounts are
sealed. A try is paid for before it is compared, three in all, within ten days.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from quid.funding.errors import ChallengeFailed, PaymentMethodInvalid, StateConflict
from quid.funding.ports import LinkedItem
from quid.funding.queries import linked as queries
from quid.funding.rules import sources as rules
from quid.funding.service import entering, operations
from quid.funding.service.asking import answered, rails
from quid.funding.service.entering import Candidate
from quid.funding.service.examining import may_move, owner_of, require_welcome
from quid.funding.service.linking import noted_of
from quid.funding.service.refreshing import disabled
from quid.funding.service.saving import Noted, locked, note, save
from quid.funding.store import linking as pages
from quid.funding.store import sources as store
from quid.funding.types import (
    Asker,
    Examined,
    NewOperation,
    OpKind,
    Provider,
    Purpose,
    Source,
    SourceKind,
    SourceState,
    TypedNumbers,
)
from quid.identity import service as people
from quid.kit import db, ids, runtime, text
from quid.kit.crypto import Secret
from quid.kit.errors import RateLimited, ValidationFailed

TYPED_A_DAY: Final = 3
_DAY: Final = timedelta(days=1)
_NAME_LOW: Final = 2
_NAME_HIGH: Final = 60


async def add_numbers(asker: Asker, typed: TypedNumbers, *, now: datetime) -> UUID:
    """Command: link an account by its numbers; two small amounts are on their way to it.

    The same numbers again are the same source, and nothing is sent a second time.
    Raises: ValidationFailed for each field, AccountFrozen, StateConflict with ten already,
    PaymentMethodInvalid, RateLimited after three in a day, ExternalServiceError.
    Locks: turns, funding.source. Emits: funding.source_changed.v1.
    """
    typed = checked(typed)
    print_ = store.fingerprint("bank", f"{typed.routing}|{typed.account}")
    async with runtime.part(db.Database).read() as conn:
        await require_welcome(conn, asker.user_id, is_new=False)
        for peer in await queries.peers(conn, [print_]):
            if peer.user_id == asker.user_id and peer.state < SourceState.EXPIRED:
                return peer.id
        await require_welcome(conn, asker.user_id)
        if await queries.typed_since(conn, asker.user_id, now - _DAY) >= TYPED_A_DAY:
            raise RateLimited(
                f"You can type {TYPED_A_DAY} accounts a day. Nothing was sent.",
                retry_after=int(_DAY.total_seconds()),
            )
    owner = await owner_of(asker.user_id)
    with answered():
        item = await rails().link.adopt_numbers(typed.routing, Secret(typed.account), typed.kind)
        score = None
        if owner is not None:
            ref = item.accounts[0].ref
            score = await rails().accounts.owner_match(item.token, ref, owner)
    row = _row(asker.user_id, typed, item, now=now)
    amounts = draw()
    sealed = store.seal_amounts(row.id, row.user_id, amounts)
    row = replace(row, fingerprint=print_, owner_score=score, amounts=sealed)
    async with runtime.part(db.Database).transaction() as tx:
        entered = await entering.enter(tx, asker.user_id, [Candidate(row, item.token)], now=now)
        await pages.add_consents(
            tx,
            asker,
            entered.ids,
            ("manual", rules.CONSENT_VERSION, rules.CONSENT_HASH),
            now=now,
        )
        told = await note(tx, noted_of(asker, row.id, entered, "manual"), now=now)
        if row.id in entered.ids:
            await _send(tx, asker, row.id, amounts, now=now)
    people.tell(told)
    if not entered.ids and entered.refusal is not None:
        raise entered.refusal
    return entered.ids[0]


async def _send(
    tx: db.Tx, asker: Asker, source_id: UUID, amounts: tuple[int, int], *, now: datetime
) -> None:
    for cents in amounts:
        new = NewOperation(
            id=ids.new(ids.bucket(asker.user_id), now),
            kind=OpKind.MICRO_DEPOSIT,
            purpose=Purpose.USER,
            user_id=asker.user_id,
            source_id=source_id,
            cents=cents,
            ip=asker.ip,
            user_agent=asker.user_agent,
        )
        await operations.start(tx, new, now=now)


def draw() -> tuple[int, int]:
    """Draw two different amounts. Units: cents, 1 to 99."""
    first = 1 + secrets.randbelow(rules.CENTS_MAX)
    second = 1 + secrets.randbelow(rules.CENTS_MAX - 1)
    return first, second + (second >= first)


def checked(typed: TypedNumbers) -> TypedNumbers:
    """Give what was typed in its normal form. Raises: ValidationFailed with an entry a field."""
    faults = []
    if not rules.is_routing(typed.routing):
        faults.append(("routing", rules.wrong_routing(typed.routing)))
    if not rules.is_account(typed.account):
        faults.append(("account", "4 to 17 digits"))
    try:
        name = text.clean(typed.bank_name, field="bank_name", low=_NAME_LOW, high=_NAME_HIGH)
    except ValidationFailed:
        name = ""
        faults.append(("bank_name", f"{_NAME_LOW} to {_NAME_HIGH} characters"))
    if faults:
        code = ValidationFailed.code
        listed = [{"field": f, "code": code, "message": what} for f, what in faults]
        field, what = faults[0]
        raise ValidationFailed(
            f"{field}: {what}. Nothing was changed.", field=field, extra={"errors": listed}
        )
    return typed._replace(bank_name=rules.without_number(name))


def _row(user_id: UUID, typed: TypedNumbers, item: LinkedItem, *, now: datetime) -> Source:
    account = item.accounts[0]
    return Source(
        id=ids.new(ids.bucket(user_id), now),
        user_id=user_id,
        kind=SourceKind.BANK,
        state=SourceState.VERIFYING,
        is_default=False,
        provider=Provider.PLAID,
        item_ref=item.item_ref,
        account_ref=account.ref,
        customer_ref=None,
        method_ref=None,
        token=None,
        institution=typed.bank_name,
        name=typed.kind,
        last4=typed.account[-4:],
        account_type=typed.kind,
        exp_month=None,
        exp_year=None,
        verify_method="typed",
        tries_left=rules.TRIES,
        verify_until=now + rules.TYPED_LIFE,
        amounts=None,
        can_pull=False,
        can_push=False,
        rtp_push=False,
        is_tokenized=False,
        owner_score=None,
        fingerprint=None,
        disabled_code=None,
        created_at=now,
        verified_at=None,
        changed_at=now,
        version=0,
    )


async def confirm(user_id: UUID, source_id: UUID, amounts: Sequence[int], *, now: datetime) -> UUID:
    """Command: compare what somebody read on their statement, in any order.

    Raises: NotFound, StateConflict where nothing is to be confirmed (any more), ChallengeFailed
    with the tries left: the third wrong one ends it. The try that was used stays used.
    PaymentMethodInvalid when so many others have proven the account meanwhile: it ends, too.
    Locks: turns of person and account, funding.source. Emits: funding.source_changed.v1.
    """
    async with runtime.part(db.Database).transaction() as tx:
        source = await locked(tx, source_id, user_id)
        require_typed(source, now=now)
        is_right = hmac.compare_digest(bytes(sorted(amounts)), store.amounts_of(source))
        row = judged(source, is_right=is_right, now=now)
        peers = await queries.peers(tx, [source.fingerprint] if source.fingerprint else [])
        is_full = is_right and rules.is_full(peers, user_id, is_proven=True)
        if is_full:
            row = disabled(row, rules.TOO_MANY)
        await save(tx, [row], now=now)
        outcome = "ok" if is_right else ChallengeFailed.code
        if is_full:
            outcome = PaymentMethodInvalid.code
        noted = Noted("funding.confirm", user_id, ("fs", source_id), outcome=outcome)
        await note(tx, noted, now=now)
    if not is_right:
        left = row.tries_left or 0
        raise ChallengeFailed(
            f"{left} {'try' if left == 1 else 'tries'} left."
            if left
            else "That was the last try. Link the account again.",
            field="amounts",
            extra={"tries_left": left},
        )
    if is_full:
        raise PaymentMethodInvalid
    return source_id


def require_typed(source: Source, *, now: datetime) -> None:
    """Make sure that amounts are awaited. Raises: StateConflict."""
    is_awaited = source.state == SourceState.VERIFYING and source.verify_method == "typed"
    is_late = source.verify_until is not None and source.verify_until <= now
    if not is_awaited or is_late:
        state = SourceState.EXPIRED if is_awaited else SourceState(source.state)
        raise StateConflict("No amounts are awaited for this account.", extra={"state": state.name})


def judged(source: Source, *, is_right: bool, now: datetime) -> Source:
    """Say what a source becomes by one try."""
    if is_right:
        seen = Examined(
            SourceState.VERIFIED, "typed", pulls=True, pushes=True, score=source.owner_score
        )
        may = may_move(seen)
        return replace(
            source,
            state=SourceState.VERIFIED,
            verified_at=now,
            verify_until=None,
            tries_left=None,
            amounts=None,
            can_pull=may.pull,
            can_push=may.push,
        )
    left = max(0, (source.tries_left or 0) - 1)
    state = SourceState(source.state) if left else SourceState.FAILED
    return replace(source, tries_left=left, state=state, amounts=source.amounts if left else None)
