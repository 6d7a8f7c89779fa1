"""The pages of the first ten minutes: what they show in demo mode, and that they are else away."""

import asyncio
import re
from typing import Any

import asyncpg
import httpx2
import pytest

from quid.entrypoints.api import live, pages
from quid.kit import clock
from quid.kit.config import Core
from quid.kit.mail import Mail, Mailer
from quid.kit.runtime import Runtime
from tests.support.payers import Payer, books_of, keyed, problem

DEMO_ALONE = ["/about/live", "/live.json", "/mailbox", "/mailbox.json", "/readme"]
PAGES = ["live", "docs", "mailbox", "plain"]


@pytest.fixture
def demo(app_runtime: Runtime) -> None:
    """The application in demo mode."""
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"demo": True}))


@pytest.fixture
async def house(ana: Payer, ben: Payer, demo: None) -> tuple[Payer, Payer]:  # noqa: ARG001 - its mode
    """Ana and Ben, of whom the live page speaks, in demo mode."""
    return ana, ben


# --- outside demo mode --------------------------------------------------------------------------


@pytest.mark.parametrize("path", DEMO_ALONE)
async def test_outside_demo_mode_nothing_of_it_is_there(
    client: httpx2.AsyncClient, path: str
) -> None:
    problem(await client.get(path), 404, "NOT_FOUND")


