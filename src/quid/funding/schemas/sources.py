"""The wire of banks and cards. No number but the last digits, and no name but the bank's."""

from datetime import datetime
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from quid.funding.rules import sources as rules
from quid.funding.types import AccountType, Opened, Source, SourceKind, SourceState, TypedNumbers
from quid.kit import ids
from quid.kit.errors import MissingField, NotFound, ValidationFailed
from quid.kit.web import Strict

KindName = Literal["bank", "debit_card", "credit_card"]
StateName = Literal[
    "LINKED",
    "VERIFYING",
    "PENDING_SETUP",
    "VERIFIED",
    "NEEDS_REPAIR",
    "EXPIRED",
    "FAILED",
    "DISABLED",
    "REMOVED",
]
Id = Annotated[str, Field(max_length=64)]
Path = Annotated[
    str,
    Field(
        max_length=200,
        description="where the browser comes back to: a path of this site",
        examples=["/wallet"],
    ),
]


class LinkBody(Strict):
    """Open the provider's page: for a new bank, or for one that needs repair or a code."""

    purpose: Literal["new", "repair"] = "new"
    return_path: Path = "/"
    funding_source_id: Id | None = None

    def repairs(self) -> UUID | None:
        """Give what is to be repaired. Raises: MissingField, ValidationFailed, NotFound."""
        if self.purpose == "new":
            if self.funding_source_id is not None:
                raise ValidationFailed(
                    "funding_source_id: for purpose repair alone.", field="funding_source_id"
                )
            return None
        if self.funding_source_id is None:
            raise MissingField("funding_source_id: must be given.", field="funding_source_id")
        return read_id("fs", self.funding_source_id)


class FinishLink(NamedTuple):
    """Take what a page gave."""

    session_id: UUID


class FinishToken(NamedTuple):
    """Take one account of it, by the page's own token."""

    public_token: str
    account_id: str


class BankBody(Strict):
    """Link a bank: by the page that was opened, by its token, or by typed numbers.

    Which fields belong to which `method`: link: link_session_id; token: public_token, account_id;
    manual: bank_name, routing, account, kind.
    """

    method: Literal["link", "token", "manual"]
    link_session_id: Id | None = None
    public_token: Annotated[str | None, Field(max_length=200)] = None
    account_id: Annotated[str | None, Field(max_length=100)] = None
    bank_name: Annotated[str | None, Field(max_length=240)] = None
    routing: Annotated[str | None, Field(max_length=20, description="ABA number")] = None
    account: Annotated[str | None, Field(max_length=40, description="4 to 17 digits")] = None
    kind: AccountType | None = None

    def read(self) -> FinishLink | FinishToken | TypedNumbers:
        """Turn it into a command. Raises: MissingField, ValidationFailed, NotFound."""
        wanted = {
            "link": ("link_session_id",),
            "token": ("public_token", "account_id"),
            "manual": ("bank_name", "routing", "account", "kind"),
        }[self.method]
        for name in sorted(self.model_fields_set - {"method", *wanted}):
            raise ValidationFailed(f"{name}: not for method {self.method}.", field=name)
        given = [getattr(self, name) for name in wanted]
        for name, value in zip(wanted, given, strict=True):
            if value is None:
                raise MissingField(f"{name}: must be given.", field=name)
        if self.method == "link":
            return FinishLink(read_id("lnk", *given))
        return FinishToken(*given) if self.method == "token" else TypedNumbers(*given)


class CardBody(Strict):
    """Link a card: first open the page (return_path, purpose), then send setup_session_id."""

    purpose: Literal["charge", "payout"] | None = None
    return_path: Path | None = None
    setup_session_id: Id | None = None

    def session(self) -> UUID | None:
        """Give the page to finish; None to open one. Raises: ValidationFailed, NotFound."""
        if self.setup_session_id is None:
            return None
        if len(self.model_fields_set) > 1:
            raise ValidationFailed(
                "setup_session_id: alone, or not at all.", field="setup_session_id"
            )
        return read_id("lnk", self.setup_session_id)


class ConfirmBody(Strict):
    """The two amounts as they stand on the statement, in cents, in any order."""

    amounts: Annotated[
        list[Annotated[int, Field(ge=1, le=rules.CENTS_MAX)]],
        Field(min_length=2, max_length=2, examples=[[17, 23]]),
    ]


