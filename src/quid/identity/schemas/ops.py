"""The wire of operators: people masked, freezes, verifications, operators."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from quid.identity import rules
from quid.identity.ports import Facts
from quid.identity.queries.verification import Document, VerificationRow, Waiting
from quid.identity.types import (
    FreezePerson,
    FreezeReason,
    FreezeRow,
    FreezeScope,
    Invite,
    OperatorRow,
    Person,
)
from quid.kit import ids
from quid.kit.audit.search import LastAct
from quid.kit.errors import ValidationFailed
from quid.kit.roles import Role
from quid.kit.web.operators import Because

ScopeText = Literal["send", "withdraw", "all"]
ReasonClassText = Literal["security", "owed", "legal", "requested"]


class PersonView(BaseModel):
    """A person as operators find them: contacts are masked until revealed."""

    id: str
    handle: str
    display_name: str
    email: str = Field(description="masked")
    phone: str | None = Field(description="masked")
    tier: int
    member_since: date

    @classmethod
    def of(cls, person: Person) -> "PersonView":
        """Show it."""
        return cls(
            id=ids.show("usr", person.id),
            handle=person.handle,
            display_name=person.display_name,
            email=rules.mask_email(person.email),
            phone=None if person.phone is None else rules.mask_phone(person.phone),
            tier=person.tier,
            member_since=person.created_at.date(),
        )


class PeopleView(BaseModel):
    """Who was found: one, or nobody."""

    items: list[PersonView]


class ContactsView(BaseModel):
    """How to reach a person."""

    email: str
    phone: str | None


class FreezeBody(Because):
    """What to stop, why, what the person reads, and when somebody looks again."""

    scope: ScopeText
    reason_class: ReasonClassText
    text: Annotated[str, Field(min_length=1, max_length=500, description="read by the person")]
    review_on: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            description="today or later",
            json_schema_extra={"format": "date"},
        ),
    ]

    def command(self, user_id: UUID, *, by: str) -> FreezePerson:
        """Turn it into the command. Raises: ValidationFailed."""
        try:
            review_on = date.fromisoformat(self.review_on)
        except ValueError:
            raise ValidationFailed("review_on: there is no such day.", field="review_on") from None
        return FreezePerson(
            user_id=user_id,
            scope=FreezeScope(self.scope),
            reason_class=FreezeReason(self.reason_class),
            text=self.text,
            review_on=review_on,
            by=by,
            reason=self.reason,
        )


class UnfreezeBody(Because):
    """Which freeze to lift, and why."""

    scope: ScopeText

    def freeze_scope(self) -> FreezeScope:
        """Give the scope."""
        return FreezeScope(self.scope)


class FreezeView(BaseModel):
    """A freeze, with who put it and who lifted it. `is_own`: the person's own lock."""

    id: str
    case_number: str = Field(description="what the person is told to name")
    scope: ScopeText
    reason_class: ReasonClassText
    text: str
    review_on: date
    frozen_by: str
    frozen_at: datetime
    is_own: bool
    lifted_by: str | None
    lifted_at: datetime | None

    @classmethod
    def of(cls, row: FreezeRow) -> "FreezeView":
        """Show it."""
        return cls.model_validate(
            {
                "id": ids.show("frz", row.id),
                "case_number": rules.case_number(row.id),
                "scope": row.scope,
                "reason_class": row.reason_class,
                "text": row.text,
                "review_on": row.review_on,
                "frozen_by": row.frozen_by,
                "frozen_at": row.frozen_at,
                "is_own": row.is_own,
                "lifted_by": row.lifted_by,
                "lifted_at": row.lifted_at,
            }
        )


class AskedView(BaseModel):
    """The question that waits for a second operator."""

    approval_id: str


class InviteBody(Because):
    """A new operator. `linked_handle`: who they are in private life, whom they never act on."""

    handle: Annotated[str, Field(pattern=r"^[a-z0-9_]{3,30}$")]
    display_name: Annotated[str, Field(min_length=1, max_length=240, description="1 to 60, NFC")]
    email: Annotated[str, Field(min_length=3, max_length=200)]
    role: Role
    linked_handle: Annotated[str, Field(pattern=r"^@?[a-z0-9_]{3,30}$")] | None = None

    def command(self) -> Invite:
        """Turn it into the command."""
        return Invite(self.handle, self.display_name, self.email, self.role, self.linked_handle)


class OperatorView(BaseModel):
    """An operator, what they have proved, and what they did last."""

    id: str
    handle: str
    display_name: str
    role: Role
    linked_user_id: str | None
    has_factor: bool
    is_ready: bool
    invited_by: str
    invited_at: datetime
    disabled_at: datetime | None
    last_act: str | None
    last_act_at: datetime | None

    @classmethod
    def of(cls, row: OperatorRow, acts: Mapping[str, LastAct]) -> "OperatorView":
        """Show it."""
        last = acts.get(row.shown)
        return cls(
            id=row.shown,
            handle=row.handle,
            display_name=row.display_name,
            role=row.role,
            linked_user_id=ids.show("usr", row.linked_user_id) if row.linked_user_id else None,
            has_factor=row.has_factor,
            is_ready=row.is_ready,
            invited_by=row.invited_by,
            invited_at=row.invited_at,
            disabled_at=row.disabled_at,
            last_act=last.action if last else None,
            last_act_at=last.at if last else None,
        )


class OperatorsView(BaseModel):
    """All operators."""

    items: list[OperatorView]


class VerificationCase(BaseModel):
    """A verification that waits."""

    id: str
    user_id: str
    asked_at: datetime
    documents: int

    @classmethod
    def of(cls, row: Waiting) -> "VerificationCase":
        """Show it."""
        return cls(
            id=ids.show("ver", row.id),
            user_id=ids.show("usr", row.user_id),
            asked_at=row.asked_at,
            documents=row.documents,
        )


class VerificationCases(BaseModel):
    """What waits, the oldest first."""

    items: list[VerificationCase]


class DocumentView(BaseModel):
    """A document, without its content. `size` in bytes."""

    id: str
    media_type: str
    size: int
    added_at: datetime


class VerificationDetail(BaseModel):
    """A verification and its documents."""

    id: str
    user_id: str
    tier: int
    state: Literal["PENDING", "VERIFIED", "REFUSED", "NEEDS_MORE"]
    asked_at: datetime
    documents: list[DocumentView]

    @classmethod
    def of(cls, row: VerificationRow, documents: Sequence[Document]) -> "VerificationDetail":
        """Show it."""
        shown = [
            {
                "id": ids.show("doc", d.id),
                "media_type": d.media_type,
                "size": d.size,
                "added_at": d.added_at,
            }
            for d in documents
        ]
        return cls.model_validate(
            {
                "id": ids.show("ver", row.id),
                "user_id": ids.show("usr", row.user_id),
                "tier": row.tier,
                "state": row.state,
                "asked_at": row.asked_at,
                "documents": shown,
            }
        )


class DecisionBody(Because):
    """What was made of the documents."""

    decision: Literal["verified", "refused"]


class FactsView(BaseModel):
    """What a person said of who they are in law."""

    legal_name: str
    birth_date: date
    address: list[str]
    tax_id_last4: str

    @classmethod
    def of(cls, facts: Facts) -> "FactsView":
        """Show it."""
        a = facts.address
        lines = (a.line1, a.line2, f"{a.postal_code} {a.city}", a.region, a.country)
        return cls(
            legal_name=facts.legal_name,
            birth_date=facts.birth_date,
            address=[line for line in lines if line],
            tax_id_last4=facts.tax_id_last4,
        )
