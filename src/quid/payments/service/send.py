"""Sending: many payments, one transaction, an outcome for each.

The course of a batch: people and sessions in one read → policy → risk → ONE transaction of
keys, postings, payments, activity, outbox and answers → answers to layer 1 after the commit.
A crash before the commit leaves nothing; after it, the same key replays the stored answer.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from quid.funding import service as funding
from quid.identity import queries as people
from quid.identity.types import Standing
from quid.kit import clock, db, idempotency, outbox, runtime
from quid.kit.batching import Batcher
from quid.kit.errors import Refusal
from quid.kit.once import Answer, Key
from quid.ledger import queries as books
from quid.ledger import service as ledger
from quid.ledger.types import Check, Code, Result, Transfer
from quid.ledger.types import Kind as Account
from quid.ledger.types import Outcome as Posting
from quid.payments import errors, store
from quid.payments.service import answers, frozen, holding, requests
from quid.payments.service.wallets import (
    CURRENCY,
    WalletSettings,
    ensure_wallets,
    find_wallets,
)
from quid.payments.types import Outcome, PaymentRow, SendPayment, Sent
from quid.risk import queries as risk

OPERATION = "payments.send"


class SendQueue(Batcher[SendPayment, Outcome]):
    """The lanes of payments in this process (a part of the runtime)."""


class Ready(NamedTuple):
    """An item that people and policy allow, with its place in the batch."""

    place: int
    item: SendPayment
    policy: risk.Limits
    judged: holding.Judged
    payer_wallet: int
    payee_wallet: int


class SendDesk:
    """What the lanes do with a batch of payments."""

    def key(self, item: SendPayment) -> Hashable:
        """Requests of one key are one payment."""
        return item.key.key_hash + item.payer_id.bytes

    async def handle(self, lane: db.Lane, items: list[SendPayment]) -> list[Outcome]:
        """Send a batch on the lane's connection. One outcome an item, in order."""
        return await send(lane, items)

    async def locked(self, lane: db.Lane, items: list[SendPayment]) -> set[int]:
        """Name the items one of whose wallets is held by somebody who is not a lane.

        Where none is, it was the request that an item answers: all that answer one are asked to
        come again, rather than that the others wait with them.
        """
        conn = lane.conn()
        wallets = await find_wallets(conn, {o for i in items for o in (i.payer_id, i.payee_id)})
        held = await books.held_by_others(conn, sorted(wallets.values()))
        stuck = {
            n
            for n, i in enumerate(items)
            if wallets.get(i.payer_id) in held or wallets.get(i.payee_id) in held
        }
        return stuck or {n for n, i in enumerate(items) if i.for_request}


async def send(lane: db.Lane, items: list[SendPayment]) -> list[Outcome]:
    """Command: send many payments; each has its own outcome.

    Locks: the keys (advisory, sorted), collect.request by id, ledger.account by id, the lane's
    head.
    Emits: payments.payment_completed.v1, payments.payment_declined.v1, payments.payment_held.v1.
    Idempotent: (payer, "payments.send", key). Raises: what the database raises, never a refusal.
    """
    now = clock.now()
    outcomes: list[Outcome | None] = [None] * len(items)
    ready = await judge(lane.conn(), items, outcomes, now=now)
    await replay_refused(lane.conn(), items, outcomes)
    if ready:
        async with lane.transaction() as tx:
            written = await _settle(tx, ready, outcomes, now=now)
        answers.count(written)
    await holding.show_present(lane.conn(), items, outcomes, now=now)
    for item, done in zip(items, outcomes, strict=True):
        if isinstance(done, Sent) and not done.may_change:
            idempotency.remember(item.key, done.answer)
    return [o if o is not None else _unanswered() for o in outcomes]


def _unanswered() -> Refusal:
    raise AssertionError("an item of the batch has no outcome")


