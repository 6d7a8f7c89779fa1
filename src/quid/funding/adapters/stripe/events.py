"""What Stripe tells: webhooks as doorbells, the list of events as the truth.

Its list is newest first and unordered within a second, so each walk begins five minutes before the
newest event seen; what comes twice is known by its id. An event says which charge to look at:
`status` is what the charge was then, and only a fresh look says what it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

import msgspec
from pydantic import ValidationError

from quid.funding.adapters.calls import READ
from quid.funding.adapters.kept import UNNAMED, UNREADABLE, member, unreadable
from quid.funding.adapters.reading import loads
from quid.funding.adapters.signed import require_stripe
from quid.funding.adapters.stripe.form import Value
from quid.funding.adapters.stripe.models import EventRow
from quid.funding.adapters.stripe.wire import StripeWire
from quid.funding.errors import ContractBroken
from quid.funding.ports import Doorbell, EventPage, Events, RailEvent
from quid.kit.crypto import Secret
from quid.kit.errors import ValidationFailed

_PAGE: Final = 100
_OVERLAP: Final = 300
_CHARGES: Final = ("payment_intent.", "charge.", "refund.", "radar.early_fraud_warning.")
_SESSIONS: Final = ("checkout.session.",)
_Topic = Literal["session", "charge", "other"]


class _Page(msgspec.Struct):
    data: list[msgspec.Raw]
    has_more: bool


class _Cursor(NamedTuple):
    """Where a walk stands. Units: seconds since 1970.

    `since`: how far back it goes; `newest`: what it has seen, where the next one begins;
    `after`: the last event of the page before, none at the beginning of a walk.
    """

    since: int
    newest: int
    after: str

    @classmethod
    def read(cls, text: str) -> "_Cursor":
        if not text:
            return cls(0, 0, "")
        since, newest, after = text.split("|", 2)
        return cls(int(since), int(newest), after)

    def write(self) -> str:
        return f"{self.since}|{self.newest}|{self.after}"


class StripeEvents(Events):
    """Doorbells signed by a shared secret (two while one is changed), and the list of events."""

    def __init__(self, wire: StripeWire, secrets: Sequence[Secret]) -> None:
        self._wire = wire
        self._secrets = tuple(secret.reveal() for secret in secrets)

    async def verify_webhook(
        self, headers: Mapping[str, str], raw: bytes, received_at: datetime
    ) -> Doorbell:
        """Make sure who sent it. Raises: WebhookForged, ValidationFailed."""
        require_stripe(headers, raw, received_at, self._secrets)
        try:
            row = EventRow.model_validate(loads(raw))
        except (ValidationError, ValueError, RecursionError):
            raise ValidationFailed("This webhook is signed and cannot be read.") from None
        topic, ref = _about(row)
        return Doorbell(row.id, row.type, topic, ref, row.livemode)

    async def pull(self, cursor: str, limit: int) -> EventPage:
        """Read on behind a cursor. Raises: ProviderError.

        An event that cannot be read is given as kind `unreadable`, with all of it in `raw`.
        """
        at = _Cursor.read(cursor)
        query: dict[str, Value] = {"limit": min(limit, _PAGE)}
        if at.since:
            query["created"] = {"gte": at.since}
        if at.after:
            query["starting_after"] = at.after
        page = await self._wire.get_raw(READ, "/v1/events", query, _Page)
        events = tuple(_event(bytes(raw)) for raw in page.data)
        times = [int(e.at.timestamp()) for e in events if e.kind != UNREADABLE]
        newest = max([at.newest, *times])
        if page.has_more:
            named = [e.event_id for e in events if not e.event_id.startswith(UNNAMED)]
            if not named:
                raise ContractBroken("UNREADABLE", "a page of events without one name")
            return EventPage(events, _Cursor(at.since, newest, named[-1]).write(), has_more=True)
        begin = max(0, newest - _OVERLAP)
        return EventPage(events, _Cursor(begin, newest, "").write(), has_more=False)


def _about(row: EventRow) -> tuple[_Topic, str | None]:
    """Say what an event is about: a charge, a session that saves a card, or nothing of ours."""
    what = row.data.object
    if row.type.startswith(_CHARGES):
        ref = what.id if row.type.startswith("payment_intent.") else what.payment_intent
        return ("charge", ref) if ref else ("other", None)
    if row.type.startswith(_SESSIONS):
        return "session", what.id
    return "other", None


def _event(raw: bytes) -> RailEvent:
    try:
        row = EventRow.model_validate(loads(raw))
    except (ValidationError, ValueError, RecursionError):
        return unreadable(raw, _name(raw))
    topic, ref = _about(row)
    return RailEvent(
        event_id=row.id,
        at=row.created,
        kind=row.type,
        object_ref=ref,
        status=row.data.object.status if topic == "charge" else None,
        cents=row.data.object.amount,
        failure=None,
        raw=raw,
    )


def _name(raw: bytes) -> str | None:
    own = member(raw, "id")
    is_name = isinstance(own, str) and own.isascii() and own.startswith("evt_")
    return str(own) if is_name and len(str(own)) < 256 else None
