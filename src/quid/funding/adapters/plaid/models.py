"""What Plaid answers, as far as we read it. Unknown fields and words are let through."""

from datetime import date
from typing import get_args

from quid.funding.adapters.reading import At, Balance, Dollars, Read, Ref, Shown
from quid.funding.ports import BankAccount
from quid.funding.types import AccountType


class Nothing(Read):
    """An answer that says no more than that it was done."""

    request_id: str


class LinkToken(Read):
    """A session that was opened."""

    link_token: Ref
    expiration: At
    hosted_link_url: str


class _Institution(Read):
    name: Shown | None = None


class _Added(Read):
    public_token: Ref
    institution: _Institution | None = None

    @property
    def institution_name(self) -> str | None:
        return self.institution.name if self.institution else None


class _Results(Read):
    item_add_results: list[_Added] | None = None


class _Session(Read):
    link_session_id: str
    finished_at: At | None = None
    exit: dict[str, object] | None = None
    results: _Results | None = None

    @property
    def added(self) -> list[_Added]:
        return (self.results and self.results.item_add_results) or []


class LinkSessions(Read):
    """What became of a session."""

    link_sessions: tuple[_Session, ...] = ()


class Exchanged(Read):
    """The token of an item."""

    access_token: Ref
    item_id: Ref


class Migrated(Read):
    """An item made of typed numbers."""

    access_token: Ref
    account_id: Ref


class Rotated(Read):
    """The token that stands for the old one."""

    new_access_token: Ref


class _Item(Read):
    item_id: Ref
    institution_name: Shown | None = None


class _Balances(Read):
    available: Balance = None
    current: Balance = None


class _Account(Read):
    account_id: Ref
    balances: _Balances = _Balances()
    mask: Shown | None = None
    name: Shown
    type: str
    subtype: str | None = None
    verification_status: Shown | None = None
    persistent_account_id: Ref | None = None


class AccountsAnswer(Read):
    """An item with its accounts."""

    accounts: list[_Account]
    item: _Item


def accounts_of(answer: AccountsAnswer) -> tuple[BankAccount, ...]:
    """Give the accounts that money can be moved from and to: others do not concern us."""
    return tuple(
        BankAccount(
            ref=account.account_id,
            mask=account.mask or "",
            name=account.name,
            type=account.subtype,  # type: ignore[arg-type]  # one of the words just below
            verification_status=account.verification_status,
            persistent_ref=account.persistent_account_id,
        )
        for account in answer.accounts
        if account.type == "depository" and account.subtype in get_args(AccountType)
    )


class _Ach(Read):
    account_id: Ref
    account: Ref
    routing: Ref
    is_tokenized_account_number: bool | None = None
    can_transfer_in: bool | None = None
    can_transfer_out: bool | None = None


class _Numbers(Read):
    ach: list[_Ach]


class AuthAnswer(Read):
    """The numbers of accounts."""

    numbers: _Numbers


class _Score(Read):
    score: int | None = None


class _Match(Read):
    account_id: Ref
    legal_name: _Score | None = None


class MatchAnswer(Read):
    """How well the owners match."""

    accounts: list[_Match]


class _Rtp(Read):
    credit: bool = False


class _Networks(Read):
    rtp: _Rtp = _Rtp()


class Capabilities(Read):
    """Which networks a bank is on."""

    institution_supported_networks: _Networks


class _Rationale(Read):
    code: str | None = None


class _Proposed(Read):
    amount: Dollars


class _Authorization(Read):
    id: Ref
    decision: str
    decision_rationale: _Rationale | None = None
    proposed_transfer: _Proposed


class AuthorizationAnswer(Read):
    """A decision about a transfer."""

    authorization: _Authorization


class Failure(Read):
    """Why a transfer failed or came back."""

    failure_code: Shown | None = None
    ach_return_code: Shown | None = None


class TransferRow(Read):
    """A transfer as Plaid sees it. `status` in its words, known or not."""

    id: Ref
    authorization_id: Ref
    type: str
    amount: Dollars
    created: At
    status: Shown
    network: Shown
    cancellable: bool
    failure_reason: Failure | None = None
    metadata: dict[str, object] | None = None
    iso_currency_code: Shown = "USD"
    standard_return_window: date | None = None
    unauthorized_return_window: date | None = None
    expected_settlement_date: date | None = None
    expected_funds_available_date: date | None = None


class TransferAnswer(Read):
    """One transfer."""

    transfer: TransferRow


class TransferList(Read):
    """A page of transfers."""

    transfers: list[TransferRow]


class EventRow(Read):
    """An event, read by itself so that one nobody can read does not hide its neighbours."""

    event_id: int
    timestamp: At
    event_type: Shown
    transfer_id: str | None = None
    transfer_amount: Dollars | None = None
    failure_reason: Failure | None = None
    sweep_id: str | None = None
    refund_id: str | None = None


class _Ledger(Read):
    available: Dollars
    pending: Dollars


class LedgerAnswer(Read):
    """Our balance."""

    balance: _Ledger


class LedgerEvent(Read):
    """A line of our balance's book, with what stood there after it."""

    ledger_event_id: Ref
    amount: Dollars
    available_balance: Dollars
    pending_balance: Dollars
    type: Shown
    timestamp: At
    transfer_id: str | None = None
    refund_id: str | None = None
    sweep_id: str | None = None


class LedgerEvents(Read):
    """A page of that book."""

    ledger_events: list[LedgerEvent]
    has_more: bool = False


class Key(Read):
    """A public key of webhooks. Units: `expired_at` in seconds since 1970."""

    alg: str
    crv: str
    kid: str
    kty: str
    use: str
    x: str
    y: str
    expired_at: int | None = None


class KeyAnswer(Read):
    """A public key."""

    key: Key
