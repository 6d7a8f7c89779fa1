"""Questions about a bank account, answered by Plaid."""

from typing import Final

from quid.funding.adapters.calls import BALANCE, READ
from quid.funding.adapters.plaid.models import (
    AccountsAnswer,
    AuthAnswer,
    MatchAnswer,
    accounts_of,
)
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.errors import Declined
from quid.funding.ports import AccountVerify, BankAccount, BankBalance, Numbers, Owner
from quid.kit import clock
from quid.kit.crypto import Secret

_NO_ACCOUNT: Final = "INVALID_ACCOUNT_ID"


class PlaidAccounts(AccountVerify):
    """Numbers, balances and owners."""

    def __init__(self, wire: PlaidWire) -> None:
        self._wire = wire

    async def numbers(self, token: Secret, account_ref: str) -> Numbers:
        """Read the numbers. Raises: ProviderError; Declined for an account without any."""
        found = await self._wire.ask(READ, "/auth/get", _of(token, account_ref), AuthAnswer)
        for ach in found.numbers.ach:
            if ach.account_id == account_ref:
                return Numbers(
                    routing=ach.routing,
                    account=Secret(ach.account),
                    is_tokenized=bool(ach.is_tokenized_account_number),
                    can_pull=ach.can_transfer_out is not False,
                    can_push=ach.can_transfer_in is not False,
                )
        raise Declined(_NO_ACCOUNT, "no numbers of this account")

    async def account(self, token: Secret, account_ref: str) -> BankAccount:
        """Read the account with its verification status. Raises: ProviderError."""
        found = await self._wire.ask(READ, "/accounts/get", _of(token, account_ref), AccountsAnswer)
        for account in accounts_of(found):
            if account.ref == account_ref:
                return account
        raise Declined(_NO_ACCOUNT, "no such account")

    async def balance(self, token: Secret, account_ref: str) -> BankBalance:
        """Read the balance, as fresh as the bank gives it. Raises: ProviderError."""
        body = _of(token, account_ref)
        found = await self._wire.ask(BALANCE, "/accounts/balance/get", body, AccountsAnswer)
        for account in found.accounts:
            if account.account_id == account_ref:
                of = account.balances
                return BankBalance(of.available, of.current, clock.now())
        raise Declined(_NO_ACCOUNT, "no balance of this account")

    async def owner_match(self, token: Secret, account_ref: str, owner: Owner) -> int | None:
        """Score 0 to 100 how well the name matches; None = the bank does not say."""
        user = {"legal_name": owner.legal_name}
        if owner.email is not None:
            user["email_address"] = owner.email
        body = {**_of(token, account_ref), "user": user}
        found = await self._wire.ask(READ, "/identity/match", body, MatchAnswer)
        for match in found.accounts:
            if match.account_id == account_ref and match.legal_name is not None:
                score = match.legal_name.score
                return None if score is None else max(0, min(100, score))
        return None


def _of(token: Secret, account_ref: str) -> dict[str, object]:
    return {"access_token": token.reveal(), "options": {"account_ids": [account_ref]}}
