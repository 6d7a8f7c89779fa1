"""The wire of requests, and its way into commands."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import BeforeValidator, Field

from quid.collect.errors import InvalidAmount, RecipientNotFound
from quid.collect.rules import AMOUNT_MINOR_MAX, DAYS_MAX, DAYS_USUAL, NOTE_MAX
from quid.collect.service import OPERATION
from quid.collect.types import Ask, RequestView
from quid.kit import ids, text
from quid.kit.crypto import digest16
from quid.kit.once import Key
from quid.kit.web import Strict
from quid.payments import service as payments
from quid.payments.types import Visibility

_encode = msgspec.json.Encoder().encode


def _amount(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise InvalidAmount(field="amount")
    if not 1 <= given <= AMOUNT_MINOR_MAX:
        raise InvalidAmount(field="amount")
    return given


class AskBody(Strict):
    """Ask somebody for money. Amount in minor units: 1368 is $13.68."""

    requestee_id: Annotated[str, Field(max_length=64, examples=["usr_064ts9kc5cqxk5yqg0b5t1v2mm"])]
    amount: Annotated[
        int, BeforeValidator(_amount), Field(ge=1, le=AMOUNT_MINOR_MAX, examples=[9500])
    ]
    currency: Literal["USD"]
    # Its length counts in normal form, so `command` measures it.
    note: Annotated[
        str, Field(examples=["rent"], json_schema_extra={"minLength": 1, "maxLength": NOTE_MAX})
    ]
    visibility: Visibility | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=DAYS_MAX)] = DAYS_USUAL

    def requestee(self) -> UUID:
        """Read who is asked. Raises: RecipientNotFound, also for an id of another kind."""
        found = ids.read("usr", self.requestee_id)
        if found is None:
            raise RecipientNotFound(field="requestee_id")
        return found

    def command(self, new_id: UUID, requester_id: UUID, key_hash: bytes) -> Ask:
        """Turn it into the command. Raises: RecipientNotFound, MissingField, ValidationFailed."""
        note = text.clean(self.note, field="note", low=1, high=NOTE_MAX)
        body_hash = digest16(self.model_copy(update={"note": note}).model_dump_json().encode())
        return Ask(
            id=new_id,
            key=Key(requester_id, OPERATION, key_hash, body_hash),
            requester_id=requester_id,
            requestee_id=self.requestee(),
            amount_minor=self.amount,
            currency=self.currency,
            note=note,
            visibility=self.visibility,
            expires_in_days=self.expires_in_days,
        )


class PayBody(Strict):
    """How to pay a request: from where, and who may see it. All else the request says."""

    funding_source_id: Annotated[str | None, Field(max_length=64)] = None
    quote_token: Annotated[str | None, Field(max_length=1000)] = None
    visibility: Visibility | None = None
    show_amount: bool | None = None

    def key_of(self, request_id: UUID, payer_id: UUID, key_hash: bytes) -> Key:
        """Name the payment. One quoted anew before it is sent again is the same payment."""
        said = {
            "for_request": request_id.hex,
            **self.model_dump(exclude={"quote_token"}),
        }
        return Key(payer_id, payments.OPERATION, key_hash, digest16(_encode(said)))


class _Answer(msgspec.Struct):
    """What was answered to a payment, its parts as they were written."""

    payment: msgspec.Raw
    balance: msgspec.Raw


class _Paid(_Answer):
    request: RequestView


_read_answer = msgspec.json.Decoder(_Answer)


def paid(answer: bytes, request: RequestView) -> bytes:
    """Add the request to what a payment answers."""
    found = _read_answer.decode(answer)
    return _encode(_Paid(found.payment, found.balance, request))
