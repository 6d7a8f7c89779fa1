"""The wire of disputes, and its way into commands."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from quid.disputes.rules import TEXT_HIGH, TEXT_LOW
from quid.disputes.service import OPERATION
from quid.disputes.types import Claim, Open, Outcome, ReportClaim
from quid.kit import idempotency, ids, text
from quid.kit.crypto import digest16
from quid.kit.errors import NotFound
from quid.kit.once import Key
from quid.kit.web import Strict
from quid.kit.web.operators import Because

# Its length counts in normal form, so it is measured where it is read.
Words = Annotated[
    str,
    Field(
        json_schema_extra={"minLength": TEXT_LOW, "maxLength": TEXT_HIGH},
        description="plain text, in lines",
    ),
]


def words(given: str) -> str:
    """Read what somebody has written. Raises: MissingField, ValidationFailed."""
    return text.clean(given, field="text", low=TEXT_LOW, high=TEXT_HIGH, has_lines=True)


def key_of(
    header: str | None, user_id: UUID, operation: str, dispute_id: UUID, said: str = ""
) -> Key:
    """Read the key of an act on a dispute. Raises: IdempotencyKeyMissing, ValidationFailed."""
    key_hash = idempotency.read_key(header=header, body=None)
    return Key(user_id, operation, key_hash, digest16(f"{dispute_id.hex}:{said}".encode()))


class TextBody(Strict):
    """What a person has to say."""

    text: Words

    def command(
        self, new_id: UUID, user_id: UUID, key_hash: bytes, *, about: tuple[Claim, UUID]
    ) -> Open:
        """Turn it into the command. Raises: MissingField, ValidationFailed."""
        claim, subject_id = about
        said = words(self.text)
        body_hash = digest16(f"{claim}:{subject_id.hex}:{said}".encode())
        key = Key(user_id, OPERATION, key_hash, body_hash)
        return Open(new_id, key, user_id, claim, subject_id, said)


class ReportBody(TextBody):
    """What went wrong with a payment of mine."""

    payment_id: Annotated[str, Field(max_length=64, examples=["pay_064ts9kc5cqxk5yqg0b5t1v2mm"])]
    claim: ReportClaim

    def payment(self) -> UUID:
        """Read which payment. Raises: NotFound, also for an id of another kind."""
        found = ids.read("pay", self.payment_id)
        if found is None:
            raise NotFound(field="payment_id")
        return found


class QuestionBody(Because):
    """What we ask of a person. `text` is theirs to read, `reason` is for the audit log."""

    text: Words


class DecideBody(QuestionBody):
    """How it is decided. `text` is theirs to read, `reason` is for the audit log."""

    decision: Outcome