def _true(given: object) -> object:
    if given is not True:
        raise ValueError("must be true; to use another one, say so of that one")
    return given


class DefaultBody(Strict):
    """Use it where none is named. What takes its place is chosen, so false is not taken."""

    is_default: Annotated[Literal[True], BeforeValidator(_true)]


def read_id(prefix: str, shown: str) -> UUID:
    """Read an id of a body. Raises: NotFound."""
    found = ids.read(prefix, shown)
    if found is None:
        raise NotFound
    return found


# --- answers -----------------------------------------------------------------------------------


class LinkPage(BaseModel):
    """A page of the provider to send the person to."""

    link_session_id: str
    url: str
    expires_at: datetime

    @classmethod
    def of(cls, opened: Opened) -> "LinkPage":
        """Show it."""
        shown = ids.show("lnk", opened.session_id)
        return cls(link_session_id=shown, url=opened.url, expires_at=opened.expires_at)


class CardPage(BaseModel):
    """A page of the card processor to send the person to."""

    setup_session_id: str
    url: str
    expires_at: datetime

    @classmethod
    def of(cls, opened: Opened) -> "CardPage":
        """Show it."""
        shown = ids.show("lnk", opened.session_id)
        return cls(setup_session_id=shown, url=opened.url, expires_at=opened.expires_at)


class FundingSource(BaseModel):
    """A bank or card as its owner sees it.

    `needs`: what would make it usable: `repair` (sign in at the bank again), `amounts` (enter the
    two that were sent), `code` (of the small deposit, on the bank's page), `wait`, `review`.
    """

    id: str
    kind: KindName
    state: StateName
    label: str
    bank_name: str
    last4: str
    is_default: bool
    verified: bool
    can_deposit: bool
    can_withdraw: bool
    instant: bool
    needs: rules.Needs | None
    account_type: AccountType | None
    exp_month: int | None
    exp_year: int | None
    tries_left: int | None

    @classmethod
    def of(cls, source: Source) -> "FundingSource":
        """Show it."""
        return cls.model_validate(_fields(source))


class LinkedSource(FundingSource):
    """What was linked; `also`: further accounts that were chosen on the same page."""

    also: list[FundingSource]

    @classmethod
    def all_of(cls, sources: list[Source]) -> "LinkedSource":
        """Show the first, and the others beside it."""
        also = [FundingSource.of(s) for s in sources[1:]]
        return cls.model_validate({**_fields(sources[0]), "also": also})


class FundingSources(BaseModel):
    """A person's banks and cards: few enough for one page."""

    items: list[FundingSource]
    next_cursor: None = None


def _fields(source: Source) -> dict[str, object]:
    can_withdraw = rules.can_withdraw(source)
    return {
        "id": ids.show("fs", source.id),
        "kind": SourceKind(source.kind).name.lower(),
        "state": SourceState(source.state).name,
        "label": rules.label(source),
        "bank_name": source.institution,
        "last4": source.last4,
        "is_default": source.is_default,
        "verified": source.state == SourceState.VERIFIED,
        "can_deposit": rules.can_deposit(source),
        "can_withdraw": can_withdraw,
        "instant": can_withdraw and source.rtp_push,
        "needs": rules.needs(source),
        "account_type": source.account_type,
        "exp_month": source.exp_month,
        "exp_year": source.exp_year,
        "tries_left": source.tries_left,
    }


# --- operators ---------------------------------------------------------------------------------


class OpsSource(FundingSource):
    """A bank or card as operators see it. `owner_score`: 0 to 100, how well the name matches."""

    user_id: str
    verify_method: str | None
    owner_score: int | None
    disabled_code: str | None
    can_pull: bool
    can_push: bool
    created_at: datetime
    verified_at: datetime | None
    changed_at: datetime

    @classmethod
    def seen(cls, source: Source) -> "OpsSource":
        """Show it to an operator."""
        more = {
            "user_id": ids.show("usr", source.user_id),
            "verify_method": source.verify_method,
            "owner_score": source.owner_score,
            "disabled_code": source.disabled_code,
            "can_pull": source.can_pull,
            "can_push": source.can_push,
            "created_at": source.created_at,
            "verified_at": source.verified_at,
            "changed_at": source.changed_at,
        }
        return cls.model_validate({**_fields(source), **more})


class OpsSources(BaseModel):
    """Banks and cards, a hundred at most."""

    items: list[OpsSource]
