"""Money between banks through Plaid: authorize, then create; the authorization is the key."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from quid.funding.adapters.calls import INSTANT, READ, WRITE, Kind
from quid.funding.adapters.plaid.models import (
    AuthorizationAnswer,
    Capabilities,
    Nothing,
    TransferAnswer,
    TransferList,
    TransferRow,
)
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.adapters.reading import bounded, dollars, instant, plain
from quid.funding.errors import ContractBroken, InsufficientFloat, InvalidRequest
from quid.funding.ports import AchRail, Authorized, Direction, Order, Transfer
from quid.kit.crypto import Secret

_TYPES: Final[dict[Direction, str]] = {"pull": "debit", "push": "credit"}
_DIRECTIONS: Final[dict[str, Direction]] = {"debit": "pull", "credit": "push"}
_CLASSES: Final[dict[Direction, str]] = {"pull": "web", "push": "ppd"}
_DECISIONS: Final[dict[str, Literal["approved", "declined", "action_required"]]] = {
    "approved": "approved",
    "declined": "declined",
    "user_action_required": "action_required",
}
_NOT_THERE: Final = frozenset({"NOT_FOUND", "TRANSFER_NOT_FOUND"})
_STATEMENT_ACH: Final = 10
_STATEMENT_RTP: Final = 15
_PAGE: Final = 25


class PlaidTransfers(AchRail):
    """Pulls and pushes, RTP among the networks."""

    def __init__(self, wire: PlaidWire) -> None:
        self._wire = wire

    async def authorize(self, order: Order) -> Authorized:
        """Ask for a decision; moves nothing. The same key gives the same for 48 h.

        Raises: ProviderError; InsufficientFloat when our own balance does not cover a push.
        """
        body: dict[str, object] = {
            "access_token": order.token.reveal(),
            "account_id": order.account_ref,
            "type": _TYPES[order.direction],
            "network": order.network,
            "amount": dollars(order.cents),
            "user": {"legal_name": order.legal_name},
            "idempotency_key": bounded(order.key),
        }
        if order.network != "rtp":
            body["ach_class"] = _CLASSES[order.direction]
        if order.ip:
            body["device"] = {"ip_address": order.ip, "user_agent": order.user_agent}
        found = await self._wire.ask(
            _kind(order), "/transfer/authorization/create", body, AuthorizationAnswer
        )
        made = found.authorization
        code = made.decision_rationale.code if made.decision_rationale else None
        decision = _DECISIONS.get(made.decision)
        if decision is None:
            raise ContractBroken("UNKNOWN_DECISION", made.decision[:50])
        if decision == "declined" and order.direction == "push" and code == "NSF":
            raise InsufficientFloat(code)
        cents = min(order.cents, made.proposed_transfer.amount) if decision == "approved" else 0
        if decision == "approved" and code is not None:
            return Authorized("unchecked", made.id, cents, code)
        return Authorized(decision, made.id, cents, code)

    async def submit(self, order: Order) -> Transfer:
        """Move it: `authorization_ref` is the key. Raises: ProviderError."""
        if order.authorization_ref is None:
            raise ValueError("an order is authorized before it is submitted")
        most = _STATEMENT_RTP if order.network == "rtp" else _STATEMENT_ACH
        body = {
            "access_token": order.token.reveal(),
            "account_id": order.account_ref,
            "authorization_id": order.authorization_ref,
            "amount": dollars(order.cents),
            "description": plain(order.statement, most=most),
            "metadata": {"op_id": order.op_id},
        }
        made = await self._wire.ask(_kind(order), "/transfer/create", body, TransferAnswer)
        return _transfer(made.transfer)

    async def cancel(self, ref: str) -> None:
        """Stop it while the provider still can. Raises: Declined when it cannot."""
        await self._wire.ask(WRITE, "/transfer/cancel", {"transfer_id": ref}, Nothing)

    async def get(
        self, *, ref: str | None = None, authorization_ref: str | None = None
    ) -> Transfer | None:
        """Look one up; None = there is none. Raises: ProviderError."""
        if ref is not None:
            body = {"transfer_id": ref}
        elif authorization_ref is not None:
            body = {"authorization_id": authorization_ref}
        else:
            raise ValueError("look up by one of the two")
        try:
            found = await self._wire.ask(READ, "/transfer/get", body, TransferAnswer)
        except InvalidRequest as e:
            if e.code in _NOT_THERE:
                return None
            raise
        return _transfer(found.transfer)

    async def list(self, since: datetime, until: datetime) -> Sequence[Transfer]:
        """List what was created in a span, all pages. Raises: ProviderError.

        Newer ones push older ones down while pages are read, so that one may come twice.
        """
        found: dict[str, Transfer] = {}
        offset = 0
        while True:
            body = {
                "start_date": instant(since),
                "end_date": instant(until),
                "count": _PAGE,
                "offset": offset,
            }
            page = await self._wire.ask(READ, "/transfer/list", body, TransferList)
            found |= {row.id: _transfer(row) for row in page.transfers}
            offset += len(page.transfers)
            if len(page.transfers) < _PAGE:
                return list(found.values())

    async def can_rtp(self, token: Secret, account_ref: str) -> bool:
        """Whether a push arrives in seconds. Raises: ProviderError."""
        body = {"access_token": token.reveal(), "account_id": account_ref}
        found = await self._wire.ask(READ, "/transfer/capabilities/get", body, Capabilities)
        return found.institution_supported_networks.rtp.credit


def _kind(order: Order) -> Kind:
    return INSTANT if order.network == "rtp" else WRITE


def _transfer(row: TransferRow) -> Transfer:
    direction = _DIRECTIONS.get(row.type)
    if direction is None:
        raise ContractBroken("UNKNOWN_DIRECTION", "a transfer that is no debit and no credit")
    failure = row.failure_reason
    op_id = (row.metadata or {}).get("op_id")
    return Transfer(
        ref=row.id,
        authorization_ref=row.authorization_id,
        op_id=op_id if isinstance(op_id, str) else None,
        direction=direction,
        cents=row.amount,
        status=row.status,
        network=row.network,
        is_cancellable=row.cancellable,
        created_at=row.created,
        failure=failure.failure_code if failure else None,
        return_code=failure.ach_return_code if failure else None,
        settle_on=row.expected_settlement_date,
        available_on=row.expected_funds_available_date,
        standard_return_until=row.standard_return_window,
        unauthorized_return_until=row.unauthorized_return_window,
        currency=row.iso_currency_code,
    )
