"""The books of a running system, watched from outside: what an act has moved, and nothing else.

An act is what a person does at a screen, so its effect may come a moment later: it is waited for,
then compared whole. At the end of the test the last balances must still stand.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import asyncpg

from tests.support.books import check_books
from tests.support.database import connected, wait_for
from tests.support.visitors import eventually

_WALLETS = """
  select p.handle, a.credits - a.debits as cents, a.seq from identity.person p
  join ledger.account a on a.owner = p.id and a.kind = 201 and a.currency = 'USD'
  where p.handle = any($1) order by p.handle"""
_ROWS = """
  with people as (select id from identity.person where handle = any($1))
  select
    (select count(*) from payments.payment
      where payer_id in (select id from people) or payee_id in (select id from people)) as payments,
    (select count(*) from collect.request
      where requester_id in (select id from people)
        or requestee_id in (select id from people)) as requests"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What some people have at one moment: cents and ledger entries by handle, and their rows."""

    cents: Mapping[str, int]
    entries: Mapping[str, int]
    payments: int
    requests: int


@dataclass(slots=True)
class WatchedBooks:
    """The books of one system."""

    database_url: str
    last: dict[str, int] = field(default_factory=dict)

    def cents(self, handle: str) -> int:
        """What somebody has."""
        return self._look([handle]).cents[handle]

    @contextmanager
    def moved(
        self,
        cents: Mapping[str, int],
        *,
        payments: int = 1,
        requests: int = 0,
        entries: int | None = None,
    ) -> Iterator[None]:
        """Require that the block moves exactly this, by handle, with so many new rows.

        Each of them has one new entry in the ledger for each payment, unless told otherwise.
        """
        before = self._look(cents)
        yield
        each = payments if entries is None else entries
        wanted = replace(
            before,
            cents={handle: before.cents[handle] + moved for handle, moved in cents.items()},
            entries={handle: n + each for handle, n in before.entries.items()},
            payments=before.payments + payments,
            requests=before.requests + requests,
        )
        try:
            eventually(lambda: self._look(cents) == wanted, seconds=10)
        except AssertionError:
            assert self._look(cents) == wanted
        self.last |= wanted.cents
        assert wait_for(_faults(self.database_url)) == []

    @contextmanager
    def still(self, *handles: str, requests: int = 0) -> Iterator[None]:
        """Require that the block moves nothing: no cent, no entry, no payment."""
        with self.moved(dict.fromkeys(handles, 0), payments=0, requests=requests):
            yield

    def stand(self) -> None:
        """Require that everybody still has what the last act left them."""
        assert self._look(self.last).cents == self.last
        assert wait_for(_faults(self.database_url)) == []

    def _look(self, handles: Iterable[str]) -> Standing:
        return wait_for(_look(self.database_url, sorted(handles)))


async def _look(url: str, handles: list[str]) -> Standing:
    async with connected(url) as conn, conn.transaction(isolation="repeatable_read"):
        wallets = await conn.fetch(_WALLETS, handles)
        rows: asyncpg.Record = await conn.fetchrow(_ROWS, handles)
    assert [w["handle"] for w in wallets] == handles, "somebody has no wallet"
    return Standing(
        {w["handle"]: int(w["cents"]) for w in wallets},
        {w["handle"]: int(w["seq"]) for w in wallets},
        rows["payments"],
        rows["requests"],
    )


async def _faults(url: str) -> list[str]:
    async with connected(url) as conn:
        return await check_books(conn)
