"""The door: keys, headers, replays and errors, around every operation.

The answer of an `Idempotency-Key` is kept with its effect, in one transaction: whoever lost it and
asks again gets the same bytes.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from quid_sandbox.core.calls import Call, RefusedError, Reply
from quid_sandbox.core.clock import wall
from quid_sandbox.core.face import Forgery, Marks, Route
from quid_sandbox.core.store import Timer, Tx
from quid_sandbox.core.world import World
from quid_sandbox.stripe import (
    charges,
    checkout,
    confirming,
    connect,
    customers,
    disputes,
    events,
    intents,
    money,
    pages,
    refunds,
    transfers,
)
from quid_sandbox.stripe.cards import BANK_ROUTING
from quid_sandbox.stripe.desk import FACE, PLATFORM, VERSION, Desk
from quid_sandbox.stripe.errors import Doc, StripeError, invalid
from quid_sandbox.stripe.form import decode
from quid_sandbox.stripe.show import shown
from quid_sandbox.stripe.spec import Op, read

KEY_LIVES: Final = timedelta(hours=24)
KEY_MAX: Final = 255
MODULES: Final = (
    money, events, customers, checkout, intents, charges, refunds, disputes, connect, transfers,
)  # fmt: skip
# What happens by itself, by the kind of its timer.
ACTS: Final[Mapping[str, Callable[[Desk, str, dict[str, Any]], None]]] = {
    "balance": money.became_available,
    "dispute": disputes.decided,
    "payout": transfers.arrived,
    "processing": confirming.processed,
    "refund": refunds.ended,
    "session": checkout.lapsed,
    "trouble": charges.trouble,
}
UNKNOWN_WORDS: Final = "Unrecognized request URL ({}: {}). Please see https://stripe.com/docs"


class StripeFace:
    """The face of the card processor."""

    name = FACE

    def __init__(self) -> None:
        self._requests = 0

    def routes(self) -> list[Route]:
        """Every operation, and the hosted pages."""
        ops = [op for module in MODULES for op in module.OPS]
        return [
            *(Route(op.method, op.path, partial(self._run, op)) for op in ops),
            *pages.ROUTES,
        ]

    def seed(self, tx: Tx, world: World, now: datetime) -> None:
        """Our own account has a bank account, for what is swept to it."""
        desk = Desk(tx, world, now)
        connect.add_bank(desk, PLATFORM, BANK_ROUTING, "000123456789")

    def act(self, tx: Tx, world: World, timer: Timer) -> None:
        """A timer is due."""
        desk = Desk(tx, world, timer.at, timer.body["account"])
        ACTS[timer.kind](desk, timer.ref, timer.body)

    def marks(self, call: Call) -> Marks:
        """The idempotency key and the account."""
        headers = call.headers
        key = headers.get("idempotency-key", "") if call.method == "POST" else ""
        return Marks(key, headers.get("stripe-account", ""))

    def busy(self, call: Call) -> Reply | None:
        """A key in flight waits; once its answer is kept it is replayed."""
        if self._kept(call) is not None:
            return None
        error = {
            "type": "idempotency_error",
            "code": "idempotency_key_in_use",
            "message": "There is currently another in-progress request using this Idempotent Key"
            " (that probably means you submitted twice, and the other request is still going"
            " through). Please try again later.",
        }
        return self._reply(call, 409, {"error": error}, {"stripe-should-retry": "true"})

    def unknown(self, call: Call) -> Reply:
        """No such URL."""
        words = UNKNOWN_WORDS.format(call.method, call.path)
        return self._reply(
            call, 404, {"error": {"type": "invalid_request_error", "message": words}}
        )

    def broken(self, status: int) -> Reply:
        """Stripe's own trouble."""
        error = {"type": "api_error", "message": "An unknown error occurred"}
        if status == 429:
            error = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many"}
        return Reply.json({"error": error}, status)

    def retry(self, tries: int) -> float | None:
        """When a hook is tried again."""
        return events.retry(tries)

    def sign(self, tx: Tx, world: World, raw: bytes, forgery: Forgery) -> Mapping[str, str]:
        """`Stripe-Signature`."""
        return events.sign(tx, world, raw, forgery, wall())

    # ------------------------------------------------------------------ one request

    def _run(self, op: Op, call: Call) -> Reply:
        request = self._new_request(call)
        try:
            self._authorize(call)
            raw = call.query if op.method != "POST" else call.body.decode()
            if op.method == "POST" and (kept := self._replay(call)) is not None:
                return kept
            args = _of_version(read(op, decode(raw)), call.headers.get("stripe-version", ""))
            desk = self._desk(call, request)
            doc = op.handler(desk, {**args, **call.params})
            status, body = 200, shown(desk, doc, args.get("expand"))
        except UnicodeDecodeError:
            raise self._refused(call, StripeError(400, "The body is not UTF-8."), request) from None
        except StripeError as error:
            if not error.stays:
                raise self._refused(call, error, request) from error
            status, body = error.status, {"error": error.error}
        reply = self._reply(call, status, body, request=request)
        self._keep(call, reply)
        return reply

    def _refused(self, call: Call, error: StripeError, request: str) -> RefusedError:
        return RefusedError(
            self._reply(call, error.status, {"error": error.error}, request=request)
        )

    def _new_request(self, call: Call) -> str:
        """A name for a request; refused ones have one too, so it is not counted in the store."""
        self._requests += 1
        text = f"{call.world.seed}:{call.now.isoformat()}:{self._requests}"
        return f"req_{hashlib.sha256(text.encode()).hexdigest()[:14]}"

    def _reply(
        self,
        call: Call,
        status: int,
        body: Doc,
        headers: Mapping[str, str] | None = None,
        *,
        request: str = "",
    ) -> Reply:
        said = {
            "request-id": request or self._new_request(call),
            "stripe-version": call.headers.get("stripe-version", VERSION),
            **(headers or {}),
        }
        if key := self.marks(call).key:
            said["idempotency-key"] = key
        if account := call.headers.get("stripe-account"):
            said["stripe-account"] = account
        return Reply.json(body, status, said)

    def _authorize(self, call: Call) -> None:
        scheme, _, said = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                said = base64.b64decode(said, validate=True).decode().partition(":")[0]
            except ValueError:
                said = ""
        if not said:
            raise StripeError(
                401,
                "You did not provide an API key. You need to provide your API key in the"
                " Authorization header, using Bearer auth (e.g. 'Authorization: Bearer"
                " YOUR_SECRET_KEY').",
            )
        if said != call.world.keys.stripe_key:
            raise StripeError(401, f"Invalid API Key provided: {said[:8]}****{said[-4:]}")

    def _desk(self, call: Call, request: str) -> Desk:
        key = self.marks(call).key or None
        desk = Desk(call.tx, call.world, call.now, request=request, key=key)
        account = call.headers.get("stripe-account")
        if account is None:
            return desk
        if desk.get("account", account) is None:
            raise StripeError(
                403,
                "The provided key does not have access to account"
                f" '{account}' (or that account does not exist). Application access may have been"
                " revoked.",
                code="account_invalid",
            )
        return desk.at(account)

    # ------------------------------------------------------------------ idempotency

    def _name(self, call: Call) -> str:
        marks = self.marks(call)
        return f"{marks.account}:{marks.key}"

    def _kept(self, call: Call) -> Doc | None:
        """What was answered under this key in the last 24 hours."""
        if not self.marks(call).key:
            return None
        kept = call.tx.get(f"{FACE}.key", self._name(call))
        since = (call.now.astimezone(UTC) - KEY_LIVES).timestamp()
        return kept if kept is not None and kept["at"] > since else None

    def _replay(self, call: Call) -> Reply | None:
        if len(self.marks(call).key) > KEY_MAX:
            raise StripeError(
                400, "Idempotency keys are at most 255 characters.", kind="idempotency_error"
            )
        kept = self._kept(call)
        if kept is None:
            return None
        if kept["asked"] != _asked(call):
            raise StripeError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{self.marks(call).key}' if you"
                " meant to execute a different request.",
                kind="idempotency_error",
            )
        original = kept["headers"]["request-id"]
        headers = {
            **kept["headers"],
            "request-id": self._new_request(call),
            "original-request": original,
            "idempotent-replayed": "true",
        }
        return Reply(kept["status"], kept["body"].encode(), headers)

    def _keep(self, call: Call, reply: Reply) -> None:
        if not self.marks(call).key:
            return
        kept = {
            "id": self._name(call),
            "asked": _asked(call),
            "at": call.now.timestamp(),
            "status": reply.status,
            "body": reply.body.decode(),
            "headers": dict(reply.headers),
        }
        call.tx.put(f"{FACE}.key", kept)


def _asked(call: Call) -> str:
    """What a request is, whatever the order of its parameters."""
    said = "&".join(sorted(call.body.decode(errors="replace").split("&")))
    return hashlib.sha256(f"{call.method} {call.path}\n{said}".encode()).hexdigest()


def _of_version(args: Doc, version: str) -> Doc:
    """Since 2026-09-30 the types of a payment's methods may be narrowed, and no longer set."""
    if version >= "2026-09-30" and "payment_method_types" in args:
        raise invalid(
            "payment_method_types is no longer supported: use allowed_payment_method_types.",
            "payment_method_types",
            "payment_method_types_no_longer_supported",
        )
    allowed = args.get("allowed_payment_method_types")
    return args if allowed is None else {**args, "payment_method_types": allowed}
