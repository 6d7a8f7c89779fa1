"""Request models of payments, and their way into commands."""

import json
import struct
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from fastapi import Query
from pydantic import Field, ValidationError

from quid.kit import ids, runtime, text
from quid.kit.crypto import CursorKey, digest16
from quid.kit.errors import InvalidCursor, MissingField, Refusal, ValidationFailed
from quid.kit.web import ERRORS_MAX, FIELD_MAX, Moment, Strict, in_utc, in_words
from quid.kit.web.operators import Because
from quid.payments import errors, queries, service
from quid.payments.rules import AMOUNT_MINOR_MAX, NOTE_MAX
from quid.payments.types import ActivityKind, Kind, Method, ReversalReason, State, Visibility, Wish

_encode: Final = msgspec.json.Encoder().encode


class PaymentRequest(Strict):
    """Pay someone. Amount in minor units: 1368 is $13.68."""

    payee_id: Annotated[str, Field(max_length=64, examples=["usr_064ts9kc5cqxk5yqg0b5t1v2mm"])]
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MINOR_MAX, examples=[1368])]
    currency: Literal["USD"]
    # Its length counts in normal form, so `read_payment` measures it.
    note: Annotated[str, Field(examples=["pizza"], json_schema_extra={"maxLength": NOTE_MAX})] = ""
    visibility: Visibility | None = None
    show_amount: bool | None = None
    funding_source_id: Annotated[str | None, Field(max_length=64)] = None
    quote_token: Annotated[str | None, Field(max_length=1000)] = None
    idempotency_key: Annotated[str | None, Field(max_length=64)] = None

    def request_hash(self) -> bytes:
        """Fingerprint the body with its defaults, keys sorted, without the key and the quote.

        The same payment, quoted anew before it is sent again, is the same request.
        """
        # All fields but those two, by name in their order: a test compares it with the model's own.
        return digest16(
            _encode(
                {
                    "amount": self.amount,
                    "currency": self.currency,
                    "funding_source_id": self.funding_source_id,
                    "note": self.note,
                    "payee_id": self.payee_id,
                    "show_amount": self.show_amount,
                    "visibility": self.visibility,
                }
            )
        )


class QuoteRequest(Strict):
    """Ask what a payment would cost. Amount in minor units."""

    payee_id: Annotated[str, Field(max_length=64)]
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MINOR_MAX, examples=[1368])]
    currency: Literal["USD"]
    note: Annotated[str, Field(max_length=NOTE_MAX)] = ""
    visibility: Visibility | None = None
    funding_source_id: Annotated[str | None, Field(max_length=64)] = None


class VerifyRequest(Strict):
    """Prove a challenge: what a passkey answered (as JSON text), the app's code, the e-mail's."""

    challenge_id: Annotated[str, Field(max_length=64)]
    method: Method
    proof: Annotated[str, Field(min_length=1, max_length=8192, examples=["123456"])]


class VisibilityRequest(Strict):
    """My wish for one payment; without `show_amount` that one stays as it is."""

    visibility: Visibility
    show_amount: bool | None = None


class PastRequest(Strict):
    """How many may see my past payments at most."""

    visibility: Visibility


class ReverseRequest(Because):
    """Take a payment back: all that is left of it, or an amount in minor units."""

    amount: Annotated[int | None, Field(ge=1, le=AMOUNT_MINOR_MAX)] = None
    reason_class: ReversalReason


def read_payment(body: bytes) -> PaymentRequest:
    """Read the body of POST /v1/payments.

    Raises: InvalidAmount, MissingField, ValidationFailed.
    """
    try:
        request = PaymentRequest.model_validate_json(body)
    except ValidationError as e:
        raise _refusal(e) from e
    if _may_repeat(body, request):
        _named_once.decode(body.decode())
    note = text.clean(request.note, field="note", low=0, high=NOTE_MAX) if request.note else ""
    return request if note == request.note else request.model_copy(update={"note": note})


def wish_of(request: PaymentRequest, payer_id: UUID, payee_id: UUID) -> Wish | None:
    """Read where the money is to come from; None for the balance alone.

    Raises: NotFound.
    """
    return service.read_wish(
        request.funding_source_id,
        request.quote_token,
        payer_id=payer_id,
        payee_id=payee_id,
        amount_minor=request.amount,
    )


def _may_repeat(body: bytes, request: PaymentRequest) -> bool:
    """Whether a name may stand twice: then the body has more quotes than its names and texts."""
    given = request.model_fields_set
    texts = sum(isinstance(getattr(request, name), str) for name in given)
    return b"\\" in body or body.count(b'"') != 2 * (len(given) + texts)