@pytest.mark.usefixtures("ana", "ben")
async def test_outside_demo_mode_nobody_pays_for_ana(
    client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    before = await books_of(admin)
    problem(await client.post("/demo/pay", headers=keyed()), 404, "NOT_FOUND")
    assert await books_of(admin) == before


# --- the live page ------------------------------------------------------------------------------


async def test_live_tells_the_books(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    ana, ben = house
    sent = await shared(ana, ben, "public", "public")
    found = (await client.get("/live.json")).json()

    accounts, legs = await admin.fetchrow("select count(*), sum(seq) from ledger.account")
    books = found["books"]
    assert (books["accounts"], books["transfers"]) == (accounts, legs / 2)
    assert books["debits"] == books["credits"] > 1368
    assert books["difference"] == 0
    assert found["last_batch"] == 1
    shown = found["payments"][0]
    assert (shown["id"], shown["amount"], shown["note"]) == (sent["id"], 1368, "pizza")
    assert (shown["payer"]["handle"], shown["payee"]["handle"]) == ("ana", "ben")
    assert shown["state"] == "COMPLETED"


async def shared(
    ana: Payer, ben: Payer, by_ana: str, by_ben: str, *, show_amount: bool = True
) -> dict[str, Any]:
    """A payment that the two show to so many."""
    paid = await ana.pay(ben.who, 1368, note="pizza", visibility=by_ana, show_amount=show_amount)
    payment: dict[str, Any] = paid.json()["payment"]
    path = f"/v1/payments/{payment['id']}/visibility"
    body = {"visibility": by_ben, "show_amount": True}
    assert (await ben.http.put(path, json=body)).status_code == 200
    return payment


@pytest.mark.parametrize(
    ("by_ana", "by_ben"), [("private", "public"), ("public", "friends"), ("friends", "friends")]
)
async def test_live_names_nobody_who_is_not_public(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient, by_ana: str, by_ben: str
) -> None:
    await shared(*house, by_ana, by_ben)
    found = await client.get("/live.json")
    [shown] = found.json()["payments"]
    assert (shown["payer"], shown["payee"], shown["note"]) == (None, None, None)
    assert (shown["amount"], shown["state"]) == (1368, "COMPLETED")
    assert not {"ana", "ben", "pizza"} & set(re.findall(r"[a-z]+", found.text))


async def test_live_tells_no_amount_that_is_not_shown(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient
) -> None:
    await shared(*house, "public", "public", show_amount=False)
    [shown] = (await client.get("/live.json")).json()["payments"]
    assert (shown["payer"]["handle"], shown["amount"]) == ("ana", None)


async def test_live_tells_the_heads_of_the_chain(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    ana, ben = house
    await ana.pay(ben.who)
    lanes = {lane["lane"]: lane for lane in (await client.get("/live.json")).json()["lanes"]}
    rows = await admin.fetch("select lane, block_no, head from ledger.lane")
    assert lanes
    for row in rows:
        if row["lane"] in lanes:
            shown = lanes[row["lane"]]
            assert (shown["block"], shown["hash"]) == (row["block_no"], row["head"].hex())


async def test_live_hides_what_was_declined(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient
) -> None:
    ana, ben = house
    assert (await ana.pay(ben.who, 20_000)).status_code == 422
    assert (await client.get("/live.json")).json()["payments"] == []


@pytest.mark.usefixtures("house")
async def test_many_viewers_share_a_picture(client: httpx2.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.get("/live.json") for _ in range(50)))
    assert len({answer.content for answer in answers}) == 1
    first = answers[0].json()["as_of"]
    await asyncio.sleep(live.FRESH_SECONDS)
    assert (await client.get("/live.json")).json()["as_of"] > first


# --- the button ---------------------------------------------------------------------------------


async def test_button_pays_once_for_each_key(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient
) -> None:
    ana, ben = house
    first = await client.post("/demo/pay", headers=keyed("k"))
    again = await client.post("/demo/pay", headers=keyed("k"))
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (await ana.balance())["available"] == 9_900
    await client.post("/demo/pay", headers=keyed())
    assert (await ben.balance())["available"] == 10_200


@pytest.mark.usefixtures("house")
async def test_button_counts_as_a_request_of_ana(
    client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    core = app_runtime.part(Core)
    app_runtime.put(core.model_copy(update={"rate_limit_per_minute": 1}))
    answers = [await client.post("/demo/pay", headers=keyed()) for _ in range(3)]
    assert 429 in {answer.status_code for answer in answers}


@pytest.mark.usefixtures("house")
async def test_button_refuses_what_is_wrong_and_moves_nothing(
    client: httpx2.AsyncClient, admin: asyncpg.Connection
) -> None:
    before = await books_of(admin)
    problem(await client.post("/demo/pay"), 400, "IDEMPOTENCY_KEY_MISSING")
    problem(await client.post("/demo/pay", headers=keyed("x" * 65)), 400, "VALIDATION_ERROR")
    elsewhere = {"origin": "https://elsewhere.example", **keyed()}
    problem(await client.post("/demo/pay", headers=elsewhere), 403, "FORBIDDEN")
    assert await books_of(admin) == before


async def test_button_says_when_ana_has_too_little(
    house: tuple[Payer, Payer], client: httpx2.AsyncClient
) -> None:
    ana, ben = house
    await ana.pay(ben.who, 9_950)
    told = problem(await client.post("/demo/pay", headers=keyed()), 422, "INSUFFICIENT_FUNDS")
    assert told["money_moved"] == "no"


@pytest.mark.usefixtures("demo")
async def test_button_without_demo_people_is_not_there(client: httpx2.AsyncClient) -> None:
    problem(await client.post("/demo/pay", headers=keyed()), 404, "NOT_FOUND")


# --- the mailbox --------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo")
async def test_mailbox_shows_the_latest_mail_first(
    client: httpx2.AsyncClient, app_runtime: Runtime
) -> None:
    assert (await client.get("/mailbox.json")).json() == {"items": []}
    mailer = app_runtime.part(Mailer)  # type: ignore[type-abstract]  # a port
    for n in range(2):
        mail = Mail(to="nora@example.org", subject=f"Code {n}", text=f"It is 12345{n}.")
        await mailer.send(mail, now=clock.now())
    items = (await client.get("/mailbox.json")).json()["items"]
    assert [mail["subject"] for mail in items] == ["Code 1", "Code 0"]
    assert "123451" in items[0]["text"]


# --- files --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "path", ["/about/live", "/docs", "/mailbox", "/pages/live.js", "/pages/mark.svg"]
)
async def test_a_file_is_sent_once_while_it_is_the_same(
    client: httpx2.AsyncClient, path: str
) -> None:
    first = await client.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in first.headers["content-security-policy"]
    tag = first.headers["etag"]
    again = await client.get(path, headers={"if-none-match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "live.html",
        "__init__.py",
        "../live.py",
        "..%2flive.py",
        "a%2f..%2flive.js",
        "",
    ],
)
async def test_what_is_no_file_of_a_page_is_not_there(
    client: httpx2.AsyncClient, name: str
) -> None:
    answer = await client.get(httpx2.URL(f"http://quid.test/pages/{name}"))
    problem(answer, 404, "NOT_FOUND")


@pytest.mark.parametrize("name", PAGES)
def test_pages_load_only_what_we_serve(name: str) -> None:
    """The policy of the door allows no inline script, and nothing may come from elsewhere."""
    text = pages.FILES[f"{name}.html"].bodies[""].decode()
    for link in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert link.startswith("/")
        if link.startswith("/pages/"):
            assert link.removeprefix("/pages/") in pages.FILES
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on\w+=", text)


def test_pages_name_no_other_place() -> None:
    for name, file in pages.FILES.items():
        found = re.findall(rb"https?://[^\s\"')]+", file.bodies[""])
        assert set(found) <= {b"http://www.w3.org/2000/svg"}, name


async def test_docs_read_the_document_that_is_served(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/docs")).status_code == 200
    document = (await client.get("/openapi.json")).json()
    assert "/v1/payments" in document["paths"]
    assert not {"/demo/pay", "/live.json", "/mailbox", "/mailbox.json"} & document["paths"].keys()