async def judge(
    conn: db.Conn, items: list[SendPayment], outcomes: list[Outcome | None], *, now: datetime
) -> list[Ready]:
    """Ask who may pay whom how much, in one read for the batch; refusals go to `outcomes`."""
    standings = await people.standings(
        conn,
        payer_ids=[i.payer_id for i in items],
        session_ids=[i.session_id for i in items],
        payee_ids=[i.payee_id for i in items],
        now=now,
    )
    allowed: list[tuple[int, SendPayment, Standing]] = []
    for place, (item, standing) in enumerate(zip(items, standings, strict=True)):
        refusal = answers.refusal_of_people(item, standing)
        if refusal is None:
            allowed.append((place, item, standing))
        else:
            outcomes[place] = refusal
    policies = await risk.policies(
        conn, [(i.payer_id, s.payer_tier) for _, i, s in allowed], currency=CURRENCY, now=now
    )
    within: list[tuple[int, risk.Limits, SendPayment, Standing]] = []
    for (place, item, standing), policy in zip(allowed, policies, strict=True):
        over = policy.refuse(item.amount_minor)
        if over is None:
            within.append((place, policy, item, standing))
        else:
            outcomes[place] = over
    if not within:
        return []
    judged = await holding.judge(conn, [(item, s) for _, _, item, s in within], now=now)
    wallets = await _wallets(conn, [item for _, _, item, _ in within], now=now)
    return [
        Ready(place, item, policy, j, payer, payee)
        for (place, policy, item, _), j, (payer, payee) in zip(within, judged, wallets, strict=True)
    ]


async def replay_refused(
    conn: db.Conn, items: list[SendPayment], outcomes: list[Outcome | None]
) -> None:
    """Let a finished key answer before today's refusal, and say more of a freeze.

    A payment that went through stays answered when its payee has blocked the payer since. A dead
    session is refused all the same: it is nobody.
    """
    keys = [
        i.key
        for i, o in zip(items, outcomes, strict=True)
        if isinstance(o, Refusal) and answers.may_replay(o)
    ]
    if not keys:
        return
    stored = await idempotency.look_up(conn, keys)
    for place, item in enumerate(items):
        known = stored.get(item.key.scope)
        refusal = outcomes[place]
        if known is not None and isinstance(refusal, Refusal) and answers.may_replay(refusal):
            outcomes[place] = replayed(known, item)
    await frozen.explain(conn, [(i.payer_id, o) for i, o in zip(items, outcomes, strict=True)])


def replayed(stored: idempotency.Stored, item: SendPayment) -> Outcome:
    """Give the first answer of a key again, or refuse another body under it."""
    try:
        return Sent(idempotency.replay(stored, item.key), is_replayed=True)
    except idempotency.IdempotencyKeyReused as refusal:
        return refusal


async def _wallets(
    conn: db.Conn, items: Iterable[SendPayment], *, now: datetime
) -> list[tuple[int, int]]:
    """Give the wallets of payer and payee of each item, opened where there is none."""
    pairs = [(i.payer_id, i.payee_id) for i in items]
    wallets = runtime.part(WalletSettings).known
    if not all(payer in wallets and payee in wallets for payer, payee in pairs):
        owners = {o for pair in pairs for o in pair}
        wallets = await find_wallets(conn, owners)
        if len(wallets) < len(owners):
            wallets = await ensure_wallets(owners, now=now)
    return [(wallets[payer], wallets[payee]) for payer, payee in pairs]


def _transfer(ready: Ready, reserved: dict[UUID, int]) -> Transfer:
    payer = ready.payer_wallet
    if ready.judged.state is not None:
        aside = reserved[ready.item.payer_id]
        checks = ready.policy.of(payer)
        return holding.place(ready.judged, wallet=payer, reserved=aside, checks=checks)
    return Transfer(
        id=ready.item.payment_id,
        debit=payer,
        credit=ready.payee_wallet,
        amount_minor=ready.item.amount_minor,
        code=Code.PAYMENT,
        checks=ready.policy.of(payer),
    )


class _Why(NamedTuple):
    """Of payers whose payments the books refused: who has a bank or card, and who owes what."""

    may_draw: set[UUID]
    owed: dict[UUID, int]


