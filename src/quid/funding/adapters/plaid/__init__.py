"""Plaid: bank links, transfers between banks, its events and its book of our float.

Source: rails.md 3 of the blueprint; `Plaid-Version: 2020-09-14`.
"""

from quid.funding.adapters.plaid.book import PlaidBook
from quid.funding.adapters.plaid.events import PlaidEvents
from quid.funding.adapters.plaid.links import PlaidLinks
from quid.funding.adapters.plaid.questions import PlaidAccounts
from quid.funding.adapters.plaid.transfers import PlaidTransfers
from quid.funding.adapters.plaid.wire import PlaidWire

__all__ = [
    "PlaidAccounts",
    "PlaidBook",
    "PlaidEvents",
    "PlaidLinks",
    "PlaidTransfers",
    "PlaidWire",
]