def _each_name_once(pairs: list[tuple[str, object]]) -> None:
    # JSON leaves open which of two equal names counts: we would pay one amount while a proxy, or
    # the person, reads the other.
    names = [name for name, _ in pairs]
    for name in set(names):
        if names.count(name) > 1:
            raise ValidationFailed(f"{name}: given twice. Nothing was sent.", field=name)


_named_once: Final = json.JSONDecoder(object_pairs_hook=_each_name_once)


def _refusal(error: ValidationError) -> Refusal:
    listed = error.errors(include_url=False, include_input=False)
    found = [
        {
            "field": ".".join(str(p) for p in e["loc"])[:FIELD_MAX] or "body",
            "message": in_words(e),
            "code": e["type"],
        }
        for e in listed[:ERRORS_MAX]
    ]
    names = {e["field"] for e in found}
    shown = [
        {
            "field": e["field"],
            "code": MissingField.code if e["code"] == "missing" else ValidationFailed.code,
            "message": e["message"],
        }
        for e in found
    ]
    if names == {"amount"} and found[0]["code"] != "missing":
        return errors.InvalidAmount(field="amount", extra={"errors": shown})
    is_missing = all(e["code"] == "missing" for e in found)
    kind = MissingField if is_missing else ValidationFailed
    first = found[0]
    return kind(
        f"{first['field']}: {first['message']}. Nothing was sent.",
        field=first["field"],
        extra={"errors": shown},
    )


def payee_of(request: PaymentRequest) -> UUID:
    """Read the payee's id. Raises: RecipientNotFound, also for an id of another kind."""
    payee = ids.read("usr", request.payee_id)
    if payee is None:
        raise errors.RecipientNotFound(field="payee_id")
    return payee


Resting = Literal[
    "CHALLENGED",
    "IN_REVIEW",
    "PROCESSING",
    "COMPLETED",
    "REVERSED",
    "REJECTED",
    "DECLINED",
    "FAILED",
    "CANCELLED",
    "EXPIRED",
]


class ActivityQuery:
    """The filters of activity. Amounts in minor units; `from` inclusive, `to` exclusive."""

    def __init__(  # noqa: PLR0913 - one parameter each, named as in the address
        self,
        *,
        since: Annotated[Moment | None, Query(alias="from")] = None,
        until: Annotated[Moment | None, Query(alias="to")] = None,
        min_amount: Annotated[int | None, Query(ge=0, le=2**53)] = None,
        max_amount: Annotated[int | None, Query(ge=0, le=2**53)] = None,
        person: Annotated[str | None, Query(max_length=64)] = None,
        kind: ActivityKind | None = None,
        state: Resting | None = None,
        direction: Literal["in", "out"] | None = None,
        q: Annotated[str | None, Query(min_length=1, max_length=100)] = None,
    ) -> None:
        self.filter = queries.ActivityFilter(
            since=in_utc(since, field="from"),
            until=in_utc(until, field="to"),
            amount_minor_min=min_amount,
            amount_minor_max=max_amount,
            person_id=_person(person),
            kind=Kind[kind.upper()] if kind else None,
            state=State[state] if state else None,
            is_incoming=None if direction is None else direction == "in",
            words=text.clean(q, field="q", low=1, high=100) if q is not None else None,
        )


def _person(shown: str | None) -> UUID | None:
    if shown is None:
        return None
    found = ids.read("usr", shown)
    if found is None:
        raise ValidationFailed("person: an id that begins with usr_.", field="person")
    return found


# --- cursors: where a page begins, sealed, for one person and one list ------------------------

_POSITION: Final = struct.Struct(">q16s")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def write_cursor(purpose: str, at: datetime, last: UUID) -> str:
    """Name the place after a line, for whoever was given `purpose` alone."""
    payload = _POSITION.pack((at - _EPOCH) // _MICROSECOND, last.bytes)
    return runtime.part(CursorKey).write(purpose, payload)


def read_cursor(
    purpose: str, cursor: str | None, *, first: queries.Position = queries.NEWEST
) -> queries.Position:
    """Give the place a cursor names; without one, `first`. Raises: InvalidCursor."""
    if cursor is None:
        return first
    payload = runtime.part(CursorKey).read(purpose, cursor)
    if len(payload) != _POSITION.size:
        raise InvalidCursor(field="cursor")
    micros, last = _POSITION.unpack(payload)
    return queries.Position(_EPOCH + micros * _MICROSECOND, UUID(bytes=last))