async def _why(tx: db.Tx, owned: list[Ready], posted: list[Posting]) -> _Why:
    """Read what a refusal needs; where nothing is refused, nothing is read."""
    short = {
        r.item.payer_id
        for r, o in zip(owned, posted, strict=True)
        if o.result is Result.INSUFFICIENT_FUNDS and r.item.wish is not None
    }
    blocked = {
        r.item.payer_id
        for r, o in zip(owned, posted, strict=True)
        if o.result is Result.DEBIT_ACCOUNT_BLOCKED
    }
    nets = await books.nets(tx, blocked, [Account.RECEIVABLE], currency=CURRENCY)
    return _Why(
        await funding.drawable(tx, short) if short else set(),
        {owner: -net for (owner, _), net in nets.items()},
    )


def _settled(
    ready: Ready, outcome: Posting, checks: tuple[Check, ...], why: _Why, *, now: datetime
) -> answers.Settled:
    payer = ready.item.payer_id
    if payer in why.may_draw and outcome.result is Result.INSUFFICIENT_FUNDS:
        return answers.Settled(errors.AnotherWay(), None, None)
    if ready.judged.state is not None and outcome.result is Result.POSTED:
        return holding.settle(ready.judged, outcome)
    owed = why.owed.get(payer, 0)
    return answers.settle(ready.judged.asked, outcome, checks, now=now, owed_minor=owed)


async def _settle(
    tx: db.Tx,
    ready: list[Ready],
    outcomes: list[Outcome | None],
    *,
    now: datetime,
) -> list[PaymentRow]:
    """Claim keys, post, write down, tell: all in the caller's transaction; give the new rows."""
    claims = await idempotency.claim(tx, [r.item.key for r in ready])
    owned: list[Ready] = []
    for r, stored in zip(ready, claims, strict=True):
        if stored is None:
            owned.append(r)
        else:
            outcomes[r.place] = replayed(stored, r.item)
    if not owned:
        return []
    # Lines of one commit share their time and are listed by id: posted in that order too, the
    # balance after each follows from the line before it.
    owned.sort(key=lambda r: r.item.payment_id.int)
    if any(r.item.for_request for r in owned):
        owned = await _not_refused(tx, owned, outcomes)
    reserved = await holding.reserved_accounts(tx, [r.judged for r in owned])
    transfers = [_transfer(r, reserved) for r in owned]
    posted = await ledger.post(tx, transfers, now=now)
    if reserved:
        followed = holding.follow([r.judged for r in owned], posted)
        owned = [r._replace(judged=j) for r, j in zip(owned, followed, strict=True)]
    why = await _why(tx, owned, posted)
    settled = [
        _settled(r, outcome, transfer.checks, why, now=now)
        for r, transfer, outcome in zip(owned, transfers, posted, strict=True)
    ]
    kept = [s.kept for s in settled if s.kept is not None]
    await store.record(tx, kept, authorized_at=now)
    if reserved:
        await holding.keep(
            tx, [(r.judged, s) for r, s in zip(owned, settled, strict=True)], now=now
        )
    written = [k.row for k in kept] + [s.held.row for s in settled if s.held is not None]
    await requests.follow_new(tx, written)
    await outbox.append(tx, [s.event for s in settled if s.event is not None])
    finished: list[tuple[Key, UUID | None, Answer]] = []
    for r, s in zip(owned, settled, strict=True):
        outcomes[r.place] = s.outcome
        # What is neither kept nor held (a fault of ours, or another way to pay) leaves its key
        # free for another try.
        if s.held is not None:
            finished.append((r.item.key, s.held.row.id, holding.PRESENT))
        elif s.kept is not None and isinstance(s.outcome, Sent):
            finished.append((r.item.key, s.kept.row.id, s.outcome.answer))
    await idempotency.finish(tx, finished, now=now)
    return written


async def _not_refused(
    tx: db.Tx, owned: list[Ready], outcomes: list[Outcome | None]
) -> list[Ready]:
    """Ask the requests that items answer; give the items that none of them refuses.

    What is refused leaves its key free: the request may be open again tomorrow, and whoever asks
    again under this key is told how it stands then.
    """
    said = await requests.claim(tx, [r.item for r in owned])
    for r, refusal in zip(owned, said, strict=True):
        if refusal is not None:
            outcomes[r.place] = refusal
    return [r for r, refusal in zip(owned, said, strict=True) if refusal is None]
