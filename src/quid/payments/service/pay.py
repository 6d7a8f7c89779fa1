"""A payment by the way that fits it: in a lane from the balance, or beside the lanes."""

from dataclasses import replace

from quid.kit import clock, ids, runtime
from quid.payments import errors
from quid.payments.service.outside import pay_outside
from quid.payments.service.send import SendQueue
from quid.payments.types import Browser, Outcome, SendPayment


async def pay(command: SendPayment, browser: Browser) -> Outcome:
    """Command: send a payment; `browser` is who asks, as a bank or card is told.

    Idempotent: (payer, "payments.send", key), whatever it is sent through.
    Raises: Overloaded, DatabaseUnavailable, InternalFault; QuoteExpired, QuoteChanged,
    PaymentMethodInvalid, ExternalServiceError, NotFound, AccountFrozen. Other refusals are given.
    Locks and events as `send` and `pay_outside`.
    """
    queue, wish = runtime.part(SendQueue), command.wish
    if wish is None or not wish.goes_outside(now=command.asked_at):
        outcome = await queue.submit(command)
        if not isinstance(outcome, errors.AnotherWay):
            return outcome
    outcome = await pay_outside(command, browser, now=clock.now())
    if not isinstance(outcome, errors.AnotherWay):
        return outcome
    # Money has come meanwhile, and covers it: from the balance alone, or not at all.
    again = ids.new(ids.bucket(command.payer_id), clock.now())
    return await queue.submit(replace(command, payment_id=again, wish=None))
