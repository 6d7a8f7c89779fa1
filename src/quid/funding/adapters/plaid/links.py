"""Linking bank accounts through Plaid's hosted pages."""

from typing import Final

from quid.funding.adapters.calls import LINK, LINK_READ
from quid.funding.adapters.plaid.models import (
    AccountsAnswer,
    Exchanged,
    LinkSessions,
    LinkToken,
    Migrated,
    Nothing,
    Rotated,
    accounts_of,
)
from quid.funding.adapters.plaid.wire import PlaidWire
from quid.funding.adapters.reading import hosted
from quid.funding.errors import Declined
from quid.funding.ports import (
    BankLink,
    LinkedItem,
    LinkFinished,
    LinkStarted,
    LinkWanted,
)
from quid.funding.types import AccountType
from quid.kit.crypto import Secret

_CLIENT: Final = "Quid"
_GONE: Final = frozenset({"ITEM_NOT_FOUND", "INVALID_ACCESS_TOKEN"})
_MICRO_DEPOSITS: Final = {
    "automated_microdeposits_enabled": True,
    "same_day_microdeposits_enabled": True,
    "instant_microdeposits_enabled": True,
}


class PlaidLinks(BankLink):
    """Hosted Link. A session is its link token."""

    def __init__(self, wire: PlaidWire) -> None:
        self._wire = wire

    async def start_link(self, wanted: LinkWanted) -> LinkStarted:
        """Open a session. Raises: ProviderError."""
        body: dict[str, object] = {
            "client_name": _CLIENT,
            "language": "en",
            "country_codes": ["US"],
            "user": {"client_user_id": wanted.user_ref},
            "webhook": wanted.webhook_url,
            "hosted_link": {
                "completion_redirect_uri": wanted.return_url,
                "url_lifetime_seconds": wanted.ttl_seconds,
            },
        }
        if wanted.authorization_ref is not None:
            body["transfer"] = {"authorization_id": wanted.authorization_ref}
        elif wanted.token is not None:
            body["access_token"] = wanted.token.reveal()
        else:
            body |= {
                "products": ["auth", "transfer"],
                "auth": _MICRO_DEPOSITS,
                "account_filters": {"depository": {"account_subtypes": ["checking", "savings"]}},
            }
        made = await self._wire.ask(LINK, "/link/token/create", body, LinkToken)
        url = hosted(made.hosted_link_url, self._wire.page_hosts)
        return LinkStarted(made.link_token, url, made.expiration)

    async def finish_link(self, session_ref: str) -> LinkFinished:
        """Look what became of a session; asking again gives the same. Raises: ProviderError."""
        found = await self._wire.ask(
            LINK_READ, "/link/token/get", {"link_token": session_ref}, LinkSessions
        )
        ended = [session for session in found.link_sessions if session.finished_at is not None]
        added = [result for session in ended for result in session.added]
        if added:
            items = [
                await self._take(Secret(result.public_token), result.institution_name)
                for result in added
            ]
            return LinkFinished("done", tuple(items))
        if not ended:
            return LinkFinished("not_yet")
        return LinkFinished("exited" if ended[-1].exit is not None else "done")

    async def exchange(self, public_token: Secret) -> LinkedItem:
        """Take a public token that a client was handed. Raises: ProviderError."""
        return await self._take(public_token, None)

    async def adopt_numbers(self, routing: str, account: Secret, type_: AccountType) -> LinkedItem:
        """Make an item of typed numbers. Raises: ProviderError.

        It has no key: repeated after a silence it makes a second item, and the older is unlinked.
        """
        body = {
            "account_number": account.reveal(),
            "routing_number": routing,
            "account_type": type_,
        }
        made = await self._wire.ask(LINK, "/transfer/migrate_account", body, Migrated)
        return await self._item(Secret(made.access_token), None)

    async def unlink(self, token: Secret) -> None:
        """End an item; one that is gone is fine. Raises: ProviderError."""
        try:
            await self._wire.ask(LINK, "/item/remove", {"access_token": token.reveal()}, Nothing)
        except Declined as e:
            if e.code not in _GONE:
                raise

    async def rotate(self, token: Secret) -> Secret:
        """Exchange a token for another; the old one is dead at once. Raises: ProviderError."""
        body = {"access_token": token.reveal()}
        made = await self._wire.ask(LINK, "/item/access_token/invalidate", body, Rotated)
        return Secret(made.new_access_token)

    async def _take(self, public_token: Secret, institution: str | None) -> LinkedItem:
        body = {"public_token": public_token.reveal()}
        made = await self._wire.ask(LINK, "/item/public_token/exchange", body, Exchanged)
        return await self._item(Secret(made.access_token), institution)

    async def _item(self, token: Secret, institution: str | None) -> LinkedItem:
        """Read the accounts behind a token: here they have their lasting names too."""
        body = {"access_token": token.reveal()}
        found = await self._wire.ask(LINK_READ, "/accounts/get", body, AccountsAnswer)
        name = institution or found.item.institution_name or ""
        return LinkedItem(token, found.item.item_id, name, accounts_of(found))
