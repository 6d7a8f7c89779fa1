"""The face: which path leads where."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from quid_sandbox.core.calls import Call, Reply
from quid_sandbox.core.face import Forgery, Marks, Route
from quid_sandbox.core.store import Doc, Timer, Tx
from quid_sandbox.core.world import World
from quid_sandbox.plaid import (
    events,
    items,
    ledger,
    life,
    links,
    notices,
    pages,
    refunds,
    simulate,
    sweeps,
    transfers,
)
from quid_sandbox.plaid.transfers import Lost
from quid_sandbox.plaid.wire import Ask, error, read_json, refuse

Handler = Callable[[Ask], Doc | Lost]
PATHS: Final[Mapping[str, Handler]] = {
    "/link/token/create": links.create,
    "/link/token/get": links.get,
    "/item/get": items.get_item,
    "/item/remove": items.remove,
    "/item/webhook/update": items.set_webhook,
    "/item/public_token/exchange": items.exchange,
    "/item/access_token/invalidate": items.invalidate,
    "/accounts/get": items.accounts_get,
    "/accounts/balance/get": items.balance_get,
    "/auth/get": items.auth_get,
    "/identity/match": items.identity_match,
    "/institutions/get_by_id": items.institution_get,
    "/institutions/search": items.institution_search,
    "/webhook_verification_key/get": notices.verification_key,
    "/transfer/capabilities/get": items.capabilities,
    "/transfer/migrate_account": items.migrate,
    "/transfer/authorization/create": transfers.authorize,
    "/transfer/authorization/cancel": transfers.cancel_authorization,
    "/transfer/create": transfers.create,
    "/transfer/get": transfers.get,
    "/transfer/list": transfers.listed,
    "/transfer/cancel": transfers.cancel,
    "/transfer/event/sync": events.sync,
    "/transfer/event/list": events.listed,
    "/transfer/ledger/get": ledger.get,
    "/transfer/ledger/event/list": ledger.events,
    "/transfer/ledger/deposit": sweeps.deposit,
    "/transfer/ledger/withdraw": sweeps.withdraw,
    "/transfer/sweep/get": sweeps.get,
    "/transfer/sweep/list": sweeps.listed,
    "/transfer/refund/create": refunds.create,
    "/transfer/refund/get": refunds.get,
    "/transfer/refund/cancel": refunds.cancel,
    "/sandbox/public_token/create": simulate.public_token,
    "/sandbox/item/reset_login": simulate.reset_login,
    "/sandbox/item/fire_webhook": simulate.fire_webhook,
    "/sandbox/item/set_verification_status": simulate.set_verification,
    "/sandbox/transfer/simulate": simulate.transfer,
    "/sandbox/transfer/fire_webhook": simulate.ring,
    "/sandbox/transfer/test_clock/create": simulate.clock_create,
    "/sandbox/transfer/test_clock/get": simulate.clock_get,
    "/sandbox/transfer/test_clock/list": simulate.clock_list,
    "/sandbox/transfer/test_clock/advance": simulate.clock_advance,
}
PAGE: Final = "/link/{page}"


class PlaidFace:
    """The bank network."""

    name = notices.FACE

    def routes(self) -> list[Route]:
        """All handlers, the hosted pages too."""
        made = [Route("POST", path, _handler(handler)) for path, handler in PATHS.items()]
        return [*made, Route("GET", PAGE, pages.show), Route("POST", PAGE, pages.take)]

    def seed(self, tx: Tx, world: World, now: datetime) -> None:  # noqa: ARG002 - the face's protocol
        """A key to sign with."""
        notices.new_key(tx)

    def act(self, tx: Tx, world: World, timer: Timer) -> None:
        """A step of a transfer, a sweep, a refund, or a micro-deposit."""
        if timer.kind.startswith("sweep."):
            sweeps.on_timer(tx, world, timer)
        elif timer.kind.startswith("refund."):
            refunds.on_timer(tx, world, timer)
        elif timer.kind in {"verified", "expired"}:
            links.on_timer(tx, timer)
        else:
            life.on_timer(tx, world, timer)

    def marks(self, call: Call) -> Marks:
        """Its key and its account."""
        if call.path.startswith("/link/") and not call.path.startswith("/link/token/"):
            return Marks()
        body = read_json(call) or {}
        key = body.get("idempotency_key") or body.get("authorization_id") or ""
        return Marks(str(key), str(body.get("account_id") or ""))

    def busy(self, call: Call) -> Reply | None:  # noqa: ARG002 - the face's protocol
        """Requests of one key do not disturb each other here."""
        return None

    def unknown(self, call: Call) -> Reply:
        """No such path."""
        return error("NOT_FOUND", f"{call.path} is not a path of this sandbox")

    def broken(self, status: int) -> Reply:
        """An error that a fault asked for."""
        codes = {429: "RATE_LIMIT", 503: "PLANNED_MAINTENANCE"}
        reply = error(codes.get(status, "INTERNAL_SERVER_ERROR"))
        return Reply(status, reply.body, reply.headers)

    def retry(self, tries: int) -> float | None:
        """Some hours in all."""
        return notices.retry(tries)

    def sign(self, tx: Tx, world: World, raw: bytes, forgery: Forgery) -> Mapping[str, str]:  # noqa: ARG002 - the face's protocol
        """A signed token about the body's bytes."""
        return notices.sign(tx, raw, forgery)


def _handler(handler: Handler) -> Callable[[Call], Reply]:
    """A handler behind the keys, with the id that each answer has."""

    def run(call: Call) -> Reply:
        body = read_json(call)
        if body is None:
            raise refuse("INVALID_BODY")
        keys = call.world.keys
        client = call.headers.get("plaid-client-id") or body.get("client_id") or ""
        secret = call.headers.get("plaid-secret") or body.get("secret") or ""
        known = hmac.compare_digest(
            f"{client}:{secret}".encode(), f"{keys.plaid_client_id}:{keys.plaid_secret}".encode()
        )
        if not known:
            raise refuse("INVALID_API_KEYS")
        done = handler(Ask(body, call.tx, call.now, call.world))
        answer = done.body if isinstance(done, Lost) else done
        reply = Reply.json(answer | {"request_id": call.tx.new_id("", 15)})
        return Reply(200, reply.body, reply.headers, is_lost=isinstance(done, Lost))

    return run
