"""Sudden death while friends pay and look on: feed, inbox, mails and sockets have each thing once.

Real processes, supervised. What a worker had taken and not finished is taken again with its
cursor; what a socket missed while something was away comes with the next look at the rows.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import asyncpg
import httpx2
import pytest

from quid.identity import service as identity
from quid.kit import clock
from tests.crash.test_payments_crash import SETTINGS, Tally, load, reach, sign_in, town
from tests.support.books import check_books
from tests.support.database import connected
from tests.support.people import Someone
from tests.support.socket import Ear, Known, listening, until
from tests.support.system import System, wait_for

PAYMENTS = 60
ONCE = {
    "a notice is missing, or there are two": """
      select p.id, n.user_id, count(n.id) from payments.payment p
      cross join lateral unnest(array[p.payer_id, p.payee_id]) who (id)
      left join notifications.notification n on n.subject_id = p.id and n.user_id = who.id
        and n.kind = case when who.id = p.payer_id then 'payment_sent' else 'payment_received' end
      where p.payee_id = $1 group by p.id, who.id, n.user_id having count(n.id) <> 1""",
    "a mail is missing, or there are two": """
      select p.id, count(d.id) from payments.payment p
      join notifications.notification n on n.subject_id = p.id and n.user_id = p.payee_id
      left join notifications.delivery d on d.notification_id = n.id and d.channel = 'email'
      where p.payee_id = $1 group by p.id having count(d.id) <> 1""",
    "a frame is missing, or there are two": """
      select p.id, count(f.n) from payments.payment p
      left join notifications.frame f on f.subject_id = p.id and f.user_id = p.payee_id
        and f.type = 'payment_received'
      where p.payee_id = $1 group by p.id having count(f.n) <> 1""",
    "ids have a hole": """
      select s.user_id, s.last, count(f.n) from notifications.stream s
      join notifications.frame f using (user_id) where s.user_id = $1
      group by s.user_id having s.last <> count(f.n) or s.last <> max(f.n)""",
}
# Everybody is the payee's friend, so that each payment is in all of their feeds.
TIMELINES = """
  select p.id, count(t.viewer_id) from payments.payment p
  left join social.timeline t on t.payment_id = p.id
  where p.payee_id = $1 group by p.id having count(t.viewer_id) <> $2"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system, supervised, with fsync on."""
    made = System(tmp_path_factory.mktemp("home"), SETTINGS)
    made.start()
    yield made
    made.stop()
    assert not made.leftovers()


async def befriend(payers: list[Someone], payee: Someone) -> None:
    """Make everybody the payee's friend."""
    for payer in payers:
        await identity.befriend(payer.id, payee.id, now=clock.now())
        await identity.befriend(payee.id, payer.id, now=clock.now())


async def is_told(admin: asyncpg.Connection, payee: Someone, viewers: int) -> None:
    """Wait until everything is there, once; what is there twice stays so."""
    for _ in range(600):
        faults = {what: await admin.fetch(f"{sql} limit 3", payee.id) for what, sql in ONCE.items()}
        faults["a feed lacks it"] = await admin.fetch(TIMELINES, payee.id, viewers)
        if not any(faults.values()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError({what: [dict(r) for r in rows] for what, rows in faults.items() if rows})


async def knows_all(ear: Ear, http: httpx2.AsyncClient, payee: Someone, tally: Tally) -> None:
    """Wait until the socket has told what the API says."""
    balance = (await http.get("/v1/balance")).json()
    await ear.until(lambda known: known.balance == balance)
    await ear.until(lambda known: len(known.payments) == len(tally.asked))
    unread = (await http.get("/v1/notifications")).json()["unread_count"]
    await ear.until(lambda known: known.unread == unread)
    assert balance["available"] == len(tally.asked), payee.handle


@pytest.mark.parametrize(
    "victims", [("worker", "worker"), ("valkey",), ("postgres", "worker"), ("api",)], ids="+".join
)
async def test_each_thing_is_told_once_whoever_was_killed(
    system: System, victims: tuple[str, ...]
) -> None:
    tally = Tally()
    async with town(system) as (payers, payee), AsyncExitStack() as stack:
        await befriend(payers, payee)
        address = system.record().address
        clients = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=20))
            for _ in (*payers, payee)
        ]
        for client, who in zip(clients, (*payers, payee), strict=True):
            await sign_in(client, who)
        mine, known = clients.pop(), Known()
        ear = await stack.enter_async_context(listening(address, mine, known))
        running = asyncio.create_task(load(clients, payee, tally))
        try:
            await reach(tally, PAYMENTS)
            for victim in victims:
                await asyncio.to_thread(system.kill, victim)
                await reach(tally, tally.acknowledged + PAYMENTS)
        finally:
            tally.is_over = True
            await running
        await asyncio.to_thread(wait_for, system.is_ready)
        if victims == ("api",):
            await until(lambda: ear.code is not None)
            ear = await stack.enter_async_context(listening(address, mine, known))
        async with connected(system.record().database_url) as admin:
            await is_told(admin, payee, len(payers) + 1)
            assert await check_books(admin) == []
        await knows_all(ear, mine, payee, tally)
        assert ear.code is None, "a socket need not end because something else has"
        feed = (await mine.get("/v1/feed", params={"limit": 100})).json()["items"]
        assert len({item["id"] for item in feed}) == len(feed) == min(100, len(tally.asked))
