"""What payments does with events: wallets for new people, the audit trail of payments."""

from typing import Final

import msgspec

from quid.funding.events import OperationChanged, ReceivableRecovered
from quid.identity.events import PERSON_JOINED, PersonJoined
from quid.kit import audit, clock, db, ids, telemetry
from quid.kit.events import Envelope
from quid.kit.outbox import Consumer
from quid.payments.events import (
    PaymentCompleted,
    PaymentDeclined,
    PaymentHeld,
    PaymentProcessing,
)
from quid.payments.service import open_wallets, rails

_changed = msgspec.json.Decoder(OperationChanged)
_recovered = msgspec.json.Decoder(ReceivableRecovered)
_AMOUNT = telemetry.amounts("quid_transfer_amount_cents", "amounts of completed payments, in cents")
_joined = msgspec.json.Decoder(PersonJoined)
_completed = msgspec.json.Decoder(PaymentCompleted)
_declined = msgspec.json.Decoder(PaymentDeclined)
_held = msgspec.json.Decoder(PaymentHeld)
_processing = msgspec.json.Decoder(PaymentProcessing)


async def open_for_joined(tx: db.Tx, envelopes: list[Envelope]) -> None:
    """Open the wallets of people who have joined.

    Locks: ledger.account, the lane's head. Idempotent: the account's natural key.
    """
    joined = [ids.read("usr", _joined.decode(e.data).user_id) for e in envelopes]
    owners = sorted({j for j in joined if j is not None})
    await open_wallets(tx, owners, now=clock.now())


async def write_audit(tx: db.Tx, envelopes: list[Envelope]) -> None:
    """Write who paid whom into the audit log. Idempotent: the row has the event's id.

    What ends a waiting is written by its own act. Amounts are counted here, away from the
    payment's own path.
    """
    await audit.record(tx, [entry for e in envelopes if (entry := _entry(e)) is not None])


async def follow_rails(tx: db.Tx, envelopes: list[Envelope]) -> None:
    """Write what banks and cards did to balances, and look at the payments that wait for them.

    Locks: payments.outside, payments.activity. Idempotent: the lines have ids of their transfers.
    """
    await rails.take(
        tx,
        changed=[_changed.decode(e.data) for e in envelopes if e.type == OperationChanged.TYPE],
        recovered=[
            _recovered.decode(e.data) for e in envelopes if e.type == ReceivableRecovered.TYPE
        ],
        now=clock.now(),
    )


def _entry(envelope: Envelope) -> audit.Entry | None:
    fact: PaymentCompleted | PaymentDeclined | PaymentHeld | PaymentProcessing
    if envelope.type == PaymentCompleted.TYPE:
        fact = _completed.decode(envelope.data)
        _AMOUNT.observe(fact.amount)
        if fact.released_by is not None:
            return None
        outcome = "ok"
    elif envelope.type == PaymentHeld.TYPE:
        fact = _held.decode(envelope.data)
        outcome = f"held for {fact.waits_for}"
    elif envelope.type == PaymentProcessing.TYPE:
        fact = _processing.decode(envelope.data)
        outcome = f"to be paid by {fact.paid_by}"
    else:
        fact = _declined.decode(envelope.data)
        outcome = fact.refusal_code
    return audit.Entry(
        id=envelope.event_id,
        at=ids.time_of(envelope.event_id),
        actor=fact.payer_id,
        actor_type="person",
        action="payments.send",
        resource_type="payment",
        resource_id=fact.payment_id,
        outcome=outcome,
        request_id=fact.request_id,
        details={"payee_id": fact.payee_id, "amount": fact.amount, "currency": fact.currency},
    )


CONSUMERS: Final = (
    Consumer("payments.wallets", frozenset({PERSON_JOINED}), open_for_joined),
    Consumer(
        "payments.audit",
        frozenset(
            {
                PaymentCompleted.TYPE,
                PaymentDeclined.TYPE,
                PaymentHeld.TYPE,
                PaymentProcessing.TYPE,
            }
        ),
        write_audit,
        is_keyed=True,
    ),
    Consumer(
        "payments.rails",
        frozenset({OperationChanged.TYPE, ReceivableRecovered.TYPE}),
        follow_rails,
    ),
)
